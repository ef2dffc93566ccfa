"""What may be typed into a blank of each type, and how it is put into words in each language.

Typed text is data: it is never read as a tag, a placeholder, markup or a formula. What would deceive a reader
(direction changes, invisible characters) or reach people who are not meant (an @mention) is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from urllib.parse import urlsplit

from hub.channels.text import holds_emoji, sms, to_gsm7, x_length
from hub.kernel.phrase import Phrase
from hub.message_maps.model import Placeholder, PlaceholderType

_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e01ef]"
)
_MENTION = re.compile(r"(?<![\w.])[@\uff20]\w")
# What social networks turn into a link, in a blank that is not for addresses: a bare host name is enough for X.
_LINK = re.compile(r"https?://|\bwww\.|(?<![\w.@-])(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}", re.IGNORECASE)
# The signs of RFC 3986, less those that end a link in running text.
_ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")
_SPACES = re.compile(r"\s+")
_TIME = re.compile(r"([01]?\d|2[0-3])(?: ?[hH] ?([0-5]\d)?|:([0-5]\d))")
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?")
_MEASURE = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?) ?([a-zA-Zè]+)")
_PHONE = re.compile(
    r"0\d(?: \d\d){4}|\+33 \d(?: \d\d){4}|1[1578]\d?|3\d \d\d|0 8\d\d \d\d\d \d\d\d|0 8\d\d \d\d \d\d \d\d"
)
# What may be typed as a unit -> how French and English write it.
_DURATIONS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("h", "heure", "heures", "hour", "hours"), ("h", "h")),
    **dict.fromkeys(("min", "mn", "minute", "minutes"), ("min", "min")),
    **dict.fromkeys(("j", "jour", "jours", "day", "days"), ("jours", "days")),
}
_DISTANCES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("m", "metre", "mètre", "metres", "mètres"), ("m", "m")),
    **dict.fromkeys(("km", "kilometre", "kilomètre", "kilometres", "kilomètres"), ("km", "km")),
}
_UNITS: Mapping[str, tuple[str, str]] = {**_DURATIONS, **_DISTANCES}
# Below this a French noun stands in the singular (1,5 jour); English has it for one alone.
_PLURAL_FROM = 2
_SINGULAR = {"jours": "jour", "days": "day"}


def tidy(typed: str) -> str:
    """What was typed, in NFC, with single spaces and none at the ends."""
    return unicodedata.normalize("NFC", _SPACES.sub(" ", typed.strip(" \t\r\n\u00a0\u202f")))


def length(value: str) -> int:
    """How much room a value takes where it takes most (a euro sign takes two on X and in an SMS).

    The linter counts a blank at its ``max``; with this measure no accepted value can break what it found to fit.
    """
    weight = x_length(value) if "://" not in value else len(value)
    return max(len(value), sms(to_gsm7(value)).units, weight)


def examine(
    blank: Placeholder, value: str, link_hosts: Collection[str], *, example: bool = False, language: str = ""
) -> Phrase | None:
    """What is wrong with a tidied value, or ``None``. An example of an enum may stand in its own language.

    Args:
        blank: what the value is for.
        value: the tidied value.
        link_hosts: the hosts that an address may lead to.
        example: whether the value is the map's own example.
        language: the language that the example is shown in; without it, the blank's first.
    """
    if not value:
        shown = blank.example.get(language) or next(iter(blank.example.values()), "")
        return Phrase("fill this in; for example: %(example)s", example=shown)
    deceptive = _deceptive(value)
    if deceptive:
        return deceptive
    if blank.type is not PlaceholderType.URL and _LINK.search(value):
        return Phrase(
            "no web address here: the message carries its own link; if it is none, put a space after the full stop"
        )
    wrong = None if example and blank.type is PlaceholderType.ENUM else _TYPES[blank.type](blank, value, link_hosts)
    return wrong or _too_long(blank, value)


def _deceptive(value: str) -> Phrase | None:
    forbidden = _FORBIDDEN.search(value)
    if forbidden:
        return Phrase(
            "an invisible or control character (U+%(code)s) is not allowed; type the text again",
            code=f"{ord(forbidden.group()):04X}",
        )
    if holds_emoji(value):
        return Phrase("an emoji cannot be read on every device; say it in words")
    if _MENTION.search(value):
        return Phrase("a word that starts with @ would call people on social networks; leave the @ out")
    foreign = sms(to_gsm7(value)).foreign
    if foreign:
        return Phrase("%(signs)s cannot be sent by SMS; use Latin letters", signs=" ".join(foreign))
    return None


def _too_long(blank: Placeholder, value: str) -> Phrase | None:
    longest = max(length(put(blank, value, language)) for language in blank.label or ("",))
    if longest <= blank.max:
        return None
    return Phrase("%(length)s characters; at most %(max)s fit", length=longest, max=blank.max)


def parse_time(value: str) -> tuple[int, int] | None:
    """Hour and minute of ``18:30``, ``18h30`` or ``18h``; ``None`` when it is no time of day."""
    found = _TIME.fullmatch(value)
    return (int(found[1]), int(found[2] or found[3] or 0)) if found else None


def parse_date(value: str) -> date | None:
    """The day of ``2026-11-20`` or ``20/11/2026``; ``None`` when it is none."""
    try:
        if "/" in value:
            day, month, year = value.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(value)
    except ValueError:
        return None


def put_time(hour: int, minute: int, language: str) -> str:
    """A time of day in a language: 18h30 in French, 18:30 elsewhere."""
    return f"{hour:02d}h{minute:02d}" if language == "fr" else f"{hour:02d}:{minute:02d}"


def put_date(day: date, language: str) -> str:
    """A day in a language: 20/11/2026 in French, 2026-11-20 elsewhere (a day that cannot be taken for another)."""
    return day.strftime("%d/%m/%Y") if language == "fr" else day.isoformat()


def put_number(value: str, language: str) -> str:
    """A number with the language's decimal sign."""
    return value.replace(".", ",") if language == "fr" else value.replace(",", ".")


