from dataclasses import replace

import pytest

from hub.rumours.checks import LONGEST_CLAIM, faults
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import Verdict
from tests.rumours.answers import ANSWER

LANGUAGES = ("fr", "en")


def fields(answer=ANSWER, verdict=Verdict.FALSE, kind=VersionKind.ANSWER, grounds=1):
    return [fault.field for fault in faults(answer, verdict, kind, grounds=grounds, languages=LANGUAGES)]


def changed(name, text, language="fr"):
    return replace(ANSWER, **{name: {**getattr(ANSWER, name), language: text}})


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (ANSWER, []),
        (changed("fact", ""), ["fact.fr"]),
        (changed("warning", " "), ["warning.fr"]),
        (changed("why", "", "en"), ["why.en"]),
        (changed("closing", ""), ["closing.fr"]),
        (changed("guidance", ""), []),
        (changed("claim_reviewed", "x" * LONGEST_CLAIM), []),
        (changed("claim_reviewed", "x" * (LONGEST_CLAIM + 1)), ["claim_reviewed.fr"]),
        (changed("claim_reviewed", "Fausse nouvelle : le pont est emporté"), ["claim_reviewed.fr"]),
        (changed("claim_reviewed", "It is true that the bridge is gone", "en"), ["claim_reviewed.en"]),
        (changed("fact", "LE PONT DE LA LISE EST EMPORTE"), ["fact.fr"]),
        (changed("why", "On a dit : le pont serait parti avec la crue."), ["why.fr"]),
        (changed("myth", "Le pont serait-il parti ?"), ["myth.fr"]),
        (changed("why", "Voir @jean sur le réseau."), ["why.fr"]),
        (changed("why", "Voir https://faux.example/post."), ["why.fr"]),
        (changed("why", "Un texte \u202eretourné."), ["why.fr"]),
        (changed("fact", "a " * 81), ["fact.fr"]),
        (changed("closing", "a " * 751), ["closing.fr"]),
    ],
)
def test_each_fault_is_named_at_its_field(answer, found):
    assert fields(answer) == found


@pytest.mark.parametrize(
    ("verdict", "kind", "grounds", "found"),
    [
        (Verdict.FALSE, VersionKind.ANSWER, 0, ["verdict"]),
        (Verdict.UNVERIFIABLE, VersionKind.ANSWER, 0, ["verdict"]),
        (Verdict.NOT_KNOWN_YET, VersionKind.ANSWER, 1, ["verdict"]),
        (Verdict.NOT_KNOWN_YET, VersionKind.HOLDING, 0, []),
        (Verdict.FALSE, VersionKind.HOLDING, 1, ["verdict"]),
        (Verdict.FALSE, VersionKind.CORRECTION, 1, ["wrong.fr", "wrong.en"]),
        (Verdict.FALSE, VersionKind.WITHDRAWAL, 0, []),
    ],
)
def test_verdict_version_and_grounds_fit_together(verdict, kind, grounds, found):
    assert fields(ANSWER, verdict, kind, grounds) == found


def test_what_is_true_has_no_myth():
    bare = replace(ANSWER, warning={}, myth={}, closing={})
    assert fields(bare, Verdict.TRUE) == []
    assert set(fields(bare, Verdict.FALSE)) == {
        f"{part}.{code}" for part in ("warning", "myth", "closing") for code in LANGUAGES
    }
