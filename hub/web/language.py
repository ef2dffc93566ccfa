"""The reader's language and the town's time zone, and how sentences of the features are said in them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext

from hub.kernel.phrase import Phrase
from hub.kernel.settings_checks import LANGUAGES
from hub.web.parts import parts

# Each language in its own words: whoever needs the switch cannot read the present language.
NAMES = {"fr": "Français", "en": "English"}

SESSION_KEY = "language"

# Addresses whose readers are programs: they have no session, and problems are told to them as JSON.
PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")


def init_app(app: Flask) -> None:
    """Sets Flask-Babel up and gives every template ``say``, ``text_in``, ``languages`` and ``current_language``."""
    Babel(
        app,
        default_locale=app.extensions["hub"].settings.site.languages[0],
        default_timezone=app.extensions["hub"].settings.site.timezone,
        locale_selector=choose,
    )
    app.jinja_env.filters["say"] = say
    app.jinja_env.filters["text_in"] = text_in
    app.jinja_env.globals.update(languages=NAMES, current_language=current)


def choose() -> str:
    """The language of this answer.

    A surface may set ``g.language`` (the public pages do, by address: a cached page must not depend on a session; event
    streams do, which outlive their request);
    else the session's choice, else the browser's, else the first language of the site.
    """
    if "language" in g:
        return str(g.language)
    fallback = parts().settings.site.languages[0]
    if not has_request_context():
        return fallback
    if not request.path.startswith(PROGRAMS) and (chosen := session.get(SESSION_KEY)) in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, fallback) or fallback


def current() -> str:
    """The language of the page that is being made: ``fr`` or ``en``."""
    return str(get_locale() or parts().settings.site.languages[0])


def say(phrase: Phrase | str | None) -> str:
    """A feature's sentence in the reader's language; plain text stays as it is."""
    if phrase is None:
        return ""
    return phrase.translated(gettext) if isinstance(phrase, Phrase) else phrase


def text_in(texts: Mapping[str, str]) -> str:
    """A text that a map gives in several languages, in the reader's language or else the first one."""
    return texts.get(current()) or next(iter(texts.values()), "")
