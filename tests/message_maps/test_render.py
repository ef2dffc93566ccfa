"""Finished texts: what each form shows, and that what the linter found to fit does fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.errors import InvalidInput, NotFound
from hub.message_maps.blanks import Filled
from hub.message_maps.lint import errors, lint_rendered
from hub.message_maps.model import FORMS
from hub.message_maps.render import area_description, render, render_all
from tests.message_maps.samples import RULES, changed, flood, text
from tests.message_maps.test_blanks import TYPED, filled

FIRST = flood().message("act.first")


@pytest.fixture(scope="module")
def values() -> Filled:
    return filled(TYPED)


def test_a_text_has_its_blanks_filled_and_no_tags(values: Filled) -> None:
    shown = render(FIRST, "x", "en", values, exercise=False)
    assert shown.parts == {
        "text": "Rivemont town hall: FLOOD: the Lise. Water carries away. Bas-Bourg, rue du Pont. Until 23:00. "
        "GO UPSTAIRS. Update 18:30. https://rivemont.example"
    }


def test_an_sms_is_in_the_gsm_alphabet(values: Filled) -> None:
    assert "MONTEZ A L'ETAGE" not in render(FIRST, "x", "fr", values, exercise=False).text
    assert "MONTEZ A L'ÉTAGE" in render(FIRST, "sms", "fr", values, exercise=False).text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("language", "word"), [("fr", "EXERCICE"), ("en", "EXERCISE")])
def test_an_exercise_is_marked_at_both_ends(values: Filled, form: str, language: str, word: str) -> None:
    real = render(FIRST, form, language, values, exercise=False)
    drill = render(FIRST, form, language, values, exercise=True)
    mark = f"{word}, {word}, {word}." if form == "voice" else f"{word} {word} {word}"
    assert word not in real.text
    assert drill.text.startswith(mark)
    assert drill.text.endswith(mark)
    if form == "cap":
        assert drill.parts["description"].startswith(mark)
        colon = " : " if language == "fr" else ": "
        assert drill.parts["headline"] == f"{mark}{colon}{real.parts['headline']}"
    elif form == "led":
        assert list(drill.parts.values()) == [mark, *real.parts.values(), mark]
    else:
        assert real.text in drill.text


def test_every_form_and_language_is_there(values: Filled) -> None:
    texts = render_all(FIRST, values, ("fr", "en"), exercise=False)
    assert tuple(texts) == FORMS
    assert all(set(languages) == {"fr", "en"} for languages in texts.values())
    assert lint_rendered(flood(), FIRST, texts, RULES) == []


def test_an_empty_blank_leaves_no_gap(values: Filled) -> None:
    optional = changed(
        {("placeholders", "riviere", "required"): False, text("act.first", "x", "fr"): "[H]CRUE {riviere} ici"}
    )
    empty = filled({**TYPED, "riviere.fr": "", "riviere.en": ""}, optional)
    assert render(optional.message("act.first"), "x", "fr", empty, exercise=False).text == "CRUE ici"


def test_the_area_is_named(values: Filled) -> None:
    assert area_description(flood(), values, "fr") == "Bas-Bourg, rue du Pont (Rivemont)"


def test_an_unknown_form_is_not_found(values: Filled) -> None:
    with pytest.raises(NotFound):
        render(FIRST, "telegram", "fr", values, exercise=False)
    with pytest.raises(NotFound):
        render(FIRST, "x", "de", values, exercise=False)


@pytest.mark.parametrize("left", ["XXX", "TODO", "rue [...]", "{zones}"])
def test_what_was_left_behind_is_found_in_the_finished_text(left: str) -> None:
    texts = render_all(FIRST, filled({**TYPED, "zones": left}), ("fr", "en"), exercise=False)
    assert {finding.rule for finding in lint_rendered(flood(), FIRST, texts, RULES)} == {"PHD-02"}


def test_a_panel_with_many_words_is_only_a_warning() -> None:
    texts = render_all(FIRST, filled({**TYPED, "zones": "a b c d e f g h i"}), ("fr", "en"), exercise=True)
    findings = lint_rendered(flood(), FIRST, texts, RULES)
    assert {finding.rule for finding in findings} == {"LEN-06"}
    assert not errors(findings)


LATIN = st.text(
    st.characters(codec="latin-1", categories=("L", "N")) | st.sampled_from("œŒ\u20ac\u2019' -"), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_accepted_value_breaks_what_the_linter_found_to_fit(data: st.DataObject) -> None:
    typed = {**TYPED, "zones": data.draw(LATIN), "riviere.fr": data.draw(LATIN), "riviere.en": data.draw(LATIN)}
    try:
        values = filled(typed)
    except InvalidInput:
        return
    for exercise in (False, True):
        texts = render_all(FIRST, values, ("fr", "en"), exercise=exercise)
        findings = lint_rendered(flood(), FIRST, texts, RULES)
        assert not [finding for finding in findings if finding.rule in {"LEN-01", "LEN-02"}]
