"""What an address asks of the register, checked: a filter that cannot be is named, with what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from hub.kernel.errors import Fault, InvalidInput
from hub.kernel.phrase import Phrase
from hub.rumours.register.reading import Filter, events
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.language import say
from hub.web.parts import parts

# Longer questions are cut by the search itself; an address of this length is still one that people can send on.
LONGEST_QUESTION = 200
MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
# Fits into the number of a row on either engine.
PLACE = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address, where to read on, and the names that the filters may have."""

    wanted: Filter
    before: int | None
    events: Mapping[str, Mapping[str, str]]
    faults: tuple[Fault, ...]

    @property
    def arguments(self) -> dict[str, str]:
        """The filters as they stand in an address; empty ones are left out."""
        wanted = self.wanted
        named = {
            "q": wanted.words,
            "event": wanted.event,
            "commune": wanted.commune,
            "verdict": wanted.verdict,
            "period": wanted.month,
        }
        return {name: value for name, value in named.items() if value}

    def sound(self) -> Filter:
        """The filter.

        Raises:
            InvalidInput: a filter is wrong.
        """
        if self.faults:
            raise InvalidInput(self.faults, Phrase("The register cannot be filtered like this."))
        return self.wanted


def asked(session: Session, event: str | None = None, commune: str | None = None) -> Asked:
    """The filters of the present request; ``event`` and ``commune`` are those that its path names."""

    def typed(name: str) -> str:
        return request.args.get(name, "").strip()

    wanted = Filter(
        words=typed("q")[:LONGEST_QUESTION],
        event=event or typed("event"),
        commune=commune or typed("commune"),
        verdict=typed("verdict"),
        month=typed("period"),
    )
    known = events(session)
    before = typed("before")
    faults = _faults(wanted, known)
    if before and not PLACE.fullmatch(before):
        phrase = Phrase("“%(value)s” is no place in the list. Start again from its first page.", value=_short(before))
        faults.append(Fault("before", phrase))
    return Asked(wanted, int(before) if PLACE.fullmatch(before) else None, known, tuple(faults))


def _faults(wanted: Filter, known: Mapping[str, Mapping[str, str]]) -> list[Fault]:
    faults = []
    if wanted.event and wanted.event not in known:
        phrase = Phrase(
            "The register has no event “%(value)s”. It has: %(known)s.",
            value=_short(wanted.event),
            known=", ".join(known) or "-",
        )
        faults.append(Fault("event", phrase))
    if wanted.verdict and wanted.verdict not in list(Verdict):
        phrase = Phrase(
            "There is no verdict “%(value)s”. There are: %(known)s.",
            value=_short(wanted.verdict),
            known=", ".join(f"{each} ({say(LABELS[each])})" for each in Verdict),
        )
        faults.append(Fault("verdict", phrase))
    communes = parts().settings.territory.communes
    if wanted.commune and wanted.commune not in {each.insee for each in communes}:
        phrase = Phrase(
            "“%(value)s” is no commune of this register. There are: %(known)s.",
            value=_short(wanted.commune),
            known=", ".join(f"{each.insee} ({each.name})" for each in communes),
        )
        faults.append(Fault("commune", phrase))
    if wanted.month and not MONTH.fullmatch(wanted.month):
        phrase = Phrase("Write a month like 2026-11, not “%(value)s”.", value=_short(wanted.month))
        faults.append(Fault("period", phrase))
    return faults


def _short(text: str) -> str:
    return text[:40]
