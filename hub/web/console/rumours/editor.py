"""The editor of an answer: fact, warning, myth once, why, fact, what to do; two languages side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hub.alerts.drafts import Draft
from hub.kernel.db import reading
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import blanks, versions
from hub.message_maps.drafts.diff import Piece
from hub.message_maps.drafts.diff import words as compared
from hub.message_maps.model import Kind, Message, Placeholder, Situation
from hub.rumours import checks, queries, work
from hub.rumours.answer import TEXTS, Answer, from_json
from hub.rumours.composing import CORRECTION, SITUATION, published
from hub.rumours.evidence import bears
from hub.rumours.models import Rumour
from hub.rumours.plain import tidied
from hub.rumours.states import NEXT_VERSION, Response, VersionKind
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.console import forms
from hub.web.console.blueprint import blueprint
from hub.web.console.provisional import texts_so_far
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.sheet import ADDRESS, here, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.parts import parts
from hub.web.security import access, current_officer

_MANY_ROWS = 4
_ROWS = {"claim_reviewed": 1, "fact": 2, "warning": 2, "myth": 2}
_OVER_CHANNELS = frozenset({Response.TARGETED, Response.BROADCAST})
WRONG_KINDS = frozenset({VersionKind.CORRECTION, VersionKind.WITHDRAWAL})


@dataclass(frozen=True, slots=True)
class Box:
    """One part in one language. ``theirs``: what someone else made of it meanwhile, word by word against this one."""

    field: str
    language: str
    value: str
    used: int
    most: int
    rows: int
    theirs: tuple[Piece, ...]


@blueprint.get(ADDRESS + "/answer")
@access("rumour.work")
def answer(rumour_id: str) -> ResponseReturnValue:
    """The answer as it is stored, and what it still lacks."""
    return _page(rumour_id, None)


@blueprint.post(ADDRESS + "/answer")
@access("rumour.work")
def save_answer(rumour_id: str) -> ResponseReturnValue:
    """Stores it as it stands; then back to the editor, or on to the whole preview."""
    onward = here(rumour_id) + ("/review" if request.form.get("then") == "review" else "/answer")
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.write(
            parts().rumours,
            typed.ref(rumour_id),
            _typed_answer(request.form),
            _finding(),
            actor=current_officer().actor,
        ),
        f"{onward}?kind={request.form.get('kind', '')}",
        Phrase("Stored. Nothing is published yet."),
    )


@blueprint.post(ADDRESS + "/answer/check")
@access("rumour.work")
def check_answer(rumour_id: str) -> ResponseReturnValue:
    """What is still missing or wrong, and the channels' texts, for htmx; stores nothing."""
    found = queries.find(reading(), rumour_id)
    return _said(found, request.form)


def kinds_of(rumour: Rumour) -> list[VersionKind]:
    """What the next version may be, in their order."""
    earlier = published(reading(), rumour.id)
    last = VersionKind(earlier[-1].kind) if earlier else None
    return [kind for kind in VersionKind if kind in NEXT_VERSION[last]]


def kind_of(rumour: Rumour, asked: str, verdict: str = "") -> VersionKind:
    """The kind that was asked for, or else the one that fits the verdict: the one being typed, or the stored one."""
    possible = kinds_of(rumour)
    if asked in possible:
        return VersionKind(asked)
    unknown = (verdict or rumour.verdict) == Verdict.NOT_KNOWN_YET
    fitting = [kind for kind in possible if (kind is VersionKind.HOLDING) == unknown]
    return (fitting or possible)[0]


def _typed_answer(form: MultiDict[str, str]) -> Answer:
    languages = parts().settings.site.languages
    return Answer(
        **{name: {each: form.get(f"{name}.{each}", "").replace("\r\n", "\n") for each in languages} for name in TEXTS},
        pattern=form.get("pattern", ""),
        blanks=forms.read_blanks(request),
        channels=tuple(dict.fromkeys(form.getlist("channels"))),
        kind=kind if (kind := form.get("kind", "")) in set(VersionKind) else "",
    )


def _finding() -> work.Finding:
    verdict = request.form.get("verdict", "")
    if verdict not in set(Verdict):
        raise InvalidInput([Fault("verdict", Phrase("Choose one of the list."))])
    as_of = typed.moment("as_of")
    if as_of is None:
        raise InvalidInput([Fault("as_of", Phrase("Say as of when this is known."))])
    return work.Finding(
        Verdict(verdict),
        as_of,
        typed.moment("valid_until"),
        typed.number_or_none(request.form.get("confidence", "")),
    )


def _stored_form(rumour: Rumour) -> MultiDict[str, str]:
    found = from_json(rumour.answer)
    languages = parts().settings.site.languages
    return typed.stored(
        {
            **{f"{name}.{each}": found.part(name, each) for name in TEXTS for each in languages},
            **{forms.BLANKS + key: text for key, text in found.blanks.items()},
            "pattern": found.pattern,
            "verdict": rumour.verdict,
            "as_of": typed.as_typed(rumour.verdict_as_of or parts().clock.now()),
            "valid_until": typed.as_typed(rumour.verdict_valid_until),
            "confidence": rumour.confidence,
            "kind": request.args.get("kind", "") or found.kind,
        },
        {"channels": found.channels},
    )


