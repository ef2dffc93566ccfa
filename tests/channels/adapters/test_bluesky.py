"""Bluesky, against a server that answers as the reference one does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import marshmallow as ma
import pytest

from hub.channels.adapters.bluesky import Bluesky
from hub.channels.atproto import tid
from hub.channels.contract import (
    Acceptance,
    ChannelError,
    PermanentChannelError,
    Surroundings,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import SENT, TEXTS, attempt, follow_up, message, texts
from tests.peers import http_peer as peers
from tests.peers.bluesky_peer import APP_PASSWORD, DID, HANDLE, TID, BlueskyPeer, wrong
from tests.peers.http_peer import HttpPeer

SOURCE = "env:HUB_SECRET_BLUESKY"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_BLUESKY", APP_PASSWORD)
    monkeypatch.setenv("HUB_SECRET_WRONG", "another password")


@pytest.fixture
def server(peer: HttpPeer) -> BlueskyPeer:
    return BlueskyPeer(peer)


def bluesky(hub: Surroundings, **settings: Any) -> Bluesky:
    loaded = Bluesky.settings_schema().load({"handle": HANDLE, "password": SOURCE, **settings})
    return Bluesky("bluesky-fr", loaded, ("fr",), hub)


@pytest.fixture
def adapter(hub: Surroundings, server: BlueskyPeer) -> Bluesky:
    return bluesky(hub, service=server.url)


class TestContract(AdapterContract):
    kind: ClassVar[str] = "bluesky"
    settings: ClassVar[Mapping[str, Any]] = {"handle": HANDLE, "password": SOURCE}
    secrets: ClassVar[tuple[str, ...]] = (APP_PASSWORD,)


def test_a_post_is_put_with_its_language_and_time(adapter: Bluesky, server: BlueskyPeer) -> None:
    accepted = adapter.send(attempt(adapter))
    ((rkey, record),) = server.posts.items()
    assert record == {
        "$type": "app.bsky.feed.post",
        "text": TEXTS["fr"],
        "langs": ["fr"],
        "createdAt": "2026-11-21T16:40:00.000Z",
    }
    assert accepted == Acceptance(server.uri(rkey), f"https://bsky.app/profile/{HANDLE}/post/{rkey}")


@pytest.mark.parametrize(
    "lost", [peers.reset_after_request(), peers.cut_body(), peers.html_page(), peers.answer(504), peers.json_answer({})]
)
def test_a_lost_answer_is_unknown_and_a_repeat_is_the_same_post(
    adapter: Bluesky, server: BlueskyPeer, lost: peers.Behaviour
) -> None:
    server.after_accepting.append(lost)
    outgoing = attempt(adapter)
    with pytest.raises(UnknownOutcomeError):
        adapter.send(outgoing)
    accepted = adapter.send(outgoing)
    assert [server.uri(rkey) for rkey in server.posts] == [accepted.remote_id]
    assert server.writes == 1


@pytest.mark.parametrize("key", ["key-2", "key-1-1"])
def test_another_delivery_is_another_post(adapter: Bluesky, server: BlueskyPeer, key: str) -> None:
    adapter.send(attempt(adapter))
    adapter.send(attempt(adapter, key=key))
    assert len(server.posts) == 2


def test_keys_lie_in_the_order_of_their_moments() -> None:
    keys = [tid(SENT + timedelta(seconds=number), f"key-{number}") for number in range(200)]
    assert keys == sorted(set(keys))
    assert all(TID.fullmatch(key) for key in keys)
    assert len({tid(SENT, f"key-{number}") for number in range(5000)}) == 5000


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        ("Rien", []),
        ("Crue à Évry : https://é.example/à?b=ç, montez. #CrueÉvry #2026", ["https://é.example/à?b=ç", "#CrueÉvry"]),
        ("🌊🌊 (https://a.example/x). http://b.example", ["https://a.example/x", "http://b.example"]),
        ("mairie@rivemont.example, @mairie.example, www.rivemont.example, n#1, ##", []),
    ],
)
def test_links_and_hashtags_can_be_pressed(adapter: Bluesky, text: str, pressed: list[str]) -> None:
    record = adapter.render(message(texts=texts(fr=text)))["record"]
    facets, raw = record.get("facets", []), record["text"].encode()
    assert [raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in facets] == pressed
    said = [one["features"][0].get("uri") or "#" + one["features"][0]["tag"] for one in facets]
    assert said == pressed


@pytest.mark.parametrize(("text", "fits"), [("é" * 300, True), ("é" * 301, False), ("👩‍👩‍👧‍👦" * 130, False)])
def test_characters_and_bytes_are_limited(adapter: Bluesky, server: BlueskyPeer, text: str, fits: bool) -> None:
    long = message(texts=texts(fr=text))
    if fits:
        adapter.send(attempt(adapter, long))
        (part,) = adapter.preview(adapter.render(long))
        assert (part.used, part.limit) == (300, 300)
    else:
        with pytest.raises(PermanentChannelError, match="3000"):
            adapter.render(long)
    assert len(server.posts) == fits


class TestThread:
    """Follow-ups reply to the post before."""

    def test_each_names_the_first_and_the_one_before(self, adapter: Bluesky, server: BlueskyPeer) -> None:
        accepted, replies = None, []
        for key in ("one", "two", "three"):
            accepted = adapter.send(attempt(adapter, follow_up(), key=key, follows=accepted))
            replies.append(accepted.remote_id.rpartition("/")[2])
        first, second, third = replies
        before = {rkey: {"uri": server.uri(rkey), "cid": server.cid(rkey)} for rkey in replies}
        assert "reply" not in server.posts[first]
        assert server.posts[second]["reply"] == {"root": before[first], "parent": before[first]}
        assert server.posts[third]["reply"] == {"root": before[first], "parent": before[second]}

    @pytest.mark.parametrize(
        "earlier",
        [f"at://{DID}/app.bsky.feed.post/3n2tk3kq7m222", "at://did:web:old.example/app.bsky.feed.post/x", "109999", ""],
    )
    def test_a_correction_goes_out_even_if_the_post_before_is_gone(
        self, adapter: Bluesky, server: BlueskyPeer, earlier: str
    ) -> None:
        adapter.send(attempt(adapter, follow_up(), follows=Acceptance(earlier)))
        (record,) = server.posts.values()
        assert "reply" not in record

    @pytest.mark.parametrize("lost", [peers.reset_after_request(), peers.json_answer({"uri": ""}), peers.answer(503)])
    def test_nothing_is_in_doubt_while_the_post_before_is_looked_for(
        self, adapter: Bluesky, server: BlueskyPeer, lost: peers.Behaviour
    ) -> None:
        first = adapter.send(attempt(adapter))
        server.http.script.append(lost)
        with pytest.raises(TransientChannelError):
            adapter.send(attempt(adapter, follow_up(), key="two", follows=first))
        assert list(map(server.uri, server.posts)) == [first.remote_id]


class TestSession:
    """Few log-ins: a session is kept, renewed, and begun anew only when the server ends it."""

    def test_one_session_serves_all(self, adapter: Bluesky, server: BlueskyPeer) -> None:
        assert adapter.check() is None
        for key in ("one", "two"):
            adapter.send(attempt(adapter, key=key))
        assert adapter.check() is None
        assert (server.logins, server.renewals) == (1, 0)

    @pytest.mark.parametrize(("refresh", "counted"), [(False, (1, 1)), (True, (2, 0))])
    def test_a_worn_token_is_renewed_once(
        self, adapter: Bluesky, server: BlueskyPeer, refresh: bool, counted: tuple[int, int]
    ) -> None:
        adapter.check()
        server.wear_out(refresh=refresh)
        adapter.send(attempt(adapter))
        assert (len(server.posts), server.logins, server.renewals) == (1, *counted)

    def test_a_server_that_takes_not_even_a_fresh_token_is_tried_later(
        self, adapter: Bluesky, server: BlueskyPeer
    ) -> None:
        adapter.check()
        server.wear_out()
        server.forgetful = True
        with pytest.raises(TransientChannelError, match="InvalidToken") as caught:
            adapter.send(attempt(adapter))
        assert caught.value.trouble == Trouble.HOST

    @pytest.mark.parametrize("lost", [peers.close_after_request(), peers.html_page(), peers.answer(504)])
    def test_a_log_in_that_is_lost_leaves_nothing_in_doubt(
        self, adapter: Bluesky, server: BlueskyPeer, lost: peers.Behaviour
    ) -> None:
        server.http.script.append(lost)
        with pytest.raises(TransientChannelError):
            adapter.send(attempt(adapter))
        assert len(server.http.requests) == 1

    def test_a_wrong_password_is_final_and_said_in_plain_words(self, hub: Surroundings, server: BlueskyPeer) -> None:
        adapter = bluesky(hub, service=server.url, password="env:HUB_SECRET_WRONG")
        with pytest.raises(PermanentChannelError, match="app password") as caught:
            adapter.send(attempt(adapter))
        assert caught.value.trouble == Trouble.HOST
        assert "app password" in str(adapter.check())

    def test_an_account_that_was_taken_down_says_so(self, adapter: Bluesky, peer: HttpPeer) -> None:
        peer.otherwise = lambda _request: wrong("AccountTakedown", "Account has been taken down", 401)
        assert "Account has been taken down" in str(adapter.check())


@pytest.mark.parametrize(
    ("answered", "outcome", "trouble", "pause"),
    [
        (wrong("InvalidRequest", "Invalid record"), PermanentChannelError, Trouble.MESSAGE, None),
        (wrong("RateLimitExceeded", "?", 429, RateLimit_Reset="600"), TransientChannelError, Trouble.PACE, 600),
        (wrong("RateLimitExceeded", "?", 429, RateLimit_Reset="1795279500"), TransientChannelError, Trouble.PACE, 300),
        (wrong("RateLimitExceeded", "?", 429, RateLimit_Reset="1700000000"), TransientChannelError, Trouble.PACE, None),
        (wrong("RateLimitExceeded", "?", 429, RateLimit_Reset="soon"), TransientChannelError, Trouble.PACE, None),
        (wrong("RateLimitExceeded", "?", 429, Retry_After="60"), TransientChannelError, Trouble.PACE, 60),
        (peers.answer(500), TransientChannelError, Trouble.HOST, None),
        (wrong("NotEnoughResources", "?", 503), TransientChannelError, Trouble.HOST, None),
        (peers.answer(404), PermanentChannelError, Trouble.MESSAGE, None),
        (peers.redirect(307, "http://127.0.0.1/"), PermanentChannelError, Trouble.MESSAGE, None),
        (peers.json_answer({"uri": f"at://{DID}/app.bsky.feed.post/other", "cid": "b"}), UnknownOutcomeError, None, 0),
    ],
)
def test_what_an_answer_means(
    adapter: Bluesky, server: BlueskyPeer, clock: Any, answered: Any, outcome: Any, trouble: Any, pause: float | None
) -> None:
    clock.set(SENT)
    adapter.check()
    server.http.script.append(answered)
    with pytest.raises(ChannelError) as caught:
        adapter.send(attempt(adapter))
    assert caught.type is outcome
    if outcome is not UnknownOutcomeError:
        assert (caught.value.trouble, getattr(caught.value, "retry_after", None)) == (trouble, pause)


class TestReadBack:
    """Is it there? Asked by its key."""

    @pytest.mark.parametrize("taken", [True, False])
    def test_a_lost_answer_is_settled(self, adapter: Bluesky, server: BlueskyPeer, taken: bool) -> None:
        adapter.check()
        (server.after_accepting if taken else server.http.script).append(peers.reset_after_request())
        with pytest.raises(ChannelError):
            adapter.send(attempt(adapter))
        found = adapter.read_back(attempt(adapter))
        assert [found.remote_id if found else None] == ([server.uri(rkey) for rkey in server.posts] or [None])
        assert adapter.read_back(attempt(adapter, key="another")) is None

    @pytest.mark.parametrize("lost", [peers.reset_after_request(), peers.html_page(), peers.answer(503)])
    def test_a_server_that_does_not_answer_is_asked_again(
        self, adapter: Bluesky, server: BlueskyPeer, lost: peers.Behaviour
    ) -> None:
        accepted = adapter.send(attempt(adapter))
        server.http.script.append(lost)
        with pytest.raises((UnknownOutcomeError, TransientChannelError)):
            adapter.read_back(attempt(adapter))
        assert adapter.read_back(attempt(adapter)) == accepted


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"service": "https://bsky.social/xrpc"}, "without a path"),
        ({"service": "http://pds.example"}, "in clear"),
        ({"service": "https://pds.example:port"}, "without a path|no address"),
        ({"handle": "@mairie.rivemont.example"}, "without @"),
        ({"handle": "mairie"}, "without @"),
        ({"handle": "mairie@rivemont.example"}, "without @"),
        ({"password": APP_PASSWORD}, "not written here"),
        ({"password": "env:HUB_SECRET_MISSING"}, "empty or not set"),
    ],
)
def test_settings_that_are_refused(hub: Surroundings, changes: dict[str, str], said: str) -> None:
    with pytest.raises(ma.ValidationError, match=said):
        bluesky(hub, **changes)
