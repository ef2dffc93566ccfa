"""What lists and feeds read back, and what they refuse to read."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.cap.model import Reference
from hub.cap.reading import LARGEST_BYTES, NotCapError, Words, read_summary
from hub.cap.vocabulary import MsgType
from hub.cap.xml import to_xml
from tests.cap.samples import SENT, make_alert, make_info

RIGHT = to_xml(make_alert())


def test_a_message_reads_back_as_it_was_written():
    follows = tuple(Reference("a@b.example", name, SENT - timedelta(hours=1)) for name in "xyz")
    info = make_info(headline="Crue <& fin>", web="https://rivemont.example/a", sender_name="Mairie")
    alert = make_alert(msg_type=MsgType.CANCEL, references=follows, infos=(info,))
    summary = read_summary(to_xml(alert, ZoneInfo("Europe/Paris")).encode())
    assert (summary.identifier, summary.sender, summary.sent) == (alert.identifier, alert.sender, SENT)
    assert (summary.status, summary.msg_type, summary.references) == ("Actual", "Cancel", 3)
    assert summary.words == (
        Words("fr-FR", "Inondation", "Crue <& fin>", "", "", "Mairie", "https://rivemont.example/a"),
    )


def test_a_missing_language_is_american_english_as_the_standard_says():
    document = RIGHT.replace("<language>fr-FR</language>", "")
    assert [words.language for words in read_summary(document.encode()).words] == ["en-US", "en-GB"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\x00\xff",
        b"<html/>",
        b"<alert/>",
        RIGHT.encode()[:-1],
        RIGHT.replace("cap:1.2", "cap:1.1").encode(),
        RIGHT.replace("+00:00", "").replace("-00:00", "").encode(),
        RIGHT.replace("2026-12-07", "hier").encode(),
        RIGHT.replace(make_alert().identifier, " ").encode(),
        b'<!DOCTYPE alert [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + RIGHT.replace("Crue", "&b;").encode(),
        b'<!DOCTYPE alert SYSTEM "file:///etc/passwd">' + RIGHT.encode(),
        b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RIGHT.replace("Crue", "&x;").encode(),
        b" " * (LARGEST_BYTES + 1),
        b"<a>" * 100_000,
    ],
    ids=range(14),
)
def test_anything_else_is_refused(document):
    with pytest.raises(NotCapError):
        read_summary(document)
