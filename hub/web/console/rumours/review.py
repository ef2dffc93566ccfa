"""Before an answer is public: the whole preview, what changes, three questions, a second person; and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.channels.contract import Channel, PreviewPart
from hub.dispatch.queries import destination_counts
from hub.kernel.db import reading
from hub.kernel.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.drafts.diff import Piece
from hub.message_maps.drafts.diff import words as compared
from hub.rumours import publishing, work
from hub.rumours.answer import PARTS, TEXTS, WRONG, from_json
from hub.rumours.composing import published
from hub.rumours.grounds import MEANS
from hub.rumours.models import RumourVersion
from hub.rumours.publishing import Preview
from hub.rumours.speed import measured
from hub.rumours.states import VersionKind, Workflow
from hub.rumours.verdicts import LABELS, Verdict
from hub.web.console import progress
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import label_of
from hub.web.console.progress import STOP_POLLING
from hub.web.console.rumours import typed, words
from hub.web.console.rumours.editor import kind_of, kinds_of
from hub.web.console.rumours.sheet import ADDRESS, here, sheet_of
from hub.web.console.rumours.typed import Shown
from hub.web.language import say
from hub.web.parts import parts
from hub.web.security import access, current_officer

VERSION = ADDRESS + "/versions/<int(max=1000000):number>"
# Rule DBK-08: answering may carry a rumour further (Streisand effect).
QUESTIONS: Mapping[str, Phrase] = {
    "spread": Phrase("Has it left the circle where it began?"),
    "harm": Phrase("Could it do harm if people believe it?"),
    "fading": Phrase("Is it fading already?"),
}
_ORDER = (*PARTS, WRONG, TEXTS[0])
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Carried:
    """One channel with what its readers would see."""

    channel: Channel
    destinations: int
    parts: tuple[PreviewPart, ...]


@blueprint.get(ADDRESS + "/review")
@access("rumour.work")
def review(rumour_id: str) -> ResponseReturnValue:
    """The whole preview, and what can be done with it."""
    return _page(rumour_id, Shown(request.args))


@blueprint.post(ADDRESS + "/propose")
@access("rumour.work")
def propose(rumour_id: str) -> ResponseReturnValue:
    """Puts it before a second person."""

    def deed() -> None:
        kind = _kind()
        ref = typed.ref(rumour_id)
        publishing.propose(parts().rumours, ref, kind, actor=current_officer().actor, weighed=_weighed(kind))

    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        deed,
        here(rumour_id),
        Phrase("Proposed. Another officer must approve it."),
    )


@blueprint.post(ADDRESS + "/hold")
@access("rumour.work")
def hold(rumour_id: str) -> ResponseReturnValue:
    """A holding statement, at once."""
    return _published(rumour_id, publishing.hold)


@blueprint.post(ADDRESS + "/approve")
@access("rumour.approve")
def approve(rumour_id: str) -> ResponseReturnValue:
    """Publishes what was shown."""
    return _published(rumour_id, publishing.approve)


@blueprint.post(ADDRESS + "/return")
@access("rumour.approve")
def return_answer(rumour_id: str) -> ResponseReturnValue:
    """Gives it back with a reason."""
    return typed.attempt(
        lambda shown: _page(rumour_id, shown),
        lambda: work.return_(
            parts().rumours, typed.ref(rumour_id), request.form.get("reason", ""), actor=current_officer().actor
        ),
        here(rumour_id),
        Phrase("The answer is back with whoever checks it."),
    )


@blueprint.get(VERSION)
@access("rumour.read")
def rumour_version(rumour_id: str, number: int) -> ResponseReturnValue:
    """One published version, what it changed, and how far it got over the channels."""
    earlier = {version.number: version for version in published(reading(), rumour_id)}
    version = _version(rumour_id, number)
    before = earlier.get(number - 1)
    return render_template(
        "console/rumours/version.html",
        sheet=sheet_of(rumour_id),
        version=version,
        register=_register(version.content["answer"], before),
        languages_here=parts().settings.site.languages,
        part_names=words.PARTS,
        kinds=words.KINDS,
        verdicts=LABELS,
        states=words.WORKFLOWS,
        progress=progress.read(version.publication_id) if version.publication_id else None,
        trouble=progress.trouble_of(version.publication_id) if version.publication_id else [],
        channel=label_of,
    )


@blueprint.get(VERSION + "/progress")
@access("rumour.read")
def rumour_progress(rumour_id: str, number: int) -> ResponseReturnValue:
    """How far its deliveries are, for polling."""
    version = _version(rumour_id, number)
    if version.publication_id is None:
        raise NotFound(Phrase("This version stands in the register only."))
    shown = progress.read(version.publication_id)
    return render_template("console/progress.html", progress=shown), STOP_POLLING if shown.finished else 200


def _version(rumour_id: str, number: int) -> RumourVersion:
    found = next((each for each in published(reading(), rumour_id) if each.number == number), None)
    if found is None:
        raise NotFound(Phrase("This rumour has no version %(number)s.", number=number))
    return found


def _published(rumour_id: str, command: Any) -> ResponseReturnValue:
    digest = request.form.get("digest", "")
    try:
        number = command(parts().rumours, typed.ref(rumour_id), digest, actor=current_officer().actor)
    except InvalidInput as error:
        return _page(rumour_id, Shown(request.form, error.faults)), error.status
    except (Conflict, Forbidden) as error:
        return _page(rumour_id, Shown(request.form, conflict=error.detail)), error.status
    flash(say(Phrase("Published. Below you see how far it is.")))
    return redirect(url_for("console.rumour_version", rumour_id=rumour_id, number=number), 303)


def _kind() -> VersionKind:
    kind = request.form.get("kind", "")
    if kind not in set(VersionKind):
        raise InvalidInput([Fault("kind", Phrase("Choose one of the list."))])
    return VersionKind(kind)


def _weighed(kind: VersionKind) -> dict[str, bool]:
    """The three answers. What corrects something that is public already needs none."""
    if kind not in {VersionKind.HOLDING, VersionKind.ANSWER}:
        return {}
    answers = {name: _YES_NO.get(request.form.get(f"ask.{name}", "")) for name in QUESTIONS}
    missing = [name for name, said in answers.items() if said is None]
    if missing:
        raise InvalidInput([Fault(f"ask.{name}", Phrase("Answer yes or no.")) for name in missing])
    return {name: bool(said) for name, said in answers.items()}


def _page(rumour_id: str, shown: Shown) -> str:
    sheet = sheet_of(rumour_id)
    rumour = sheet.rumour
    waiting = rumour.workflow == Workflow.PROPOSED
    # What the writer said that it is holds on every way to this page, not only on the one through their form.
    asked = _asked(shown) or from_json(rumour.answer).kind
    kind = VersionKind(rumour.proposed_kind) if waiting and rumour.proposed_kind else kind_of(rumour, asked)
    preview, faults = _previewed(rumour_id, kind)
    earlier = published(reading(), rumour_id)
    counts = destination_counts(reading())
    return render_template(
        "console/rumours/review.html",
        sheet=sheet,
        rumour=rumour,
        shown=replace(shown, faults=(*shown.faults, *(each for each in faults if each not in shown.faults))),
        kind=kind,
        kinds=words.KINDS,
        kind_hints=words.KIND_HINTS,
        possible=kinds_of(rumour),
        preview=preview,
        register=_register(preview.composed.content["answer"], earlier[-1] if earlier else None) if preview else [],
        languages_here=parts().settings.site.languages,
        carried=_carried(preview, counts) if preview else [],
        left_out=[(label_of(each), why) for each, why in preview.composed.carriage.left_out] if preview else [],
        part_names={**words.PARTS, **words.FIELDS},
        verdicts=LABELS,
        means=MEANS,
        waiting=waiting,
        own=rumour.proposed_by_id == current_officer().officer_id,
        questions=QUESTIONS if kind in {VersionKind.HOLDING, VersionKind.ANSWER} else {},
        velocity=words.VELOCITIES[measured(reading(), rumour_id, parts().clock.now())],
        weights=rumour.weights,
        states=words.WORKFLOWS,
        verdict_before=LABELS[Verdict(earlier[-1].verdict)] if earlier else None,
    )


def _asked(shown: Shown) -> str:
    return shown.values.get("kind", "")


def _previewed(rumour_id: str, kind: VersionKind) -> tuple[Preview | None, tuple[Fault, ...]]:
    try:
        return publishing.preview(parts().rumours, rumour_id, kind), ()
    except InvalidInput as refusal:
        return None, refusal.faults


def _carried(preview: Preview, counts: Mapping[str, int]) -> list[Carried]:
    return [Carried(parts().channels[each], counts.get(each, 0), shown) for each, shown in preview.shown.items()]


def _register(
    answer: Mapping[str, Mapping[str, str]], before: RumourVersion | None
) -> list[tuple[str, dict[str, tuple[Piece, ...]]]]:
    """The parts of the register's entry in their order, word by word against the version before."""
    old: Mapping[str, Mapping[str, str]] = before.content["answer"] if before else answer
    found = []
    for name in _ORDER:
        by_language = {
            language: compared(old.get(name, {}).get(language, ""), answer.get(name, {}).get(language, ""))
            for language in parts().settings.site.languages
        }
        if any(by_language.values()):
            found.append((name, by_language))
    return found
