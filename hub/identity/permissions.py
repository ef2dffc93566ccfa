"""What each role may do. The web's access policies and the console's buttons both read this table."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an officer is trusted with."""

    VIEWER = "viewer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


_READ = frozenset({"alert.read", "map.read"})
_ACT = _READ | {"alert.send", "delivery.resend", "sending.stop"}

# Whoever can send can also correct and withdraw, alone: no permission separates them (Hawaii 2018: 38 minutes).
PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.VIEWER: _READ,
    Role.OFFICER: _ACT,
    Role.ADMINISTRATOR: _ACT,
}

# What a partner's programs may be trusted with. As for officers, whoever can send can also correct and withdraw.
SCOPES = _READ | {"alert.send"}
