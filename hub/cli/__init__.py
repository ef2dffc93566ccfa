"""The command line: ``flask hub ...``. The same commands as the console's, for scripts and for the night.

Exit codes: 0 done; 1 refused, with the reason; 2 wrong usage; 3 done, but some delivery failed or is unknown; 4 still
under way when the waiting time ended.
"""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from hub.app import create_app
from hub.channels.registry import ChannelsError
from hub.cli import (
    alerts,
    audit,
    map_facts,
    map_files,
    maps,
    numbers,
    officers,
    outbox,
    partners,
    planned,
    reports,
    rumours,
    setup,
    site,
    subscribers,
)
from hub.kernel.settings import SettingsError

hub = AppGroup(
    "hub",
    help="Run the hub: set up, officers, partners, message maps, numbers, rumours, subscribers, alerts, deliveries.",
)
for part in (setup, officers, partners, maps, numbers, rumours, subscribers, alerts, planned, outbox, audit, site):
    part.register(hub)
# Importing it hangs its commands on those of the maps.
MORE = (map_files, map_facts, reports)


def boot() -> Flask:
    """The application with its commands. Wrong settings end the process with their list instead of a traceback."""
    try:
        app = create_app()
    except (SettingsError, ChannelsError) as error:
        raise SystemExit(str(error)) from None
    app.cli.add_command(hub)
    return app
