"""SMTP under a total deadline, and the one mapping of what happens in it to the three outcomes of an attempt.

Until the content of the message has been sent nothing can have been accepted: what goes wrong is transient, or
permanent where the server says so (5xx, RFC 5321 4.2.1). Afterwards only the server's reply decides; without one the
outcome is unknown.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from hub.channels.contract import (
    ChannelError,
    PermanentChannelError,
    TransientChannelError,
    Trouble,
    UnknownOutcomeError,
)
from hub.kernel.deadline import WATCHDOG, Guard, open_connection
from hub.kernel.http import tls_context
from hub.kernel.phrase import Phrase
from hub.kernel.secret import Secret

GREETING = 220
ACCEPTED = frozenset({250})
RECIPIENT_ACCEPTED = frozenset({250, 251, 252})  # 251 and 252 are successes too (RFC 5321 4.2.3)
READY_FOR_CONTENT = frozenset({354})
TEMPORARY, PERMANENT = range(400, 500), range(500, 600)
LONGEST_REASON = 200
# Our own decisions; a server that wants it otherwise says so, and gets a new connection.
IDLE_SECONDS = 2.0
MAILS_A_CONNECTION = 100
# What is wrong with the address itself, or its mailbox is closed: RFC 3463, 3.2 and 3.3. Servers without such codes say
# 550, 551 or 553 (RFC 5321 4.2.3); that they do not relay for us is our own trouble, whichever code they give.
NO_SUCH_RECIPIENT = re.compile(rb"5\.1\.(?:1|2|3|6|10)\b|5\.2\.1\b")
CODED = re.compile(rb"5\.\d{1,3}\.\d{1,3}\b")
WITHOUT_CODE = frozenset({550, 551, 553})
RELAYING = re.compile(rb"relay", re.IGNORECASE)


class RecipientRefused(PermanentChannelError):
    """The mail server says that there is nobody at this address: not our sender, not our message, this recipient."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our messages. ``security`` is starttls, tls or none; ``ca_file`` names one more authority."""

    host: str
    port: int
    security: str
    username: str
    password: Secret | None
    ca_file: str | None

    @property
    def name(self) -> str:
        """Host and port, as shown to people."""
        return f"{self.host}:{self.port}"


class Connections:
    """Conversations with one mail server. A connection on which a mail was taken is kept a moment for the next one.

    Args:
        server: the mail server.
        idle_seconds: how long a connection waits for its next mail.
    """

    def __init__(self, server: MailServer, idle_seconds: float = IDLE_SECONDS) -> None:
        self._server = server
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._idle: list[tuple[float, _Timed]] = []
        self._closing = False

    def deliver(self, sender: str, recipient: str, content: bytes, deadline: float) -> bytes:
        """One message for one recipient; returns the text of the reply that accepts it.

        Args:
            sender: envelope sender.
            recipient: envelope recipient.
            content: the message with CRLF line ends, the last line ended too.
            deadline: seconds for everything.

        Raises:
            RecipientRefused: there is nobody at this address.
            TransientChannelError, PermanentChannelError, UnknownOutcomeError: see the head of this module.
        """
        with WATCHDOG.guard(deadline) as guard, _troubles(self._server):
            client, reply = self._begin(sender, guard)
            try:
                answer = _hand_over(client, reply, recipient, content)
            except BaseException:
                client.leave()
                raise
        # Not before: the guard of this conversation must not end the next one.
        self._keep(client)
        return answer

    def _begin(self, sender: str, guard: Guard) -> tuple[_Timed, tuple[int, bytes]]:
        """A connection, and what the server says there to a mail of this sender."""
        kept = self._take()
        if kept is not None:
            with suppress(OSError):  # the server may have ended it meanwhile; nothing of this mail was handed over
                kept.resume(guard)
                reply = kept.docmd("MAIL", f"FROM:<{sender}>")
                if reply[0] not in TEMPORARY:  # such as: enough mails in one connection
                    return kept, reply
            kept.leave()
        fresh = _connected(self._server, guard)
        try:
            return fresh, fresh.docmd("MAIL", f"FROM:<{sender}>")
        except BaseException:
            fresh.leave()
            raise

    def _take(self) -> _Timed | None:
        with self._lock:
            return self._idle.pop()[1] if self._idle else None

    def _keep(self, client: _Timed) -> None:
        client.mails += 1
        if client.mails >= MAILS_A_CONNECTION:
            client.leave()
            return
        with self._lock:
            self._idle.append((time.monotonic(), client))
            if self._closing:
                return
            self._closing = True
        threading.Thread(target=self._close_idle, name="smtp-idle", daemon=True).start()

    def _close_idle(self) -> None:
        """Leaves connections that found no further mail; ends when there are none."""
        left = True
        while left:
            time.sleep(self._idle_seconds)  # a thread of its own, which ends when no connection is idle
            since = time.monotonic() - self._idle_seconds
            with self._lock:
                over = [client for used, client in self._idle if used <= since]
                self._idle = [entry for entry in self._idle if entry[0] > since]
                left = self._closing = bool(self._idle)
            for client in over:
                client.leave()


