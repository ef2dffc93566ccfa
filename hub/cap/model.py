"""The CAP 1.2 document as plain values. `hub.cap.checks` judges them, `hub.cap.xml` writes them.

Source: OASIS, Common Alerting Protocol Version 1.2, section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.cap.vocabulary import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

# A point is (latitude, longitude) in degrees, WGS 84. Latitude comes first, unlike in GeoJSON.
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value in a list of a named kind: ``eventCode``, ``geocode`` or ``parameter`` of CAP."""

    value_name: str
    value: str


@dataclass(frozen=True, slots=True)
class EventCode(NamedValue):
    """A code of the event, for example ``OET:v1.2`` / ``OET-081``."""


@dataclass(frozen=True, slots=True)
class Geocode(NamedValue):
    """A code of the area, for example ``INSEE`` / ``76540``."""


@dataclass(frozen=True, slots=True)
class Parameter(NamedValue):
    """Anything else that the sender and some of the receivers agree upon."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message: exactly the sender, identifier and sending time that it carries."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle: its centre, and its radius in kilometres."""

    centre: Point
    radius: float


@dataclass(frozen=True, slots=True)
class Area:
    """Where the alert applies. A polygon is a closed ring of `Point`; altitudes are feet above mean sea level."""

    area_desc: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Geocode, ...] = ()
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with the alert. ``size`` is in bytes, ``digest`` is SHA-1 in hexadecimal (both optional)."""

    resource_desc: str
    mime_type: str
    uri: str = ""
    size: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """The alert in one language. Empty texts are left out of the document."""

    language: str  # RFC 3066, for example fr-FR; CAP would assume en-US without it
    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    expires: datetime
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[EventCode, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Parameter, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One CAP message. ``note`` names the exercise where the status is Exercise."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    infos: tuple[Info, ...] = ()
    scope: Scope = Scope.PUBLIC
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
