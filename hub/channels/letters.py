"""The words around mails to subscribers: the two letters about the subscription itself, and the end of every mail.

They are written into the mail while it is sent, in the subscriber's language, because they hold links that are good for
one person only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.channels.contract import Body, Recipient

NEWLINE = "\n"


class Purpose(StrEnum):
    """What a mail is for: news, the question whether somebody wants news, or word that they have them already."""

    NEWS = "news"
    CONFIRM = "confirm"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Words:
    """All fixed words in one language, with ``{authority}`` for its name and ``{link}`` for an address."""

    confirm_subject: str
    confirm: str
    known_subject: str
    known: str
    why: str
    manage: str
    unsubscribe: str


WORDS: Mapping[str, Words] = {
    "fr": Words(
        confirm_subject="Confirmez votre abonnement",
        confirm=(
            "Bonjour,\n\nCette adresse a été donnée pour recevoir par courriel les messages de : {authority}.\n\n"
            "Pour confirmer, ouvrez ce lien et appuyez sur le bouton (le lien sert une fois, pendant 48 heures) :\n"
            "{link}\n\nSi ce n'était pas vous, ne faites rien : votre adresse sera effacée et nous n'écrirons plus."
        ),
        known_subject="Vous êtes déjà abonné",
        known=(
            "Bonjour,\n\nCette adresse vient d'être donnée pour recevoir les messages de : {authority}. "
            "Elle est déjà abonnée et rien n'a été changé.\n\nPour voir ou changer vos choix :\n{link}"
        ),
        why="Vous recevez ce courriel parce que vous vous êtes abonné aux messages de : {authority}.",
        manage="Changer vos choix :",
        unsubscribe="Se désabonner :",
    ),
    "en": Words(
        confirm_subject="Confirm your subscription",
        confirm=(
            "Hello,\n\nThis address was given to receive by e-mail the messages of: {authority}.\n\n"
            "To confirm, open this link and press the button (it works once, for 48 hours):\n"
            "{link}\n\nIf it was not you, do nothing: your address will be erased and we will not write again."
        ),
        known_subject="You are subscribed already",
        known=(
            "Hello,\n\nThis address has just been given to receive the messages of: {authority}. "
            "It is subscribed already and nothing was changed.\n\nTo see or change your choices:\n{link}"
        ),
        why="You receive this e-mail because you subscribed to the messages of: {authority}.",
        manage="Change your choices:",
        unsubscribe="Unsubscribe:",
    ),
}


def letter(purpose: Purpose, letter_id: str, sender_name: str, sent: datetime) -> Body:
    """The frozen body of a letter about the subscription: it names nobody and holds no link."""
    return {
        "purpose": purpose.value,
        "publication_id": letter_id,
        "references": [],
        "sent": sent.isoformat(),
        "sender_name": sender_name,
        "page_url": "",
        "texts": {},
    }


def subject_and_text(body: Body, recipient: Recipient, language: str) -> tuple[str, str]:
    """What one subscriber reads."""
    words, authority = WORDS.get(language, WORDS["en"]), body["sender_name"]
    if body["purpose"] == Purpose.CONFIRM:
        text = words.confirm.format(authority=authority, link=recipient.confirm_url)
        return f"{words.confirm_subject} · {authority}", f"{text}\n"
    if body["purpose"] == Purpose.KNOWN:
        text = words.known.format(authority=authority, link=recipient.manage_url)
        return f"{words.known_subject} · {authority}", f"{text}\n\n{_end(words, authority, recipient)}"
    shown = body["texts"][language]
    return shown["subject"], f"{shown['text']}\n\n{body['page_url']}\n\n{_end(words, authority, recipient)}"


def page(language: str, text: str, addresses: Iterable[str]) -> str:
    """The same text as HTML, with these addresses as links."""
    blocks = html.escape(text.strip())
    for address in filter(None, addresses):
        link = html.escape(address)
        blocks = blocks.replace(link, f'<a href="{link}">{link}</a>')
    paragraphs = "".join(f"<p>{block.replace(NEWLINE, '<br>')}</p>" for block in re.split(r"\n{2,}", blocks))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
        f'<body style="font-family:sans-serif;font-size:1rem;line-height:1.5">{paragraphs}</body></html>'
    )


def _end(words: Words, authority: str, recipient: Recipient) -> str:
    return (
        f"-- \n{words.why.format(authority=authority)}\n"
        f"{words.manage} {recipient.manage_url}\n{words.unsubscribe} {recipient.unsubscribe_url}\n"
    )
