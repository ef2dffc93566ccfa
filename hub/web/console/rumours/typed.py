"""What the rumour desk's forms hold: read with care, shown again as it was typed, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hub.kernel.errors import Conflict, Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.rumours.changing import Ref
from hub.web.language import say
from hub.web.parts import parts

# What a database can count to; a larger number is no revision.
LONGEST_NUMBER = 9
# No range of any form begins below zero: it stands for what is no number, and the command names the range.
NO_NUMBER = -1
_MOMENT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows: its values, what is wrong with them, why it was refused."""

    values: MultiDict[str, str]
    faults: tuple[Fault, ...] = ()
    conflict: Phrase | None = None


def attempt(
    page: Callable[[Shown], str], deed: Callable[[], object], onward: str, done: Phrase | None = None
) -> ResponseReturnValue:
    """Does what a form asks for and goes on; or shows the form again, with everything that was typed.

    Args:
        page: makes the form's page.
        deed: the command.
        onward: where to go when it is done.
        done: what to say then.
    """
    try:
        deed()
    except InvalidInput as error:
        return page(Shown(request.form, error.faults)), error.status
    except (Conflict, NotFound) as error:
        # Where the rumour itself is not there, its page says so.
        return page(Shown(request.form, conflict=error.detail)), error.status
    if done:
        flash(say(done))
    return redirect(onward, 303)


def ref(rumour_id: str) -> Ref:
    """The rumour with the revision that the form was made from; 0, which none has, when it does not say."""
    return Ref(rumour_id, max(number(request.form.get("revision", "")), 0))


def number(text: str) -> int:
    """A whole number that was typed, or `NO_NUMBER`."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else NO_NUMBER


def number_or_none(text: str) -> int | None:
    """The same where the field may stay empty."""
    return number(text) if text.strip() else None


def moment(name: str) -> datetime | None:
    """A day and a time in the town's zone, or ``None`` for an empty field.

    Raises:
        InvalidInput: it is neither.
    """
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        local = None
    fault = Fault(name, Phrase("Give a day and a time, such as 2026-11-21T17:40."))
    if local is None or len(text) < len("2026-11-21T17:40"):
        raise InvalidInput([fault])
    try:
        return (local if local.tzinfo else local.replace(tzinfo=zone())).astimezone(UTC)
    except OverflowError:
        raise InvalidInput([fault]) from None


def as_typed(at: datetime | None) -> str:
    """A moment as a form's field holds it."""
    return at.astimezone(zone()).strftime(_MOMENT) if at else ""


def zone() -> ZoneInfo:
    """The town's time zone."""
    return ZoneInfo(parts().settings.site.timezone)


def texts(name: str) -> dict[str, str]:
    """A text in each language of the site: ``name.fr``, ``name.en``."""
    return {language: request.form.get(f"{name}.{language}", "") for language in parts().settings.site.languages}


def stored(values: Mapping[str, object], lists: Mapping[str, Iterable[str]] | None = None) -> MultiDict[str, str]:
    """Stored values in the shape of a form."""
    found: MultiDict[str, str] = MultiDict(
        (name, "" if value is None else str(value)) for name, value in values.items()
    )
    for name, members in (lists or {}).items():
        if values_of := list(members):  # an empty list would be a name without a value
            found.setlist(name, values_of)
    return found
