"""What became of a message from version to version: who put each in force, when, and what changed in its texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.model import Message, Situation
from hub.message_maps.versions import Published
from hub.web.console.texts import FORMS

# Older versions stay readable by their id; the page of a message shows this many.
MOST_VERSIONS = 20
_TOKEN = re.compile(r"\s+|[^\s]+")
_SAME, _GONE, _NEW = "same", "gone", "new"

Texts = Mapping[tuple[str, str], str]


class Piece(NamedTuple):
    """A stretch of a changed text; ``state`` is same, gone or new."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Change:
    """One text that changed: its form, its language, and both wordings in one line of pieces."""

    label: Phrase
    language: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Step:
    """One version of the message; ``first`` when the version before had no such message (or there was none)."""

    version: Published
    first: bool
    changes: list[Change]


def history(session: Session, situation: Situation, message_id: str) -> list[Step]:
    """The versions in which a message was new or changed, newest first."""
    published = versions.history(session, situation.id)[: MOST_VERSIONS + 1]
    texts = [(version, _texts(versions.get(session, version.id), message_id)) for version in published]
    steps = []
    for number, (version, now) in enumerate(texts[:MOST_VERSIONS]):
        before = texts[number + 1][1] if number + 1 < len(texts) else None
        if now is None or now == before:
            continue
        steps.append(Step(version, before is None, _changes(before, now) if before else []))
    return steps


def compared(before: str, now: str) -> list[Piece]:
    """Two wordings as one line of pieces, word by word."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(now)
    pieces: list[Piece] = []
    for deed, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if deed == "equal":
            pieces.append(Piece("".join(old[old_from:old_to]), _SAME))
            continue
        if old_to > old_from:
            pieces.append(Piece("".join(old[old_from:old_to]), _GONE))
        if new_to > new_from:
            pieces.append(Piece("".join(new[new_from:new_to]), _NEW))
    return pieces


def _texts(situation: Situation, message_id: str) -> Texts | None:
    message = situation.by_id.get(message_id)
    return None if message is None else dict(_all_texts(message))


def _all_texts(message: Message) -> list[tuple[tuple[str, str], str]]:
    return [
        ((form, language), "\n".join(tagged.shown for tagged in parts.values()))
        for form in FORMS
        if form not in message.same_as
        for language, parts in message.variants.get(form, {}).items()
    ]


def _changes(before: Texts, now: Texts) -> list[Change]:
    return [
        Change(FORMS[form], language, compared(before.get((form, language), ""), now.get((form, language), "")))
        for form, language in dict.fromkeys([*now, *before])
        if before.get((form, language)) != now.get((form, language))
    ]
