"""Which messages and forms a rule is for, named once."""

from __future__ import annotations

from hub.message_maps.model import FORMS, Kind

# What people live through while the danger lasts.
LIVE = (Kind.ALERT, Kind.UPDATE, Kind.NO_CHANGE, Kind.DE_ESCALATE)
ENDS = (Kind.CANCEL, Kind.ALL_CLEAR)
# What tells people to do something (“nothing to do” counts).
ACTING = (*LIVE, *ENDS, Kind.PREVENTION, Kind.RECOVERY)
PLACED = (*LIVE, Kind.CORRECTION, Kind.ALL_CLEAR)
FOUNDED = (*PLACED, Kind.PREVENTION, Kind.RECOVERY)
# What never comes first.
FOLLOWING = (Kind.UPDATE, Kind.NO_CHANGE, Kind.CORRECTION, Kind.DE_ESCALATE, *ENDS)

WORDED = tuple(form for form in FORMS if form != "led")
POSTS = ("x", "bluesky", "mastodon")
SHORT = ("sms", *POSTS, "simplified", "voice")
