"""A real SMTP server (aiosmtpd) on loopback, told per recipient and per message how to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "mairie", "correct horse"


class SmtpPeer:
    """``refusals``: sender or recipient -> reply. ``at_the_end`` answers the content, or is ``drop`` or ``hang``."""

    def __init__(self) -> None:
        self.refusals: dict[str, str] = {}
        self.at_the_end = "250 2.0.0 Ok: queued as 4Zx1Y2abcd"
        self.received: list[tuple[str, list[str], EmailMessage]] = []
        self.logged_in = 0
        self.conversations: list[SMTP] = []
        self.port = 0

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = mechanism in {"LOGIN", "PLAIN"} and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logged_in += good
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        parsed = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]
        self.received.append((str(envelope.mail_from), envelope.rcpt_tos, parsed))  # type: ignore[arg-type]
        if self.at_the_end == "drop":
            server.transport.abort()
            return "250 never arrives"
        if self.at_the_end == "hang":
            await asyncio.sleep(3600)
        return self.at_the_end


@contextmanager
def running_smtp_peer(
    context: ssl.SSLContext | None = None, *, implicit_tls: bool = False, log_in: bool = False
) -> Iterator[SmtpPeer]:
    """A server with STARTTLS if there is a context, with TLS from the first byte if ``implicit_tls``."""
    peer = SmtpPeer()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        conversation = SMTP(
            peer,
            hostname="peer.example",
            loop=loop,
            tls_context=None if implicit_tls else context,
            require_starttls=context is not None and not implicit_tls,
            authenticator=peer.authenticate if log_in else None,
            # aiosmtpd does not see TLS that asyncio does for it, and warns where it requires log-in without TLS
            auth_required=log_in and not implicit_tls,
            auth_require_tls=not implicit_tls,
        )
        peer.conversations.append(conversation)
        return conversation

    server = loop.run_until_complete(
        loop.create_server(protocol, "127.0.0.1", 0, ssl=context if implicit_tls else None)
    )
    peer.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        server.close()
        for each in peer.conversations:
            if each.transport is not None:
                each.transport.abort()  # those that stay open for a further mail
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(_settle(loop))
        loop.close()


async def _settle(loop: asyncio.AbstractEventLoop) -> None:
    """Lets cancelled conversations and closing transports finish."""
    others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)  # transports close by call_soon, which nothing lets us wait for
