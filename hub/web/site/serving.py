"""WSGI middleware: gives out what was built, without Flask and without the database.

While a builder lives, a public page is a file in memory. Where none does, the application answers, and the file only if
the application cannot: a page of an hour ago, with its time on it, is better than none.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_date

from hub.web.site.manifest import KnownFiles
from hub.web.site.place import PACKED, Place, file_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# How long what was looked up on the disk counts.
LOOK_SECONDS = 0.5
# After the application failed, files are given out for so long without asking it again.
TROUBLE_SECONDS = 10.0
# Pages are kept in memory; open data of 20 MB is read from the disk each time.
MOST_KEPT = 1024
LARGEST_KEPT = 100_000
METHODS = frozenset({"GET", "HEAD"})
# The CAP feed's own files: an aggregator that asks right after the acceptance must find what was accepted.
LIVE = "cap/"


@dataclass(frozen=True, slots=True)
class Ready:
    """One file as it leaves."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    modified: str
    time: int


class BuiltSite:
    """Serves the built pages; everything else goes to the application.

    Args:
        application: the hub.
        place: the built site.
        languages: those of the site, the first one first.
        behind: whether this process has changed something that is not built yet.
        lives: whether a builder gave a sign of life lately.
    """

    def __init__(
        self,
        application: WSGIApplication,
        place: Place,
        languages: tuple[str, ...],
        behind: Callable[[], bool],
        lives: Callable[[], bool],
    ) -> None:
        self._application = application
        self._place = place
        self._languages = languages
        self._behind = behind
        self._lives = lives
        self._lock = threading.Lock()
        self._files = KnownFiles(place)
        self._kept: dict[str, Ready] = {}
        self._looked = self._trouble = float("-inf")
        self._fresh = False
        self._preferred = lru_cache(maxsize=256)(self._best)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        if environ["REQUEST_METHOD"] not in METHODS:
            return self._application(environ, start_response)
        self._look()
        path = self._path(environ)
        if path is None:
            return self._application(environ, start_response)
        live = path.startswith(LIVE) and time.monotonic() - self._trouble >= TROUBLE_SECONDS
        if live:
            return self._ask(path, environ, start_response)
        if (self._fresh and not self._behind()) or time.monotonic() - self._trouble < TROUBLE_SECONDS:
            ready = self._ready(path, environ)
            if ready:
                return _answered(ready, environ, start_response)
        return self._ask(path, environ, start_response)

    def _ask(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer; the file if it has none."""
        told: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers, exc_info]
            return start_response(status, headers, exc_info) if not status.startswith("5") else _nowhere

        body = self._application(environ, keep)
        if not told or not told[0].startswith("5"):
            return body
        self._trouble = time.monotonic()
        ready = self._ready(path, environ)
        if ready is None:
            start_response(*told)
            return body
        if close := getattr(body, "close", None):
            close()
        return _answered(ready, environ, start_response)

    def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        with self._lock:
            self._looked = time.monotonic()
            self._fresh = self._lives()
            if self._files.refresh():
                self._kept = {}

    def _path(self, environ: WSGIEnvironment) -> str | None:
        """The file that answers this request, if one was built."""
        address, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        asked = query.removeprefix("lang=") if query else ""
        if query and (asked not in self._languages or query == asked):
            return None
        exact = file_of(address)
        if exact in self._files and not asked:
            return exact
        language = asked or self._preferred(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        path = file_of(address, language)
        return path if path in self._files else None

    def _best(self, header: str) -> str:
        accepted = parse_accept_header(header, LanguageAccept)
        return accepted.best_match(self._languages, self._languages[0]) or self._languages[0]

    def _ready(self, path: str, environ: WSGIEnvironment) -> Ready | None:
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        name = path + PACKED if packed else path
        ready = self._kept.get(name)
        if ready is None:
            ready = self._load(path, packed=packed) or (self._load(path, packed=False) if packed else None)
            if ready and len(ready.body) <= LARGEST_KEPT and len(self._kept) < MOST_KEPT:
                self._kept[name] = ready
        return ready

    def _load(self, path: str, *, packed: bool) -> Ready | None:
        known = self._files.get(path)
        file = self._place.site / (path + PACKED if packed else path)
        if known is None:
            return None
        try:
            body, moment = _read(file)
        except OSError:
            return None
        headers = dict(known.headers)
        modified = formatdate(moment, usegmt=True)
        # As nginx makes it of the same file: caches may be filled from either.
        etag = f'"{moment:x}-{len(body):x}"'
        spoken = path.partition("/")[0] in self._languages
        headers |= {"ETag": etag, "Last-Modified": modified, "Content-Length": str(len(body))}
        headers["Vary"] = "Accept-Encoding, Accept-Language" if spoken else "Accept-Encoding"
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Ready(body, tuple(headers.items()), etag, modified, moment)


def _read(file: Path) -> tuple[bytes, int]:
    with file.open("rb") as opened:
        return opened.read(), int(os.fstat(opened.fileno()).st_mtime)


def _answered(ready: Ready, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if _has_it(ready, environ):
        start_response("304 NOT MODIFIED", [each for each in ready.headers if not each[0].startswith("Content-")])
        return [b""]
    start_response("200 OK", list(ready.headers))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else ready.body]


def _has_it(ready: Ready, environ: WSGIEnvironment) -> bool:
    """RFC 9110, 13.2.2: the ETag decides where there is one."""
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        return tags.strip() == "*" or ready.etag in {each.strip().removeprefix("W/") for each in tags.split(",")}
    if (since := environ.get("HTTP_IF_MODIFIED_SINCE")) is None:
        return False
    if since == ready.modified:
        return True
    moment = parse_date(since)
    return moment is not None and ready.time <= moment.timestamp()


def _nowhere(_: bytes) -> None:
    """What a server's old ``write`` would take; the answer that it belongs to is thrown away."""
