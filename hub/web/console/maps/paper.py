"""The maps on paper: the whole of them for the wall, and one situation as an A4 sheet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.settings import Authority
from hub.message_maps.model import Origin, Placeholder, Situation
from hub.message_maps.numbers.entries import Entry
from hub.message_maps.numbers.register import by_key
from hub.web.console.blueprint import blueprint
from hub.web.console.map_editor.ground import today
from hub.web.console.maps import sheet, wall, wall_pdf, wall_svg
from hub.web.console.maps.openers import OPENERS
from hub.web.console.maps.sheet import SheetMessage, SheetRung, SheetText, SituationSheet
from hub.web.console.maps.sources import source_of
from hub.web.console.maps.tree import Branch, Leaf, one_branch, tree
from hub.web.console.maps.words import DASH, KINDS, PHASES, SEVERITIES
from hub.web.console.texts import FORMS
from hub.web.language import NAMES, current, say, text_in
from hub.web.parts import parts
from hub.web.security import access

Numbers = Mapping[str, Entry]
# What is sent from a phone or read out when the hub is out of reach; what an incident begins with is also posted up.
ON_PAPER, POSTED_UP = ("sms", "voice"), ("long",)


@blueprint.get("/situations/map.svg")
@access("map.read")
def wall_svg_file() -> ResponseReturnValue:
    """The whole map as one drawing."""
    return _file(wall_svg.svg(_wall(), current()), "image/svg+xml; charset=utf-8", "map.svg")


@blueprint.get("/situations/map-<any(a3, a2):paper>.pdf")
@access("map.read")
def wall_pdf_file(paper: str) -> ResponseReturnValue:
    """The whole map on one page of A3 or A2."""
    return _file(wall_pdf.pdf(_wall(), paper, current()), "application/pdf", f"map-{paper}.pdf")


@blueprint.get("/situations/<situation_id>/sheet.pdf")
@access("map.read")
def situation_sheet(situation_id: str) -> ResponseReturnValue:
    """One situation as an A4 sheet."""
    hung = one_branch(reading(), situation_id)
    return _file(_printed(hung), "application/pdf", f"{hung.situation.id}.pdf")


def sheet_pdf(situation_id: str) -> bytes:
    """One situation as an A4 sheet, in the reader's language.

    Raises:
        NotFound: no such situation.
    """
    return _printed(one_branch(reading(), situation_id))


def _printed(hung: Branch) -> bytes:
    return sheet.pdf(_sheet(hung, by_key(reading())))


def _file(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _wall() -> wall.Sheet:
    limbs = tree(reading())
    if not limbs:
        raise NotFound(Phrase("There is no situation on the map yet."))
    return wall.sheet(limbs, gettext("Map of messages"), _standing())


def _standing() -> str:
    return str(
        gettext("%(authority)s, as of %(day)s", authority=parts().settings.authority.name, day=format_date(today()))
    )


def _sheet(found: Branch, numbers: Numbers) -> SituationSheet:
    owner = found.situation.owner
    lines = [
        gettext(
            "Version %(version)s, kept by %(owner)s, last read through on %(day)s.",
            version=found.version_id.rpartition("@")[2],
            owner=owner.role,
            day=format_date(owner.reviewed_on),
        ),
        gettext("To be read through again by %(day)s.", day=format_date(found.review.on)),
        *([", ".join(say(badge.phrase) for badge in found.badges)] if found.badges else []),
        gettext("Gaps in brackets are to be filled in before a text is read out or passed on."),
    ]
    return SituationSheet(
        title=text_in(found.situation.title),
        lines=lines,
        rungs=[
            SheetRung(
                DASH.join([say(PHASES[rung.phase]), text_in(rung.level.label), say(SEVERITIES[rung.level.severity])]),
                rung.level.severity,
                [_message(found.situation, leaf, numbers) for leaf in rung.leaves],
            )
            for rung in found.rungs
        ],
        facts_title=gettext("What the guidance rests on"),
        facts=[_fact(found.situation, number) for number in range(len(found.situation.facts))],
        footer=DASH.join([text_in(found.situation.title), _standing()]),
        page_word=gettext("page"),
        language=current(),
    )


def _message(situation: Situation, leaf: Leaf, numbers: Numbers) -> SheetMessage:
    message = leaf.message
    about = say(KINDS[message.kind])
    if not leaf.can_be_sent:
        about = DASH.join([about, gettext("draft")])
    texts = [
        SheetText(
            say(FORMS[form]),
            {
                NAMES.get(language, language): "\n".join(
                    tagged.filled(_gaps(situation, language, numbers))
                    for tagged in message.variant(form, language).values()
                )
                for language in parts().settings.site.languages
            },
        )
        for form in (ON_PAPER + POSTED_UP if message.kind in OPENERS else ON_PAPER)
        if form in message.variants and form not in message.same_as
    ]
    return SheetMessage(text_in(message.title), about, texts)


def _gaps(situation: Situation, language: str, numbers: Numbers) -> dict[str, str]:
    """What the town always says, and a gap with its name for everything that an officer must fill in."""
    authority = parts().settings.authority
    return {name: _gap(blank, authority, language, numbers) for name, blank in situation.placeholders.items()}


def _gap(blank: Placeholder, authority: Authority, language: str, numbers: Numbers) -> str:
    known = {
        Origin.COMMUNE: authority.commune,
        Origin.NAME: authority.name,
        Origin.URL: authority.url,
        Origin.PHONE: authority.phone,
    }
    if blank.origin in known:
        return known[blank.origin]
    if blank.number in numbers:
        return numbers[blank.number].number
    return f"[{blank.label.get(language) or text_in(blank.label)}]"


def _fact(situation: Situation, number: int) -> str:
    fact = situation.facts[number]
    source = source_of(fact)
    where = f"{source.publisher}, {source.title}" if source else fact.source or gettext("no source yet")
    return f"{text_in(fact.text)} ({where})"
