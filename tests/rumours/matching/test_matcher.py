import pytest

from hub.kernel.db import reading
from hub.rumours import work
from hub.rumours.matching.matcher import Matcher, is_copy
from tests.rumours.conftest import ANNE

BRIDGE = {"fr": "Le pont de la Lise a été emporté", "en": "The bridge over the Lise has been swept away"}
DAM = {"fr": "Le barrage des Aulnes va céder", "en": "The Aulnes dam is about to fail"}


def suggested(matcher, text):
    session = reading()
    session.rollback()
    return [found.rumour_id for found in matcher.suggest(session, text)]


def test_suggestions_follow_the_database(any_desk):
    matcher = Matcher()
    assert suggested(matcher, "le pont") == []
    bridge, dam = any_desk.opened(BRIDGE), any_desk.opened(DAM)
    assert suggested(matcher, "pont emporté")[0] == bridge
    assert suggested(matcher, "the dam is failing")[0] == dam
    said = "plus moyen de traverser la rivière à Rivemont"
    assert bridge not in suggested(matcher, said)
    first = any_desk.report("r1", text=said)
    third = work.open_rumour(any_desk.desk, {"fr": "On ne peut plus passer"}, actor=ANNE, report_id=first)
    assert suggested(matcher, "traverser la rivière")[0] == third
    work.merge(any_desk.desk, any_desk.ref(third), bridge, actor=ANNE)
    # The reports of what was merged speak of the other one now.
    assert suggested(matcher, "traverser la rivière") == [bridge]
    assert suggested(Matcher(), "traverser la rivière") == [bridge]


def test_the_words_that_both_share_are_named(desk):
    rumour_id = desk.opened(BRIDGE)
    (found,) = Matcher().suggest(reading(), "On dit que le pont serait emporté")
    assert (found.rumour_id, found.shared) == (rumour_id, ("pont", "emporté"))
    assert 0 < found.similarity < 1


@pytest.mark.parametrize(
    ("one", "other", "copy"),
    [
        ("Le pont est emporté", "le PONT est emporté !!! https://x.test", True),
        ("Le pont est emporté", "Le pont n'est pas emporté", False),
        ("Le pont est emporté", "Le barrage est emporté", False),
        ("", "", False),
        ("!!", "??", False),
        (
            "Attention, la préfecture dit que le pont de la Lise est emporté, partagez à tous vos voisins du bourg",
            "Attention la préfecture dit que le pont de la Lise est emporté, partagez à tous vos voisins du Bourg svp",
            True,
        ),
        (
            "Attention, la préfecture dit que le pont de la Lise est emporté, partagez à tous vos voisins du bourg",
            "Attention, la préfecture dit que le pont de la Lise n'est emporté, partagez à tous vos voisins du bourg",
            False,
        ),
    ],
)
def test_what_is_a_copy(one, other, copy):
    assert is_copy(one, other) is copy
    assert is_copy(other, one) is copy


def test_only_a_copy_is_linked_without_a_person(desk):
    rumour_id = desk.opened(BRIDGE)
    matcher = Matcher()
    found = matcher.copy_of(reading(), "LE PONT DE LA LISE A ÉTÉ EMPORTÉ !")
    assert found is not None
    assert found.rumour_id == rumour_id
    assert matcher.copy_of(reading(), "le pont de la Lise serait emporté") is None
