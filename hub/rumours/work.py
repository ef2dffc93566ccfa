"""The work on a rumour, one command a deed: open, weigh, take, decide, write, propose, return, close, reopen, merge.

Each command is one transaction with its audit entry. Publishing is `hub.rumours.publishing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Fault, InvalidInput, NotFound
from hub.kernel.ids import short_id
from hub.kernel.phrase import Phrase
from hub.rumours.answer import Answer, to_json
from hub.rumours.changing import Change, Ref, changing, locked
from hub.rumours.desk import RumourDesk
from hub.rumours.errors import StepRefused
from hub.rumours.models import CLAIM_LENGTH, Event, Report, Rumour
from hub.rumours.plain import one_line
from hub.rumours.register import writing as register
from hub.rumours.speed import measured
from hub.rumours.states import REPORT_MOVES, ReportState, Response, Step, Workflow
from hub.rumours.triage import RANGES, Band, Weights, score
from hub.rumours.verdicts import Verdict

ID_CHARACTERS = 7
# A second draw of a short id is already rare; the loop is bounded all the same.
DRAWS = 5
LONGEST_CONFIDENCE = 100

# Before anybody has weighed it: it stands before what is known to be harmless.
UNWEIGHED = Weights(harm=2, believability=1, spread=1, velocity=0, actor=0, local=True)


def open_rumour(
    desk: RumourDesk, claim: Mapping[str, str], *, actor: Actor, event_id: str | None = None, report_id: str = ""
) -> str:
    """Puts a new rumour on the desk, with the report that it was first seen in, if there is one.

    Args:
        desk: what the command needs.
        claim: what is said, in neutral words, by language; the first language of the site is required.
        actor: who opened it.
        event_id: what it is about.
        report_id: the report that becomes its first sighting.

    Returns:
        The new rumour's id.

    Raises:
        InvalidInput: the claim is missing or too long, or the event is unknown.
        NotFound: there is no such report.
        StepRefused: the report belongs to a rumour already, or was set aside as abuse.
    """
    now = desk.clock.now()
    claim = {language: said for language, text in claim.items() if (said := one_line(text))}
    _check_claim(claim, desk.settings.site.languages[0])
    for draw in range(DRAWS):
        rumour_id = short_id(ID_CHARACTERS)
        try:
            with transaction() as session:
                if event_id is not None and session.get(Event, event_id) is None:
                    raise InvalidInput([Fault("event", Phrase("There is no event %(event)s.", event=event_id))])
                rumour = _fresh(rumour_id, claim, event_id, now, desk)
                session.add(rumour)
                session.flush()
                if report_id:
                    report = session.get(Report, report_id, with_for_update=True)
                    if report is None:
                        raise NotFound(Phrase("There is no report %(report)s.", report=report_id))
                    if report.rumour_id or ReportState.LINKED not in REPORT_MOVES[ReportState(report.state)]:
                        raise StepRefused(Phrase("Somebody else has judged this report meanwhile."))
                    report.rumour_id, report.state = rumour_id, ReportState.LINKED
                    rumour.communes = [report.commune] if report.commune else []
                detail = {"claim": claim, "report": report_id}
                record_audit(session, actor=actor, action="rumour.opened", subject=rumour_id, detail=detail, now=now)
        except IntegrityError:
            if draw + 1 == DRAWS:
                raise
        else:
            return rumour_id
    msg = "no free identifier"
    raise RuntimeError(msg)


def _check_claim(claim: Mapping[str, str], first: str) -> None:
    faults = []
    if first not in claim:
        faults.append(Fault(f"claim.{first}", Phrase("Say in one neutral sentence what is being said.")))
    faults += [
        Fault(f"claim.{language}", Phrase("At most %(count)s characters.", count=CLAIM_LENGTH))
        for language, text in claim.items()
        if len(text) > CLAIM_LENGTH
    ]
    if faults:
        raise InvalidInput(faults)


def _fresh(rumour_id: str, claim: Mapping[str, str], event_id: str | None, now: datetime, desk: RumourDesk) -> Rumour:
    first = score(UNWEIGHED)
    return Rumour(
        id=rumour_id,
        event_id=event_id,
        claim=dict(claim),
        communes=[],
        created_at=now,
        changed_at=now,
        workflow=Workflow.NEW,
        weights=asdict(UNWEIGHED),
        priority=first.value,
        band=first.band,
        # Nobody knows yet how grave it is: it must be weighed as soon as a grave one would have to be.
        due_at=now + due_within(desk, Band.HIGH),
        verdict=Verdict.NOT_KNOWN_YET,
        response=Response.UNDECIDED,
        answer=to_json(Answer()),
    )


def due_within(desk: RumourDesk, band: Band) -> timedelta:
    """How soon a rumour of this band should be looked at; the settings say it."""
    rumours = desk.settings.rumours
    minutes = {
        Band.CRITICAL: rumours.due_critical_minutes,
        Band.HIGH: rumours.due_high_minutes,
        Band.MEDIUM: rumours.due_medium_minutes,
        Band.LOW: rumours.due_low_minutes,
    }
    return timedelta(minutes=minutes[band])


@dataclass(frozen=True, slots=True)
class Override:
    """An officer's own band, against the score, and why."""

    band: Band
    reason: str


