"""What each role may do. The web's access policies and the console's buttons both read this table."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an officer is trusted with."""

    VIEWER = "viewer"
    VOLUNTEER = "volunteer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


_HEAR = frozenset({"rumour.read"})
_RUMOURS = _HEAR | {"rumour.contribute", "rumour.work", "rumour.approve"}

_READ = frozenset({"alert.read", "map.read"})
_ACT = _READ | {"alert.send", "delivery.resend", "sending.stop", "map.edit", "map.approve", "destination.edit"}

# Whoever can send can also correct and withdraw, alone: no permission separates them (Hawaii 2018: 38 minutes).
# Whoever can send may also write messages and approve those of others: a small town has two officers, not three roles.
# That nobody approves what they wrote themselves is a rule of `hub.message_maps.drafts.workflow`, not of a role.
PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.VIEWER: _READ | _HEAR,
    # Who helps to find and to check what is said. Nothing of theirs is public before an officer took it up.
    Role.VOLUNTEER: _HEAR | {"rumour.contribute"},
    Role.OFFICER: _ACT | _RUMOURS,
    Role.ADMINISTRATOR: _ACT | _RUMOURS | {"subscriber.erase", "account.edit"},
}

# What a partner's programs may be trusted with. As for officers, whoever can send can also correct and withdraw.
SCOPES = frozenset({"alert.read", "map.read", "alert.send", "rumour.report"})
