"""A correction mends what it repeats."""

from __future__ import annotations

import pytest

from hub.message_maps.mending import mended, still_wrong
from tests.message_maps.samples import changed, flood

CASES = [
    # wrong, right, zones before, zones after
    ("rue du Port", "rue du Pont", "Bas-Bourg, rue du Port", "Bas-Bourg, rue du Pont"),
    ("RUE DU PORT", "rue du Pont", "Bas-Bourg, rue du Port", "Bas-Bourg, rue du Pont"),
    (" rue  du Port ", "rue du Pont", "rue du Port", "rue du Pont"),
    ("rue du Port", "rue du Pont", "rue du Port, rue du Pont", "rue du Pont"),
    ("rue du Pont", "rue du Pont Neuf", "rue du Pont", "rue du Pont Neuf"),
    ("rue du Pont", "rue du Pont Neuf", "rue du Pont Neuf", "rue du Pont Neuf"),
    ("Port", "Pont", "rue du Porter", "rue du Porter"),
    ("quai (nord)", r"quai \1", "quai (nord)", r"quai \1"),
    ("ailleurs", "ici", "Bas-Bourg", "Bas-Bourg"),
    ("ailleurs", "ici", "non,non", "non,non"),
    ("rue du Pont", "rue du Pont Neuf", "rue du Pont et rue du Pont Neuf", "rue du Pont Neuf et rue du Pont Neuf"),
]


@pytest.mark.parametrize(("wrong", "right", "before", "after"), CASES)
def test_the_wrong_words_give_way_in_the_blanks_that_are_repeated(wrong, right, before, after):
    situation = flood()
    correction = situation.message("act.correction")
    typed = {"erreur": wrong, "juste": right, "zones": before}
    once = mended(situation, correction, typed)
    assert once == {"erreur": wrong, "juste": right, "zones": after}
    assert mended(situation, correction, once) == once
    assert still_wrong(situation, correction, once) == []


def test_a_wrong_time_gives_way_whatever_its_spelling():
    situation = flood()
    typed = {"erreur": "23h00", "juste": "22h00", "fin": "23:00", "prochain": "19:30"}
    found = mended(situation, situation.message("act.correction"), typed)
    assert (found["fin"], found["prochain"]) == ("22h00", "19:30")


@pytest.mark.parametrize(
    ("wrong", "right", "before", "after"),
    [
        ("250", "300", "250", "300"),
        ("250", "300", "1,5", "1,5"),
        ("1,5", "2", "1,5", "2"),
        ("5", "6", "1,5", "1,5"),
    ],
)
def test_a_decimal_comma_parts_nothing(wrong, right, before, after):
    situation = changed({("placeholders", "zones", "type"): "number"})
    typed = {"erreur": wrong, "juste": right, "zones": before}
    once = mended(situation, situation.message("act.correction"), typed)
    assert once["zones"] == after
    assert still_wrong(situation, situation.message("act.correction"), once) == []


@pytest.mark.parametrize("message", ["act.first", "act.update"])
def test_other_messages_are_left_alone(message):
    situation = flood()
    typed = {"erreur": "Bas-Bourg", "juste": "Haut-Bourg", "zones": "Bas-Bourg"}
    assert mended(situation, situation.message(message), typed) == typed


def test_what_stays_wrong_is_named():
    situation = flood()
    typed = {"erreur": "rue du Port", "juste": "rue du Pont", "zones": "Bas-Bourg, rue du Port"}
    (fault,) = still_wrong(situation, situation.message("act.correction"), typed)
    assert fault.field == "blanks.zones"
    assert "rue du Port" in str(fault.phrase)
