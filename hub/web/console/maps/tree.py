"""The tree that the map shows: families, situations, phases with their levels, messages, and what is known of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sqlalchemy.orm import Session

from hub.alerts.queries import rehearsed
from hub.kernel.db import reading
from hub.kernel.phrase import Phrase
from hub.message_maps import judged, versions
from hub.message_maps.drafts.queries import Due, Review, find, open_drafts, review_of
from hub.message_maps.drafts.states import DraftState
from hub.message_maps.lint import Finding, errors, open_warnings
from hub.message_maps.model import Kind, Level, Message, Phase, Situation, State
from hub.message_maps.readiness import obstacles
from hub.message_maps.remembered import Remembered
from hub.message_maps.rules import Rules
from hub.web.console.map_editor.ground import today
from hub.web.console.maps.words import FAMILIES, STATES
from hub.web.parts import parts

_KINDS = list(Kind)
_PHASES = list(Phase)


@dataclass(frozen=True, slots=True)
class Badge:
    """A word about the state of something; ``look`` is its colour: bad, warn, good or quiet."""

    phrase: Phrase
    look: str


REVIEWS = {
    Due.SOON: Badge(Phrase("review due soon"), "warn"),
    Due.OVERDUE: Badge(Phrase("review overdue"), "bad"),
}
COPIES = {DraftState.DRAFT: Phrase("being changed"), DraftState.REVIEW: Phrase("change in review")}


@dataclass(frozen=True)
class Leaf:
    """One message as it hangs on the tree."""

    message: Message
    can_be_sent: bool
    rehearsed: bool
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Rung:
    """The messages of one phase at one level, first alerts first."""

    phase: Phase
    level: Level
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Branch:
    """One situation with everything that hangs on it; ``copy`` is the state of its open working copy."""

    version_id: str
    situation: Situation
    rungs: tuple[Rung, ...]
    findings: tuple[Finding, ...]
    review: Review
    copy: DraftState | None

    @property
    def leaves(self) -> list[Leaf]:
        """Its messages in the order of the tree."""
        return [leaf for rung in self.rungs for leaf in rung.leaves]

    @cached_property
    def badges(self) -> list[Badge]:
        """What an officer should know of it at a glance; nothing that holds for a map in good order."""
        found = []
        if self.situation.status is not State.APPROVED:
            found.append(Badge(STATES[self.situation.status], "warn"))
        elif drafts := sum(not leaf.can_be_sent for leaf in self.leaves):
            found.append(Badge(Phrase("drafts: %(number)s", number=drafts), "warn"))
        if self.copy is not None:
            found.append(Badge(COPIES[self.copy], "quiet"))
        if self.review.due is not Due.LATER:
            found.append(REVIEWS[self.review.due])
        found += _lint_badges(len(errors(self.findings)), len(open_warnings(self.findings, self.situation.accepted)))
        if not self.ever_rehearsed:
            found.append(Badge(Phrase("never rehearsed"), "quiet"))
        return found

    @property
    def ever_rehearsed(self) -> bool:
        """Whether any of its messages went out in an exercise."""
        return any(leaf.rehearsed for leaf in self.leaves)

    def badges_of(self, leaf: Leaf) -> list[Badge]:
        """The same for one message; what holds for the whole situation is not said again."""
        found = []
        if not leaf.can_be_sent and self.situation.status is State.APPROVED:
            found.append(Badge(Phrase("draft"), "warn"))
        found += _lint_badges(leaf.errors, leaf.warnings)
        if self.ever_rehearsed and not leaf.rehearsed:
            found.append(Badge(Phrase("never rehearsed"), "quiet"))
        return found


@dataclass(frozen=True, slots=True)
class Limb:
    """One family of situations."""

    id: str
    label: Phrase
    branches: tuple[Branch, ...]


def tree(session: Session) -> list[Limb]:
    """The whole map as it is in force; families without a situation are left out."""
    exercised = rehearsed(session)
    day = today()
    copies = {draft.situation_id: draft.state for draft in open_drafts(session)}
    branches = [
        branch(review_of(version_id, situation, day), exercised, findings_of(situation), copies.get(situation.id))
        for version_id, situation in versions.current(session)
    ]
    limbs = (
        Limb(family.value, label, tuple(each for each in branches if each.situation.family is family))
        for family, label in FAMILIES.items()
    )
    return [limb for limb in limbs if limb.branches]


def branch(
    review: Review,
    exercised: Collection[tuple[str, str]],
    findings: tuple[Finding, ...],
    copy: DraftState | None = None,
) -> Branch:
    """One situation.

    ``exercised`` are the messages that went out in an exercise: the id of the situation, as it was then, and of the
    message. ``copy`` is the state of the situation's open working copy.
    """
    situation = review.situation
    names = (situation.id, *situation.aliases)
    leaves = [
        _leaf(situation, message, findings, rehearsed=any((name, message.id) in exercised for name in names))
        for message in situation.messages
    ]
    leaves.sort(key=lambda leaf: _KINDS.index(leaf.message.kind))
    rungs = (
        Rung(phase, level, tuple(leaf for leaf in leaves if _stands_on(leaf.message, phase, level)))
        for phase in _PHASES
        for level in sorted(situation.levels.values(), key=lambda level: level.rank)
    )
    return Branch(review.version_id, situation, tuple(rung for rung in rungs if rung.leaves), findings, review, copy)


def one_branch(session: Session, situation_id: str) -> Branch:
    """One situation of the map, with its badges.

    Raises:
        NotFound: no such situation.
    """
    review = review_of(*versions.find(session, situation_id), today())
    draft = find(session, review.situation.id)
    copy = draft.state if draft is not None and draft.is_open else None
    return branch(review, rehearsed(session), findings_of(review.situation), copy)


def findings_of(situation: Situation) -> tuple[Finding, ...]:
    """What the linter says of a situation, with the rules here: kept with the version, or worked out once."""
    settings = parts().settings
    return _linter(Rules(languages=settings.site.languages, link_hosts=settings.maps.link_hosts)).of(situation)


@lru_cache(maxsize=8)
def _linter(rules: Rules) -> Remembered[tuple[Finding, ...]]:
    return Remembered(lambda situation: judged.findings(reading(), situation, rules))


def _leaf(situation: Situation, message: Message, findings: Sequence[Finding], *, rehearsed: bool) -> Leaf:
    own = [finding for finding in findings if finding.message == message.id]
    doubtful = open_warnings(own, situation.accepted)
    return Leaf(message, not obstacles(situation, message), rehearsed, len(errors(own)), len(doubtful))


def _stands_on(message: Message, phase: Phase, level: Level) -> bool:
    return message.phase is phase and message.level == level.id


def _lint_badges(wrong: int, doubtful: int) -> list[Badge]:
    found = []
    if wrong:
        found.append(Badge(Phrase("errors: %(number)s", number=wrong), "bad"))
    if doubtful:
        found.append(Badge(Phrase("warnings: %(number)s", number=doubtful), "warn"))
    return found
