"""One right CAP message, and the same with changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.cap.model import Alert, Area, EventCode, Geocode, Info
from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Severity, Status, Urgency

SENT = datetime(2026, 12, 7, 17, 30, tzinfo=UTC)
RING = ((49.44, 1.08), (49.44, 1.12), (49.47, 1.1), (49.44, 1.08))


def make_info(**changes: object) -> Info:
    fields = {
        "language": "fr-FR",
        "categories": (Category.MET,),
        "event": "Inondation",
        "urgency": Urgency.IMMEDIATE,
        "severity": Severity.SEVERE,
        "certainty": Certainty.LIKELY,
        "expires": SENT + timedelta(hours=6),
        "response_types": (ResponseType.SHELTER, ResponseType.AVOID),
        "event_codes": (EventCode("OET:v1.2", "OET-081"),),
        "headline": "Crue de la Lise",
        "areas": (Area("Quartier du Port", polygons=(RING,), geocodes=(Geocode("INSEE", "76901"),)),),
    }
    return Info(**{**fields, **changes})


def make_alert(**changes: object) -> Alert:
    fields = {
        "identifier": "5f0d3a6c1f6b4a0f8a52c0f6f2f9d7aa",
        "sender": "alerte@rivemont.example",
        "sent": SENT,
        "status": Status.ACTUAL,
        "msg_type": MsgType.ALERT,
        "infos": (make_info(), make_info(language="en-GB", event="Flood", headline="Flood of the Lise")),
    }
    return Alert(**{**fields, **changes})
