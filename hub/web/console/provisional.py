"""What the live preview shows while the form is not complete: examples stand where a blank is still empty or wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.alerts.drafts import Draft
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput
from hub.message_maps import blanks
from hub.message_maps.model import Message, Placeholder, PlaceholderType, Situation
from hub.message_maps.numbers import register
from hub.message_maps.render import render_all
from hub.web.console import forms, texts
from hub.web.language import text_in
from hub.web.parts import parts

# A stand-in for a time that must lie ahead; the next message is promised within half of its cadence.
AHEAD = timedelta(hours=2)


def texts_so_far(situation: Situation, message: Message, draft: Draft, faults: Sequence[Fault]) -> dict[str, Any]:
    """The texts of the chosen channels' forms, and the names of the blanks that examples stand for.

    Empty when even the examples do not do, such as one that is longer than its blank.
    """
    settings, now = parts().settings, parts().clock.now()
    languages = settings.site.languages
    wrong = {fault.field.removeprefix(forms.BLANKS) for fault in faults if fault.field.startswith(forms.BLANKS)}
    asked = blanks.asked(situation, message)
    stand_ins = [blank for blank in asked if blank.name in {key.partition(".")[0] for key in wrong}]
    typed = {name: value for name, value in draft.blanks.items() if name not in wrong}
    cadence = timedelta(minutes=situation.level_of(message).next_update_minutes)
    for blank in stand_ins:
        local = now.astimezone(ZoneInfo(settings.site.timezone))
        for language in languages if blank.per_language else ("",):
            key = f"{blank.name}.{language}" if language else blank.name
            typed.setdefault(key, _stand_in(blank, language, local, cadence))
    try:
        filled = blanks.fill(
            situation,
            message,
            typed,
            authority=settings.authority,
            now=now,
            timezone=settings.site.timezone,
            languages=languages,
            link_hosts=settings.maps.link_hosts,
            numbers=_numbers(blanks.used(situation, message)),
        )
    except InvalidInput:
        return {}
    chosen = [parts().channels[each].adapter.form_taken for each in draft.channels if each in parts().channels]
    finished = render_all(message, filled, languages, exercise=draft.exercise)
    return {
        "forms": texts.rendered(finished, chosen or texts.FORMS),
        "stand_ins": [text_in(blank.label) for blank in stand_ins],
    }


def _numbers(used: Sequence[Placeholder]) -> dict[str, str]:
    """The numbers of the register; the map's example where one is missing, which the form names as a fault."""
    known = register.by_key(reading())
    return {
        blank.number: known[blank.number].number if blank.number in known else next(iter(blank.example.values()), "")
        for blank in used
        if blank.number
    }


def _stand_in(blank: Placeholder, language: str, now: datetime, cadence: timedelta) -> str:
    if blank.future and blank.type is PlaceholderType.TIME:
        return (now + (cadence / 2 if blank.next_update else AHEAD)).strftime("%H:%M")
    if blank.future and blank.type is PlaceholderType.DATE:
        return (now + timedelta(days=1)).date().isoformat()
    return blank.example.get(language) or next(iter(blank.example.values()), "")
