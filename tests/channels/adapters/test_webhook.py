"""Signed webhooks, checked by the independent `standardwebhooks` package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import marshmallow as ma
import pytest
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from hub.channels.adapters.webhook import Webhook
from hub.channels.contract import PermanentChannelError, Surroundings, TransientChannelError, UnknownOutcomeError
from tests.channels.adapter_contract import AdapterContract
from tests.channels.samples import TEXTS, attempt, follow_up, message
from tests.peers import http_peer as peers
from tests.peers.http_peer import HttpPeer, Received

OLD, NEW = "old-master-secret-of-forty-characters-ok", "new-master-secret-of-forty-characters-ok"


class FixedNow:
    """The judge compares with the machine's clock, so this clock is that one."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_WEBHOOK_NEW", NEW)
    monkeypatch.setenv("HUB_SECRET_WEBHOOK_OLD", OLD)
    monkeypatch.setenv("HUB_SECRET_SHORT", "short")


@pytest.fixture
def hub(hub: Surroundings) -> Surroundings:
    return Surroundings(
        http=hub.http,
        clock=FixedNow(),
        data_directory=hub.data_directory,
        base_url=hub.base_url,
        sender=hub.sender,
        sender_name=hub.sender_name,
    )


def webhook(hub: Surroundings, *names: str) -> Webhook:
    secrets = [f"env:HUB_SECRET_WEBHOOK_{name}" for name in names or ("NEW",)]
    return Webhook("partenaires", Webhook.settings_schema().load({"secrets": secrets}), ("fr", "en"), hub)


class TestContract(AdapterContract):
    kind: ClassVar[str] = "webhook"
    settings: ClassVar[Mapping[str, Any]] = {"secrets": ["env:HUB_SECRET_WEBHOOK_NEW"]}
    secrets: ClassVar[tuple[str, ...]] = (NEW,)
    good_address: ClassVar[str] = "https://sdis.example/alerts?key=1"
    bad_addresses: ClassVar[tuple[str, ...]] = ("", "self", "http://sdis.example/", "https://10.0.0.1/", "https://u@h/")


def judged(secret: str, request: Received) -> Any:
    """What a receiver makes of a request: the document, if the signature is right."""
    return Receiver(secret).verify(request.body, dict(request.headers))


def test_a_receiver_accepts_the_signature_and_finds_the_message(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub)
    address = f"{peer.url}/hook"
    accepted = adapter.send(attempt(adapter, address=address, key="delivery-7"))
    (request,) = peer.requests
    document = judged(adapter.destination_secret(address).reveal(), request)
    assert accepted.remote_id == request.headers["webhook-id"] == "delivery-7"
    assert request.headers["content-type"] == "application/json"
    assert (document["type"], document["timestamp"]) == ("alert.published", "2026-11-21T16:40:00+00:00")
    assert document["data"]["texts"] == TEXTS
    assert document["data"]["cap"] == message().cap_xml
    assert document["data"]["identifier"] == "a" * 32


def test_a_follow_up_says_what_it_follows(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub)
    adapter.send(attempt(adapter, follow_up(), f"{peer.url}/"))
    document = peer.requests[0].json
    assert (document["type"], document["data"]["references"]) == ("alert.updated", ["a" * 32])
    assert document["data"]["incident"] == "a" * 32


def test_attempts_of_one_delivery_carry_the_same_id_and_bytes(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub)
    peer.script.extend([peers.answer(503), peers.close_after_request()])
    outgoing = attempt(adapter, address=peer.url)
    with pytest.raises(TransientChannelError):
        adapter.send(outgoing)
    with pytest.raises(UnknownOutcomeError):
        adapter.send(outgoing)
    adapter.send(outgoing)
    assert len({(request.headers["webhook-id"], request.body) for request in peer.requests}) == 1


def test_no_destination_can_check_or_forge_for_another(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub)
    one, other = f"{peer.url}/one", f"{peer.url}/other"
    adapter.send(attempt(adapter, address=one))
    judged(adapter.destination_secret(one).reveal(), peer.requests[0])
    with pytest.raises(WebhookVerificationError):
        judged(adapter.destination_secret(other).reveal(), peer.requests[0])


def test_a_changed_body_is_refused_by_the_receiver(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub)
    adapter.send(attempt(adapter, address=peer.url))
    request = peer.requests[0]
    forged = Received(request.method, request.path, request.headers, request.body.replace(b"Lise", b"Oise"))
    with pytest.raises(WebhookVerificationError):
        judged(adapter.destination_secret(peer.url).reveal(), forged)


def test_during_a_rotation_old_and_new_receivers_are_served(peer: HttpPeer, hub: Surroundings) -> None:
    adapter = webhook(hub, "NEW", "OLD")
    adapter.send(attempt(adapter, address=peer.url))
    new, old = webhook(hub, "NEW"), webhook(hub, "OLD")
    for receiver in (new, old):
        judged(receiver.destination_secret(peer.url).reveal(), peer.requests[0])
    assert adapter.destination_secret(peer.url) == new.destination_secret(peer.url)


@pytest.mark.parametrize("behaviour", [peers.html_page(), peers.answer(204), peers.answer(202, b"queued")])
def test_any_2xx_accepts(peer: HttpPeer, hub: Surroundings, behaviour: peers.Behaviour) -> None:
    adapter = webhook(hub)
    peer.script.append(behaviour)
    assert adapter.send(attempt(adapter, address=peer.url)).remote_id == "key-1"


@pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 404, 410, 422])
def test_refusals_and_redirects_are_final(peer: HttpPeer, hub: Surroundings, status: int) -> None:
    adapter = webhook(hub)
    peer.script.append(peers.answer(status, b"", Location="http://127.0.0.1/"))
    with pytest.raises(PermanentChannelError):
        adapter.send(attempt(adapter, address=peer.url))
    assert len(peer.requests) == 1


def test_the_preview_shows_each_language_and_the_document(hub: Surroundings) -> None:
    adapter = webhook(hub)
    body = adapter.render(message())
    *texts, document = adapter.preview(body)
    assert [part.text for part in texts] == list(TEXTS.values())
    assert (document.text, document.for_machines) == (body["payload"], True)


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ([], "between 1 and 3"),
        (["whsec_in_clear"], "not written here"),
        (["env:HUB_SECRET_MISSING"], "empty or not set"),
        (["env:HUB_SECRET_SHORT"], "at least 32"),
        (["env:HUB_SECRET_WEBHOOK_NEW"] * 4, "between 1 and 3"),
    ],
)
def test_settings_that_are_refused(secrets: list[str], said: str) -> None:
    with pytest.raises(ma.ValidationError, match=said):
        Webhook.settings_schema().load({"secrets": secrets})


def test_a_secret_may_come_from_a_file(tmp_path: Path, hub: Surroundings) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{NEW}\n")
    loaded = Webhook("p", Webhook.settings_schema().load({"secrets": [f"file:{file}"]}), ("fr", "en"), hub)
    assert loaded.destination_secret("https://a.example/") == webhook(hub).destination_secret("https://a.example/")
    assert loaded.destination_secret("https://a.example/").reveal().startswith("whsec_")
