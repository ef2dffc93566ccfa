import pytest

from hub.rumours.triage import Weights, score, suggested, velocity


def weights(harm=2, believability=1, spread=2, velocity=0, actor=0, local=False):
    return Weights(harm, believability, spread, velocity, actor, local)


@pytest.mark.parametrize(
    ("given", "value", "band"),
    [
        (weights(harm=0, believability=2, spread=6, velocity=2, actor=2, local=True), 0, "low"),
        (weights(harm=1, believability=0, spread=1), 0.5, "low"),
        (weights(harm=1, believability=1, spread=4), 3, "medium"),
        (weights(harm=2, believability=1, spread=2), 4, "medium"),
        (weights(harm=2, believability=1, spread=2, local=True), 6, "medium"),
        (weights(harm=2, believability=2, spread=3, velocity=1), 9, "high"),
        (weights(harm=3, believability=0, spread=1), 1.5, "high"),
        (weights(harm=3, believability=2, spread=6, velocity=2, actor=2, local=True), 40.5, "critical"),
        (weights(harm=3, believability=2, spread=4, local=True), 18, "critical"),
    ],
)
def test_the_score_and_its_band(given, value, band):
    found = score(given)
    assert (found.value, found.band) == (value, band)


@pytest.mark.parametrize("local", [False, True])
def test_the_parts_that_are_shown_make_up_the_score(local):
    found = score(weights(harm=2, believability=1, spread=5, velocity=2, actor=1, local=local))
    parts = dict(found.parts)
    harm, nearby = parts.pop("harm"), parts.pop("nearby")
    assert harm * sum(parts.values()) * nearby == found.value


@pytest.mark.parametrize(
    ("given", "response"),
    [
        (weights(harm=0, spread=1), "monitor"),
        (weights(harm=1, spread=2), "monitor"),
        (weights(harm=2, spread=2), "private"),
        (weights(harm=1, spread=3), "register"),
        (weights(harm=2, spread=3), "targeted"),
        (weights(harm=3, spread=1), "broadcast"),
        (weights(harm=3, spread=6), "broadcast"),
    ],
)
def test_the_suggested_response(given, response):
    assert suggested(given) == response


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (weights(), []),
        (weights(harm=4), ["harm"]),
        (weights(believability=-1, actor=3), ["believability", "actor"]),
        (weights(spread=0), ["spread"]),
        (weights(spread=7), ["spread"]),
        (weights(velocity=3), ["velocity"]),
    ],
)
def test_weights_out_of_range_are_named(given, faults):
    assert given.faults() == faults


@pytest.mark.parametrize(
    ("last_hour", "hour_before", "new_communes", "speed"),
    [
        (0, 0, 0, 0),
        (0, 5, 0, 0),
        (1, 1, 0, 0),
        (1, 0, 0, 1),
        (1, 2, 1, 1),
        (2, 1, 0, 1),
        (3, 1, 0, 2),
        (3, 2, 0, 1),
        (8, 4, 0, 2),
    ],
)
def test_how_fast_reports_come_in(last_hour, hour_before, new_communes, speed):
    assert velocity(last_hour, hour_before, new_communes) == speed
