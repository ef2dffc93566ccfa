"""The public surface: everyone, no session, no cookie, no script. Its language is in the address or in the browser."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import force_locale, format_datetime, get_locale
from markupsafe import Markup, escape

from hub.kernel.phrase import Phrase
from hub.web.language import say
from hub.web.pages import LANGUAGE, MADE_AT
from hub.web.parts import parts
from hub.web.public.notices import NO_DANGER, SIMPLE, WHOLE

# A host without port or credentials, then a path without the punctuation that ends a sentence. The host is matched
# whole or not at all: what only starts like one of ours is not ours.
ADDRESS = re.compile(r"https?://(?>([a-z0-9-]+(?:\.[a-z0-9-]+)*))(?![\w@:%\[])(?:/[^\s<>\"'()]*[^\s<>\"'().,;:!?])?/?")
# CLDR skeletons would lose the weekday; a tired reader at two in the morning needs it.
# French hours are written as in the messages of the maps.
HOURS = {"fr": "HH'h'mm", "en": "HH:mm"}
DAYS = {"fr": f"EEEE d MMMM y 'à' {HOURS['fr']}", "en": f"EEEE d MMMM y 'at' {HOURS['en']}"}

# What an address may carry beside its language. Nothing else that a visitor adds is repeated in links: `url_for` takes
# some names (endpoint, _scheme, _external) as orders to itself.
KEPT = ("before", "q", "event", "commune", "verdict", "period")

# One file for everybody, whatever they read.
UNSPOKEN = ("/cap/", "/feed.atom", "/robots.txt", "/sitemap", "/.well-known/", "/assets/")
UNSPOKEN_FILES = ("/donnees.json", "/schema.json", "/qr.svg")

blueprint = Blueprint("public", __name__, template_folder="templates")


@blueprint.before_request
def _choose_language() -> None:
    known = parts().settings.site.languages
    # In front of the address, as every link of ours has it; the query is the way of before, and of forms.
    asked = request.environ.get(LANGUAGE) or request.args.get("lang", "")
    g.language_asked = asked in known
    g.language = asked if g.language_asked else request.accept_languages.best_match(known, known[0])


@blueprint.context_processor
def _page() -> dict[str, Any]:
    settings = parts().settings
    return {
        "authority": settings.authority,
        "legal": settings.legal,
        "base_url": settings.site.base_url.rstrip("/"),
        "made_at": request.environ[MADE_AT] if MADE_AT in request.environ else parts().clock.now(),
        "language": g.language,
        "language_asked": g.language_asked,
        "others": [language for language in settings.site.languages if language != g.language],
        "to": to,
        "in_front": in_front,
        "in_language": in_language,
        "no_danger": NO_DANGER,
        "simple": SIMPLE,
        "whole": WHOLE,
        "say_in": say_in,
        "hour_in": hour_in,
    }


def to(endpoint: str, **values: Any) -> str:
    """A link that keeps the language if the reader has chosen one."""
    return in_front(url_for(f"public.{endpoint}", **values))


def in_front(address: str) -> str:
    """An address of ours with the language in front that the reader has chosen, if one was chosen."""
    return prefixed(address, g.language if g.language_asked else None)


def prefixed(address: str, language: str | None) -> str:
    """An address of ours with a language in front. What is the same in every language has none (`UNSPOKEN`)."""
    same = address.startswith(UNSPOKEN) or address.partition("?")[0].endswith(UNSPOKEN_FILES)
    return address if language is None or same else f"/{language}{address}"


def in_language(language: str | None) -> str:
    """This page in another language, or the page whatever the language for ``None``: the address that never changes."""
    values = {**{name: request.args[name] for name in KEPT if name in request.args}, **(request.view_args or {})}
    return prefixed(url_for(str(request.endpoint), **values), language)


def say_in(phrase: Phrase, language: str) -> str:
    """A sentence in a language that may not be the reader's: each text stands beside words of its own language."""
    with force_locale(language):
        return say(phrase)


def hour_in(moment: datetime, language: str) -> str:
    """The hour in the town's time, as that language writes it."""
    return str(format_datetime(moment, HOURS.get(language, HOURS["en"])))


@blueprint.app_template_filter("moment")
def _moment(moment: datetime) -> str:
    """A moment with weekday and date, in the town's time."""
    return str(format_datetime(moment, DAYS.get(str(get_locale()), DAYS["en"])))


@blueprint.app_template_filter("hour")
def _hour(moment: datetime) -> str:
    """The hour only, in the town's time."""
    return hour_in(moment, str(get_locale()))


@blueprint.app_template_filter("linked")
def _linked(text: str) -> Markup:
    """The text, escaped, with links to the authority's own hosts; any other address stays plain text."""
    hosts = parts().settings.maps.link_hosts
    done, end = Markup(), 0
    for found in ADDRESS.finditer(text):
        if found[1] in hosts:
            done += escape(text[end : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found[0])
            end = found.end()
    return done + escape(text[end:])
