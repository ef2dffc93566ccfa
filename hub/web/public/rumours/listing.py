"""The list of the register: newest change first, by words, event, commune, verdict and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, g

from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.rumours.register.counting import Facets, facets
from hub.rumours.register.lines import Line, answered, began, lines
from hub.rumours.register.models import EVERYWHERE
from hub.rumours.register.reading import Filter
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.language import say
from hub.web.parts import parts
from hub.web.public.answers import FORM_POLICY, PAGE_CACHE
from hub.web.public.answers import page as made
from hub.web.public.blueprint import blueprint
from hub.web.public.pages import PER_PAGE, newest_block
from hub.web.public.rumours.filters import Asked, asked
from hub.web.public.rumours.shown import text_of
from hub.web.security import access

# A page has room for so many choices of a kind; the rest is found by words.
MOST_CHOICES = 40
NOT_KEPT = "no-store"

# (value, words, how many)
Choice = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list in the reader's language. Of a withdrawn answer the fact is not shown."""

    rumour_id: str
    published_at: datetime
    withdrawn: bool
    corrected: bool
    label: Phrase
    fact: str
    event_title: str


@blueprint.get("/rumeurs")
@blueprint.get("/rumeurs/evenements/<event>")
@blueprint.get("/rumeurs/communes/<commune>")
@access("public")
def rumours(event: str | None = None, commune: str | None = None) -> Response:
    """The list. A filter that cannot be is answered with a page that says what would be right."""
    session = reading()
    request = asked(session, event, commune)
    wanted = Filter() if request.faults else request.wanted
    found = lines(session, wanted, PER_PAGE, None if request.faults else request.before)
    counted = facets(session, wanted)
    return made(
        "public/rumours/list.html",
        policy=FORM_POLICY,
        status=HTTPStatus.BAD_REQUEST if request.faults else HTTPStatus.OK,
        cache=NOT_KEPT if request.faults else PAGE_CACHE,
        asked=request,
        entries=[] if request.faults else [_listed(line) for line in found.lines],
        earlier=found.earlier,
        total=counted.total,
        choices=_choices(counted, request),
    )


@blueprint.get("/rumeurs/archives")
@access("public")
def rumours_archive() -> Response:
    """The rumours that were answered first lately: the last block, and the one before where that is not full."""
    first = newest_block(answered(reading()))
    return _archived((first - 1) * PER_PAGE, 2 * PER_PAGE, newest=True, earlier=first - 1)


@blueprint.get("/rumeurs/archives/<int:number>")
@access("public")
def rumours_archive_page(number: int) -> Response:
    """One block of rumours. They are counted from the first one, so a new one moves nothing to another page."""
    if not 1 <= number < newest_block(answered(reading())):
        abort(HTTPStatus.NOT_FOUND)
    return _archived((number - 1) * PER_PAGE, PER_PAGE, newest=False, earlier=number - 1)


def _archived(start: int, count: int, *, newest: bool, earlier: int) -> Response:
    entries = [_listed(line) for line in began(reading(), start, count)]
    return made("public/rumours/archive.html", entries=entries, newest=newest, earlier=earlier)


def _listed(line: Line) -> Listed:
    kind = VersionKind(line.kind)
    return Listed(
        rumour_id=line.rumour_id,
        published_at=line.published_at,
        withdrawn=kind is VersionKind.WITHDRAWAL,
        corrected=kind is VersionKind.CORRECTION,
        label=LABELS[Verdict(line.verdict)],
        fact=text_of(line.fact or {}, g.language),
        event_title=text_of(line.event_title or {}, g.language),
    )


def _choices(counted: Facets, request: Asked) -> list[tuple[str, Phrase, list[Choice]]]:
    """By filter: its name in addresses, its heading, and what may be chosen."""
    everywhere = counted.communes.get(EVERYWHERE, 0)
    communes = [
        (each.insee, each.name, counted.communes.get(each.insee, 0) + everywhere)
        for each in parts().settings.territory.communes
    ]
    found: list[tuple[str, Phrase, list[Choice]]] = [
        (
            "verdict",
            Phrase("Verdict"),
            [(each.value, say(LABELS[each]), counted.verdicts.get(each.value, 0)) for each in Verdict],
        ),
        (
            "event",
            Phrase("Event"),
            [(each, text_of(title, g.language), counted.events.get(each, 0)) for each, title in request.events.items()],
        ),
        ("commune", Phrase("Commune"), communes),
        ("period", Phrase("Month"), [(month, month, count) for month, count in reversed(counted.months.items())]),
    ]
    return [(name, words, [one for one in every if one[2]][:MOST_CHOICES]) for name, words, every in found]
