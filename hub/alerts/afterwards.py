"""What is proposed when an incident is over: the messages that help people recover, each an incident of its own.

A CAP line that has ended takes no further message, so advice for the time after an all-clear begins a new line. Area,
channels and the answers that still hold are proposed as they were; the officer sees and changes them before sending.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.alerts import queries
from hub.alerts.area import Area
from hub.alerts.drafts import Draft
from hub.alerts.views import AlertView
from hub.kernel.errors import NotFound
from hub.message_maps import blanks, versions
from hub.message_maps.model import TIMES, Kind, Message, Situation
from hub.message_maps.readiness import obstacles


@dataclass(frozen=True, slots=True)
class Proposal:
    """A message for the time after, and the draft that begins it."""

    message: Message
    draft: Draft


def proposals(session: Session, identifier: str) -> list[Proposal]:
    """The recovery messages of the situation in force, after its all-clear; nothing while the incident is open.

    Raises:
        NotFound: there is no such alert.
    """
    alert = queries.get(session, identifier)
    if alert.kind is not Kind.ALL_CLEAR:
        return []
    try:
        _, situation = versions.find(session, alert.situation_id)
    except NotFound:
        return []
    ready = (each for each in situation.messages if each.kind is Kind.RECOVERY and not obstacles(situation, each))
    typed = queries.typed(queries.incident(session, alert.incident))
    return [Proposal(message, _draft(alert, situation, message, typed)) for message in ready]


def _draft(alert: AlertView, situation: Situation, message: Message, typed: dict[str, str]) -> Draft:
    names = {blank.name for blank in blanks.asked(situation, message) if blank.type not in TIMES}
    return Draft(
        situation_id=situation.id,
        message_id=message.id,
        exercise=alert.exercise,
        blanks={key: text for key, text in typed.items() if key.partition(".")[0] in names},
        communes=tuple(commune.insee for commune in alert.area.outline.communes),
        geojson=_geojson(alert.area),
        channels=alert.channels,
    )


def _geojson(area: Area) -> str:
    """A drawn area as it could have been typed; empty where communes were chosen."""
    rings = [[[[longitude, latitude] for latitude, longitude in ring]] for ring in area.outline.polygons]
    if not rings or area.outline.communes:
        return ""
    return json.dumps({"type": "MultiPolygon", "coordinates": rings})
