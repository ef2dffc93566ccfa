"""The whole table of moves: what is allowed is listed here once more, everything else must be refused."""

from itertools import product

import pytest

from hub.alerts import states
from hub.alerts.states import Role, State
from hub.message_maps.model import Kind

ALLOWED = {
    ("open", "update"): "superseded",
    ("open", "no_change"): "superseded",
    ("open", "correction"): "superseded",
    ("open", "escalate"): "superseded",
    ("open", "de_escalate"): "superseded",
    ("open", "recovery"): "superseded",
    ("open", "cancel"): "cancelled",
    ("open", "all_clear"): "ended",
}


@pytest.mark.parametrize(("state", "role"), list(product(State, Role)))
def test_every_move(state, role):
    assert states.after(state, role) == ALLOWED.get((state, role))


@pytest.mark.parametrize("kind", list(Kind))
def test_only_the_messages_that_end_an_incident_take_no_follow_up(kind):
    takes_some = any(states.after(states.STARTS[kind], role) for role in Role)
    assert takes_some is (kind not in {Kind.CANCEL, Kind.ALL_CLEAR})


def test_every_kind_of_message_has_a_role_of_its_own_but_those_that_only_open():
    assert set(states.ROLES) == set(Kind) - {Kind.PREVENTION, Kind.DEBUNK}
    assert sorted(states.ROLES.values()) == sorted(Role)


def test_what_was_wrong_is_withdrawn_and_nothing_else():
    assert {Role.CORRECTION, Role.CANCEL} == states.WITHDRAWING
    assert {Role.CORRECTION} == states.MOVES_AREA
