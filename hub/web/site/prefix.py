"""Addresses that begin with a language: ``/en/archives``. A file server has one file for each, whatever it can do.

The prefix is taken off before the router sees the address; the public surface finds it in the environment. The console
and the interface for programs have one address each: before them a language is not found (`hub.web.security`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hub.web.pages import LANGUAGE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class LanguagePrefix:
    """WSGI middleware: ``/en/archives`` reaches the application as ``/archives``, read in English."""

    def __init__(self, application: WSGIApplication, languages: tuple[str, ...]) -> None:
        self._application = application
        self._languages = frozenset(languages)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        _, _, rest = environ.get("PATH_INFO", "").partition("/")
        language, slash, path = rest.partition("/")
        if language in self._languages:
            environ = {**environ, "PATH_INFO": slash + path or "/", LANGUAGE: language}
        return self._application(environ, start_response)
