"""The blanks of a message: which ones an officer is asked for, and what becomes of what was typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Authority
from hub.message_maps.blank_types import examine, parse_date, parse_time, put, put_time, tidy
from hub.message_maps.model import Message, Origin, Placeholder, PlaceholderType, Situation
from hub.message_maps.schema import suggest

_NO_NUMBERS: Mapping[str, str] = MappingProxyType({})
_DAY = timedelta(days=1)
# A time of day that passed within the last hour is a late confirmation or a slip, hardly tomorrow's.
_JUST_PASSED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Filled:
    """The blanks of one message, filled.

    ``values``: language -> placeholder -> text. ``moments``: placeholder -> the moment meant, for times that lie ahead,
    and the end of the day for dates. ``typed``: what the officer typed, tidied, to be kept with the alert.
    """

    values: Mapping[str, Mapping[str, str]]
    moments: Mapping[str, datetime]
    typed: Mapping[str, str]


def used(situation: Situation, message: Message) -> list[Placeholder]:
    """The placeholders of a message and of the situation's area, in the order of the map."""
    names = message.placeholders.union(*(area.placeholders for area in situation.area.values()))
    return [blank for name, blank in situation.placeholders.items() if name in names]


def asked(situation: Situation, message: Message) -> list[Placeholder]:
    """The placeholders that an officer must type: used, and not filled in by the hub."""
    return [blank for blank in used(situation, message) if not blank.filled_in]


def fill(
    situation: Situation,
    message: Message,
    typed: Mapping[str, str],
    *,
    authority: Authority,
    now: datetime,
    timezone: str,
    languages: Sequence[str],
    link_hosts: Collection[str],
    numbers: Mapping[str, str] = _NO_NUMBERS,
) -> Filled:
    """Checks what was typed and puts it into each language.

    Args:
        situation: the map.
        message: one of its messages.
        typed: placeholder -> text; a placeholder asked per language is typed as ``name.language``. Placeholders of
            the map that this message does not use are left aside, so that a follow-up can be given the values of the
            first alert.
        authority: fills the placeholders that come from the settings.
        now: the moment of sending; aware.
        timezone: the IANA zone in which times of day are meant.
        languages: each gets its values.
        link_hosts: hosts that a typed address may have.
        numbers: the town's register of telephone numbers, by key.

    Raises:
        InvalidInput: with one fault for each wrong field, named ``blanks.<name>`` or ``blanks.<name>.<language>``.
    """
    filling = _Filling(situation, message, now, ZoneInfo(timezone), tuple(languages), tuple(link_hosts))
    filling.refuse_unknown(typed)
    for blank in used(situation, message):
        if blank.origin is not None:
            filling.put_origin(blank, authority)
        elif blank.number:
            filling.put_number(blank, numbers)
        elif blank.per_language:
            for language in languages:
                filling.put_typed(blank, f"{blank.name}.{language}", typed, (language,))
        else:
            filling.put_typed(blank, blank.name, typed, languages)
    if filling.faults:
        raise InvalidInput(filling.faults)
    return Filled(filling.values, filling.moments, filling.kept)


class _Filling:
    def __init__(
        self,
        situation: Situation,
        message: Message,
        now: datetime,
        zone: ZoneInfo,
        languages: tuple[str, ...],
        link_hosts: tuple[str, ...],
    ) -> None:
        self.situation = situation
        self.cadence = timedelta(minutes=situation.level_of(message).next_update_minutes)
        self.now = now.astimezone(zone)
        self.zone = zone
        self.link_hosts = link_hosts
        self.values: dict[str, dict[str, str]] = {language: {} for language in languages}
        self.moments: dict[str, datetime] = {}
        self.kept: dict[str, str] = {}
        self.faults: list[Fault] = []

    def refuse_unknown(self, typed: Mapping[str, str]) -> None:
        known = self.situation.placeholders
        for key in typed:
            name, _, language = key.partition(".")
            blank = known.get(name)
            if blank is None or (language and (not blank.per_language or language not in self.values)):
                self._fault(key, Phrase("this map has no such blank%(near)s", near=suggest(key, known)))
            elif blank.per_language and not language:
                keys = ", ".join(f"{name}.{each}" for each in self.values)
                self._fault(key, Phrase("this is asked once in each language: %(keys)s", keys=keys))
            elif blank.filled_in:
                self._fault(key, Phrase("the hub fills this in by itself; leave it out"))

    def put_origin(self, blank: Placeholder, authority: Authority) -> None:
        fixed = {
            Origin.COMMUNE: authority.commune,
            Origin.NAME: authority.name,
            Origin.URL: authority.url,
            Origin.PHONE: authority.phone,
        }
        for language, values in self.values.items():
            if blank.origin is Origin.SENT_TIME:
                values[blank.name] = put_time(self.now.hour, self.now.minute, language)
            elif blank.origin is not None:
                values[blank.name] = fixed[blank.origin]

    def put_number(self, blank: Placeholder, numbers: Mapping[str, str]) -> None:
        number = numbers.get(blank.number, "")
        if not number:
            phrase = Phrase(
                "the number “%(key)s” is missing in the town's register: enter it in the console under Numbers, or "
                "with `flask hub numbers set`",
                key=blank.number,
            )
            self._fault(blank.name, phrase)
        for values in self.values.values():
            values[blank.name] = number

    def put_typed(self, blank: Placeholder, key: str, typed: Mapping[str, str], languages: Sequence[str]) -> None:
        value = tidy(typed.get(key, "")) or blank.default
        if value or blank.required:
            wrong = examine(blank, value, self.link_hosts, language=languages[0]) or self._when(blank, value)
            if wrong:
                self._fault(key, wrong)
                return
            self.kept[key] = value
        for language in languages:
            self.values[language][blank.name] = put(blank, value, language)

    def _when(self, blank: Placeholder, value: str) -> Phrase | None:
        """Notes the moment that a time or date means; what is wrong with it, if it must lie ahead."""
        if not blank.future:
            return None
        if blank.type is PlaceholderType.DATE:
            return self._day_ahead(blank, value)
        return self._time_ahead(blank, value)

    def _day_ahead(self, blank: Placeholder, value: str) -> Phrase | None:
        day = parse_date(value)
        if day is None or day < self.now.date():
            return Phrase("%(value)s is past; give a day from today on", value=value)
        # The day is over when the next one begins; until then it lies ahead.
        self.moments[blank.name] = datetime(day.year, day.month, day.day, tzinfo=self.zone) + _DAY
        return None

    def _time_ahead(self, blank: Placeholder, value: str) -> Phrase | None:
        time = parse_time(value)
        if time is None:
            return None
        moment = self._next(*time)
        if moment - self.now > _DAY - _JUST_PASSED:
            return Phrase("%(value)s has just passed; give a time ahead", value=value)
        if blank.next_update and moment - self.now > self.cadence:
            minutes = int(self.cadence.total_seconds() // 60)
            return Phrase("the next message must follow within %(minutes)s minutes", minutes=minutes)
        self.moments[blank.name] = moment
        return None

    def _next(self, hour: int, minute: int) -> datetime:
        moment = self.now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
        if moment.timestamp() <= self.now.timestamp():
            moment += _DAY
        return moment

    def _fault(self, key: str, phrase: Phrase) -> None:
        self.faults.append(Fault(f"blanks.{key}", phrase))