def probe(server: MailServer, deadline: float) -> None:
    """Connects, secures and logs in, as a delivery does, and goes.

    Raises:
        TransientChannelError, PermanentChannelError: what would keep a message from being taken.
    """
    with WATCHDOG.guard(deadline) as guard, _troubles(server):
        client = _connected(server, guard)
        try:
            _expect(ACCEPTED, client.docmd("NOOP"))
        finally:
            client.leave()


def _hand_over(client: smtplib.SMTP, reply: tuple[int, bytes], recipient: str, content: bytes) -> bytes:
    # What is said of our sender would be said of it in every message.
    _expect(ACCEPTED, reply, trouble=Trouble.HOST)
    _expect_recipient(client.docmd("RCPT", f"TO:<{recipient}>"))
    _expect(READY_FOR_CONTENT, client.docmd("DATA"))
    try:
        client.send(_dotted(content))
        code, answer = client.getreply()
    except OSError as error:  # smtplib's own errors are among them
        reason = Phrase("the mail server took the message and gave no answer: it may have been delivered")
        raise UnknownOutcomeError(reason) from error
    _expect(ACCEPTED, (code, answer), otherwise=UnknownOutcomeError)
    return answer


@contextmanager
def _troubles(server: MailServer) -> Iterator[None]:
    """What goes wrong with the connection, as the outcome of an attempt."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        refusal = _refusal(error.smtp_code, error.smtp_error, TransientChannelError)
        refusal.trouble = Trouble.HOST  # the greeting, TLS or the log-in: it would be so for every message
        raise refusal from error
    except OSError as error:
        raise TransientChannelError(_why(error, server), trouble=Trouble.HOST) from error


def _connected(server: MailServer, guard: Guard) -> _Timed:
    """A connection that is greeted, secured and logged in."""
    client = _TimedTls(guard, server) if server.security == "tls" else _Timed(guard, server)
    try:
        client.open()
    except BaseException:
        client.leave()
        raise
    return client


def _why(error: OSError, server: MailServer) -> Phrase:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Phrase(
            "the mail server %(host)s does not offer the encryption or the log-in that is set", host=server.name
        )
    if isinstance(error, ssl.SSLError):
        detail = getattr(error, "verify_message", "") or error.reason or "TLS"
        return Phrase("the secure connection to %(host)s failed: %(detail)s", host=server.name, detail=detail)
    return Phrase("the mail server %(host)s cannot be reached or broke off", host=server.name)


class _Timed(smtplib.SMTP):
    """An SMTP client whose socket is opened and watched under a total deadline."""

    mails = 0

    def __init__(self, guard: Guard, server: MailServer) -> None:
        self._guard = guard
        self._server = server
        # A name given here spares smtplib's own look-up of this machine's name, which no deadline would bound.
        super().__init__(local_hostname="[127.0.0.1]", timeout=guard.remaining())

    def open(self) -> None:
        """Connects, reads the greeting, secures the session and logs in.

        Raises:
            smtplib.SMTPResponseException: a refusal.
            OSError: no connection, no TLS, or the server does not offer what is set.
        """
        server = self._server
        self._host = server.host  # the name that the certificate must carry
        code, answer = self.connect(server.host, server.port)
        if code != GREETING:
            raise smtplib.SMTPConnectError(code, answer)
        self.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            self._watch()
            self.starttls(context=tls_context(server.ca_file))
            self._watch()
        if server.username and server.password:
            self.login(server.username, server.password.reveal())

    def resume(self, guard: Guard) -> None:
        """Goes on under the deadline of another mail.

        Raises:
            TimeoutError: there is no time left.
        """
        self._guard = guard
        self._watch()

    def leave(self) -> None:
        """Says good-bye and closes. Never fails."""
        with suppress(OSError):
            self.putcmd("QUIT")  # its answer changes nothing, so nobody waits for it
        self.close()

    def _watch(self) -> None:
        """Puts the present socket, which TLS replaces, under the deadline."""
        if self.sock is not None:
            self.sock.settimeout(self._guard.remaining())
            self._guard.watch(self.sock)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        sock = open_connection(host, port, self._guard, _anywhere)
        address = sock.getsockname()[0]
        self.local_hostname = f"[IPv6:{address}]" if ":" in address else f"[{address}]"  # RFC 5321 4.1.3
        self._guard.watch(sock)
        return sock


class _TimedTls(smtplib.SMTP_SSL, _Timed):
    """The same, in TLS from the first byte."""

    def __init__(self, guard: Guard, server: MailServer) -> None:
        self._guard = guard
        self._server = server
        context = tls_context(server.ca_file)
        smtplib.SMTP_SSL.__init__(self, local_hostname="[127.0.0.1]", timeout=guard.remaining(), context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = super()._get_socket(host, port, timeout)
        self._guard.watch(sock)
        return sock


def _anywhere(_address: str, _port: int) -> bool:
    """The mail server is named by the operator in a file, not by a user: it may be on the town's own network."""
    return True


