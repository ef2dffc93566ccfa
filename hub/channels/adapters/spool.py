"""One readable file a message: the harmless channel for trying out, and for whoever prints from a folder."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import marshmallow as ma

from hub.channels.atomic import StagedFiles, WholeFile, writing_in
from hub.channels.contract import (
    FORMS,
    LANGUAGE_NAMES,
    Acceptance,
    Body,
    ChannelAdapter,
    OutboundMessage,
    Outgoing,
    PreviewPart,
    TransientChannelError,
)
from hub.kernel.phrase import Phrase

# What may stand in a file name as it is; any other identifier is replaced by its fingerprint.
SAFE_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
RULE = "-" * 60


class SpoolSettings(ma.Schema):
    """``form``: the texts to write, such as ``voice`` for whoever reads them aloud. Files: ``spool/<channel id>``."""

    form = ma.fields.String(load_default="long", validate=ma.validate.OneOf([each for each in FORMS if each != "cap"]))


class Spool(ChannelAdapter):
    """Writes each message to a text file that is there whole or not at all. The same message again is the same file."""

    kind: ClassVar[str] = "spool"
    label: ClassVar[Phrase] = Phrase("File on this machine")
    form: ClassVar[str] = "long"
    multilingual: ClassVar[bool] = True
    single: ClassVar[bool] = True
    idempotent: ClassVar[bool] = True
    can_read_back: ClassVar[bool] = True
    settles_after: ClassVar[timedelta] = timedelta(0)  # a file is there or not
    settings_schema: ClassVar[type[ma.Schema]] = SpoolSettings

    @property
    def form_taken(self) -> str:
        """The form that the settings choose."""
        return str(self.settings.get("form", self.form))

    @property
    def directory(self) -> Path:
        """Where the files lie."""
        return self.hub.data_directory / "spool" / self.channel_id

    def render(self, message: OutboundMessage) -> Body:
        """The head of the message in CAP's words, then one block a language."""
        head = {
            "Identifier": message.publication_id,
            "Status": message.status,
            "MsgType": message.msg_type,
            "References": ", ".join(message.references) or "-",
            "Sender": message.sender_name,
            "Sent": _moment(message.sent),
            "Expires": _moment(message.expires),
            "Page": message.page_url,
        }
        texts = [{"language": text.language, "text": text.text} for text in self.texts(message)]
        return {
            "stem": _stem(message.sent, message.publication_id),
            "head": "\n".join(f"{name}: {value}" for name, value in head.items()),
            "texts": texts,
        }

    def preview(self, body: Body) -> list[PreviewPart]:
        """The text of each language, then the head."""
        parts = [PreviewPart(LANGUAGE_NAMES[item["language"]], item["text"]) for item in body["texts"]]
        return [*parts, PreviewPart(Phrase("Head of the file"), body["head"])]

    def send(self, outgoing: Outgoing) -> Acceptance:
        """Writes the file."""
        name, content = _file(outgoing.body)
        try:
            with writing_in(self.directory, outgoing.deadline):
                StagedFiles(self.directory, [WholeFile(name, content)]).publish()
        except OSError as error:
            raise TransientChannelError(_reason(error)) from error
        return Acceptance(remote_id=name)

    def read_back(self, outgoing: Outgoing) -> Acceptance | None:
        """Is the very file there?"""
        name, content = _file(outgoing.body)
        try:
            there = (self.directory / name).read_bytes() == content
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TransientChannelError(_unreadable(error)) from error
        return Acceptance(remote_id=name) if there else None

    def check(self) -> Phrase | None:
        """Can the directory be written to?"""
        try:
            with writing_in(self.directory, wait=1):
                return None
        except OSError as error:
            return _reason(error)


def _file(body: Body) -> tuple[str, bytes]:
    blocks = [f"{RULE}\n[{item['language']}]\n{item['text']}\n" for item in body["texts"]]
    return f"{body['stem']}.txt", "\n".join([body["head"], *blocks]).encode()


def _stem(sent: datetime, identifier: str) -> str:
    if not SAFE_IDENTIFIER.fullmatch(identifier):
        identifier = hashlib.sha256(identifier.encode()).hexdigest()
    return f"{sent.astimezone(UTC):%Y%m%dT%H%M%SZ}-{identifier}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _unreadable(error: OSError) -> Phrase:
    return Phrase("the file cannot be read: %(detail)s", detail=error.strerror or type(error).__name__)


def _reason(error: OSError) -> Phrase:
    return Phrase("the file cannot be written: %(detail)s", detail=error.strerror or type(error).__name__)
