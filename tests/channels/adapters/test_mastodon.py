"""Mastodon, against a server that behaves as documented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import marshmallow as ma
import pytest

from hub.channels.adapters.mastodon import Mastodon
from hub.channels.contract import (
    Acceptance,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    UnknownOutcomeError,
)
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import SENT, TEXTS, attempt, follow_up, message, texts
from tests.peers import http_peer as peers
from tests.peers.http_peer import HttpPeer
from tests.peers.mastodon_peer import STATUSES, TOKEN, MastodonPeer

TOKEN_SOURCE = "env:HUB_SECRET_MASTODON"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_MASTODON", TOKEN)
    monkeypatch.setenv("HUB_SECRET_WRONG", "another token")


@pytest.fixture
def server(peer: HttpPeer) -> MastodonPeer:
    return MastodonPeer(peer)


def mastodon(hub: Surroundings, server: str, **settings: Any) -> Mastodon:
    loaded = Mastodon.settings_schema().load({"server": server, "token": TOKEN_SOURCE, **settings})
    return Mastodon("mastodon-fr", loaded, ("fr",), hub)


@pytest.fixture
def adapter(hub: Surroundings, server: MastodonPeer) -> Mastodon:
    return mastodon(hub, server.url)


class TestContract(AdapterContract):
    kind: ClassVar[str] = "mastodon"
    settings: ClassVar[Mapping[str, Any]] = {"server": "https://social.example", "token": TOKEN_SOURCE}
    secrets: ClassVar[tuple[str, ...]] = (TOKEN,)


def test_a_status_is_posted_with_language_and_visibility(adapter: Mastodon, server: MastodonPeer) -> None:
    accepted = adapter.send(attempt(adapter))
    assert server.statuses == {
        accepted.remote_id: {"status": TEXTS["fr"], "language": "fr", "visibility": "public"},
    }
    assert accepted.remote_url == f"{server.url}/@mairie/{accepted.remote_id}"


def test_the_visibility_is_the_one_that_is_set(hub: Surroundings, server: MastodonPeer) -> None:
    adapter = mastodon(hub, server.url, visibility="unlisted")
    adapter.send(attempt(adapter))
    assert [status["visibility"] for status in server.statuses.values()] == ["unlisted"]


@pytest.mark.parametrize(
    "lost", [peers.reset_after_request(), peers.cut_head(), peers.cut_body(), peers.html_page(), peers.answer(504)]
)
def test_a_lost_answer_is_unknown_and_a_repeat_makes_no_second_status(
    adapter: Mastodon, server: MastodonPeer, lost: peers.Behaviour
) -> None:
    server.after_accepting.append(lost)
    outgoing = attempt(adapter)
    with pytest.raises(UnknownOutcomeError):
        adapter.send(outgoing)
    accepted = adapter.send(outgoing)
    assert list(server.statuses) == [accepted.remote_id]


def test_another_delivery_is_another_status(adapter: Mastodon, server: MastodonPeer) -> None:
    adapter.send(attempt(adapter, key="one"))
    adapter.send(attempt(adapter, key="two"))
    assert len(server.statuses) == 2


def test_a_follow_up_is_a_reply(adapter: Mastodon, server: MastodonPeer) -> None:
    first = adapter.send(attempt(adapter))
    second = adapter.send(attempt(adapter, follow_up(), key="two", follows=first))
    assert server.statuses[second.remote_id]["in_reply_to_id"] == first.remote_id
    assert server.statuses[first.remote_id]["status"] == TEXTS["fr"]


def test_a_correction_goes_out_even_if_the_first_status_is_gone(adapter: Mastodon, server: MastodonPeer) -> None:
    second = adapter.send(attempt(adapter, follow_up(), follows=Acceptance("109999")))
    assert "Correction" in server.statuses[second.remote_id]["status"]
    assert "in_reply_to_id" not in server.statuses[second.remote_id]


def test_a_follow_up_may_edit(hub: Surroundings, server: MastodonPeer) -> None:
    adapter = mastodon(hub, server.url, follow_ups="edit")
    first = adapter.send(attempt(adapter))
    for _ in range(2):
        assert adapter.send(attempt(adapter, follow_up(), key="two", follows=first)).remote_id == first.remote_id
    assert [status["status"] for status in server.statuses.values()] == ["Correction : c'est la Sauge, pas la Lise."]


def test_an_edit_of_a_status_that_is_gone_is_posted(hub: Surroundings, server: MastodonPeer) -> None:
    adapter = mastodon(hub, server.url, follow_ups="edit")
    adapter.send(attempt(adapter, follow_up(), follows=Acceptance("109999")))
    assert len(server.statuses) == 1


def test_an_edit_that_is_answered_with_another_id_is_unknown(hub: Surroundings, server: MastodonPeer) -> None:
    adapter = mastodon(hub, server.url, follow_ups="edit")
    first = adapter.send(attempt(adapter))
    server.after_accepting.append(peers.json_answer({"id": "1"}))
    with pytest.raises(UnknownOutcomeError):
        adapter.send(attempt(adapter, follow_up(), follows=first))


@pytest.mark.parametrize(
    "content", [{}, {"id": ""}, {"id": 7}, {"id": None}, {"id": "../1"}, {"error": "?"}, [], "text", None]
)
def test_success_without_the_id_of_a_status_is_unknown(adapter: Mastodon, peer: HttpPeer, content: Any) -> None:
    peer.script.append(peers.json_answer(content))
    with pytest.raises(UnknownOutcomeError):
        adapter.send(attempt(adapter))


def test_a_wrong_token_is_final_and_said_in_plain_words(
    hub: Surroundings, server: MastodonPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = mastodon(hub, server.url, token="env:HUB_SECRET_WRONG")
    with pytest.raises(PermanentChannelError, match="token or key must be renewed"):
        adapter.send(attempt(adapter))
    assert "must be renewed" in str(adapter.check())


def test_no_mastodon_there_is_final(adapter: Mastodon, peer: HttpPeer) -> None:
    peer.otherwise = lambda _request: peers.answer(404)
    with pytest.raises(PermanentChannelError, match="no Mastodon server"):
        adapter.send(attempt(adapter))


def test_a_limited_rate_passes_the_pause_on(adapter: Mastodon, peer: HttpPeer) -> None:
    peer.script.append(peers.answer(429, b"", Retry_After="300"))
    with pytest.raises(TransientChannelError) as caught:
        adapter.send(attempt(adapter))
    assert caught.value.retry_after == 300


def test_the_limit_of_the_server_is_asked_and_kept(adapter: Mastodon, server: MastodonPeer) -> None:
    long = message(texts=texts(fr="x" * 600, en="x" * 600))
    with pytest.raises(PermanentChannelError, match="600"):
        adapter.render(long)
    server.max_characters = 1000
    assert adapter.check() is None
    (part,) = adapter.preview(adapter.render(long))
    assert (part.used, part.limit) == (600, 1000)


@pytest.mark.parametrize(
    "instance", [{}, {"configuration": []}, {"configuration": {"statuses": {"max_characters": "many"}}}]
)
def test_an_instance_that_tells_no_limit_keeps_the_usual_one(
    adapter: Mastodon, peer: HttpPeer, server: MastodonPeer, instance: Any
) -> None:
    peer.script.append(peers.json_answer(instance))
    assert adapter.check() is None
    assert adapter.limit == 500


def test_a_link_counts_as_the_server_counts_it(adapter: Mastodon) -> None:
    (part,) = adapter.preview(adapter.render(message(texts=texts(fr="Voir https://rivemont.example/" + "a" * 100))))
    assert part.used == len("Voir ") + 23


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("@everyone montez", "\uff20everyone montez"),
        ("voir @maire@social.example", "voir \uff20maire@social.example"),
        ("mairie@rivemont.example", "mairie@rivemont.example"),
        ("https://social.example/@mairie", "https://social.example/@mairie"),
        ("(@a) @b", "(\uff20a) \uff20b"),
    ],
)
def test_nobody_is_pinged(adapter: Mastodon, text: str, posted: str) -> None:
    assert adapter.render(message(texts=texts(fr=text)))["status"] == posted


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server": "social.example"}, "without a path"),
        ({"server": "https://social.example/api"}, "without a path"),
        ({"server": "https://user@social.example"}, "without a path"),
        ({"server": "http://social.example"}, "in clear"),
        ({"server": "http://8.8.8.8"}, "in clear"),
        ({"token": "clear-text-token"}, "not written here"),
        ({"token": "env:HUB_SECRET_MISSING"}, "empty or not set"),
        ({"visibility": "direct"}, "one of"),
        ({"follow_ups": "none"}, "one of"),
    ],
)
def test_settings_that_are_refused(hub: Surroundings, changes: dict[str, str], said: str) -> None:
    with pytest.raises(ma.ValidationError, match=said):
        mastodon(hub, **{"server": "https://social.example", **changes})


def test_only_statuses_are_posted_to(adapter: Mastodon, server: MastodonPeer) -> None:
    adapter.send(attempt(adapter))
    assert [(request.method, request.path) for request in server.http.requests] == [("POST", STATUSES)]


class TestReadBack:
    """Is it there? Asked of the account's own statuses, at the time of the sample's first attempt unless said."""

    @pytest.fixture(autouse=True)
    def _same_time(self, clock: Any) -> None:
        clock.set(SENT)

    def test_a_status_whose_answer_was_lost_is_found(self, adapter: Mastodon, server: MastodonPeer) -> None:
        server.post("avant")
        server.after_accepting.append(peers.reset_after_request())
        with pytest.raises(UnknownOutcomeError):
            adapter.send(attempt(adapter))
        server.post("après")
        assert adapter.read_back(attempt(adapter)) == Acceptance("109001", f"{server.url}/@mairie/109001")
        assert len(server.statuses) == 3

    def test_other_statuses_are_not_it(self, adapter: Mastodon, server: MastodonPeer) -> None:
        assert adapter.read_back(attempt(adapter)) is None
        server.post("autre")
        server.post(TEXTS["fr"], language="en")
        server.post(f"{TEXTS['fr']} bis")
        assert adapter.read_back(attempt(adapter)) is None

    @pytest.mark.parametrize(("minutes", "found"), [(-60, False), (-2, False), (0, True), (50, True)])
    def test_only_what_was_posted_since_the_attempt_counts(
        self, adapter: Mastodon, server: MastodonPeer, clock: Any, minutes: int, found: bool
    ) -> None:
        server.now = SENT + timedelta(minutes=minutes)
        server.post(TEXTS["fr"])
        server.now = SENT + timedelta(hours=1)
        clock.set(server.now)
        assert (adapter.read_back(attempt(adapter)) is not None) == found

    @pytest.mark.parametrize("hours", [-3, 3])
    def test_the_clock_of_the_server_may_be_wrong(self, adapter: Mastodon, server: MastodonPeer, hours: int) -> None:
        server.now = SENT + timedelta(hours=hours)
        number = server.post(TEXTS["fr"])
        accepted = adapter.read_back(attempt(adapter))
        assert accepted is not None
        assert accepted.remote_id == number
        server.posted_at[number] -= timedelta(minutes=5)
        assert adapter.read_back(attempt(adapter)) is None

    def test_it_is_found_on_a_later_page(self, adapter: Mastodon, server: MastodonPeer) -> None:
        number = server.post(TEXTS["fr"])
        for other in range(45):
            server.post(f"autre {other}", language="en")
        accepted = adapter.read_back(attempt(adapter))
        assert accepted is not None
        assert accepted.remote_id == number

    def test_too_much_to_look_through_is_for_a_person(self, adapter: Mastodon, server: MastodonPeer) -> None:
        for other in range(201):
            server.post(f"autre {other}", language="en")
        with pytest.raises(PermanentChannelError, match="by hand"):
            adapter.read_back(attempt(adapter))

    def test_a_token_that_may_not_read_cannot_tell(self, adapter: Mastodon, server: MastodonPeer) -> None:
        server.post(TEXTS["fr"])
        server.readable = False
        with pytest.raises(PermanentChannelError):
            adapter.read_back(attempt(adapter))

    @pytest.mark.parametrize(
        "lost", [peers.reset_after_request(), peers.html_page(), peers.answer(503), peers.json_answer([{"id": "1"}])]
    )
    def test_a_server_that_does_not_answer_properly_is_asked_again(
        self, adapter: Mastodon, peer: HttpPeer, server: MastodonPeer, lost: peers.Behaviour
    ) -> None:
        server.post(TEXTS["fr"])
        peer.script += [peers.json_answer({"id": "1"}), lost]
        with pytest.raises((UnknownOutcomeError, TransientChannelError, PermanentChannelError)) as caught:
            adapter.read_back(attempt(adapter))
        # Without its time nothing that it says can be placed.
        assert caught.type is not PermanentChannelError or "time" in str(caught.value)
        assert adapter.read_back(attempt(adapter)) is not None

    def test_an_edit_is_there_when_the_earlier_status_has_its_text(
        self, hub: Surroundings, server: MastodonPeer
    ) -> None:
        adapter = mastodon(hub, server.url, follow_ups="edit")
        first = adapter.send(attempt(adapter))
        outgoing = attempt(adapter, follow_up(), key="two", follows=first)
        assert adapter.read_back(outgoing) is None
        adapter.send(outgoing)
        assert adapter.read_back(outgoing) == first

    def test_an_edit_that_was_posted_anew_is_found(self, hub: Surroundings, server: MastodonPeer) -> None:
        adapter = mastodon(hub, server.url, follow_ups="edit")
        outgoing = attempt(adapter, follow_up(), follows=Acceptance("109999"))
        assert adapter.read_back(outgoing) is None
        accepted = adapter.send(outgoing)
        assert adapter.read_back(outgoing) == accepted
