"""CAP 1.2 files and an Atom index in a directory: for apps, sign networks, partner agencies and aggregators.

The directory is the record: every document ever sent stays in it, and the index is built anew from what lies there, so
that a lost index, a second process or a restored backup cannot make it lie. Updates and cancellations are entries of
their own and the earlier entry stays (Google Public Alerts: "don't remove the existing alert from your feed").
"""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import marshmallow as ma

from hub.cap.reading import NotCapError, Summary, read_summary
from hub.channels.atomic import Busy, StagedFiles, WholeFile, writing_in
from hub.channels.cap_index import INDEX_NAME, FeedIdentity, atom_index, text_of
from hub.channels.contract import (
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    PreviewPart,
    Surroundings,
    TransientChannelError,
    UnknownOutcomeError,
)
from hub.kernel.phrase import Phrase

log = logging.getLogger(__name__)

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Becomes a file name and the end of an address: no separator, no leading dot, nothing that needs escaping.
FILE_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
# Readers poll: the index carries the newest entries only, older documents stay under their own address.
INDEX_ENTRIES = 100
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def _one_line(value: str) -> None:
    if not value.isprintable():
        msg = "must be one line without control characters"
        raise ma.ValidationError(msg)


class CapFeedSettings(ma.Schema):
    """Where the feed lies and what it is called; empty: ``public/cap`` in the data directory, the authority's name."""

    directory = ma.fields.String(load_default="", validate=_one_line)
    title = ma.fields.String(load_default="", validate=[ma.validate.Length(max=120), _one_line])


class CapFeed(ChannelAdapter):
    """Publishes to the hub's own CAP feed. Repeating an attempt rewrites the same bytes."""

    kind: ClassVar[str] = "cap_feed"
    label: ClassVar[Phrase] = Phrase("CAP feed")
    form: ClassVar[str] = "cap"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True
    can_read_back: ClassVar[bool] = True
    settles_after: ClassVar[timedelta] = timedelta(0)  # a file is there or not
    settings_schema: ClassVar[type[ma.Schema]] = CapFeedSettings

    def __init__(
        self, channel_id: str, settings: Mapping[str, Any], languages: tuple[str, ...], hub: Surroundings
    ) -> None:
        super().__init__(channel_id, settings, languages, hub)
        self.directory: Path = hub.data_directory / (settings["directory"] or "public/cap")
        self.identity = FeedIdentity(
            title=settings["title"] or hub.sender_name,
            author=hub.sender_name,
            address=f"{hub.base_url.rstrip('/')}/cap/",
            home=f"{hub.base_url.rstrip('/')}/",
            languages=languages,
        )

    def render(self, message: OutboundMessage) -> Body:
        """The CAP document with its XML declaration, as it will lie in the file."""
        if not FILE_STEM.fullmatch(message.publication_id):
            raise PermanentChannelError(Phrase("the identifier cannot be a file name"))
        missing = [language for language in self.languages if language not in message.texts.get(self.form, {})]
        if missing:
            raise PermanentChannelError(Phrase("there is no text in: %(languages)s", languages=", ".join(missing)))
        document = DECLARATION + message.cap_xml
        summary = _read(document)
        if summary.identifier != message.publication_id:
            raise PermanentChannelError(Phrase("the CAP document carries another identifier"))
        return {"identifier": message.publication_id, "document": document}

    def preview(self, body: Body) -> list[PreviewPart]:
        """One part a language, then the document itself."""
        summary = _read(body["document"])
        parts = [
            PreviewPart(Phrase("CAP text (%(language)s)", language=_name(words.language)), text_of(summary, words))
            for words in summary.words
        ]
        return [*parts, PreviewPart(Phrase("CAP document"), body["document"], for_machines=True)]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Writes the document and the index; both are on the disk under temporary names before either is seen."""
        identifier, content = outgoing.body["identifier"], outgoing.body["document"].encode()
        try:
            with writing_in(self.directory, outgoing.deadline):
                staged = self._stage(f"{identifier}.xml", content)
                try:
                    staged.publish()
                except OSError as error:
                    raise UnknownOutcomeError(_reason(error)) from error
        except OSError as error:
            raise TransientChannelError(_reason(error)) from error
        return self._proof(identifier)

    def read_back(self, outgoing: Outgoing) -> Acceptance | None:
        """Is the very document there, and does the index name it?

        Raises:
            TransientChannelError: the directory cannot be read.
            PermanentChannelError: the document is there and the index is without it, for readers neither sent nor not.
        """
        identifier, content = outgoing.body["identifier"], outgoing.body["document"].encode()
        proof = self._proof(identifier)
        try:
            if (self.directory / f"{identifier}.xml").read_bytes() != content:
                return None
            if proof.remote_url.encode() in (self.directory / INDEX_NAME).read_bytes():
                return proof
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = Phrase("the feed cannot be read: %(reason)s", reason=error.strerror or type(error).__name__)
            raise TransientChannelError(reason) from error
        raise PermanentChannelError(Phrase("the document is there, and the index does not name it"))

    def read_index(self) -> bytes:
        """The index as it lies there, or an empty one before the first alert.

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            return (self.directory / INDEX_NAME).read_bytes()
        except FileNotFoundError:
            return atom_index(self.identity, [])

    def check(self) -> Phrase | None:
        """Can the directory be made and locked?"""
        try:
            with writing_in(self.directory, wait=1):
                return None
        except OSError as error:
            return _reason(error)

    def _proof(self, identifier: str) -> Acceptance:
        return Acceptance(remote_id=identifier, remote_url=f"{self.identity.address}{identifier}.xml")

    def _stage(self, name: str, content: bytes) -> StagedFiles:
        target = self.directory / name
        if target.exists() and target.read_bytes() != content:
            raise PermanentChannelError(Phrase("another message was published under this identifier"))
        summary = read_summary(content)
        index = atom_index(self.identity, self._newest(target, summary))
        return StagedFiles(
            self.directory, [WholeFile(name, content, changed=summary.sent), WholeFile(INDEX_NAME, index)]
        )

    def _newest(self, target: Path, summary: Summary) -> list[Summary]:
        """The newest messages, the one that is being published among them.

        A file's time of change is its alert's time of sending, so that a long archive need not be read to be sorted.
        """
        times = {path: path.stat().st_mtime for path in self.directory.glob("*.xml")}
        times[target] = summary.sent.timestamp()
        found = []
        for path in sorted(times, key=times.__getitem__, reverse=True)[:INDEX_ENTRIES]:
            try:
                found.append(summary if path == target else read_summary(path.read_bytes()))
            except NotCapError as error:
                log.warning("left out of the CAP index", extra={"file": str(path), "reason": str(error)})
        return found


def _read(document: str) -> Summary:
    try:
        return read_summary(document.encode())
    except (NotCapError, UnicodeEncodeError) as error:
        raise PermanentChannelError(Phrase("the CAP document cannot be read: %(reason)s", reason=str(error))) from error


def _name(language: str) -> Phrase | str:
    return LANGUAGE_NAMES.get(language.partition("-")[0], language)


def _reason(error: OSError) -> Phrase:
    if isinstance(error, Busy):
        return Phrase("another process is writing the feed")
    if error.errno in FULL:
        return Phrase("the disk is full")
    return Phrase("the feed cannot be written: %(reason)s", reason=error.strerror or type(error).__name__)
