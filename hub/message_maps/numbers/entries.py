"""One entry of the register: what may stand in it, and how a French number is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.message_maps.numbers.models import NAME_LENGTH

LONGEST_TEXT = 200
# A number that nobody has rung for a year may have changed.
STALE_AFTER = timedelta(days=365)
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
# The national emergency numbers are the same everywhere and stand in the texts themselves.
NATIONAL = frozenset({"15", "17", "18", "112", "114", "115", "116000", "119", "196", "197", "191"})

_ASKED = {
    "label": Phrase("Say whose number it is, in each language."),
    "purpose": Phrase("Say what people ring it for, in each language."),
}
_SEPARATORS = re.compile(r"[\s.\-/\u00a0\u202f]+")
_NATIONAL_TEN = re.compile(r"0[1-9]\d{8}", re.ASCII)
_ABROAD = re.compile(r"(?:\+|00)33(?:\(0\))?([1-9]\d{8})", re.ASCII)
_SHORT = re.compile(r"(?:3\d{3}|118\d{3}|116\d{3}|1\d{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of the town. ``label`` and ``purpose`` go from language to text.

    ``checked_on`` of an entry that is not `checked` yet is ``date.max`` where what was typed is no day.
    """

    key: str
    label: Mapping[str, str]
    number: str
    purpose: Mapping[str, str]
    checked_on: date
    checked_by: str

    def stale(self, today: date) -> bool:
        """Whether it was checked too long ago to be trusted."""
        return today - self.checked_on > STALE_AFTER


def grouped(number: str) -> str | None:
    """A French telephone number in pairs of digits (02 35 00 00 00), or ``None`` when it is none.

    Whatever stands between the digits is left aside, and +33 becomes 0: the texts are read by people in France.
    """
    bare = _SEPARATORS.sub("", number.strip())
    abroad = _ABROAD.fullmatch(bare)
    digits = f"0{abroad[1]}" if abroad else bare
    if not _NATIONAL_TEN.fullmatch(digits) and not _SHORT.fullmatch(digits):
        return None
    return " ".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def checked(entry: Entry, *, languages: Sequence[str], today: date) -> Entry:
    """The entry as it is kept: spaces tidied, the number in pairs.

    Raises:
        InvalidInput: with every fault; fields ``key``, ``label.<language>``, ``purpose.<language>``, ``number``,
            ``checked_on``, ``checked_by``.
    """
    label, purpose = _tidied(entry.label, languages), _tidied(entry.purpose, languages)
    number, by = grouped(entry.number), " ".join(entry.checked_by.split())
    faults = []
    if not KEY.fullmatch(entry.key):
        faults.append(Fault("key", Phrase("Lower-case letters, digits and _, such as gas_emergency.")))
    for name, texts in (("label", label), ("purpose", purpose)):
        faults += [_text_fault(name, language, text) for language, text in texts.items() if _wrong(text)]
    if _SEPARATORS.sub("", entry.number) in NATIONAL:
        faults.append(Fault("number", Phrase("This is a national emergency number: write it into the texts as it is.")))
    elif number is None:
        faults.append(Fault("number", Phrase("Give a French telephone number, such as 02 35 00 00 00.")))
    if entry.checked_on > today:
        phrase = Phrase("Give the day on which someone rang the number, today or earlier, such as %(day)s.", day=today)
        faults.append(Fault("checked_on", phrase))
    if not by or len(by) > NAME_LENGTH:
        faults.append(
            Fault("checked_by", Phrase("Say who rang the number, in at most %(max)s characters.", max=NAME_LENGTH))
        )
    if faults or number is None:
        raise InvalidInput(faults, Phrase("Please correct the fields named below. Nothing has been saved."))
    return replace(entry, label=label, purpose=purpose, number=number, checked_by=by)


def _tidied(texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    return {language: " ".join(texts.get(language, "").split()) for language in languages}


def _wrong(text: str) -> bool:
    return not text or len(text) > LONGEST_TEXT or not text.isprintable()


def _text_fault(name: str, language: str, text: str) -> Fault:
    if text:
        phrase = Phrase("At most %(max)s characters, without control characters.", max=LONGEST_TEXT)
    else:
        phrase = _ASKED[name]
    return Fault(f"{name}.{language}", phrase)
