"""SMS, against a gateway that answers as Kannel does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import marshmallow as ma
import pytest

from hub.channels.adapters.sms import Sms
from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import SENT, attempt, message, texts
from tests.peers import http_peer as peers
from tests.peers.http_peer import HttpPeer
from tests.peers.kannel_peer import ACCEPTED, PASSWORD, PATH, QUEUED, USERNAME, KannelPeer, said

SOURCE = "env:HUB_SECRET_SMS"
NUMBER = "+33612345678"
METHODS = ("get", "post")


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    monkeypatch.setenv("HUB_SECRET_SMS", PASSWORD)
    monkeypatch.setenv("HUB_SECRET_WRONG", "another-password")
    monkeypatch.setenv("HUB_SECRET_ODD", "mot de passe é")
    clock.set(SENT)


@pytest.fixture
def gateway(peer: HttpPeer) -> KannelPeer:
    return KannelPeer(peer)


def sms(hub: Surroundings, gateway: str = f"https://sms.example{PATH}", **settings: Any) -> Sms:
    known = {"gateway": gateway, "username": USERNAME, "password": SOURCE, "sender": "Rivemont"}
    return Sms("sms-fr", Sms.settings_schema().load({**known, **settings}), ("fr",), hub)


@pytest.fixture(params=METHODS)
def adapter(hub: Surroundings, gateway: KannelPeer, request: pytest.FixtureRequest) -> Sms:
    return sms(hub, gateway.url, method=request.param)


@pytest.fixture
def getting(hub: Surroundings, gateway: KannelPeer) -> Sms:
    return sms(hub, gateway.url)


class TestContract(AdapterContract):
    kind: ClassVar[str] = "sms"
    settings: ClassVar[Mapping[str, Any]] = {
        "gateway": f"https://sms.example{PATH}",
        "username": USERNAME,
        "password": SOURCE,
        "sender": "Rivemont",
    }
    secrets: ClassVar[tuple[str, ...]] = (PASSWORD,)
    good_address: ClassVar[str] = NUMBER
    typed_address: ClassVar[str] = " 06 12 34 56 78 "
    bad_addresses: ClassVar[tuple[str, ...]] = (
        *("", "self", "mairie@rivemont.example", "3639", "118218", "+331234", "36 39", "17", "0612345", "06123456789"),
        *("0134567890", "+33134567890", "0899123456", "+33899123456", "+33 9 12 34 56 78", "+590590123456"),
        *("+979123456789", "+88212345678", "+80012345678", "+1234567890123456", "+0612345678", "٠٦١٢٣٤٥٦٧٨"),
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0612345678", NUMBER),
        ("07.12.34.56.78", "+33712345678"),
        ("06-12-34-56-78", NUMBER),
        ("06\u00a012\u202f34 56 78", NUMBER),
        ("+33 6 12 34 56 78", NUMBER),
        ("+33 (0)6 12 34 56 78", NUMBER),
        ("0033 612345678", NUMBER),
        ("0690 12 34 56", "+590690123456"),
        ("0692123456", "+262692123456"),
        ("0639123456", "+262639123456"),
        ("0694123456", "+594694123456"),
        ("0696123456", "+596696123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("004915123456789", "+4915123456789"),
        ("612345678", NUMBER),
        ("33612345678", NUMBER),
    ],
)
def test_numbers_are_kept_in_one_form(getting: Sms, typed: str, kept: str) -> None:
    assert getting.normal_address(typed) == kept
    assert getting.check_address(kept) is None
    assert getting.shown_address(kept) == f"… {kept[-2:]}"


def test_a_message_is_handed_over(adapter: Sms, gateway: KannelPeer) -> None:
    text = "Évacuez à 18h30 [Prés-Bas] : 20 € & 100 % + œuf #1"
    accepted = adapter.send(attempt(adapter, message(texts=texts(fr=text)), NUMBER))
    assert gateway.sent == [
        {"from": "Rivemont", "to": NUMBER, "text": text.replace("œ", "oe"), "coding": "0", "validity": "360"}
    ]
    assert accepted.remote_id == ACCEPTED


def test_a_post_keeps_number_and_password_out_of_the_address(hub: Surroundings, gateway: KannelPeer) -> None:
    adapter = sms(hub, gateway.url, method="post")
    adapter.send(attempt(adapter, address=NUMBER))
    assert [(request.method, request.path) for request in gateway.http.requests] == [("POST", PATH)]


@pytest.mark.parametrize(
    ("text", "coding", "parts"),
    [
        ("é" * 160, "0", 1),
        ("é" * 161, "0", 2),
        ("€" * 152, "0", 2),
        ("a" * 306, "0", 2),
        ("a" * 307, None, 3),
        ("Ж" * 70, "2", 1),
        ("Ж" * 134, "2", 2),
        ("Ж" * 135, None, 3),
    ],
)
def test_the_alphabet_and_the_parts(
    hub: Surroundings, gateway: KannelPeer, text: str, coding: str | None, parts: int
) -> None:
    adapter, carried = sms(hub, gateway.url, method="post"), message(texts=texts(fr=text))
    if coding is None:
        with pytest.raises(PermanentChannelError, match=f"takes {parts} SMS, at most 2"):
            adapter.render(carried)
        return
    (part,) = adapter.preview(adapter.render(carried))
    assert (part.text, part.used, part.limit) == (text, parts, 2)
    adapter.send(attempt(adapter, carried, NUMBER))
    assert [(one["text"], one["coding"]) for one in gateway.sent] == [(text, coding)]


@pytest.mark.parametrize(("status", "most"), [("Actual", 306), ("Exercise", 459)])
def test_the_marks_of_an_exercise_may_take_one_part_more(getting: Sms, status: str, most: int) -> None:
    (part,) = getting.preview(getting.render(message(status=status, texts=texts(fr="a" * most))))
    assert part.used == part.limit
    with pytest.raises(PermanentChannelError, match="SMS, at most"):
        getting.render(message(status=status, texts=texts(fr="a" * (most + 1))))


@pytest.mark.parametrize(("text", "fits"), [("é" * 208, True), ("é" * 209, False)])
def test_what_does_not_fit_into_an_address_is_told_beforehand(
    hub: Surroundings, gateway: KannelPeer, text: str, fits: bool
) -> None:
    longest = {"username": "%" * 64, "password": SOURCE, "sender": "Rivemont 12"}
    adapter, carried = sms(hub, gateway.url, **longest), message(texts=texts(fr=text))
    if not fits:
        with pytest.raises(PermanentChannelError, match="post"):
            adapter.render(carried)
        return
    with pytest.raises(PermanentChannelError, match="name or the password"):  # it left, and was answered
        adapter.send(attempt(adapter, carried, NUMBER))


@pytest.mark.parametrize(
    ("left", "minutes"), [(timedelta(hours=2), 120), (timedelta(seconds=70), 1), (timedelta(0), 1)]
)
def test_the_operator_tries_no_longer_than_the_alert_lives(
    getting: Sms, gateway: KannelPeer, left: timedelta, minutes: int
) -> None:
    getting.send(attempt(getting, message(expires=SENT + left), NUMBER))
    assert [one["validity"] for one in gateway.sent] == [str(minutes)]


def test_a_gateway_without_its_operator_keeps_the_message(getting: Sms, gateway: KannelPeer) -> None:
    gateway.operator = False
    assert getting.send(attempt(getting, address=NUMBER)).remote_id == QUEUED


def test_the_proof_holds_nobody_s_number(getting: Sms, gateway: KannelPeer) -> None:
    gateway.after_accepting.append(said(202, f"0: Accepted for delivery: 0033612345678 {NUMBER} id 1234567890\r\nmore"))
    assert getting.send(attempt(getting, address=NUMBER)).remote_id == "0: Accepted for delivery: … … id 1234567890"


@pytest.mark.parametrize(
    ("answered", "outcome", "trouble"),
    [
        (said(202, "Sent."), None, None),
        (said(200, "0: Accepted for delivery"), None, None),
        (said(200, ""), UnknownOutcomeError, None),
        (said(200, "1: Not what is known"), UnknownOutcomeError, None),
        (peers.html_page(), UnknownOutcomeError, None),
        (peers.cut_body(), UnknownOutcomeError, None),
        (peers.reset_after_request(), UnknownOutcomeError, None),
        (said(500, "Sending failed."), UnknownOutcomeError, None),
        (said(502, f"Bad gateway for {NUMBER}"), UnknownOutcomeError, None),
        (said(504, "?"), UnknownOutcomeError, None),
        (said(503, "Temporal failure, try again later."), TransientChannelError, Trouble.HOST),
        (said(429, "?"), TransientChannelError, Trouble.PACE),
        (said(400, "Empty text not allowed, rejected"), PermanentChannelError, Trouble.MESSAGE),
        (said(403, "Not routable. Do not try again."), PermanentChannelError, Trouble.MESSAGE),
        (said(403, "Authorization failed for sendsms"), PermanentChannelError, Trouble.HOST),
        (said(403, "<html>blocked</html>"), PermanentChannelError, Trouble.MESSAGE),
        (said(404, "Unknown request."), PermanentChannelError, Trouble.MESSAGE),
        (peers.redirect(307, "http://127.0.0.1/"), PermanentChannelError, Trouble.MESSAGE),
    ],
)
def test_what_an_answer_means(getting: Sms, gateway: KannelPeer, answered: Any, outcome: Any, trouble: Any) -> None:
    gateway.http.script.append(answered)
    if outcome is None:
        assert getting.send(attempt(getting, address=NUMBER)).remote_id
        return
    with pytest.raises(ChannelError) as caught:
        getting.send(attempt(getting, address=NUMBER))
    assert caught.type is outcome
    assert trouble in (None, caught.value.trouble)
    assert "12345678" not in str(caught.value)
    assert len(gateway.http.requests) == 1


@pytest.mark.parametrize("address", ["0612345678", "+33899123456", f"{NUMBER}\r\nX-Kannel-To: 3639"])
def test_a_number_that_was_edited_by_hand_gets_nothing(adapter: Sms, gateway: KannelPeer, address: str) -> None:
    with pytest.raises(PermanentChannelError, match="not a mobile number"):
        adapter.send(attempt(adapter, address=address))
    assert gateway.http.requests == []


class TestCheck:
    """The gateway is asked with a message for nobody."""

    def test_good_credentials_send_nothing(self, adapter: Sms, gateway: KannelPeer) -> None:
        assert adapter.check() is None
        assert gateway.sent == []

    @pytest.mark.parametrize("method", METHODS)
    def test_wrong_credentials(self, hub: Surroundings, gateway: KannelPeer, method: str) -> None:
        adapter = sms(hub, gateway.url, password="env:HUB_SECRET_WRONG", method=method)
        assert "name or the password" in str(adapter.check())

    @pytest.mark.parametrize(
        ("answered", "expected"),
        [
            (said(202, ACCEPTED), "None"),
            (said(200, "welcome"), "should not: welcome"),
            (said(500, ""), "should not: 500"),
            (said(404, "Unknown request."), "nothing at this address"),
            (said(503, "?"), "overloaded"),
            (said(403, "no"), "forbids"),
            (peers.close_after_request(), "without a complete"),
        ],
    )
    def test_what_the_gateway_answers(self, getting: Sms, gateway: KannelPeer, answered: Any, expected: str) -> None:
        gateway.http.script.append(answered)
        assert expected in str(getting.check())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"gateway": "https://sms.example"}, "with its path"),
        ({"gateway": f"https://sms.example{PATH}?smsc=1"}, "with its path"),
        ({"gateway": f"https://user:pw@sms.example{PATH}"}, "with its path"),
        ({"gateway": f"http://sms.example{PATH}"}, "in clear"),
        ({"gateway": "https://sms.example/" + "x" * 200}, "Longer than"),
        ({"username": "mairie é"}, "plain ASCII"),
        ({"username": ""}, "plain ASCII"),
        ({"password": PASSWORD}, "not written here"),
        ({"password": "env:HUB_SECRET_ODD"}, "plain ASCII"),
        ({"sender": "Mairie de Rivemont"}, "1 to 11 letters"),
        ({"sender": "Évry"}, "1 to 11 letters"),
        ({"sender": "12"}, "3 to 15 digits"),
        ({"sender": ""}, "1 to 11 letters"),
        ({"method": "put"}, "one of"),
    ],
)
def test_settings_that_are_refused(hub: Surroundings, changes: dict[str, str], expected: str) -> None:
    with pytest.raises(ma.ValidationError, match=expected):
        sms(hub, **changes)


@pytest.mark.parametrize("sender", ["38123", "+33700000000", "Mairie 76"])
def test_senders_that_operators_take(hub: Surroundings, sender: str) -> None:
    assert sms(hub, sender=sender).settings["sender"] == sender
