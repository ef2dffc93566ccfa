"""The three independent fields of a rumour, and the states of a report, each as one table.

*Workflow state*: how far the work has come. *Verdict* (`hub.rumours.verdicts`): what was found. *Response*: what is
done about it. No one of them decides another: a rumour may be false and left alone, or unknown and answered at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hub.kernel.phrase import Phrase


class Workflow(StrEnum):
    """How far the work on a rumour has come."""

    NEW = "new"
    TRIAGED = "triaged"
    VERIFYING = "verifying"
    PROPOSED = "proposed"  # a verdict and an answer wait for a second person
    APPROVED = "approved"
    CLOSED = "closed"
    MERGED = "merged"  # it was the same rumour as another one, which carries on


class Step(StrEnum):
    """What moves a rumour on."""

    TRIAGE = "triage"
    START = "start"
    PROPOSE = "propose"
    RETURN = "return"
    APPROVE = "approve"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"


# (state, step) -> new state. What is not here is not allowed.
MOVES: Mapping[tuple[Workflow, Step], Workflow] = {
    (Workflow.NEW, Step.TRIAGE): Workflow.TRIAGED,
    (Workflow.TRIAGED, Step.TRIAGE): Workflow.TRIAGED,
    (Workflow.VERIFYING, Step.TRIAGE): Workflow.VERIFYING,
    # What is answered or left alone may still spread: it can be weighed again.
    (Workflow.APPROVED, Step.TRIAGE): Workflow.APPROVED,
    (Workflow.CLOSED, Step.TRIAGE): Workflow.CLOSED,
    (Workflow.TRIAGED, Step.START): Workflow.VERIFYING,
    (Workflow.VERIFYING, Step.PROPOSE): Workflow.PROPOSED,
    (Workflow.PROPOSED, Step.RETURN): Workflow.VERIFYING,
    (Workflow.PROPOSED, Step.APPROVE): Workflow.APPROVED,
    # Left alone for a recorded reason, or answered.
    (Workflow.TRIAGED, Step.CLOSE): Workflow.CLOSED,
    (Workflow.VERIFYING, Step.CLOSE): Workflow.CLOSED,
    (Workflow.APPROVED, Step.CLOSE): Workflow.CLOSED,
    (Workflow.APPROVED, Step.REOPEN): Workflow.VERIFYING,
    (Workflow.CLOSED, Step.REOPEN): Workflow.VERIFYING,
    (Workflow.NEW, Step.MERGE): Workflow.MERGED,
    (Workflow.TRIAGED, Step.MERGE): Workflow.MERGED,
    (Workflow.VERIFYING, Step.MERGE): Workflow.MERGED,
}

# Somebody still has to do something about it.
UNDER_WAY = frozenset({Workflow.NEW, Workflow.TRIAGED, Workflow.VERIFYING, Workflow.PROPOSED})


def after(state: Workflow, step: Step) -> Workflow | None:
    """The state after a step, or ``None`` when the state does not take it."""
    return MOVES.get((state, step))


class Response(StrEnum):
    """What is done about a rumour, whatever the verdict."""

    UNDECIDED = "undecided"
    MONITOR = "monitor"  # watched and not amplified: with a reason, a date to look again and a threshold
    PRIVATE = "private"  # those who reported it get an answer, nobody else
    REGISTER = "register"
    TARGETED = "targeted"  # the register, and some channels
    BROADCAST = "broadcast"  # the register, and all channels


RESPONSE_LABELS: Mapping[Response, Phrase] = {
    Response.UNDECIDED: Phrase("Not decided yet"),
    Response.MONITOR: Phrase("Watch, do not amplify"),
    Response.PRIVATE: Phrase("Answer those who reported it"),
    Response.REGISTER: Phrase("Public register only"),
    Response.TARGETED: Phrase("Register and some channels"),
    Response.BROADCAST: Phrase("Register and all channels"),
}

# These put the answer before the public.
PUBLIC = frozenset({Response.REGISTER, Response.TARGETED, Response.BROADCAST})


class ReportState(StrEnum):
    """What became of a report."""

    RECEIVED = "received"
    LINKED = "linked"
    NOT_A_CLAIM = "not_a_claim"
    ABUSE = "abuse"


# A linked report may be moved to another rumour; what was set aside may be taken up again.
REPORT_MOVES: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.RECEIVED: frozenset({ReportState.LINKED, ReportState.NOT_A_CLAIM, ReportState.ABUSE}),
    ReportState.LINKED: frozenset({ReportState.LINKED, ReportState.RECEIVED}),
    ReportState.NOT_A_CLAIM: frozenset({ReportState.RECEIVED, ReportState.LINKED}),
    ReportState.ABUSE: frozenset({ReportState.RECEIVED}),
}


class VersionKind(StrEnum):
    """What a published version of an answer is to the one before."""

    HOLDING = "holding"  # we do not know yet, and say so
    ANSWER = "answer"
    UPDATE = "update"  # the facts have moved on; nothing published was wrong
    CORRECTION = "correction"  # something published was wrong: what, and since when
    WITHDRAWAL = "withdrawal"  # the entry keeps its address and a stub


# (last published version, or None) -> what may follow.
NEXT_VERSION: Mapping[VersionKind | None, frozenset[VersionKind]] = {
    None: frozenset({VersionKind.HOLDING, VersionKind.ANSWER}),
    VersionKind.HOLDING: frozenset({VersionKind.HOLDING, VersionKind.ANSWER, VersionKind.WITHDRAWAL}),
    VersionKind.ANSWER: frozenset({VersionKind.UPDATE, VersionKind.CORRECTION, VersionKind.WITHDRAWAL}),
    VersionKind.UPDATE: frozenset({VersionKind.UPDATE, VersionKind.CORRECTION, VersionKind.WITHDRAWAL}),
    VersionKind.CORRECTION: frozenset({VersionKind.UPDATE, VersionKind.CORRECTION, VersionKind.WITHDRAWAL}),
    VersionKind.WITHDRAWAL: frozenset({VersionKind.ANSWER}),
}
