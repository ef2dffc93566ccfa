"""Refusals at the door."""

from __future__ import annotations

from hub.kernel.errors import HubError
from hub.kernel.phrase import Phrase


class LogInRefused(HubError):
    """Login and password do not go together. It never says which of the two was wrong, nor whether the login exists."""

    slug = "log-in-refused"
    title = Phrase("Log-in refused")
    status = 401

    def __init__(self) -> None:
        super().__init__(Phrase("This login and password do not go together."))


class KeyRefused(HubError):
    """No key, an unknown one, a revoked one, or one of a disabled partner. It never says which."""

    slug = "key-refused"
    title = Phrase("Key refused")
    status = 401

    def __init__(self) -> None:
        super().__init__(Phrase("Send a valid key in the header: Authorization: Bearer <key>."))