def triage(desk: RumourDesk, ref: Ref, weights: Weights, *, actor: Actor, override: Override | None = None) -> None:
    """Weighs a rumour. The velocity is counted from its reports, whatever ``weights`` says of it.

    One that was left alone is taken up again by itself once its spread has reached the threshold of that decision.

    Raises:
        InvalidInput: a weight is out of its range, or the override has no reason.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    faults = [Fault(name, _range(name)) for name in weights.faults() if name != "velocity"]
    if override and not override.reason.strip():
        faults.append(Fault("override_reason", Phrase("Say why the score does not fit.")))
    if faults:
        raise InvalidInput(faults)
    now = desk.clock.now()
    with changing(ref, "rumour.weighed", actor=actor, now=now) as change:
        rumour = change.rumour
        weighed = score(replace(weights, velocity=measured(change.session, rumour.id, now)))
        change.move(Step.TRIAGE)
        rumour.weights = asdict(weighed.weights)
        rumour.priority, rumour.band = weighed.value, weighed.band
        rumour.override_band = override.band if override else None
        rumour.override_reason = override.reason.strip() if override else ""
        rumour.due_at = rumour.created_at + due_within(desk, override.band if override else weighed.band)
        change.detail |= {"weights": rumour.weights, "score": weighed.value, "band": weighed.band.value}
        if override:
            change.detail |= {"override": override.band.value, "override_reason": rumour.override_reason}
        threshold = rumour.reopen_at_spread
        if threshold is not None and weights.spread >= threshold and rumour.workflow == Workflow.CLOSED:
            _reopen(desk, change, f"spread {weights.spread} >= {threshold}")


def _range(name: str) -> Phrase:
    least, most = RANGES[name]
    return Phrase("A whole number from %(least)s to %(most)s.", least=least, most=most)


def take(desk: RumourDesk, ref: Ref, *, actor: Actor) -> None:
    """Takes a rumour to check it. Who has it keeps it for `lock_minutes` after its last change.

    Raises:
        StepRefused: somebody else is checking it, or it has not been weighed.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    with changing(ref, "rumour.taken", actor=actor, now=now) as change:
        rumour = change.rumour
        free_at = rumour.changed_at + timedelta(minutes=desk.settings.rumours.lock_minutes)
        if rumour.assignee_id not in {None, actor.id} and now < free_at:
            raise StepRefused(Phrase("%(name)s is checking it; it can be taken over later.", name=rumour.assignee_name))
        if rumour.workflow == Workflow.TRIAGED:
            change.move(Step.START)
        elif rumour.workflow != Workflow.VERIFYING:
            raise StepRefused(Phrase("Weigh it first: then it can be taken."))
        rumour.assignee_id, rumour.assignee_name, rumour.assigned_at = actor.id, actor.name, now


def give_back(desk: RumourDesk, ref: Ref, *, actor: Actor) -> None:
    """Lets a rumour go, so that somebody else may take it at once."""
    with changing(ref, "rumour.given_back", actor=actor, now=desk.clock.now()) as change:
        change.detail["from"] = change.rumour.assignee_name
        change.rumour.assignee_id, change.rumour.assignee_name, change.rumour.assigned_at = None, "", None


def watch(desk: RumourDesk, ref: Ref, *, watched: bool, actor: Actor) -> None:
    """Puts a rumour on the watch list, or takes it off."""
    with changing(ref, "rumour.watched", actor=actor, now=desk.clock.now()) as change:
        change.rumour.watched = change.detail["watched"] = watched


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall be done about a rumour. To leave one alone takes a reason, a date and a threshold (1 to 6)."""

    response: Response
    reason: str = ""
    review_at: datetime | None = None
    reopen_at_spread: int | None = None


def decide(desk: RumourDesk, ref: Ref, decision: Decision, *, actor: Actor) -> None:
    """Records the response. It is independent of verdict and workflow.

    Raises:
        InvalidInput: "do not amplify" lacks its reason, its date or its threshold.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    faults = []
    if decision.response is Response.MONITOR:
        least, most = RANGES["spread"]
        if not decision.reason.strip():
            faults.append(Fault("reason", Phrase("Say why it is not answered in public.")))
        if decision.review_at is None or decision.review_at <= now:
            faults.append(Fault("review_at", Phrase("Give a date ahead, at which somebody looks again.")))
        if decision.reopen_at_spread is None or not least <= decision.reopen_at_spread <= most:
            faults.append(Fault("reopen_at_spread", _range("spread")))
    if faults:
        raise InvalidInput(faults)
    with changing(ref, "rumour.decided", actor=actor, now=now) as change:
        rumour = change.rumour
        rumour.response, rumour.response_reason = decision.response, decision.reason.strip()
        rumour.response_by = actor.name
        watched = decision.response is Response.MONITOR
        rumour.review_at = decision.review_at if watched else None
        rumour.reopen_at_spread = decision.reopen_at_spread if watched else None
        change.detail |= {"response": decision.response.value, "reason": rumour.response_reason}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: as of when, until when at most it holds, how sure (percent, if said)."""

    verdict: Verdict
    as_of: datetime
    valid_until: datetime | None = None
    confidence: int | None = None


def write(desk: RumourDesk, ref: Ref, answer: Answer, finding: Finding, *, actor: Actor) -> None:
    """Stores the answer and the finding as they stand. Nothing is published, and nothing need be complete yet.

    Raises:
        InvalidInput: the times of the finding contradict each other.
        StepRefused: the answer waits for approval; it must be returned before it can be changed.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    faults = []
    if finding.as_of > now:
        faults.append(Fault("as_of", Phrase("This moment has not come yet.")))
    if finding.valid_until and finding.valid_until <= finding.as_of:
        faults.append(Fault("valid_until", Phrase("It must be later than the moment of the finding.")))
    if finding.confidence is not None and not 0 <= finding.confidence <= LONGEST_CONFIDENCE:
        faults.append(Fault("confidence", Phrase("A whole number from 0 to 100.")))
    if faults:
        raise InvalidInput(faults)
    with changing(ref, "rumour.written", actor=actor, now=now) as change:
        rumour = change.rumour
        if rumour.workflow in {Workflow.PROPOSED, Workflow.MERGED}:
            raise StepRefused(Phrase("The answer waits for approval. Return it before you change it."))
        rumour.answer = to_json(answer)
        rumour.verdict, rumour.confidence = finding.verdict, finding.confidence
        rumour.verdict_as_of, rumour.verdict_valid_until = finding.as_of, finding.valid_until
        change.detail |= {"verdict": finding.verdict.value, "as_of": finding.as_of.isoformat()}


