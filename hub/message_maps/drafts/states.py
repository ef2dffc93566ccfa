"""How far a working copy has come, and where it can go from there. The table is the rule."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hub.kernel.errors import Conflict
from hub.kernel.phrase import Phrase


class DraftState(StrEnum):
    """Where a working copy stands. Only ``draft`` and ``review`` are open."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    RETIRED = "retired"
    DISCARDED = "discarded"


class Origin(StrEnum):
    """Where a working copy or a version comes from."""

    EDITOR = "editor"
    IMPORT = "import"
    FILE = "file"


class Deed(StrEnum):
    """What can be done with a working copy."""

    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    DISCARD = "discard"
    RETIRE = "retire"


OPEN = frozenset({DraftState.DRAFT, DraftState.REVIEW})
CLOSED = frozenset(DraftState) - OPEN

# Any change of a text resets to draft: what a reviewer reads is what is approved. Source: rule MAP-05.
AFTER: Mapping[Deed, tuple[frozenset[DraftState], DraftState]] = {
    Deed.EDIT: (frozenset(DraftState), DraftState.DRAFT),
    Deed.SUBMIT: (frozenset({DraftState.DRAFT}), DraftState.REVIEW),
    Deed.SEND_BACK: (frozenset({DraftState.REVIEW}), DraftState.DRAFT),
    Deed.APPROVE: (frozenset({DraftState.REVIEW}), DraftState.APPROVED),
    Deed.DISCARD: (OPEN, DraftState.DISCARDED),
    Deed.RETIRE: (CLOSED, DraftState.RETIRED),
}

STATES: Mapping[DraftState, Phrase] = {
    DraftState.DRAFT: Phrase("draft"),
    DraftState.REVIEW: Phrase("in review"),
    DraftState.APPROVED: Phrase("approved"),
    DraftState.RETIRED: Phrase("retired"),
    DraftState.DISCARDED: Phrase("given up"),
}


def after(state: DraftState, deed: Deed) -> DraftState:
    """The state that a deed leads to.

    Raises:
        Conflict: the deed is not possible in this state.
    """
    possible, result = AFTER[deed]
    if state not in possible:
        raise Conflict(Phrase("The draft is %(state)s: this cannot be done now.", state=STATES[state]))
    return result
