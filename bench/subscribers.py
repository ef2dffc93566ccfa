"""An answer to a rumour for 10,000 subscribers: the officer's wait, the mails, the dispatcher's memory.

The floor of the mails is smtplib, which sends as many of the same length over connections that stay open, by as many
threads as the hub has places for one mail server.
"""

from __future__ import annotations

import smtplib
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bench.databases import Fresh, running_databases
from bench.dispatcher import running_dispatcher
from bench.hub_under_test import PATIENCE
from bench.mail_peer import MailPeer, running_mail_peer
from bench.table import Line
from hub.app import create_app
from hub.channels import topics
from hub.dispatch.models import deliveries, destination_topics, destinations
from hub.kernel import settings as settings_module
from hub.kernel.clock import SystemClock
from hub.kernel.db import db, reading, transaction
from hub.kernel.ids import new_id
from hub.kernel.sealing import derived_key, keyed_hash, seal
from hub.rumours.desk import RumourDesk
from hub.rumours.states import Response
from hub.subscriptions.addresses import FOR_HASHES, FOR_SEALS
from hub.subscriptions.choice import Choice
from hub.subscriptions.models import Subscription
from tests.rumours.conftest import Town
from tests.rumours.test_publishing import publish, written
from tests.web.furnished import furnish

READERS = 10_000
PER_HOST = 16
MOST_SECONDS = 1.0
MOST_MEGABYTES = 110.0
MOST_MAIL_SECONDS = 120.0
LOOK_SECONDS = 0.2
KEY = "k" * 64
# About the length of an answer with its links, as text and as HTML.
MAIL = b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 50
CHANNELS = """
[[channel]]
id = "abonnes"
kind = "subscribers"
label = "Courriel aux abonnés"
exercise = true
[channel.settings]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "alerte@rivemont.example"
"""


def measure(readers: int = READERS) -> Iterator[Line]:
    """Both databases, beside the floor."""
    with running_mail_peer() as peer, running_databases() as databases:
        bare = floor(peer.port, readers)
        yield Line(f"{readers} mails by smtplib, connections kept (mails/s)", readers / bare, readers / bare, None)
        for name, fresh in databases.items():
            yield from _one(name, fresh, peer, readers, bare)


def _one(name: str, fresh: Fresh, peer: MailPeer, readers: int, bare: float) -> Iterator[Line]:
    with fresh() as url, tempfile.TemporaryDirectory() as directory, _town(url, Path(directory), peer.port) as town:
        _subscribe(town, readers)
        wait = _published(town)
        yield Line(f"an officer approves, {readers} subscribers, {name} (s)", wait, MOST_SECONDS, 1.0)
        mails, connections = peer.counts()
        text = CHANNELS.format(port=peer.port)
        more = {"HUB_SECURITY_SECRET_KEY": KEY, "HUB_SITE_BASE_URL": "https://alerte.rivemont.example"}
        start = time.perf_counter()
        with running_dispatcher(url, (), text=text, more=more) as dispatcher:
            _wait_for(readers)
            seconds = time.perf_counter() - start
            memory = dispatcher.peak_megabytes()
        got, opened = (after - before for after, before in zip(peer.counts(), (mails, connections), strict=True))
        assert got == readers, "each once"
        yield Line(f"{got} mails, {name}, wall time (s)", seconds, MOST_MAIL_SECONDS, 1.0)
        yield Line("mails a second; the floor's", got / seconds, readers / bare, None)
        yield Line("mails a connection", got / opened, got / opened, None)
        yield Line("peak memory of the dispatcher (MB)", memory, MOST_MEGABYTES, 1.0)


@contextmanager
def _town(url: str, directory: Path, port: int) -> Iterator[Town]:
    file = directory / "channels.toml"
    file.write_text(CHANNELS.format(port=port), encoding="utf-8")
    overrides = {
        "data": {"directory": str(directory)},
        "database": {"url": url},
        "security": {"secret_key": KEY},
        "delivery": {"embedded": False},
        "channels": {"file": str(file)},
        "site": {"base_url": "https://alerte.rivemont.example"},
    }
    clock = SystemClock()
    app = create_app(settings_module.load({}, overrides=overrides), clock=clock)
    hub = app.extensions["hub"]
    with app.app_context():
        db.create_all()
        furnish(app, clock)
        yield Town(RumourDesk(hub.settings, clock, hub.channels, lambda: None), clock)
        db.session.remove()
        db.engine.dispose()


def _subscribe(town: Town, readers: int) -> None:
    settings, now = town.desk.settings, datetime.now(UTC)
    seals, hashes = derived_key(settings, FOR_SEALS), derived_key(settings, FOR_HASHES)
    choice = Choice(language="fr", rumours=True).to_json()
    addresses = {new_id(): f"lecteur{number}@lecteurs.example" for number in range(readers)}
    with transaction() as session:
        rows = [
            {
                "channel_id": "abonnes",
                "address": each,
                "label": "Courriel aux abonnés",
                "host": "127.0.0.1",
                "enabled": True,
                "created_at": now,
                "by_topic": True,
            }
            for each in addresses
        ]
        session.execute(sa.insert(destinations), rows)
        found = session.execute(sa.select(destinations.c.address, destinations.c.id).where(destinations.c.by_topic))
        ids = {row.address: row.id for row in found}
        named = [{"destination_id": ids[each], "topic": topics.RUMOURS} for each in addresses]
        session.execute(sa.insert(destination_topics), named)
        people = [
            {
                "id": each,
                "destination_id": ids[each],
                "address_hash": keyed_hash(hashes, address),
                "address_sealed": seal(seals, each, address),
                "language": "fr",
                "choice": choice,
                "asked_at": now,
                "confirmed_at": now,
                "lettered_at": now,
                "letters": 1,
                "refusals": 0,
            }
            for each, address in addresses.items()
        ]
        session.execute(sa.insert(Subscription), people)


def _published(town: Town) -> float:
    """Seconds of the second officer's click: the version, the register, the outbox, in one transaction."""
    rumour_id = written(town, response=Response.REGISTER)
    start = time.perf_counter()
    publish(town, rumour_id)
    return time.perf_counter() - start


def _wait_for(number: int) -> None:
    accepted = sa.select(sa.func.count()).where(deliveries.c.state == "accepted")
    end = time.monotonic() + PATIENCE
    while True:
        reading().rollback()
        if (reading().scalar(accepted) or 0) >= number:
            return
        assert time.monotonic() < end
        time.sleep(LOOK_SECONDS)


def floor(port: int, readers: int) -> float:
    """Seconds for as many mails of bare smtplib."""
    shares = [len(range(number, readers, PER_HOST)) for number in range(PER_HOST)]
    threads = [threading.Thread(target=_bare, args=(port, share)) for share in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def _bare(port: int, mails: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        for number in range(mails):
            client.sendmail("alerte@rivemont.example", f"lecteur{number}@lecteurs.example", MAIL)
