"""The words of the rumour desk: what its states, numbers, deeds and parts are called."""

from __future__ import annotations

from collections.abc import Mapping

from hub.kernel.phrase import Phrase
from hub.rumours.states import ReportState, VersionKind, Workflow
from hub.rumours.triage import Band

BANDS: Mapping[Band, Phrase] = {
    Band.CRITICAL: Phrase("Critical"),
    Band.HIGH: Phrase("High"),
    Band.MEDIUM: Phrase("Medium"),
    Band.LOW: Phrase("Low"),
}
WORKFLOWS: Mapping[str, Phrase] = {
    Workflow.NEW: Phrase("New"),
    Workflow.TRIAGED: Phrase("Weighed"),
    Workflow.VERIFYING: Phrase("Being checked"),
    Workflow.PROPOSED: Phrase("Waits for approval"),
    Workflow.APPROVED: Phrase("Answered"),
    Workflow.CLOSED: Phrase("Closed"),
    Workflow.MERGED: Phrase("Same as another one"),
}
REPORT_STATES: Mapping[str, Phrase] = {
    ReportState.RECEIVED: Phrase("Waits to be read"),
    ReportState.LINKED: Phrase("Part of a rumour"),
    ReportState.NOT_A_CLAIM: Phrase("Not a claim"),
    ReportState.ABUSE: Phrase("Abuse"),
}
KINDS: Mapping[str, Phrase] = {
    VersionKind.HOLDING: Phrase("Holding statement"),
    VersionKind.ANSWER: Phrase("Answer"),
    VersionKind.UPDATE: Phrase("Update"),
    VersionKind.CORRECTION: Phrase("Correction"),
    VersionKind.WITHDRAWAL: Phrase("Withdrawal"),
}
KIND_HINTS: Mapping[str, Phrase] = {
    VersionKind.HOLDING: Phrase("We do not know yet, and say so. It may go at once."),
    VersionKind.ANSWER: Phrase("What was found."),
    VersionKind.UPDATE: Phrase("The facts have moved on; nothing that was published was wrong."),
    VersionKind.CORRECTION: Phrase("Something that was published was wrong: it goes to the channels that carried it."),
    VersionKind.WITHDRAWAL: Phrase("The entry is taken back; its address keeps a short note."),
}
WEIGHTS: Mapping[str, Phrase] = {
    "harm": Phrase("Harm if people believe it"),
    "believability": Phrase("How easily it is believed"),
    "spread": Phrase("How far it has spread"),
    "velocity": Phrase("How fast it is reported"),
    "actor": Phrase("Who passes it on"),
    "nearby": Phrase("Here, and something can still be done"),
}
# Source of the spread: Breakout Scale (Nimmo, Brookings 2020). Of the others: see `hub.rumours.triage`.
SCALES: Mapping[str, tuple[tuple[int, Phrase], ...]] = {
    "harm": (
        (0, Phrase("curiosity, no harm")),
        (1, Phrase("nuisance, or somebody's reputation")),
        (2, Phrase("disorder, or a service fails")),
        (3, Phrase("life, evacuation, water, medicine")),
    ),
    "believability": (
        (0, Phrase("hardly anybody")),
        (1, Phrase("some people")),
        (2, Phrase("most people, it fits what they see")),
    ),
    "spread": (
        (1, Phrase("one community on one platform")),
        (2, Phrase("several platforms or several communities")),
        (3, Phrase("several platforms and several communities")),
        (4, Phrase("the press, radio or television")),
        (5, Phrase("somebody very well known passes it on")),
        (6, Phrase("people act on it, or are called to violence")),
    ),
    "actor": (
        (0, Phrase("unknown people")),
        (1, Phrase("a local figure or a local outlet")),
        (2, Phrase("national media or an elected official")),
    ),
}
VELOCITIES = (Phrase("not reported any more"), Phrase("growing"), Phrase("fast"))
PARTS: Mapping[str, Phrase] = {
    "claim_reviewed": Phrase("The claim, without the verdict"),
    "fact": Phrase("The fact"),
    "warning": Phrase("The warning"),
    "myth": Phrase("What is said, once"),
    "why": Phrase("Why it is wrong, and why it was believed"),
    "closing": Phrase("The fact again"),
    "guidance": Phrase("What to do now"),
    "wrong": Phrase("What we had wrong"),
}
FIELDS: Mapping[str, Phrase] = {
    "verdict": Phrase("Verdict"),
    "as_of": Phrase("Known as of"),
    "kind": Phrase("What this version is"),
    "pattern": Phrase("How the channels say it"),
    "response": Phrase("What is done"),
    "channels": Phrase("Channels"),
}
PART_HINTS: Mapping[str, Phrase] = {
    "claim_reviewed": Phrase("For search engines and other fact-checkers: fewer than 76 characters."),
    "fact": Phrase("One true, checked sentence. It is the title of the page."),
    "warning": Phrase("Say that something false goes round, before you say what."),
    "myth": Phrase("In your own words, as a statement, nowhere else in the answer."),
    "why": Phrase("What was checked, and what misled people."),
    "closing": Phrase("The same fact in other words: it is what readers keep."),
    "guidance": Phrase("What readers should do, or go on doing."),
    "wrong": Phrase("Only for a correction: what an earlier version said that was not so."),
}
ACTIONS: Mapping[str, Phrase] = {
    "rumour.opened": Phrase("opened it"),
    "rumour.described": Phrase("changed what it says"),
    "rumour.report_linked": Phrase("linked a copy by itself"),
    "rumour.weighed": Phrase("weighed it"),
    "rumour.taken": Phrase("took it to check"),
    "rumour.given_back": Phrase("gave it back"),
    "rumour.watched": Phrase("changed the watch list"),
    "rumour.decided": Phrase("decided what is done about it"),
    "rumour.confirmation_added": Phrase("recorded a confirmation"),
    "rumour.evidence_added": Phrase("added evidence"),
    "rumour.evidence_copied": Phrase("tried to add the copy of evidence"),
    "rumour.ground_removed": Phrase("took a ground back"),
    "rumour.written": Phrase("wrote the answer"),
    "rumour.proposed": Phrase("proposed the answer"),
    "rumour.returned": Phrase("returned the answer"),
    "rumour.approved": Phrase("approved and published"),
    "rumour.held": Phrase("published a holding statement"),
    "rumour.reporters_answered": Phrase("answered those who reported it"),
    "rumour.closed": Phrase("closed it"),
    "rumour.reopened": Phrase("took the work up again"),
    "rumour.merged": Phrase("said that it is the same as another one"),
}
