"""A town with a mail server, readers who subscribe, and alerts that are sent to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from hub.dispatch.destinations import ensure_single_destinations
from hub.kernel.db import reading
from hub.subscriptions.models import Subscription
from tests.alerts.conftest import publish
from tests.peers.smtp_peer import SmtpPeer, running_smtp_peer
from tests.web.public.conftest import Town

READER = "Jeanne.Petit+crue@lecteurs.example"
BASE = "https://alerte.rivemont.example"
CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "Flux CAP"
exercise = true

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
LINK = re.compile(rf"{re.escape(BASE)}(/abonnements/(?:confirmer|choix|fin)/\S+)")
BOTH = ("flux-cap", "abonnes")


@dataclass
class Readers:
    """What people do in a browser and read in their mail."""

    town: Town
    client: FlaskClient
    server: SmtpPeer

    def ask(self, address: str = READER, **form):
        """Sends the form."""
        return self.client.post(
            "/abonnements", data={"address": address, "topics": ["alerts"], "language": "fr"} | form
        )

    def mails(self) -> list[EmailMessage]:
        """Sends what is due; every mail so far."""
        self.town.deliver()
        return [mail for _, _, mail in self.server.received]

    def join(self, address: str = READER, **form) -> EmailMessage:
        """Asks and confirms; the letter that was confirmed."""
        assert self.ask(address, **form).status_code == 200
        letter = self.mails()[-1]
        assert self.client.post(self.path(letter, "confirmer")).status_code == 200
        return letter

    @staticmethod
    def path(mail: EmailMessage, use: str) -> str:
        """The path of a link in a mail's text."""
        text = next(mail.iter_parts()).get_content()
        return next(found for found in LINK.findall(text) if f"/{use}/" in found)

    def rows(self) -> list[Subscription]:
        """The stored subscriptions."""
        with self.town.app.app_context():
            return list(reading().query(Subscription))

    def send(self, **changes):
        """Sends an alert, over the feed and to the subscribers."""
        return self.town.send(**({"channels": BOTH} | changes))


@pytest.fixture
def server() -> Iterator[SmtpPeer]:
    with running_smtp_peer() as peer:
        yield peer


@pytest.fixture
def overrides(tmp_path, server):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS.format(port=server.port), encoding="utf-8")
    return {"channels": {"file": str(file)}, "site": {"base_url": BASE}}


def opened(app, clock, server) -> Readers:
    hub = app.extensions["hub"]
    with app.app_context():
        publish(hub.settings, clock)
        ensure_single_destinations(hub.channels.values(), now=clock.now())
    client = app.test_client(use_cookies=False)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-FR,fr;q=0.9"
    return Readers(Town(app, clock), client, server)


@pytest.fixture
def readers(app, clock, server) -> Readers:
    """On SQLite: for what does not depend on the engine."""
    return opened(app, clock, server)


@pytest.fixture
def any_readers(both_engines_app, clock, server) -> Readers:
    """On each engine in turn."""
    return opened(both_engines_app, clock, server)
