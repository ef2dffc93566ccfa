"""Rules ORD-*: the order in which a text says things.

Source: Sutton: "the research record supports a specific order" - source, hazard, location, action, time. The profiles,
and what they leave free, are our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from hub.kernel.phrase import Phrase
from hub.message_maps.lint.rule import Grade, Remark, RuleBook, Scope
from hub.message_maps.lint.views import TextView
from hub.message_maps.model import Kind

BOOK = RuleBook()

# Groups in their order; what stands in one group may change places. In follow-ups the kind and its time come first.
# The time may stand before or after what to do (both are in the sources), never after the next update.
STANDARD = ("K", "S", "HILTG", "N", "U")
HEADLINE_FIRST = ("K", "HILTG", "N", "U")
_SPOKEN = ("sms", "x", "voice")
_BEFORE_GUIDANCE = "HI"
_ALL = [kind for kind in Kind if kind is not Kind.DEBUNK]


@BOOK.rule(
    "ORD-01",
    Phrase(
        "What is said comes in the order kind, source, hazard, place, what to do and until when, next message, link; "
        "on panels and in CAP headlines the hazard comes first"
    ),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton; the profiles are our decision",
    advice=Phrase("Move the element: who speaks and what happens first, the next message and the link last."),
    kinds=_ALL,
)
def order_is_kept(view: TextView) -> Iterator[Remark]:
    """A known order is read faster, and cut off where it matters least."""
    if view.form == "cap":
        for part, tagged in view.parts.items():
            wrong = misplaced(tagged.tags, headline=part == "headline")
            if wrong:
                yield Remark(_phrase(*wrong), part=part)
        return
    wrong = misplaced(view.contents.tags, headline=view.form == "led")
    if wrong:
        yield Remark(_phrase(*wrong))


def _phrase(later: str, earlier: str) -> Phrase:
    return Phrase("[%(later)s] comes before [%(earlier)s]", later=later, earlier=earlier)


@lru_cache(maxsize=4096)
def misplaced(tags: tuple[str, ...], *, headline: bool) -> tuple[str, str] | None:
    """The first two elements that stand in the wrong order, as (the one too early, the one too late).

    The first appearance of each element counts: a text may come back to a place or to an action.
    """
    first = list(dict.fromkeys(tag for tag in tags if tag in "KSHILTGNU"))
    if first[:1] == ["K"] and first[1:2] == ["T"]:
        first.remove("T")  # the time of the message itself
    if headline and "S" in first:
        first.remove("S")  # a name may stand anywhere on a panel
    groups = HEADLINE_FIRST if headline else STANDARD
    rank = {tag: number for number, group in enumerate(groups) for tag in group}
    for one, other in pairwise(first):
        if rank[one] > rank[other]:
            return one, other
    for tag in "H" if headline else _BEFORE_GUIDANCE:
        if "G" in first and tag in first and first.index("G") < first.index(tag):
            return "G", tag
    return None


@BOOK.rule(
    "ORD-02",
    Phrase("An SMS, a post on X and a spoken text start with who speaks: [S], after [K] in a follow-up"),
    Grade.WARNING,
    Scope.TEXT,
    source="Sutton",
    advice=Phrase("Put [S] first: people first ask who is speaking."),
    kinds=_ALL,
    forms=_SPOKEN,
)
def source_comes_first(view: TextView) -> Iterator[Remark]:
    """A text that does not start with its sender is taken for spam."""
    first = [tag for tag in view.contents.tags if tag not in "KT"]
    if first and first[0] != "S" and "S" in first:
        yield Remark(Phrase("[%(tag)s] comes before [S]", tag=first[0]))
