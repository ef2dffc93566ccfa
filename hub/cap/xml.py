"""Writes a CAP 1.2 message as XML: the order of the schema, its namespace, its way to write a time.

Source: OASIS, Common Alerting Protocol Version 1.2, section 3.2, and its XML schema, which is an ``xs:sequence``: an
element in the wrong place makes the document invalid.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from lxml import etree

from hub.cap.checks import check
from hub.cap.model import Alert, Area, Info, NamedValue, Point, Reference, Resource
from hub.kernel.errors import InvalidInput

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

# A degree of latitude is 111 km: six decimals are 11 cm.
DECIMALS = 6
MINUTE = 60
HOUR = 3600


def cap_time(moment: datetime, zone: tzinfo) -> str:
    """A time as CAP 1.2 wants it (3.3.2): whole seconds, numeric offset, ``-00:00`` for UTC, never ``Z``.

    Args:
        moment: an aware moment; a fraction of a second is cut off.
        zone: the time zone in which it is written, usually the town's.

    Raises:
        ValueError: the moment is naive, or the zone's offset is not a whole number of minutes.
    """
    if moment.tzinfo is None:
        msg = "a CAP time needs a time zone"
        raise ValueError(msg)
    local = moment.astimezone(zone)
    delta = local.utcoffset()
    seconds = 0 if delta is None else round(delta.total_seconds())
    if seconds % MINUTE:
        msg = f"{zone} is {seconds} s from UTC at {moment.isoformat()}; CAP can write whole minutes only"
        raise ValueError(msg)
    sign = "+" if seconds > 0 else "-"
    hours, rest = divmod(abs(seconds), HOUR)
    return f"{local.replace(tzinfo=None).isoformat(timespec='seconds')}{sign}{hours:02d}:{rest // MINUTE:02d}"


def to_xml(alert: Alert, zone: tzinfo = UTC) -> str:
    """The CAP 1.2 document, without an XML declaration, all on one line: nothing in it may be changed afterwards.

    Args:
        alert: the message.
        zone: the time zone in which its times are written. One message must always be written in the same zone,
            because its time of sending is part of its name.

    Raises:
        InvalidInput: the message breaks a rule of `hub.cap.checks`; all faults are listed.
    """
    faults = check(alert)
    if faults:
        raise InvalidInput(faults)
    writer = _Writer(zone)
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the stubs forget the default namespace
    writer.alert(root, alert)
    return etree.tostring(root, encoding="unicode")


def _group(words: tuple[str, ...]) -> str:
    """A space-separated list; an item with a space stands in double quotes (3.2.1, addresses and incidents)."""
    return " ".join(f'"{word}"' if any(map(str.isspace, word)) else word for word in words)


def _number(value: float) -> str:
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


class _Writer:
    """One method an element, each in the order of the schema."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone

    def add(self, parent: etree._Element, name: str, *texts: str) -> None:
        for text in texts:
            if text:
                etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text

    def add_time(self, parent: etree._Element, name: str, moment: datetime | None) -> None:
        if moment:
            self.add(parent, name, cap_time(moment, self.zone))

    def add_values(self, parent: etree._Element, name: str, values: tuple[NamedValue, ...]) -> None:
        for value in values:
            child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
            etree.SubElement(child, f"{{{NAMESPACE}}}valueName").text = value.value_name
            etree.SubElement(child, f"{{{NAMESPACE}}}value").text = value.value

    def alert(self, root: etree._Element, alert: Alert) -> None:
        self.add(root, "identifier", alert.identifier)
        self.add(root, "sender", alert.sender)
        self.add_time(root, "sent", alert.sent)
        self.add(root, "status", alert.status)
        self.add(root, "msgType", alert.msg_type)
        self.add(root, "source", alert.source)
        self.add(root, "scope", alert.scope)
        self.add(root, "restriction", alert.restriction)
        self.add(root, "addresses", _group(alert.addresses))
        self.add(root, "code", *alert.codes)
        self.add(root, "note", alert.note)
        self.add(root, "references", " ".join(map(self.reference, alert.references)))
        self.add(root, "incidents", _group(alert.incidents))
        for info in alert.infos:
            self.info(etree.SubElement(root, f"{{{NAMESPACE}}}info"), info)

    def reference(self, reference: Reference) -> str:
        return f"{reference.sender},{reference.identifier},{cap_time(reference.sent, self.zone)}"

    def info(self, parent: etree._Element, info: Info) -> None:
        self.add(parent, "language", info.language)
        self.add(parent, "category", *info.categories)
        self.add(parent, "event", info.event)
        self.add(parent, "responseType", *info.response_types)
        self.add(parent, "urgency", info.urgency)
        self.add(parent, "severity", info.severity)
        self.add(parent, "certainty", info.certainty)
        self.add(parent, "audience", info.audience)
        self.add_values(parent, "eventCode", info.event_codes)
        self.add_time(parent, "effective", info.effective)
        self.add_time(parent, "onset", info.onset)
        self.add_time(parent, "expires", info.expires)
        self.add(parent, "senderName", info.sender_name)
        self.add(parent, "headline", info.headline)
        self.add(parent, "description", info.description)
        self.add(parent, "instruction", info.instruction)
        self.add(parent, "web", info.web)
        self.add(parent, "contact", info.contact)
        self.add_values(parent, "parameter", info.parameters)
        for resource in info.resources:
            self.resource(etree.SubElement(parent, f"{{{NAMESPACE}}}resource"), resource)
        for area in info.areas:
            self.area(etree.SubElement(parent, f"{{{NAMESPACE}}}area"), area)

    def resource(self, parent: etree._Element, resource: Resource) -> None:
        self.add(parent, "resourceDesc", resource.resource_desc)
        self.add(parent, "mimeType", resource.mime_type)
        if resource.size is not None:
            self.add(parent, "size", str(resource.size))
        self.add(parent, "uri", resource.uri)
        self.add(parent, "digest", resource.digest)

    def area(self, parent: etree._Element, area: Area) -> None:
        self.add(parent, "areaDesc", area.area_desc)
        self.add(parent, "polygon", *(" ".join(map(_point, ring)) for ring in area.polygons))
        self.add(parent, "circle", *(f"{_point(each.centre)} {_number(each.radius)}" for each in area.circles))
        self.add_values(parent, "geocode", area.geocodes)
        for name, feet in (("altitude", area.altitude), ("ceiling", area.ceiling)):
            if feet is not None:
                self.add(parent, name, _number(feet))
