"""The form by which a rumour is reported, as both the public and officers fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import request

from hub.identity.actor import Actor
from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours import pictures
from hub.rumours.intake import Receipt, Request, take_in
from hub.rumours.sighting import ReportDraft, Via, faults_of
from hub.web.parts import parts

TEXTS = ("text", "heard_on", "commune", "place", "link", "contact")
NUMBERS = ("latitude", "longitude")
MOMENT = "seen_at"
FIELDS = (*TEXTS, *NUMBERS, MOMENT)
# Browsers send <input type="datetime-local"> so.
MOMENT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M")
LONGEST_NUMBER = 30
# A picture somewhat too large comes through, so that the form can be shown again with what was typed.
MOST_BYTES = 2 * pictures.LARGEST_BYTES


def typed() -> dict[str, str]:
    """Every field of the form as it was typed; what is missing is empty."""
    return {name: request.form.get(name, "") for name in FIELDS}


def submit(values: Mapping[str, str], language: str, via: Via, actor: Actor | None, asked: Request | None) -> Receipt:
    """Takes in what was typed, with the picture if there is one.

    Raises:
        InvalidInput: every wrong field at once.
    """
    hub = parts()
    faults: list[Fault] = []
    latitude, longitude = (_number(values[name], faults) for name in NUMBERS)
    picture = request.files.get("picture")
    draft = ReportDraft(
        **{name: values[name] for name in TEXTS},
        latitude=latitude,
        longitude=longitude,
        seen_at=_moment(values[MOMENT].strip(), faults),
        picture=picture.read() if picture else b"",
        language=language,
    )
    if faults:
        raise InvalidInput([*faults_of(draft.tidied(), hub.settings, hub.clock.now()), *faults])
    return take_in(hub.rumours, hub.matcher, draft, via, actor, asked)


def _number(text: str, faults: list[Fault]) -> float | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text[:LONGEST_NUMBER])
    except ValueError:
        if "point" not in {fault.field for fault in faults}:
            faults.append(Fault("point", Phrase("Give degrees as a number, such as 49.51.")))
        return None


def _moment(text: str, faults: list[Fault]) -> datetime | None:
    zone = ZoneInfo(parts().settings.site.timezone)
    if not text:
        return None
    for form in MOMENT_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    faults.append(Fault(MOMENT, Phrase("Give day and hour, such as 2026-11-21T17:40.")))
    return None
