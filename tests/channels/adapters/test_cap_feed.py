"""The CAP feed, read by others: the official schema and feedparser. Real files, threads, processes and a full disk."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import feedparser
import pytest
from capvalidator import Validator

from hub.cap.model import Reference
from hub.cap.vocabulary import MsgType, Status
from hub.cap.xml import to_xml
from hub.channels import cap_index
from hub.channels.adapters.cap_feed import INDEX_ENTRIES, CapFeed, CapFeedSettings
from hub.channels.contract import (
    Destination,
    OutboundMessage,
    Outgoing,
    PermanentChannelError,
    RenderedText,
    Surroundings,
    TransientChannelError,
)
from hub.kernel.clock import SystemClock
from hub.kernel.http import GuardedClient
from tests.cap.samples import SENT, make_alert, make_info
from tests.channels.adapter_contract import AdapterContract

BASE = "https://alerte.rivemont.example"


def cap_feed(data_directory: Path, languages: tuple[str, ...] = ("fr", "en"), **settings: str) -> CapFeed:
    hub = Surroundings(
        http=GuardedClient(()),  # the feed never uses the network
        clock=SystemClock(),
        data_directory=data_directory,
        base_url=BASE,
        sender="alerte@rivemont.example",
        sender_name="Mairie de Rivemont",
    )
    return CapFeed("flux-cap", CapFeedSettings().load(settings), languages, hub)


def message(
    number: int = 1,
    *,
    status: Status = Status.ACTUAL,
    msg_type: MsgType = MsgType.ALERT,
    follows: int | None = None,
    text: str = "Crue de la Lise",
    identifier: str = "",
) -> OutboundMessage:
    name = identifier or f"alerte-{number}"
    sent = SENT + timedelta(minutes=number)
    references = ()
    if follows is not None:
        references = (Reference("alerte@rivemont.example", f"alerte-{follows}", SENT + timedelta(minutes=follows)),)
    ends = sent + timedelta(hours=6)
    web = f"{BASE}/alertes/{name}"
    alert = make_alert(
        identifier=name,
        sent=sent,
        status=status,
        msg_type=msg_type,
        references=references,
        note="Exercice Lise 2026" if status is Status.EXERCISE else "",
        infos=(
            make_info(headline=text, description="La Lise déborde.", expires=ends, web=web),
            make_info(language="en-GB", headline="Flood", description="The Lise is flooding.", expires=ends, web=web),
        ),
    )
    return OutboundMessage(
        publication_id=name,
        incident=name,
        references=tuple(reference.identifier for reference in references),
        status=status,
        msg_type=msg_type,
        sent=sent,
        expires=ends,
        urgency="Immediate",
        severity="Severe",
        sender_name="Mairie de Rivemont",
        page_url=web,
        texts={"cap": {language: RenderedText("cap", language, {"headline": text}) for language in ("fr", "en")}},
        cap_xml=to_xml(alert),
    )


def outgoing(feed: CapFeed, what: OutboundMessage, deadline: float = 5) -> Outgoing:
    return Outgoing(what.publication_id, feed.render(what), Destination(1, "self"), "key", deadline, what.sent)


def publish(feed: CapFeed, *messages: OutboundMessage) -> None:
    for each in messages:
        feed.send(outgoing(feed, each))


def entries(feed: CapFeed) -> list[feedparser.FeedParserDict]:
    parsed = feedparser.parse(feed.read_index())
    assert not parsed.bozo
    return parsed.entries


class TestContract(AdapterContract):
    kind: ClassVar[str] = "cap_feed"

    def carried(self) -> OutboundMessage:
        return message()


@pytest.fixture
def feed(tmp_path: Path) -> CapFeed:
    return cap_feed(tmp_path)


def test_the_file_is_the_frozen_body_and_the_official_schema_accepts_it(feed):
    attempt = outgoing(feed, message())
    acceptance = feed.send(attempt)
    assert (acceptance.remote_id, acceptance.remote_url) == ("alerte-1", f"{BASE}/cap/alerte-1.xml")
    written = (feed.directory / "alerte-1.xml").read_bytes()
    assert written == attempt.body["document"].encode()
    assert Validator(written).schema()[0] is True


def test_a_reader_finds_the_alert_in_the_index(feed):
    publish(feed, message())
    parsed = feedparser.parse(feed.read_index())
    assert (parsed.feed.title, parsed.feed.id) == ("Mairie de Rivemont", f"{BASE}/cap/index.atom")
    assert {(link.rel, link.href) for link in parsed.feed.links} == {
        ("self", f"{BASE}/cap/index.atom"),
        ("alternate", f"{BASE}/"),
    }
    (entry,) = parsed.entries
    assert entry.title == "Crue de la Lise"
    assert {(link.type, link.href) for link in entry.links} == {
        ("application/cap+xml", f"{BASE}/cap/alerte-1.xml"),
        ("text/html", f"{BASE}/alertes/alerte-1"),
    }
    assert entry.author == "Mairie de Rivemont"
    assert "La Lise déborde." in entry.content[0].value
    assert "The Lise is flooding." in entry.content[0].value


def test_an_index_is_there_before_the_first_alert(feed):
    assert entries(feed) == []
    assert feedparser.parse(feed.read_index()).feed.updated == "1970-01-01T00:00:00+00:00"


def test_updates_and_cancellations_are_entries_of_their_own_newest_first(feed):
    publish(
        feed,
        message(1),
        message(2, msg_type=MsgType.UPDATE, follows=1),
        message(3, msg_type=MsgType.CANCEL, follows=2, text="Alerte envoyée par erreur"),
    )
    found = entries(feed)
    assert [entry.title for entry in found] == [
        "[ANNULÉ] Alerte envoyée par erreur",
        "Crue de la Lise",
        "Crue de la Lise",
    ]
    assert [entry.tags[1].term for entry in found] == ["Cancel", "Update", "Alert"]


def test_of_two_messages_in_one_second_the_one_that_follows_is_first(feed):
    first, second = message(1, identifier="z-first"), message(1, msg_type=MsgType.UPDATE, follows=0, identifier="a")
    publish(feed, second, first)
    assert [entry.id for entry in entries(feed)] == [f"{BASE}/cap/a.xml", f"{BASE}/cap/z-first.xml"]


def test_a_cancellation_without_text_is_listed_too(feed):
    bare = make_alert(
        identifier="alerte-9", msg_type=MsgType.CANCEL, infos=(), references=(Reference("a@b.example", "x", SENT),)
    )
    publish(feed, replace(message(9), cap_xml=to_xml(bare)))
    assert [entry.title for entry in entries(feed)] == ["[ANNULÉ] Cancel alerte-9"]


@pytest.mark.parametrize(("languages", "mark"), [(("fr", "en"), "[EXERCICE]"), (("en",), "[EXERCISE]")])
def test_an_exercise_is_marked_in_the_title_in_the_text_and_by_category(tmp_path, languages, mark):
    feed = cap_feed(tmp_path, languages)
    publish(feed, message(status=Status.EXERCISE))
    (entry,) = entries(feed)
    assert entry.title.startswith(f"{mark} ")
    assert "[EXERCICE]" in entry.content[0].value
    assert "[EXERCISE]" in entry.content[0].value
    assert [tag.term for tag in entry.tags] == ["Exercise", "Alert"]


def test_a_headline_that_carries_the_mark_is_not_marked_twice(feed):
    publish(feed, message(status=Status.EXERCISE, text="EXERCICE EXERCICE EXERCICE : crue"))
    assert [entry.title for entry in entries(feed)] == ["EXERCICE EXERCICE EXERCICE : crue"]


def test_a_cancelled_exercise_says_first_that_it_is_one(feed):
    publish(feed, message(status=Status.EXERCISE, msg_type=MsgType.CANCEL, follows=0, text="EXERCICE : alerte annulée"))
    assert [entry.title for entry in entries(feed)] == ["[EXERCICE] [ANNULÉ] EXERCICE : alerte annulée"]


def test_the_index_depends_on_the_messages_only(tmp_path):
    one, other = cap_feed(tmp_path / "one"), cap_feed(tmp_path / "other")
    batch = [message(number) for number in range(1, 6)]
    publish(one, *batch)
    publish(other, *reversed(batch), batch[2])
    assert one.read_index() == other.read_index()
    assert feedparser.parse(one.read_index()).feed.updated == "2026-12-07T17:35:00+00:00"


def test_a_lost_index_comes_back_with_the_next_message(feed):
    publish(feed, message(1))
    (feed.directory / "index.atom").unlink()
    publish(feed, message(2))
    assert [entry.id for entry in entries(feed)] == [f"{BASE}/cap/alerte-{number}.xml" for number in (2, 1)]


def test_the_index_is_bounded_and_the_archive_is_kept(feed):
    total = INDEX_ENTRIES + 5
    publish(feed, *(message(number) for number in range(1, total + 1)))
    found = entries(feed)
    assert len(found) == INDEX_ENTRIES
    assert found[0].id == f"{BASE}/cap/alerte-{total}.xml"
    assert found[-1].id == f"{BASE}/cap/alerte-6.xml"
    assert len(list(feed.directory.glob("*.xml"))) == total


def test_a_repeated_attempt_changes_nothing(feed):
    publish(feed, message(1), message(2))
    before = {path.name: path.read_bytes() for path in feed.directory.iterdir()}
    publish(feed, message(1))
    assert {path.name: path.read_bytes() for path in feed.directory.iterdir()} == before


def test_another_message_under_a_used_identifier_is_refused(feed):
    publish(feed, message(1))
    with pytest.raises(PermanentChannelError, match="another message"):
        publish(feed, message(1, text="Autre chose"))
    assert [entry.title for entry in entries(feed)] == ["Crue de la Lise"]


@pytest.mark.parametrize(
    "name", ["../escape", "/etc/passwd", "..", ".hidden", "a/b", "a\\b", "a b", "é", "x" * 200, ""]
)
def test_an_identifier_that_is_no_plain_file_name_is_refused(feed, name):
    with pytest.raises(PermanentChannelError, match="file name"):
        feed.render(replace(message(), publication_id=name))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cap_xml": "<alert/>"}, "cannot be read"),
        ({"cap_xml": "no xml \ud800"}, "cannot be read"),
        ({"cap_xml": message(2).cap_xml}, "another identifier"),
        ({"texts": {"cap": {"fr": message().texts["cap"]["fr"]}}}, "no text in: en"),
        ({"texts": {}}, "no text in: fr, en"),
    ],
)
def test_a_message_that_cannot_be_carried_is_refused_at_the_preview(feed, changes, reason):
    with pytest.raises(PermanentChannelError, match=reason):
        feed.render(replace(message(), **changes))


def test_the_preview_shows_each_language_and_the_document(feed):
    body = feed.render(message(status=Status.EXERCISE))
    french, english, document = feed.preview(body)
    assert french.text.startswith("[EXERCICE] Crue de la Lise\n\nLa Lise déborde.")
    assert english.text.startswith("[EXERCISE] Flood")
    assert document.text == body["document"]


def test_markup_in_a_headline_stays_text_for_a_reader(feed):
    publish(feed, message(text="<script>alert(1)</script> & {{7*7}}"))
    index = feed.read_index()
    assert b"<script" not in index
    assert feedparser.parse(index, sanitize_html=False).entries[0].title == "<script>alert(1)</script> & {{7*7}}"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses to let a file of this process grow further, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 1000, 2500], ids=["nothing fits", "half a document", "the index does not fit"])
def test_a_full_disk_leaves_everything_as_it_was(feed, size):
    publish(feed, message(1), message(2), message(4), message(5))
    before = {path.name: path.read_bytes() for path in feed.directory.iterdir()}
    assert len(before["alerte-1.xml"]) < 2500 < len(before["index.atom"])
    with largest_file(size), pytest.raises(TransientChannelError, match="disk is full"):
        publish(feed, message(3))
    assert {path.name: path.read_bytes() for path in feed.directory.iterdir()} == before
    publish(feed, message(3))
    assert len(entries(feed)) == 5


def test_a_directory_that_cannot_be_made_is_a_reason_to_try_again(tmp_path):
    (tmp_path / "public").write_text("a file in the way")
    feed = cap_feed(tmp_path)
    assert "cannot be written" in str(feed.check())
    with pytest.raises(TransientChannelError, match="cannot be written"):
        publish(feed, message())


def test_another_writer_that_keeps_the_directory_is_not_waited_for_beyond_the_deadline(feed):
    publish(feed, message(1))
    holder = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    command = [sys.executable, "-c", holder, str(feed.directory / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(TransientChannelError, match="another process"):
            feed.send(outgoing(feed, message(2), deadline=0.05))
        process.communicate(b"\n")
    publish(feed, message(2))
    assert len(entries(feed)) == 2


def test_what_does_not_belong_into_the_directory_is_left_out_and_left_alone(feed):
    publish(feed, message(1))
    foreign = feed.directory / "notes.xml"
    foreign.write_text("<notes/>")
    publish(feed, message(2))
    assert len(entries(feed)) == 2
    assert foreign.read_text() == "<notes/>"


WRITER = """
import sys
from pathlib import Path
from typing import ClassVar
from tests.channels.adapters.test_cap_feed import cap_feed, message, publish
feed = cap_feed(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    publish(feed, message(number))
    print(number, flush=True)
"""


def writer(directory: Path, first: int, end: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(directory), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_threads_and_processes_lose_no_entry(tmp_path):
    feed = cap_feed(tmp_path)
    with writer(tmp_path, 100, 115) as one, writer(tmp_path, 200, 215) as other, ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(publish, feed, message(number)) for number in range(1, 31)]:
            done.result()
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert len(entries(feed)) == 60
    assert not list(feed.directory.glob("*.part"))


def test_a_killed_writer_leaves_whole_files_and_its_rest_is_swept(tmp_path):
    feed = cap_feed(tmp_path)
    with writer(tmp_path, 1, 10_000) as process:
        for _ in range(5):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    (feed.directory / ".deadbeef.part").write_bytes(b"half")
    publish(feed, message(20_000))
    assert not list(feed.directory.glob(".*.part"))
    documents = list(feed.directory.glob("*.xml"))
    assert len(documents) >= 6
    assert all(Validator(path.read_bytes()).schema()[0] for path in documents)
    assert len(entries(feed)) == min(len(documents), INDEX_ENTRIES)


@pytest.mark.parametrize(
    "settings", [{"directory": "a\0b"}, {"title": "x" * 121}, {"title": "a\x01b"}, {"folder": "x"}, {"title": 3}]
)
def test_wrong_settings_are_refused(settings):
    assert CapFeedSettings().validate(settings)


def test_the_settings_are_used(tmp_path):
    feed = cap_feed(tmp_path, directory=str(tmp_path / "elsewhere"), title="Alertes de Rivemont")
    publish(feed, message())
    assert (tmp_path / "elsewhere" / "alerte-1.xml").exists()
    assert feedparser.parse(feed.read_index()).feed.title == "Alertes de Rivemont"
    assert feed.check() is None


def test_the_marks_exist_in_every_language_of_the_hub():
    assert set(cap_index.EXERCISE) == set(cap_index.CANCELLED) == {"fr", "en"}
