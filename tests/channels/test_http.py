"""The mapping of HTTP results to outcomes, over real sockets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.channels.http import LONGEST_PAUSE, exchange, json_object, retry_after
from tests.peers import http_peer as peers
from tests.peers.http_peer import HttpPeer

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)

PERMANENT = [
    300,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    402,
    403,
    404,
    405,
    409,
    410,
    413,
    415,
    418,
    422,
    451,
    501,
    505,
]
TRANSIENT = [408, 425, 429, 500, 502, 503, 507, 508, 521, 522, 599]
UNKNOWN = [504, 520, 524]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((status, PermanentChannelError) for status in PERMANENT),
        *((status, TransientChannelError) for status in TRANSIENT),
        *((status, UnknownOutcomeError) for status in UNKNOWN),
    ],
)
def test_every_status_has_one_outcome_and_says_so(
    peer: HttpPeer, hub: Surroundings, status: int, outcome: type[ChannelError]
) -> None:
    peer.script.append(peers.answer(status, b"" if status == 304 else b"reasons of their own"))
    with pytest.raises(ChannelError) as caught:
        exchange(hub, "POST", peer.url, deadline=20, data=b"x")
    assert type(caught.value) is outcome
    assert str(status) in str(caught.value.reason)
    assert f"127.0.0.1:{peer.port}" in str(caught.value.reason)
    assert len(peer.requests) == 1


TROUBLES = {"message": [403, 404, 408, 422, 425, 501, 504, 505, 520], "host": [401, 500, 502, 503, 507], "pace": [429]}


@pytest.mark.parametrize(
    ("status", "trouble"), [(status, trouble) for trouble, statuses in TROUBLES.items() for status in statuses]
)
def test_what_a_status_says_about_the_host(peer: HttpPeer, hub: Surroundings, status: int, trouble: str) -> None:
    peer.script.append(peers.answer(status))
    with pytest.raises(ChannelError) as caught:
        exchange(hub, "POST", peer.url, deadline=20, data=b"x")
    assert caught.value.trouble == trouble


def test_who_cannot_be_reached_is_in_trouble(hub: Surroundings) -> None:
    with pytest.raises(TransientChannelError) as caught:
        exchange(hub, "POST", "http://127.0.0.1:1/", deadline=20, data=b"x")
    assert caught.value.trouble == Trouble.HOST


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_handed_to_the_adapter(peer: HttpPeer, hub: Surroundings, status: int) -> None:
    peer.script.append(peers.answer(status))
    assert exchange(hub, "POST", peer.url, deadline=20, data=b"x").status_code == status


def test_an_adapter_may_ask_for_a_status(peer: HttpPeer, hub: Surroundings) -> None:
    peer.script.append(peers.answer(404))
    assert exchange(hub, "POST", peer.url, deadline=20, also=(404,)).status_code == 404


@pytest.mark.parametrize(
    ("behaviour", "deadline"),
    [
        (peers.hang(), 1.0),
        (peers.header_drip(), 1.0),
        (peers.body_drip(), 1.0),
        (peers.reset_after_request(), 20),
        (peers.close_after_request(), 20),
        (peers.cut_head(), 20),
        (peers.cut_body(), 20),
        (peers.large(), 20),
        (peers.gzip_bomb(), 20),
    ],
)
def test_written_and_not_answered_is_unknown(
    peer: HttpPeer, hub: Surroundings, behaviour: peers.Behaviour, deadline: float
) -> None:
    peer.script.append(behaviour)
    with pytest.raises(UnknownOutcomeError):
        exchange(hub, "POST", peer.url, deadline=deadline, data=b"x")
    assert len(peer.requests) == 1


def test_not_written_is_transient_and_a_refused_address_permanent(hub: Surroundings, tmp_path: Path) -> None:
    with pytest.raises(TransientChannelError):
        exchange(hub, "POST", "https://nobody.invalid/", deadline=20, data=b"x")
    with pytest.raises(PermanentChannelError):
        exchange(hub, "POST", "https://169.254.169.254/", deadline=20, data=b"x")


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_that_is_asked_for_is_passed_on(peer: HttpPeer, hub: Surroundings, status: int) -> None:
    peer.script.append(peers.answer(status, b"", Retry_After="17"))
    with pytest.raises(TransientChannelError) as caught:
        exchange(hub, "POST", peer.url, deadline=20, data=b"x")
    assert caught.value.retry_after == 17


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("1000000000", LONGEST_PAUSE),
        ("9" * 5000, None),
        ("-1", None),
        ("1.5", None),
        ("\u0661\u0662", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Sat, 21 Nov 2026 16:42:00 GMT", 120),
        ("Sat, 21 Nov 2026 17:42:00 +0100", 120),
        ("Sat, 21 Nov 2026 16:42:00 -0000", 120),
        ("Saturday, 21-Nov-26 16:42:00 GMT", 120),
        ("Sat, 21 Nov 2026 16:39:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE),
        ("Sat, 99 Nov 2026 16:42:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"text"', b'{"id": ', b"\xff\xfe", b"[" * 100_000])
def test_success_without_an_object_is_unknown(peer: HttpPeer, hub: Surroundings, body: bytes) -> None:
    peer.script.append(peers.answer(200, body))
    with pytest.raises(UnknownOutcomeError):
        json_object(exchange(hub, "POST", peer.url, deadline=20, data=b"x"))
