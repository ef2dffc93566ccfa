import pytest

from hub.rumours.states import (
    MOVES,
    NEXT_VERSION,
    REPORT_MOVES,
    UNDER_WAY,
    ReportState,
    Step,
    VersionKind,
    Workflow,
    after,
)

# state -> the steps that it takes, and where they lead. What is not listed must be refused.
WORKFLOW = {
    "new": {"triage": "triaged", "merge": "merged"},
    "triaged": {"triage": "triaged", "start": "verifying", "close": "closed", "merge": "merged"},
    "verifying": {"triage": "verifying", "propose": "proposed", "close": "closed", "merge": "merged"},
    "proposed": {"return": "verifying", "approve": "approved"},
    "approved": {"triage": "approved", "close": "closed", "reopen": "verifying"},
    "closed": {"triage": "closed", "reopen": "verifying"},
    "merged": {},
}


@pytest.mark.parametrize("state", Workflow)
@pytest.mark.parametrize("step", Step)
def test_the_whole_table_of_the_workflow(state, step):
    assert after(state, step) == WORKFLOW[state].get(step)


def test_every_state_can_be_reached_and_work_can_always_end():
    reached = {Workflow.NEW}
    while more := {new for (state, _), new in MOVES.items() if state in reached} - reached:
        reached |= more
    assert reached == set(Workflow)
    ends = {Workflow.CLOSED, Workflow.MERGED}
    for state in UNDER_WAY:
        seen = {state}
        while more := {new for (old, _), new in MOVES.items() if old in seen} - seen:
            seen |= more
        assert seen & ends


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("received", {"linked", "not_a_claim", "abuse"}),
        ("linked", {"linked", "received"}),
        ("not_a_claim", {"received", "linked"}),
        ("abuse", {"received"}),
    ],
)
def test_what_may_become_of_a_report(state, allowed):
    assert REPORT_MOVES[ReportState(state)] == allowed


@pytest.mark.parametrize(
    ("last", "allowed"),
    [
        (None, {"holding", "answer"}),
        ("holding", {"holding", "answer", "withdrawal"}),
        ("answer", {"update", "correction", "withdrawal"}),
        ("update", {"update", "correction", "withdrawal"}),
        ("correction", {"update", "correction", "withdrawal"}),
        ("withdrawal", {"answer"}),
    ],
)
def test_what_may_be_published_after_what(last, allowed):
    assert NEXT_VERSION[VersionKind(last) if last else None] == allowed
