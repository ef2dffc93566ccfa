import pytest

from hub.rumours.verdicts import LABELS, Verdict, rating


@pytest.mark.parametrize(
    ("verdict", "value"),
    [
        ("false", 1),
        ("mostly_false", 2),
        ("misleading", 3),
        ("mostly_true", 4),
        ("true", 5),
        ("unverifiable", None),
        ("not_known_yet", None),
    ],
)
def test_only_a_finding_has_a_number(verdict, value):
    found = rating(Verdict(verdict))
    assert (found.value if found else None) == value
    # Google's line: worst >= 1, worst < best, worst <= value <= best.
    assert found is None or (1 <= found.worst < found.best and found.worst <= found.value <= found.best)


def test_every_verdict_has_a_word_of_its_own():
    assert set(LABELS) == set(Verdict)
    assert len({str(label) for label in LABELS.values()}) == len(Verdict)
