"""A hub as a town would have it: two channels open to exercises and one that is not, the shipped maps, destinations."""

from __future__ import annotations

from flask import Flask

from hub.dispatch.destinations import ensure_single_destinations
from hub.kernel.clock import Clock
from hub.kernel.db import transaction
from hub.message_maps import versions
from tests.shipped import shipped

CHANNELS = """
[[channel]]
id = "flux-cap"
kind = "cap_feed"
label = "Flux CAP"
exercise = true

[[channel]]
id = "essai"
kind = "spool"
label = "Fichier"
exercise = true

[[channel]]
id = "panneaux"
kind = "spool"
label = "Panneaux"
exercise = false
"""


def furnish(app: Flask, clock: Clock) -> None:
    """Publishes the shipped maps and gives each single channel its destination; inside an application context."""
    hub = app.extensions["hub"]
    with transaction() as session:
        versions.publish(session, shipped(hub.settings).situations, now=clock.now(), actor_name="hub")
    ensure_single_destinations(hub.channels.values(), clock.now())
