"""What the hub lends to an adapter in these tests: a client that may reach loopback, a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.channels.contract import Surroundings
from hub.kernel.clock import Clock
from hub.kernel.http import GuardedClient
from tests.peers.certificates import Certificates, make_certificates
from tests.peers.http_peer import HttpPeer, running_http_peer


@pytest.fixture
def hub(tmp_path: Path, clock: Clock) -> Surroundings:
    return Surroundings(
        http=GuardedClient(("127.0.0.0/8",)),
        clock=clock,
        data_directory=tmp_path,
        base_url="https://alerte.rivemont.example",
        sender="alerte@rivemont.example",
        sender_name="Mairie de Rivemont",
    )


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with running_http_peer() as running:
        yield running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))