def _page(rumour_id: str, shown: Shown | None) -> str:
    sheet = sheet_of(rumour_id)
    found = sheet.rumour
    stored = _stored_form(found)
    shown = shown or Shown(stored)
    situation, patterns = _patterns()
    kind = kind_of(found, shown.values.get("kind", ""), shown.values.get("verdict", ""))
    chosen = _pattern(shown.values.get("pattern", ""), kind)
    asked = _asked(situation, patterns)
    needed = {blank.name for blank in blanks.asked(*chosen)} if chosen else set(asked)
    must = chosen is not None and found.response in _OVER_CHANNELS
    return render_template(
        "console/rumours/answer.html",
        sheet=sheet,
        rumour=found,
        shown=shown,
        parts=_boxes(shown.values, stored if shown.conflict else shown.values),
        part_names=words.PARTS,
        part_hints=words.PART_HINTS,
        verdicts=LABELS,
        kinds={each: words.KINDS[each] for each in kinds_of(found)},
        kind_hints=words.KIND_HINTS,
        kind=kind,
        situation=situation,
        patterns=patterns,
        blanks=_fields([_if(asked[name], must=must) for name in asked if name in needed], shown.values),
        others=_fields([_if(asked[name], must=False) for name in asked if name not in needed], shown.values),
        channels=[each for each in parts().channels.values() if not each.adapter.by_topic],
        subscribers=parts().subscriptions.offered,
        targeted=found.response == Response.TARGETED,
        said=_said(found, shown.values),
        check_to=url_for("console.check_answer", rumour_id=rumour_id),
        states=words.WORKFLOWS,
    )


def _boxes(values: Mapping[str, str], stored: Mapping[str, str]) -> list[tuple[str, list[Box]]]:
    found = []
    for name in (*TEXTS[1:], TEXTS[0]):
        columns = []
        for language in parts().settings.site.languages:
            field = f"{name}.{language}"
            text, other = values.get(field, ""), stored.get(field, "")
            theirs = () if tidied(text) == tidied(other) else compared(other, text)
            rows = _ROWS.get(name, _MANY_ROWS)
            columns.append(Box(field, language, text, len(text), most_of(name), rows, theirs))
        found.append((name, columns))
    return found


def most_of(name: str) -> int:
    """The most characters of a part."""
    return {"claim_reviewed": checks.LONGEST_CLAIM, "fact": checks.LONGEST_FACT}.get(name, checks.LONGEST_PART)


def _patterns() -> tuple[Situation | None, list[Message]]:
    """The map of answers, and its messages that an officer chooses from."""
    try:
        _, situation = versions.find(reading(), SITUATION)
    except NotFound:
        return None, []
    return situation, [
        message for message in situation.messages if message.kind is Kind.DEBUNK and message.id != CORRECTION
    ]


def _asked(situation: Situation | None, patterns: Sequence[Message]) -> dict[str, Placeholder]:
    """The blanks of all patterns, each once: what was typed stays when another pattern is chosen."""
    asked: dict[str, Placeholder] = {}
    if situation is None:
        return asked
    for message in patterns:
        asked |= {blank.name: blank for blank in blanks.asked(situation, message)}
    return asked


def _if(blank: Placeholder, *, must: bool) -> Placeholder:
    """A blank is needed only where a text that uses it goes over channels."""
    return replace(blank, required=blank.required and must)


def _fields(asked: Iterable[Placeholder], values: Mapping[str, str]) -> list[forms.Field]:
    typed_blanks = {
        key.removeprefix(forms.BLANKS): text for key, text in values.items() if key.startswith(forms.BLANKS)
    }
    return forms.fields(list(asked), parts().settings.site.languages, typed_blanks)


def _said(rumour: Rumour, values: MultiDict[str, str]) -> str:
    """What is said of the answer as it is typed: faults, lengths, the channels' texts."""
    session = reading()
    answer_now = _typed_answer(values) if values is request.form else from_json(rumour.answer)
    wanted = values.get("verdict", "")
    verdict = Verdict(wanted) if wanted in set(Verdict) else Verdict.NOT_KNOWN_YET
    kind = kind_of(rumour, values.get("kind", ""), wanted)
    languages = parts().settings.site.languages
    grounds = bears(queries.confirmations(session, rumour.id), queries.evidence(session, rumour.id))
    shown: dict[str, Any] = {}
    faults = checks.faults(answer_now, verdict, kind, grounds=grounds, languages=languages)
    if rumour.response in _OVER_CHANNELS and (pattern := _pattern(answer_now.pattern, kind)):
        situation, message = pattern
        wrong = _blank_faults(situation, message, answer_now)
        faults += wrong
        channels = answer_now.channels if rumour.response == Response.TARGETED else tuple(parts().channels)
        draft = Draft(situation.id, message.id, exercise=False, blanks=dict(answer_now.blanks), channels=channels)
        shown = texts_so_far(situation, message, draft, wrong) if channels else {}
    return render_template(
        "console/rumours/said.html",
        faults=faults,
        kind=words.KINDS[kind],
        part_names={**words.PARTS, **words.FIELDS},
        blank_names={field.field: field.label for field in _fields(_asked(*_patterns()).values(), values)},
        lengths=[
            (name, language, len(answer_now.part(name, language)), most_of(name))
            for name in TEXTS
            for language in languages
            if answer_now.part(name, language)
        ],
        **shown,
    )


def _pattern(wanted: str, kind: VersionKind) -> tuple[Situation, Message] | None:
    situation, patterns = _patterns()
    if situation is None:
        return None
    if kind in WRONG_KINDS:
        return situation, situation.message(CORRECTION)
    message = next((each for each in patterns if each.id == wanted), None)
    return (situation, message) if message else None


def _blank_faults(situation: Situation, message: Message, answer_now: Answer) -> list[Fault]:
    settings = parts().settings
    try:
        blanks.fill(
            situation,
            message,
            answer_now.blanks,
            authority=settings.authority,
            now=parts().clock.now(),
            timezone=settings.site.timezone,
            languages=settings.site.languages,
            link_hosts=settings.maps.link_hosts,
        )
    except InvalidInput as refusal:
        return list(refusal.faults)
    return []
