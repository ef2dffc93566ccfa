"""What goes wrong at the far side, as the officer reads it: the channel, the receiver and the reason, in words."""

from __future__ import annotations

import re
from html import unescape

import pytest

from hub.dispatch.destinations import add_destination
from tests.peers.http_peer import (
    answer,
    cut_body,
    gzip_bomb,
    header_drip,
    html_page,
    large,
    redirect,
    reset_after_request,
    running_http_peer,
)
from tests.web.console.conftest import HUB
from tests.web.furnished import CHANNELS

WEBHOOK = """
[[channel]]
id = "voisins"
kind = "webhook"
label = "Communes voisines"
exercise = true
[channel.settings]
secrets = ["env:HUB_SECRET_BAD_INPUT"]
"""

# path -> how that receiver behaves, and whether a person must look at it (or it is tried again by itself)
FAR_SIDES = {
    "400": (answer(400), True),
    "401": (answer(401), True),
    "403": (answer(403), True),
    "404": (answer(404), True),
    "410": (answer(410), True),
    "422": (answer(422), True),
    "301": (redirect(301, "http://127.0.0.1:9/"), True),
    "307": (redirect(307, "http://127.0.0.1:9/"), True),
    "429": (answer(429, Retry_After="60"), False),
    "500": (answer(500), False),
    "503": (answer(503), False),
    "reset": (reset_after_request(), False),
    "drip": (header_drip(), False),
}
GOOD = {"204": answer(204), "html": html_page(), "large": large(), "bomb": gzip_bomb(), "cut": cut_body()}


@pytest.fixture
def overrides(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_BAD_INPUT", "m" * 40)
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS + WEBHOOK, encoding="utf-8")
    return {
        "channels": {"file": str(file)},
        # All receivers are one host: they must leave in one claim, or its 429 would rightly hold the later ones back.
        "delivery": {"deadline_seconds": 1.0, "first_try_seconds": 0.5, "per_host": 32},
    }


def test_each_receiver_that_fails_is_named_and_delays_no_other(town, anne, clock):
    hub = town.extensions["hub"]
    with running_http_peer() as peer:
        everyone = {name: behave for name, (behave, _) in FAR_SIDES.items()} | GOOD
        peer.otherwise = lambda request: everyone[request.path.strip("/")]
        with town.app_context():
            for name in everyone:
                add_destination(hub.channels["voisins"], f"{peer.url}/{name}", f"Mairie {name}", clock.now(), actor=HUB)
        identifier = anne.send(channels=["essai", "voisins"])
        assert hub.engine.run_until_idle(60)
        asked = [request.path.strip("/") for request in peer.requests]
    assert sorted(asked) == sorted(everyone), "each once"
    page = anne.get(f"/console/alerts/{identifier}").text
    troubled = {
        unescape(name): unescape(reason)
        for name, reason in re.findall(r"</a></strong> . Mairie (\S+)\s?: <span[^>]*>[^<]*</span>\. ([^<]*)</p>", page)
    }
    assert {name for name, (_, final) in FAR_SIDES.items() if final} <= troubled.keys()
    assert not troubled.keys() & {"429", "500", "503", "204"}
    assert all(troubled.values())
    assert all(name in reason for name, reason in troubled.items() if name.isdigit() and not name.startswith("3"))
