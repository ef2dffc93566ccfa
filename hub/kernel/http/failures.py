"""What may become of an exchange other than an answer, told apart by whether the far side can have acted on it."""

from __future__ import annotations

import socket
import ssl

from hub.kernel.phrase import Phrase


class HttpFailure(Exception):
    """Base of every exchange that did not end in an answer. ``reason`` can be shown to an officer."""

    def __init__(self, reason: Phrase) -> None:
        self.reason = reason
        super().__init__(str(reason))


class NotSent(HttpFailure):
    """Nothing of the request was written: look-up, connection or TLS failed. The far side cannot have acted on it."""


class AddressRefused(NotSent):
    """The address is not one that may be reached; trying again will not help."""


class AnswerLost(HttpFailure):
    """The request was written and no complete valid answer came: the far side may have acted on it."""


class AnswerTooLarge(AnswerLost):
    """The answer, decompressed, is larger than `LARGEST_ANSWER`; the rest was not read."""


def lost(host: str, seconds: float, *, late: bool) -> AnswerLost:
    """Names what happened to a request that was written. ``late``: the time was over."""
    if late:
        return AnswerLost(
            Phrase("%(host)s gave no complete answer within %(seconds)s s", host=host, seconds=f"{seconds:g}")
        )
    return AnswerLost(Phrase("%(host)s closed the connection without a complete, valid answer", host=host))


def unwritten(host: str) -> NotSent:
    """Names what happened to a request that could not be put into words on the wire."""
    return NotSent(Phrase("the request to %(host)s could not be written", host=host))


def not_sent(error: Exception, host: str, seconds: float) -> NotSent:
    """Names what kept a connection from standing."""
    if isinstance(error, PermissionError):
        return AddressRefused(Phrase("%(host)s is not a public address", host=host))
    if isinstance(error, ssl.SSLError):
        detail = getattr(error, "verify_message", "") or error.reason or "TLS"
        return NotSent(Phrase("the secure connection to %(host)s failed: %(detail)s", host=host, detail=detail))
    if isinstance(error, socket.gaierror | UnicodeError):
        return NotSent(Phrase("the name %(host)s cannot be found", host=host))
    if isinstance(error, TimeoutError):
        return NotSent(Phrase("%(host)s could not be reached within %(seconds)s s", host=host, seconds=f"{seconds:g}"))
    return NotSent(Phrase("%(host)s refused the connection or cannot be reached", host=host))
