"""Builds what changed: pages first, then what lists them, then takes away what is no longer there.

Every file is written beside its place and renamed, so a reader sees the old page or the new one. A builder that is
killed leaves the manifest of before: the next one builds the same pages once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from hub.channels.atomic import writing_in
from hub.web.pages import Page
from hub.web.site.asking import Answer, NotBuiltError
from hub.web.site.files import Writer, prepare
from hub.web.site.place import Known, Manifest, Place, file_of

log = logging.getLogger(__name__)

# Another builder holds the directory for one batch.
WAIT_SECONDS = 30.0
# After so long a batch ends, what it has is shown, and whoever waits for a page of now may take the directory.
BATCH_SECONDS = 3.0
DIGEST_LENGTH = 16
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)

Listing = Callable[[], Iterable[Page]]
Asking = Callable[[Page, str], Answer]


@dataclass(slots=True)
class Outcome:
    """What one build did: how many pages it made, which failed (the old ones stay), what it removed, what is left."""

    built: int = 0
    failed: list[str] = field(default_factory=list)
    removed: int = 0
    left: int = 0

    def add(self, other: Outcome) -> None:
        """Adds a later batch to this one. What is left is what the later one left."""
        self.built += other.built
        self.failed += other.failed
        self.removed += other.removed
        self.left = other.left


class Builder:
    """Builds one site.

    Args:
        place: where.
        listing: all pages of this moment.
        asking: one page in one language.
        languages: those of the site; the first one is also what the addresses without a language show.
        version: of everything that pages are made of beside what they show; another one builds all anew.
    """

    def __init__(
        self, place: Place, listing: Listing, asking: Asking, languages: tuple[str, ...], version: str
    ) -> None:
        self._place = place
        self._listing = listing
        self._asking = asking
        self._languages = languages
        self._version = version

    def build(self, *, everything: bool = False, seconds: float = BATCH_SECONDS) -> Outcome:
        """Builds until nothing is left, in batches.

        Args:
            everything: pages that have not changed too.
            seconds: how long a batch may last.

        Raises:
            OSError: the directory cannot be written or another builder did not let go.
        """
        whole = Outcome()
        if everything:
            with writing_in(self._place.state, WAIT_SECONDS):
                self._place.write(Manifest())
        while True:
            batch = self.batch(seconds)
            whole.add(batch)
            if not batch.left:
                return whole

    def batch(self, seconds: float = BATCH_SECONDS) -> Outcome:
        """Builds what changed, the newest first, for about so long. At least one page is built if one has to be.

        Raises:
            OSError: the directory cannot be written or another builder did not let go.
        """
        with writing_in(self._place.state, WAIT_SECONDS):
            prepare(self._place)
            manifest = self._place.read()
            pages = list(self._listing())
            due = sorted((page for page in pages if self._is_due(page, manifest)), key=_newest_first)
            plain = [page for page in due if not page.lists]
            lists = [page for page in due if page.lists]
            outcome = Outcome()
            end = time.monotonic() + seconds
            left = self._make(plain, manifest, outcome, end)
            # Home and feeds are few and must not wait for an archive that is being built for the first time.
            left += self._make(lists, manifest, outcome, max(end, time.monotonic() + seconds))
            swept = manifest.swept
            if not left:
                outcome.removed = self._remove(pages, manifest)
            if due or outcome.removed or swept != manifest.swept:
                self._place.write(manifest)
            # Failed ones are tried again at the next change or minute, not at once.
            outcome.left = left
            return outcome

    def _files(self, page: Page) -> dict[str, str]:
        """The page's files with their languages."""
        if not page.spoken:
            return {file_of(page.address): ""}
        return {file_of(page.address, language): language for language in self._languages}

    def _stamp(self, page: Page) -> str:
        return sha256(f"{self._version} {page.stamp}".encode()).hexdigest()[:DIGEST_LENGTH]

    def _is_due(self, page: Page, manifest: Manifest) -> bool:
        stamp = self._stamp(page)
        return any((known := manifest.files.get(path)) is None or known.stamp != stamp for path in self._files(page))

    def _make(self, pages: list[Page], manifest: Manifest, outcome: Outcome, end: float) -> int:
        writer = Writer(self._place)
        made: dict[str, Known] = {}
        done = 0
        for page in pages:
            if done and time.monotonic() > end:
                break
            done += 1
            try:
                for path, language in self._files(page).items():
                    made[path] = self._one(page, path, language, manifest, writer)
                outcome.built += 1
            except NotBuiltError as error:
                log.error("a public page could not be built", extra={"page": str(error)})  # noqa: TRY400 - no bug here
                outcome.failed.append(page.address)
        writer.publish()
        manifest.files |= made
        return len(pages) - done

    def _one(self, page: Page, path: str, language: str, manifest: Manifest, writer: Writer) -> Known:
        answer = self._asking(page, language)
        digest = sha256(answer.body).hexdigest()[:DIGEST_LENGTH]
        number = manifest.numbered(answer.headers)
        before = manifest.files.get(path)
        if before and before.digest == digest and (self._place.site / path).exists():
            return Known(self._stamp(page), before.time, digest, number)
        changed = page.changed or answer.changed
        moment = int(changed.timestamp() if changed else time.time())
        if before:
            moment = max(moment, before.time + 1)  # a reader who asks "since then?" must hear of it
        writer.stage(path, answer.body, moment)
        if language == self._languages[0]:
            writer.also(path, path.removeprefix(f"{language}/"))
        return Known(self._stamp(page), moment, digest, number)

    def _remove(self, pages: list[Page], manifest: Manifest) -> int:
        wanted = {path for page in pages for path in self._files(page)}
        gone = [path for path in manifest.files if path not in wanted]
        prefix = f"{self._languages[0]}/"
        if not manifest.swept:
            known = wanted | {path.removeprefix(prefix) for path in wanted}
            Writer(self._place).sweep(known)
            manifest.swept = True
        for path in gone:
            names = [path, path.removeprefix(prefix)] if path.startswith(prefix) else [path]
            Writer(self._place).remove(names)
            with suppress(KeyError):
                del manifest.files[path]
        return len(gone)


def _newest_first(page: Page) -> float:
    # What has no time of its own (a legal page) is neither urgent nor many.
    return -(page.changed or OLDEST).timestamp()
