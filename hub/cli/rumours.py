"""``flask hub rumours``: the rumour register from the command line."""

from __future__ import annotations

from flask.cli import AppGroup

from hub.cli.speech import say, speaks
from hub.kernel.db import transaction
from hub.rumours.register.writing import reindex
from hub.web.parts import parts


def register(group: AppGroup) -> None:
    """Adds the commands to ``flask hub``."""
    group.add_command(rumours)


rumours = AppGroup("rumours", help="The rumour register.")


@rumours.command("reindex")
@speaks
def reindex_register() -> None:
    """Builds the lists and the search of the public register anew from what was published."""
    with transaction() as session:
        count = reindex(session, parts().settings.site.timezone)
    say("Entries of the register: %(count)s", count=count)
