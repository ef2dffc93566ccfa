"""Reads back what lists and feeds need from a CAP 1.2 document: who, when, what kind, and the words in each language.

The parser expands no entity, fetches nothing and refuses a document type: a bomb or a probe is not a CAP message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from hub.cap.xml import NAMESPACE

# A message of ours is below 20 kB; the largest of the public corpus with polygons stay below 1 MB.
LARGEST_BYTES = 4 * 1024 * 1024


class NotCapError(ValueError):
    """The document is not a CAP 1.2 message that can be listed."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one ``info``; what is missing is empty."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str
    sender_name: str
    web: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list says about one CAP message. ``references`` counts the messages that it follows."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    references: int
    words: tuple[Words, ...]


def read_summary(document: bytes) -> Summary:
    """Reads one document.

    Raises:
        NotCapError: it is too large, not well-formed, has a document type, or lacks what every CAP message has.
    """
    if len(document) > LARGEST_BYTES:
        msg = f"longer than {LARGEST_BYTES} bytes"
        raise NotCapError(msg)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise NotCapError(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{NAMESPACE}}}alert":
        msg = "not a CAP 1.2 alert"
        raise NotCapError(msg)
    return _summary(root)


def _summary(root: etree._Element) -> Summary:
    identifier = _text(root, "identifier")
    try:
        sent = datetime.fromisoformat(_text(root, "sent"))
    except ValueError:
        sent = None
    if not identifier or sent is None or sent.tzinfo is None:
        msg = "without identifier or time of sending"
        raise NotCapError(msg)
    return Summary(
        identifier=identifier,
        sender=_text(root, "sender"),
        sent=sent,
        status=_text(root, "status"),
        msg_type=_text(root, "msgType"),
        references=len(_text(root, "references").split()),
        words=tuple(map(_words, root.iterfind(f"{{{NAMESPACE}}}info"))),
    )


def _words(info: etree._Element) -> Words:
    return Words(
        language=_text(info, "language") or "en-US",  # the default of the standard
        event=_text(info, "event"),
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
        sender_name=_text(info, "senderName"),
        web=_text(info, "web"),
    )


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()