def return_(desk: RumourDesk, ref: Ref, reason: str, *, actor: Actor) -> None:
    """Gives a proposed answer back to be worked over.

    Raises:
        InvalidInput: there is no reason.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    if not reason.strip():
        raise InvalidInput([Fault("reason", Phrase("Say what should be changed."))])
    with changing(ref, "rumour.returned", actor=actor, now=desk.clock.now()) as change:
        change.move(Step.RETURN)
        change.detail["reason"] = reason.strip()


def close(desk: RumourDesk, ref: Ref, *, actor: Actor) -> None:
    """Ends the work. A rumour that was not answered in public needs its decision first.

    Raises:
        StepRefused: nobody has decided what is done about it, or its state does not take the step.
        NotFound, ChangedMeanwhile: see `hub.rumours.changing`.
    """
    with changing(ref, "rumour.closed", actor=actor, now=desk.clock.now()) as change:
        if change.rumour.response == Response.UNDECIDED:
            raise StepRefused(Phrase("Decide first what is done about it; “do not amplify” is a decision too."))
        change.move(Step.CLOSE)


def reopen(desk: RumourDesk, ref: Ref, reason: str, *, actor: Actor) -> None:
    """Takes the work up again.

    Raises:
        InvalidInput: the field ``reopen_reason`` is empty.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    now = desk.clock.now()
    if not reason.strip():
        raise InvalidInput([Fault("reopen_reason", Phrase("Say why the work goes on: the log keeps it."))])
    with changing(ref, "rumour.reopened", actor=actor, now=now) as change:
        _reopen(desk, change, reason.strip())


def _reopen(desk: RumourDesk, change: Change, reason: str) -> None:
    change.move(Step.REOPEN)
    rumour = change.rumour
    rumour.assignee_id, rumour.assignee_name, rumour.assigned_at = None, "", None
    rumour.answer = {**rumour.answer, "kind": ""}  # what the next version is, is said anew
    rumour.due_at = change.now + due_within(desk, Band(rumour.override_band or rumour.band))
    change.detail["reason"] = reason


def merge(desk: RumourDesk, ref: Ref, into: str, *, actor: Actor) -> None:
    """Says that two rumours are one: the reports move, this one keeps only a pointer.

    Raises:
        InvalidInput: the other one is this one, or was merged itself.
        NotFound, ChangedMeanwhile, StepRefused: see `hub.rumours.changing`.
    """
    if into == ref.rumour_id:
        raise InvalidInput([Fault("into", Phrase("Name another rumour."))])
    with changing(ref, "rumour.merged", actor=actor, now=desk.clock.now()) as change:
        other = locked(change.session, into)
        if other.workflow == Workflow.MERGED:
            raise InvalidInput([Fault("into", Phrase("That one was merged into %(other)s.", other=other.merged_into))])
        change.move(Step.MERGE)
        change.rumour.merged_into = into
        # What was merged into this one before leads there too: no pointer leads to another pointer.
        earlier = change.session.scalars(sa.select(Rumour).where(Rumour.merged_into == ref.rumour_id)).all()
        for each in earlier:
            each.merged_into = into
        moved = sa.update(Report).where(Report.rumour_id == ref.rumour_id).values(rumour_id=into)
        change.session.execute(moved)
        other.communes = sorted({*other.communes, *change.rumour.communes})
        other.revision += 1
        for moved_id in (ref.rumour_id, *(row.id for row in earlier)):
            register.merged(change.session, moved_id, into)
        change.detail["into"] = into
