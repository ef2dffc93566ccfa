"""E-mail to subscribers, against a real SMTP server: who they are comes out only while it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest

from hub.channels import letters
from hub.channels.adapters.subscribers import Subscribers
from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    Recipient,
    Surroundings,
    TransientChannelError,
    Trouble,
)
from hub.channels.letters import Purpose
from hub.kernel.phrase import Phrase
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import SENT, attempt, message
from tests.peers.smtp_peer import SmtpPeer, running_smtp_peer

KNOWN = "a" * 32
ADDRESS = "jeanne@lecteurs.example"
SENDER = "alerte@rivemont.example"
LONG = "https://alerte.rivemont.example/abonnements/fin/u." + "0" * 150
JEANNE = Recipient(ADDRESS, "en", True, 0, "https://h.example/m?a&b", LONG, "")


@dataclass
class People:
    """A list of one person, and what it was told."""

    one: Recipient | None = JEANNE
    told: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    def find(self, recipient_id: str) -> Recipient | None:
        if self.away:
            raise TransientChannelError(Phrase("away"))
        return self.one if recipient_id == KNOWN else None

    def taken(self, recipient_id: str) -> None:
        self.told.append(("taken", recipient_id))

    def refused(self, recipient_id: str) -> None:
        self.told.append(("refused", recipient_id))


@pytest.fixture
def server() -> Iterator[SmtpPeer]:
    with running_smtp_peer() as peer:
        yield peer


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def adapter(hub: Surroundings, server: SmtpPeer, people: People) -> Subscribers:
    chosen = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": SENDER}
    return Subscribers(
        "abonnes", Subscribers.settings_schema().load(chosen), ("fr", "en"), replace(hub, recipients=people)
    )


class TestContract(AdapterContract):
    kind: ClassVar[str] = "subscribers"
    settings: ClassVar[Mapping[str, Any]] = {
        "host": "127.0.0.1",
        "port": 25,
        "security": "none",
        "sender": SENDER,
    }
    good_address: ClassVar[str] = KNOWN
    bad_addresses: ClassVar[tuple[str, ...]] = ("", "self", ADDRESS, "A" * 32, "a" * 31, f"{KNOWN}\n")


def test_one_mail_in_the_subscribers_language_with_a_way_out(adapter: Subscribers, server: SmtpPeer) -> None:
    accepted = adapter.send(attempt(adapter, address=KNOWN))
    ((sender, recipients, received),) = server.received
    assert (sender, recipients, accepted.remote_id) == (SENDER, [ADDRESS], "4Zx1Y2abcd")
    assert (received["Subject"], received["Content-Language"]) == ("Flooding at Prés-Bas", "en")
    assert received["List-Unsubscribe"] == f"<{LONG}>", "folded or encoded: mail programs would not find the link"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, page = (part.get_content().replace("\r\n", "\n") for part in received.iter_parts())
    assert "Go upstairs" in plain
    assert "Montez" not in plain
    assert [each for each in (message().page_url, JEANNE.manage_url, LONG) if each not in plain] == []
    assert '<a href="https://h.example/m?a&amp;b">' in page
    assert page.count(f'<a href="{message().page_url}">') == 1


def test_without_a_queue_number_the_proof_names_nobody(adapter: Subscribers, server: SmtpPeer) -> None:
    server.at_the_end = "250 thanks"
    accepted = adapter.send(attempt(adapter, address=KNOWN))
    assert accepted.remote_id == server.received[0][2]["Message-ID"]


@pytest.mark.parametrize(
    ("purpose", "confirmed", "sent"),
    [
        (Purpose.CONFIRM, False, True),
        (Purpose.NEWS, False, False),
        (Purpose.KNOWN, False, False),
        (Purpose.KNOWN, True, True),
    ],
)
def test_news_are_for_those_who_confirmed(
    adapter: Subscribers, server: SmtpPeer, people: People, purpose: Purpose, confirmed: bool, sent: bool
) -> None:
    people.one = replace(JEANNE, confirmed=confirmed, confirm_url="https://h.example/c")
    outgoing = attempt(adapter, address=KNOWN)
    if purpose != Purpose.NEWS:
        outgoing = replace(outgoing, body=letters.letter(purpose, "b" * 32, "Mairie", SENT))
    if sent:
        adapter.send(outgoing)
    else:
        with pytest.raises(PermanentChannelError, match="subscribed"):
            adapter.send(outgoing)
    assert len(server.received) == sent
    assert [mail["List-Unsubscribe"] is None for _, _, mail in server.received] == [purpose == Purpose.CONFIRM] * sent


def test_nobody_there_is_final_and_a_list_that_is_away_is_not(adapter: Subscribers, people: People) -> None:
    with pytest.raises(PermanentChannelError):
        adapter.send(attempt(adapter, address="b" * 32))
    people.away = True
    with pytest.raises(TransientChannelError):
        adapter.send(attempt(adapter, address=KNOWN))


@pytest.mark.parametrize(
    ("place", "reply", "counts"),
    [
        (ADDRESS, f"550 5.1.1 <{ADDRESS}>: no such user", True),
        (ADDRESS, f"550 <{ADDRESS}> unknown", True),
        (ADDRESS, f"450 4.2.0 <{ADDRESS.upper()}> greylisted", False),
        (ADDRESS, f"554 5.7.1 <{ADDRESS}>: Relay access denied", False),
        (ADDRESS, f"550 relay not permitted for {ADDRESS}", False),
        (SENDER, "553 5.7.1 sender address rejected: not owned by user", False),
        ("the end", "554 5.7.1 rejected as spam", False),
        ("the end", f"299 what is {ADDRESS}?", False),
    ],
)
def test_only_refusals_of_the_person_are_counted_and_none_repeats_an_address(
    adapter: Subscribers, server: SmtpPeer, people: People, place: str, reply: str, counts: bool
) -> None:
    """A sender that is refused, or a message taken for spam, would else erase every subscriber."""
    if place == "the end":
        server.at_the_end = reply
    else:
        server.refusals[place] = reply
    with pytest.raises(ChannelError) as caught:
        adapter.send(attempt(adapter, address=KNOWN))
    assert ADDRESS not in f"{caught.value.reason} {caught.value}".lower()
    assert people.told == [("refused", KNOWN)] * counts
    assert (caught.value.trouble is Trouble.HOST) is (place == SENDER)


def test_an_acceptance_ends_a_row_of_refusals(adapter: Subscribers, server: SmtpPeer, people: People) -> None:
    people.one = replace(JEANNE, refusals=1)
    adapter.send(attempt(adapter, address=KNOWN))
    assert people.told == [("taken", KNOWN)]
