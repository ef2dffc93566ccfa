"""Connections to a mail server that carry more than one mail."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from hub.channels.contract import ChannelError, TransientChannelError
from hub.channels.smtp import Connections, MailServer
from tests.peers.smtp_peer import SmtpPeer, running_smtp_peer

READER, SENDER = "lecteur@rivemont.example", "alerte@rivemont.example"


@pytest.fixture
def server() -> Iterator[SmtpPeer]:
    with running_smtp_peer() as peer:
        yield peer


@pytest.fixture
def connections(server: SmtpPeer) -> Connections:
    return Connections(MailServer("127.0.0.1", server.port, "none", "", None, None), idle_seconds=0.2)


def post(connections: Connections, to: str = READER) -> None:
    connections.deliver(SENDER, to, b"Subject: x\r\n\r\nx\r\n", 5)


def test_mails_share_a_connection_and_a_server_that_ends_it_loses_none(
    connections: Connections, server: SmtpPeer
) -> None:
    for _ in range(3):
        post(connections)
    assert len(server.conversations) == 1
    gone = server.conversations[0]
    gone.loop.call_soon_threadsafe(gone.transport.close)
    post(connections)
    server.refusals[SENDER] = "421 4.7.0 enough mails in one connection"
    with pytest.raises(TransientChannelError):  # on the kept connection, then on a fresh one: it is so for every mail
        post(connections)
    del server.refusals[SENDER]
    post(connections)
    assert (len(server.received), len(server.conversations)) == (5, 4)


@pytest.mark.parametrize("reply", ["550 5.1.1 nobody here", "451 4.3.0 later"])
def test_a_refusal_ends_the_connection_and_the_next_mail_opens_one(
    connections: Connections, server: SmtpPeer, reply: str
) -> None:
    server.refusals[READER] = reply
    with pytest.raises(ChannelError):
        post(connections)
    post(connections, "autre@rivemont.example")
    assert (len(server.received), len(server.conversations)) == (1, 2)


def test_a_connection_without_further_mails_is_closed(connections: Connections, server: SmtpPeer) -> None:
    post(connections)
    (conversation,) = server.conversations
    end = time.monotonic() + 5
    while conversation.transport is not None and not conversation.transport.is_closing():
        assert time.monotonic() < end
        time.sleep(0.01)