def _expect(
    codes: frozenset[int],
    reply: tuple[int, bytes],
    otherwise: type[ChannelError] = TransientChannelError,
    trouble: Trouble = Trouble.MESSAGE,
) -> None:
    """Raises what a reply other than the expected ones stands for."""
    if reply[0] not in codes:
        refusal = _refusal(*reply, otherwise)
        refusal.trouble = trouble
        raise refusal


def _expect_recipient(reply: tuple[int, bytes]) -> None:
    """Raises what a refusal of the recipient stands for."""
    code, text = reply
    nobody = NO_SUCH_RECIPIENT.search(text) if CODED.search(text) else code in WITHOUT_CODE
    if code in PERMANENT and nobody and not RELAYING.search(text):
        raise RecipientRefused(_refusal(code, text, TransientChannelError).reason)
    _expect(RECIPIENT_ACCEPTED, reply)


def _refusal(code: int, answer: bytes | str, otherwise: type[ChannelError]) -> ChannelError:
    """5xx is final and 4xx is for now (RFC 5321 4.2.1); anything else is no SMTP reply and stands for ``otherwise``."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    reason = Phrase("the mail server answered %(code)s: %(text)s", code=code, text=one_line(text)[:LONGEST_REASON])
    if code in PERMANENT:
        return PermanentChannelError(reason)
    return TransientChannelError(reason) if code in TEMPORARY else otherwise(reason)


def _dotted(content: bytes) -> bytes:
    """A message as DATA wants it: a dot doubled at the start of a line, a lone dot at the end (RFC 5321 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


def one_line(text: str) -> str:
    """The first line of a text without control characters, fit for a header or a reason."""
    lines = text.strip().splitlines() or [""]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in lines[0]).split())
