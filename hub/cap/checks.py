"""What makes a CAP 1.2 message right beyond its XML schema, which takes most of it for plain text.

The rules are those of the standard (section 3.2) and those that its large readers enforce on top: Google Public Alerts
and the IPAWS profile require ``expires``, the same category and event code in every language, and references on every
Update and Cancel. Each rule yields one `Fault` that names the element.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from hub.cap.model import Alert, Area, Info, Point, Resource
from hub.cap.vocabulary import MsgType, Scope, Status
from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase

# CAP 1.2, 3.2.1: an identifier or a sender must not include spaces, commas, "<" or "&".
NAME = re.compile(r"[^\s,<&]+")
# XML schema, part 2, 3.3.3: xs:language.
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
# XML 1.0, 2.2: what is not a Char cannot be written in any way, not even as a character reference.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SHORTEST_RING = 4
CORNERS = 3
FARTHEST_NORTH = 90
FARTHEST_EAST = 180
# Half the circumference of the earth in kilometres: a larger circle is a mistake of unit.
LARGEST_RADIUS = 20_040

# Before 1970 time zones have offsets with seconds; in the last year a change of zone overflows.
FIRST_YEAR = 1970
LAST_YEAR = 9998

FOLLOWING = frozenset({MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR})
INFORMING = frozenset({MsgType.ALERT, MsgType.UPDATE})


def check(alert: Alert) -> list[Fault]:
    """Everything that is wrong with a message; an empty list when it may be written and sent."""
    faults = [*_texts(alert, "alert"), *_envelope(alert), *_moments(alert), *_across_infos(alert)]
    for info in alert.infos:
        faults += _info(info, alert, f"info[{info.language}]")
    return faults


def _texts(value: Any, path: str) -> Iterator[Fault]:
    """Walks every text of the message, whatever its depth."""
    if isinstance(value, str):
        found = NOT_XML.search(value)
        if found:
            yield Fault(
                path, Phrase("contains the character %(code)s, which XML forbids", code=f"U+{ord(found[0]):04X}")
            )
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item, f"{path}[{item.language}]" if isinstance(item, Info) else path)
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _texts(getattr(value, entry.name), f"{path}.{entry.name}")


def _envelope(alert: Alert) -> Iterator[Fault]:
    for field, name in _names(alert):
        if not NAME.fullmatch(name):
            yield Fault(field, Phrase("must be a name without space, comma, < or &"))
    if alert.msg_type in FOLLOWING and not alert.references:
        yield Fault("references", Phrase("must name the message that this one follows"))
    if any(reference.identifier == alert.identifier for reference in alert.references):
        yield Fault("references", Phrase("must not name the message itself"))
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        yield Fault("restriction", Phrase("must say to whom a Restricted message is limited"))
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        yield Fault("addresses", Phrase("must list the receivers of a Private message"))
    if alert.status is Status.EXERCISE and not alert.note:
        yield Fault("note", Phrase("must name the exercise"))


def _names(alert: Alert) -> Iterator[tuple[str, str]]:
    yield "identifier", alert.identifier
    yield "sender", alert.sender
    for reference in alert.references:
        yield "references", reference.identifier
        yield "references", reference.sender


def _moments(alert: Alert) -> Iterator[Fault]:
    moments = [("sent", alert.sent), *(("references", reference.sent) for reference in alert.references)]
    for info in alert.infos:
        path = f"info[{info.language}]"
        found = (("effective", info.effective), ("onset", info.onset), ("expires", info.expires))
        moments += [(f"{path}.{name}", moment) for name, moment in found if moment]
    for name, moment in moments:
        if moment.tzinfo is None:
            yield Fault(name, Phrase("must have a time zone"))
        elif not FIRST_YEAR <= moment.year <= LAST_YEAR:
            yield Fault(
                name, Phrase("must lie between the years %(first)s and %(last)s", first=FIRST_YEAR, last=LAST_YEAR)
            )


def _across_infos(alert: Alert) -> Iterator[Fault]:
    if alert.msg_type in INFORMING and not alert.infos:
        yield Fault("info", Phrase("must be there, in at least one language"))
        return
    languages = [info.language.lower() for info in alert.infos]
    if len(set(languages)) < len(languages):
        yield Fault("info", Phrase("must be there once for each language"))
    if len({frozenset(info.categories) for info in alert.infos}) > 1:
        yield Fault("category", Phrase("must be the same in every language"))
    if len({frozenset(info.event_codes) for info in alert.infos}) > 1:
        yield Fault("eventCode", Phrase("must be the same in every language"))


def _info(info: Info, alert: Alert, path: str) -> Iterator[Fault]:
    if not LANGUAGE.fullmatch(info.language):
        yield Fault(f"{path}.language", Phrase("must be a language code such as fr-FR"))
    if not info.categories:
        yield Fault(f"{path}.category", Phrase("must be there"))
    if not info.event.strip():
        yield Fault(f"{path}.event", Phrase("must be there"))
    if _aware(info.expires, alert.sent) and _whole(info.expires) <= _whole(alert.sent):
        yield Fault(f"{path}.expires", Phrase("must be after the time of sending"))
    for name, start in (("effective", info.effective), ("onset", info.onset)):
        if start and _aware(start, info.expires) and _whole(start) >= _whole(info.expires):
            yield Fault(f"{path}.{name}", Phrase("must be before the end of the alert"))
    if alert.msg_type in INFORMING and not info.areas:
        yield Fault(f"{path}.area", Phrase("must be there: an alert without an area reaches everyone or no one"))
    for area in info.areas:
        yield from _area(area, f"{path}.area")
    for resource in info.resources:
        yield from _resource(resource, f"{path}.resource")


def _aware(*moments: datetime) -> bool:
    return all(moment.tzinfo is not None for moment in moments)


def _whole(moment: datetime) -> datetime:
    """The moment as it is written: CAP knows no fraction of a second."""
    return moment.replace(microsecond=0)


def _area(area: Area, path: str) -> Iterator[Fault]:
    if not area.area_desc.strip():
        yield Fault(f"{path}.areaDesc", Phrase("must be there"))
    if not (area.polygons or area.circles or area.geocodes):
        yield Fault(path, Phrase("must have a polygon, a circle or a geocode"))
    for ring in area.polygons:
        yield from _ring(ring, f"{path}.polygon")
    for circle in area.circles:
        if not _on_earth(circle.centre):
            yield _off_earth(f"{path}.circle")
        if not 0 < circle.radius <= LARGEST_RADIUS:
            yield Fault(f"{path}.circle", Phrase("must have a radius in kilometres, above 0"))
    if area.ceiling is not None and area.altitude is None:
        yield Fault(f"{path}.ceiling", Phrase("makes sense only with an altitude"))


def _ring(ring: tuple[Point, ...], path: str) -> Iterator[Fault]:
    if not all(map(_on_earth, ring)):
        yield _off_earth(path)
    elif len(ring) < SHORTEST_RING or len(set(ring)) < CORNERS:
        yield Fault(path, Phrase("must have at least four points, the last one equal to the first"))
    elif ring[0] != ring[-1]:
        yield Fault(path, Phrase("must be closed: the last point equal to the first"))


def _on_earth(point: Point) -> bool:
    latitude, longitude = point
    # NaN fails every comparison, so it fails here too.
    return math.fabs(latitude) <= FARTHEST_NORTH and math.fabs(longitude) <= FARTHEST_EAST


def _off_earth(path: str) -> Fault:
    return Fault(path, Phrase("must be made of latitude (-90 to 90), then longitude (-180 to 180)"))


def _resource(resource: Resource, path: str) -> Iterator[Fault]:
    if not resource.resource_desc.strip():
        yield Fault(f"{path}.resourceDesc", Phrase("must be there"))
    if not resource.mime_type.strip():
        yield Fault(f"{path}.mimeType", Phrase("must be there"))
    if resource.size is not None and resource.size < 0:
        yield Fault(f"{path}.size", Phrase("must not be negative"))
