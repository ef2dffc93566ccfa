"""Makes the files of pages: asks for what they show, compares with what lies there, and stages what differs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

from hub.web.pages import Page
from hub.web.site.asking import Answer
from hub.web.site.files import Writer
from hub.web.site.manifest import Files, Known
from hub.web.site.pieces import Pieces, digest_of
from hub.web.site.place import Place

DIGEST_LENGTH = 16


class Asking(Protocol):
    """Asks the application for a page in a language; with the name of a piece for that piece of it."""

    def __call__(self, page: Page, language: str, piece: str = "", /) -> Answer:
        """The answer, or `NotBuiltError`."""
        ...


def stamped(version: str, stamp: str) -> str:
    """What stands for the stamp of a page or a piece, made by one version of the program."""
    return sha256(f"{version} {stamp}".encode()).hexdigest()[:DIGEST_LENGTH]


class Making:
    """The files of one batch.

    Args:
        place: the site. The caller holds its lock.
        asking: asks the application.
        version: of everything that pages are made of beside what they show.
        first_language: the one that addresses without a language show.
    """

    def __init__(self, place: Place, asking: Asking, version: str, first_language: str) -> None:
        self._place = place
        self._asking = asking
        self._version = version
        self._first = first_language
        self._writer = Writer(place)
        self._made: list[tuple[Files, Files]] = []

    def make(self, page: Page, paths: Mapping[str, str], known: Files) -> None:
        """Makes the files of a page; nothing of it is seen yet.

        Args:
            page: which one.
            paths: of its files, each with its language or nothing.
            known: what is known of the files that lie there. `publish` adds to it.

        Raises:
            NotBuiltError: the application has no such page.
            OSError: a file could not be written.
        """
        make = self._joined if page.pieces else self._whole
        self._made.append(({path: make(page, path, paths[path], known.get(path)) for path in paths}, known))

    def publish(self) -> None:
        """Shows what was made, and adds it to what is known.

        Raises:
            OSError: some files may be shown and others not; each one is whole, and nothing is added.
        """
        self._writer.publish()
        for made, known in self._made:
            known.update(made)
        self._made = []

    def _whole(self, page: Page, path: str, language: str, before: Known | None) -> Known:
        answer = self._asking(page, language)
        digest = sha256(answer.body).hexdigest()[:DIGEST_LENGTH]
        known, is_new = self._known(page, path, answer, digest, before)
        if is_new:
            self._writer.stage(path, answer.body, known.time)
            self._in_first_language(path, language)
        return known

    def _joined(self, page: Page, path: str, language: str, before: Known | None) -> Known:
        # The first piece is asked for in any case: its answer has the headers of the file.
        head = self._asking(page, language, page.pieces[0].name)
        stamps = [stamped(self._version, f"{piece.name} {piece.stamp}") for piece in page.pieces]
        stamps[0] = sha256(head.body).hexdigest()[:DIGEST_LENGTH]

        def make(number: int) -> bytes:
            return self._asking(page, language, page.pieces[number].name).body if number else head.body

        pieces = Pieces(self._place).ready(path, stamps, make)
        digest = digest_of(pieces)[:DIGEST_LENGTH]
        known, is_new = self._known(page, path, head, digest, before)
        if is_new:
            self._writer.stage_joined(path, pieces, known.time)
            self._in_first_language(path, language)
        return known

    def _known(self, page: Page, path: str, answer: Answer, digest: str, before: Known | None) -> tuple[Known, bool]:
        """What is to be noted of a file, and whether it differs from the one that lies there."""
        stamp = stamped(self._version, page.stamp)
        if before and before.digest == digest and (self._place.site / path).exists():
            return Known(stamp, before.time, digest, answer.headers), False
        changed = page.changed or answer.changed
        moment = int(changed.timestamp() if changed else time.time())
        # A reader who asks "since then?" must hear of it.
        return Known(stamp, max(moment, before.time + 1) if before else moment, digest, answer.headers), True

    def _in_first_language(self, path: str, language: str) -> None:
        if language == self._first:
            self._writer.also(path, path.removeprefix(f"{language}/"))
