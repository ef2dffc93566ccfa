"""Builds what changed: pages first, then what lists them, then takes away what is no longer there.

Every file is written beside its place and renamed, so a reader sees the old page or the new one. A builder that is
killed leaves the manifest of before: the next one builds the same pages once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.channels.atomic import writing_in
from hub.web.pages import Page
from hub.web.site.asking import NotBuiltError
from hub.web.site.files import Writer, prepare
from hub.web.site.listing import Listed
from hub.web.site.making import Asking, Making, stamped
from hub.web.site.manifest import Files, Manifest, forget_all
from hub.web.site.pieces import Pieces
from hub.web.site.place import Place, file_of

log = logging.getLogger(__name__)

# Another builder holds the directory for one batch.
WAIT_SECONDS = 30.0
# After so long a batch ends, what it has is shown, and whoever waits for a page of now may take the directory.
BATCH_SECONDS = 3.0
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)

# Lists all groups; the pages of those of which it is told, by name and stamp, that they are wanted.
Listing = Callable[[Callable[[str, str], bool]], Iterable[Listed]]


@dataclass(slots=True)
class _Changed:
    """A group in which something may have changed: what has to be made, what is no longer there."""

    name: str
    stamp: str
    files: Files
    wanted: set[str] = field(default_factory=set)
    due: list[tuple[Page, dict[str, str]]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: bool = False
    touched: bool = False


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
        listing: all pages of this moment, group by group.
        asking: asks the application for one page in one language, or for a piece of one.
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
                forget_all(self._place)
                Pieces(self._place).forget_all()
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
            manifest = Manifest(self._place)
            known = manifest.groups
            found = self._listing(lambda name, stamp: known.get(name) != stamped(self._version, stamp))
            changed = [self._looked_over(group, manifest) for group in found if group.pages is not None]
            outcome = Outcome()
            end = time.monotonic() + seconds
            self._make(changed, outcome, end, lists=False)
            # Home and feeds are few and must not wait for an archive that is being built for the first time.
            self._make(changed, outcome, max(end, time.monotonic() + seconds), lists=True)
            # Failed ones are tried again at the next change or minute, not at once.
            outcome.left = sum(len(group.due) for group in changed)
            if not outcome.left:
                outcome.removed = self._remove(changed, {group.name for group in found}, manifest)
            self._note(changed, manifest)
            return outcome

    def _looked_over(self, group: Listed, manifest: Manifest) -> _Changed:
        files = manifest.files(group.name)
        changed = _Changed(group.name, stamped(self._version, group.stamp), files)
        for page in group.pages or ():
            paths = self._paths(page)
            changed.wanted |= paths.keys()
            stamp = stamped(self._version, page.stamp)
            if any((known := files.get(path)) is None or known.stamp != stamp for path in paths):
                changed.due.append((page, paths))
        changed.gone = [path for path in files if path not in changed.wanted]
        return changed

    def _paths(self, page: Page) -> dict[str, str]:
        """The paths of the page's files with their languages."""
        if not page.spoken:
            return {file_of(page.address): ""}
        return {file_of(page.address, language): language for language in self._languages}

    def _make(self, changed: list[_Changed], outcome: Outcome, end: float, *, lists: bool) -> None:
        making = Making(self._place, self._asking, self._version, self._languages[0])
        due = [(page, paths, group) for group in changed for page, paths in group.due if page.lists is lists]
        due.sort(key=lambda each: _newest_first(each[0]))
        done: dict[str, set[str]] = {group.name: set() for group in changed}
        for number, (page, paths, group) in enumerate(due):
            if number and time.monotonic() > end:
                break
            done[group.name].add(page.address)
            try:
                making.make(page, paths, group.files)
                outcome.built += 1
            except NotBuiltError as error:
                log.error("a public page could not be built", extra={"page": str(error)})  # noqa: TRY400 - no bug here
                outcome.failed.append(page.address)
                group.failed = True
        making.publish()
        for group in changed:
            group.touched |= bool(done[group.name])
            group.due = [each for each in group.due if each[0].address not in done[group.name]]

    def _remove(self, changed: list[_Changed], names: set[str], manifest: Manifest) -> int:
        wanted: set[str] = set().union(*(group.wanted for group in changed))
        gone = [path for group in changed for path in group.gone]
        for name in manifest.groups.keys() - names:
            gone += manifest.files(name)
            manifest.drop(name)
        if not manifest.swept:
            known = wanted.union(*(manifest.files(name) for name in manifest.groups))
            Writer(self._place).sweep(known | {self._unspoken(path) for path in known})
            manifest.swept = True
        for path in gone:
            if path not in wanted:
                Writer(self._place).remove([path, self._unspoken(path)])
                Pieces(self._place).forget(path)
        for group in changed:
            for path in group.gone:
                del group.files[path]
            group.gone = []
        return len(gone)

    def _unspoken(self, path: str) -> str:
        """Where the file lies too, if it is in the first language."""
        return path.removeprefix(f"{self._languages[0]}/")

    def _note(self, changed: list[_Changed], manifest: Manifest) -> None:
        for group in changed:
            complete = not (group.due or group.failed or group.gone)
            if complete or group.touched:
                manifest.note(group.name, group.stamp if complete else "")
        manifest.write()


def _newest_first(page: Page) -> float:
    # What has no time of its own (a legal page) is neither urgent nor many.
    return -(page.changed or OLDEST).timestamp()
