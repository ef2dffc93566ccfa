"""F17 where a repeat is not safe: the message was taken in, and its answer was lost.

On Mastodon the hub asks when it is too late for a repeat; an SMS gateway can never be asked.
"""

from __future__ import annotations

import pytest
from flask import Flask

from hub.channels.adapters.mastodon import Mastodon
from hub.channels.adapters.sms import Sms
from hub.channels.contract import Channel, RenderedText, Surroundings
from hub.dispatch.watch import Lookout
from hub.kernel.db import db
from hub.kernel.http import GuardedClient
from tests.dispatch.post import PATIENCE, Post, make_app
from tests.peers import http_peer as peers
from tests.peers.http_peer import running_http_peer
from tests.peers.kannel_peer import PASSWORD, USERNAME, KannelPeer
from tests.peers.mastodon_peer import TOKEN, MastodonPeer

TEXT = "Mairie de Rivemont : la Lise déborde."


@pytest.fixture
def server(clock):
    with running_http_peer() as peer:
        server = MastodonPeer(peer)
        server.now = clock.now()
        yield server


@pytest.fixture
def post(tmp_path, database_url, clock, server, stages, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_MASTODON", TOKEN)
    settings = Mastodon.settings_schema().load({"server": server.url, "token": "env:HUB_SECRET_MASTODON"})
    hub = Surroundings(GuardedClient(("127.0.0.0/8",)), clock, tmp_path, "http://hub.example", "hub@example", "Hub")
    adapter = Mastodon("masto", settings, ("fr",), hub)
    app: Flask = make_app(database_url or f"sqlite:///{tmp_path / 'post.sqlite'}")
    stages.enter(app, "tables", db.create_all)
    post = Post(app, clock, {"masto": Channel("masto", "mastodon", "Mastodon", True, ("fr",), adapter)})
    post.destinations("self", channel_id="masto")
    yield post
    for engine in post.engines:
        engine.drain(PATIENCE)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def publish(post):
    text = {"mastodon": {"fr": RenderedText("mastodon", "fr", {"text": TEXT})}}
    post.publish("a1", ("masto",), texts=text)


def look(post):
    one = Lookout(post.app.app_context, post.channels, post.clock, 0)
    one.come_round()
    one.come_round()
    one._doubts.join(PATIENCE)
    one.leave()


@pytest.mark.parametrize("taken", [True, False])
def test_the_hub_finds_out_by_itself_and_posts_once(post, server, taken):
    if taken:
        server.after_accepting.append(peers.reset_after_request())
    else:
        server.http.script.append(peers.reset_after_request())
    publish(post)
    post.run()
    assert len(server.statuses) == taken
    post.clock.advance(51 * 60)
    server.now = post.clock.now()
    server.keys.clear()  # after an hour the server has forgotten the key
    post.run()
    assert post.states() == ["unknown"]
    for _ in range(2):
        look(post)
        post.clock.advance(120)
    post.run()
    assert post.states() == ["accepted"]
    assert [status["status"] for status in server.statuses.values()] == [TEXT]
    (row,) = post.rows()
    assert row.remote_id in server.statuses


@pytest.mark.parametrize("lost", [peers.reset_after_request(), peers.answer(502)])
def test_an_sms_that_may_have_left_is_not_sent_again_by_the_hub(post, server, monkeypatch, lost):
    monkeypatch.setenv("HUB_SECRET_SMS", PASSWORD)
    gateway = KannelPeer(server.http)
    known = {"gateway": gateway.url, "username": USERNAME, "password": "env:HUB_SECRET_SMS", "sender": "Rivemont"}
    adapter = Sms("sms", Sms.settings_schema().load(known), ("fr",), post.channels["masto"].adapter.hub)
    post.channels["sms"] = Channel("sms", "sms", "SMS", True, ("fr",), adapter)
    post.destinations("+33612345678", "+33712345678", channel_id="sms")
    gateway.after_accepting.append(lost)
    post.publish("a1", ("sms",), texts={"sms": {"fr": RenderedText("sms", "fr", {"text": TEXT})}})
    for _ in range(3):
        post.run()
        look(post)
        post.clock.advance(600)
    assert sorted(post.states()) == ["accepted", "unknown"]
    assert sorted(one["to"] for one in gateway.sent) == ["+33612345678", "+33712345678"]
