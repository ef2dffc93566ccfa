"""What an answer needs before it may be published: every fault at once, each at its field.

Sources: Debunking Handbook 2020, part 4 (order, the myth once and never first); Google's ClaimReview rules of
2025-12-10 (the claim in fewer than 75 characters, without its rating). The other numbers are our own decision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hub.kernel.errors import Fault
from hub.kernel.phrase import Phrase
from hub.rumours.answer import PARTS, TEXTS, WRONG, Answer
from hub.rumours.matching.words import cleaned
from hub.rumours.plain import tidied
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import Verdict, needs_evidence

LONGEST_CLAIM = 75
LONGEST_PART = 1500
LONGEST_FACT = 160

# A verdict that contradicts the claim has a myth to name; the others have none.
_CONTRADICTS = frozenset({Verdict.FALSE, Verdict.MOSTLY_FALSE, Verdict.MISLEADING})
_NEEDED: Mapping[VersionKind, tuple[str, ...]] = {
    VersionKind.HOLDING: ("fact", "guidance"),
    VersionKind.WITHDRAWAL: ("why",),
}
_OF_A_MYTH = ("fact", "warning", "myth", "why", "closing")
_OF_ANOTHER = ("fact", "why")
# Words of a verdict, cleaned, in both languages of the shipped maps.
_VERDICT_WORDS = frozenset(
    ("faux", "fausse", "vrai", "vraie", "trompeur", "trompeuse", "false", "true", "misleading", "fake", "hoax", "intox")
)
_OF_SOMEBODY = re.compile(r"(?<![\w.])[@\uff20]\w|https?://|\bwww\.", re.IGNORECASE)


def faults(
    answer: Answer, verdict: Verdict, kind: VersionKind, *, grounds: int, languages: Sequence[str]
) -> list[Fault]:
    """Everything that keeps an answer from being published.

    Args:
        answer: the texts.
        verdict: what was found.
        kind: what the version shall be.
        grounds: how many confirmations and copies of evidence the check stands on.
        languages: the answer is needed in each.
    """
    found = _verdict(verdict, kind, grounds)
    needed = _needed(verdict, kind)
    for language in languages:
        for name in needed:
            if not answer.part(name, language).strip():
                found.append(Fault(f"{name}.{language}", Phrase("This part is missing.")))
        found += _lengths(answer, language)
        found += _order(answer, language)
    return found


def _verdict(verdict: Verdict, kind: VersionKind, grounds: int) -> list[Fault]:
    if kind is VersionKind.WITHDRAWAL:
        return []
    if (kind is VersionKind.HOLDING) != (verdict is Verdict.NOT_KNOWN_YET):
        return [Fault("verdict", Phrase("“Not known yet” goes with a holding statement, and only with one."))]
    if needs_evidence(verdict) and not grounds:
        return [
            Fault(
                "verdict", Phrase("A verdict needs a source: add a confirmation, or evidence of which there is a copy.")
            )
        ]
    return []


def _needed(verdict: Verdict, kind: VersionKind) -> tuple[str, ...]:
    if kind in _NEEDED:
        return _NEEDED[kind]
    parts = _OF_A_MYTH if verdict in _CONTRADICTS else _OF_ANOTHER
    return ("claim_reviewed", *parts, *([WRONG] if kind is VersionKind.CORRECTION else []))


def _lengths(answer: Answer, language: str) -> list[Fault]:
    found = []
    for name in TEXTS:
        text = answer.part(name, language)
        most = {"claim_reviewed": LONGEST_CLAIM, "fact": LONGEST_FACT}.get(name, LONGEST_PART)
        if len(text) > most:
            phrase = Phrase("At most %(most)s characters; these are %(count)s.", most=most, count=len(text))
            found.append(Fault(f"{name}.{language}", phrase))
        if text and tidied(text) != text.strip():
            phrase = Phrase("An invisible character or odd spacing is in this text; type it again.")
            found.append(Fault(f"{name}.{language}", phrase))
        if _OF_SOMEBODY.search(text):
            phrase = Phrase("Name no account and link to no post: it would send readers there.")
            found.append(Fault(f"{name}.{language}", phrase))
    return found


def _order(answer: Answer, language: str) -> list[Fault]:
    """The myth once, in its own place; the claim without its verdict; the fact is not the claim."""
    found = []
    myth = cleaned(answer.part("myth", language))
    for name in PARTS:
        if name != "myth" and myth and f" {myth} " in f" {cleaned(answer.part(name, language))} ":
            phrase = Phrase("What circulates is said once, in its own part, and not repeated here.")
            found.append(Fault(f"{name}.{language}", phrase))
    claim = cleaned(answer.part("claim_reviewed", language))
    if _VERDICT_WORDS.intersection(claim.split()):
        phrase = Phrase("The claim is put without the verdict.")
        found.append(Fault(f"claim_reviewed.{language}", phrase))
    if claim and claim == cleaned(answer.part("fact", language)):
        found.append(Fault(f"fact.{language}", Phrase("The fact leads, not the claim.")))
    if answer.part("myth", language).rstrip().endswith("?"):
        phrase = Phrase("What circulates is not put as a question: readers would take it for open.")
        found.append(Fault(f"myth.{language}", phrase))
    return found
