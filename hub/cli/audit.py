"""``flask hub audit``: is the log whole?"""

from __future__ import annotations

import sys

from flask.cli import AppGroup

from hub.audit import queries
from hub.cli.speech import REFUSED, json_option, said, say, show_json, speaks
from hub.kernel.db import reading


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(audit)


audit = AppGroup("audit", help="The audit log.")


@audit.command("verify")
@json_option
@speaks
def verify(*, as_json: bool) -> None:
    """Recomputes the whole chain; exit code 1 and the first bad entry if it was tampered with."""
    bad, head = queries.verify(reading()), queries.head(reading())
    if as_json:
        fault = {"entry": bad.seq, "reason": said(bad.reason)} if bad else None
        show_json({"whole": bad is None, "first_bad_entry": fault, "entries": head.seq, "hash": head.hash})
    elif bad:
        say("The audit log was changed: entry %(number)s: %(reason)s", number=bad.seq, reason=bad.reason)
    else:
        say("The audit log is whole: %(count)s entries, the last hash is %(hash)s", count=head.seq, hash=head.hash)
    if bad:
        sys.exit(REFUSED)