def put(blank: Placeholder, value: str, language: str) -> str:
    """A valid value as it stands in a text of the language."""
    words = _WORDED.get(blank.type)
    return words(blank, value, language) if words else value


def _worded_time(_blank: Placeholder, value: str, language: str) -> str:
    moment = parse_time(value)
    return put_time(*moment, language) if moment else value


def _worded_date(_blank: Placeholder, value: str, language: str) -> str:
    day = parse_date(value)
    return put_date(day, language) if day else value


def _worded_number(_blank: Placeholder, value: str, language: str) -> str:
    return put_number(value, language)


def _worded_list(_blank: Placeholder, value: str, _language: str) -> str:
    return ", ".join(item.strip() for item in value.split(","))


def _worded_choice(blank: Placeholder, value: str, language: str) -> str:
    index = choice(blank, value)
    return value if index is None else blank.values[index].get(language, value)


def _worded_measure(_blank: Placeholder, value: str, language: str) -> str:
    found = _MEASURE.fullmatch(value)
    if not found or found[2].lower() not in _UNITS:
        return value
    french, english = _UNITS[found[2].lower()]
    unit, amount = (french if language == "fr" else english), float(found[1].replace(",", "."))
    one = amount < _PLURAL_FROM if language == "fr" else amount == 1
    return f"{put_number(found[1], language)} {_SINGULAR.get(unit, unit) if one else unit}"


def _text(_blank: Placeholder, _value: str, _hosts: Collection[str]) -> Phrase | None:
    return None


def _place(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    if not any(character.isalnum() for character in value):
        return Phrase("expected the name of a place")
    return None


def _list(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    if not all(any(character.isalnum() for character in item) for item in value.split(",")):
        return Phrase("expected names with commas between them")
    return None


def _time(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    return None if parse_time(value) else Phrase("expected a time of day such as 18:30")


def _date(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    return None if parse_date(value) else Phrase("expected a day such as 2026-11-20")


def _number(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    return None if _NUMBER.fullmatch(value) else Phrase("expected a number such as 250")


def _measure(units: Collection[str], right: Phrase) -> Callable[[Placeholder, str, Collection[str]], Phrase | None]:
    def check(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
        found = _MEASURE.fullmatch(value)
        return None if found and found[2].lower() in units else right

    return check


def _phone(_blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    return None if _PHONE.fullmatch(value) else Phrase("expected a telephone number such as 02 35 00 00 00")


def _url(_blank: Placeholder, value: str, hosts: Collection[str]) -> Phrase | None:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Phrase("expected an address such as https://example.org/page")
    if not _ADDRESS.fullmatch(value) or not host or port is not None or parts.username is not None:
        return Phrase("expected an address such as https://example.org/page")
    if host not in hosts:
        return Phrase("only these hosts may be linked: %(hosts)s", hosts=", ".join(sorted(hosts)) or "-")
    return None


def _enum(blank: Placeholder, value: str, _hosts: Collection[str]) -> Phrase | None:
    if choice(blank, value) is None:
        options = ", ".join(next(iter(option.values())) for option in blank.values)
        return Phrase("expected one of: %(options)s", options=options)
    return None


def choice(blank: Placeholder, value: str) -> int | None:
    """The index of the choice that was typed in any of its languages."""
    for index, option in enumerate(blank.values):
        if value.casefold() in {word.casefold() for word in option.values()}:
            return index
    return None


_WORDED: Mapping[PlaceholderType, Callable[[Placeholder, str, str], str]] = {
    PlaceholderType.TIME: _worded_time,
    PlaceholderType.DATE: _worded_date,
    PlaceholderType.NUMBER: _worded_number,
    PlaceholderType.DURATION: _worded_measure,
    PlaceholderType.DISTANCE: _worded_measure,
    PlaceholderType.LIST: _worded_list,
    PlaceholderType.ENUM: _worded_choice,
}

_TYPES: dict[PlaceholderType, Callable[[Placeholder, str, Collection[str]], Phrase | None]] = {
    PlaceholderType.TEXT: _text,
    PlaceholderType.PLACE: _place,
    PlaceholderType.LIST: _list,
    PlaceholderType.TIME: _time,
    PlaceholderType.DATE: _date,
    PlaceholderType.DURATION: _measure(_DURATIONS, Phrase("expected a duration such as 2 h")),
    PlaceholderType.DISTANCE: _measure(_DISTANCES, Phrase("expected a distance such as 500 m")),
    PlaceholderType.NUMBER: _number,
    PlaceholderType.PHONE: _phone,
    PlaceholderType.URL: _url,
    PlaceholderType.ENUM: _enum,
}
