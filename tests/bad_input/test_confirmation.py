"""What is sent is what was confirmed, once: altered, borrowed, old and repeated confirmations over HTTP."""

from __future__ import annotations

import pytest
from itsdangerous import URLSafeSerializer

from tests.bad_input.conftest import newcomer, nothing_stored, traces
from tests.web.console.conftest import FILLED, Browser

CONFIRM = "/console/confirm"
WORD = "EXERCICE"
FLIPPED = str.maketrans("AB", "BA")

ALTERED = {
    "none": lambda _token: None,
    "empty": lambda _token: "",
    "cut": lambda token: token[:50],
    "another letter": lambda token: token[:20].translate(FLIPPED) + "A" + token[21:],
    "no signature": lambda token: token.rpartition(".")[0],
    "longer": lambda token: token + "A",
    "a megabyte": lambda token: token + "A" * 1_000_000,
    "dots": lambda _token: "." * 1000,
    "NUL": lambda token: token + "\0",
    "not ASCII": lambda _token: "é.é.é",
    "another key": lambda token: URLSafeSerializer("k" * 64, salt="other").dumps(token),
}


@pytest.mark.parametrize("address", [CONFIRM, f"{CONFIRM}/change"])
@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED.keys())
def test_an_altered_token_sends_nothing_and_says_so(still_town, still_anne, address, alter):
    town, anne = still_town, still_anne
    anne.confirm()
    token = alter(anne.hidden("token"))
    fields = {"word": WORD} if token is None else {"word": WORD, "token": token}
    with nothing_stored(town):
        assert anne.post(address, fields).status_code == 400
    assert "Rien n'a été envoyé" in anne.page


def test_a_token_of_another_officer_is_refused(town, anne):
    anne.confirm()
    token = anne.hidden("token")
    other = Browser(town.test_client())
    newcomer(town, other, "paul")
    with nothing_stored(town):
        assert other.post(CONFIRM, {"token": token, "word": WORD}).status_code == 400


@pytest.mark.parametrize("word", ["", "EXERCISE", "ALERTE", "OUI", "EXERCICE !", "\0", "x" * 100_000, "{{ word }}"])
def test_another_word_sends_nothing_and_the_confirmation_stays(town, anne, word):
    anne.confirm()
    token = anne.hidden("token")
    with nothing_stored(town):
        assert anne.post(CONFIRM, {"token": token, "word": word}).status_code == 422
    assert anne.faults().keys() == {"f-word"}
    assert anne.post(CONFIRM, {"token": anne.hidden("token"), "word": " exercice "}).status_code == 303


def test_the_mode_of_a_confirmation_cannot_be_changed(town, anne):
    anne.confirm("actual")
    fields = {"token": anne.hidden("token"), "word": WORD, "mode": "exercise", "exercise": "1"}
    with nothing_stored(town):
        assert anne.post(CONFIRM, fields).status_code == 422
    assert "ALERTE" in anne.faults()["f-word"]


def test_a_stale_confirmation_is_made_anew_and_then_it_sends(town, anne, clock):
    anne.confirm()
    old = anne.hidden("token")
    clock.advance(16 * 60)
    with nothing_stored(town):
        assert anne.post(CONFIRM, {"token": old, "word": WORD}).status_code == 409
    assert anne.hidden("token") != old
    assert FILLED["blanks.zones"] in anne.page
    assert anne.post(CONFIRM, {"token": anne.hidden("token"), "word": WORD}).status_code == 303


def test_a_stale_confirmation_whose_times_have_passed_leads_to_the_form_with_everything_typed(town, anne, clock):
    anne.confirm()
    clock.advance(55 * 60)  # 18:35; the next message was promised for 18:30
    with nothing_stored(town):
        assert anne.post(CONFIRM, {"token": anne.hidden("token"), "word": WORD}).status_code == 422
    assert anne.faults().keys() == {"f-blanks-prochain"}
    assert anne.hidden("blanks.zones") == FILLED["blanks.zones"]
    assert anne.hidden("blanks.prochain") == "18:30"


@pytest.mark.parametrize("word", [WORD, "", "no"])
def test_a_confirmation_that_was_sent_leads_to_its_alert_whatever_is_typed(town, anne, clock, word):
    anne.confirm()
    token = anne.hidden("token")
    sent = anne.post(CONFIRM, {"token": token, "word": WORD})
    clock.advance(3600)
    anne.get("/console/")
    with nothing_stored(town):
        again = anne.post(CONFIRM, {"token": token, "word": word})
    assert (again.status_code, again.location) == (303, sent.location)
    assert traces(town)["alert"] == 1


def test_a_confirmation_that_was_sent_is_not_changed_any_more(town, anne):
    anne.confirm()
    token = anne.hidden("token")
    sent = anne.post(CONFIRM, {"token": token, "word": WORD})
    anne.get("/console/")
    answer = anne.post(f"{CONFIRM}/change", {"token": token})
    assert (answer.status_code, answer.location) == (303, sent.location)


def test_a_confirmation_without_the_form_token_is_refused(town, anne):
    anne.confirm()
    token = anne.hidden("token")
    with nothing_stored(town):
        for forged in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": "é\0"}):
            answer = anne.client.post(CONFIRM, data={"token": token, "word": WORD, **forged})
            assert answer.status_code == 400
            assert "Ce formulaire a expiré" in answer.text


def test_a_viewer_confirms_nothing(town, anne):
    anne.confirm()
    token = anne.hidden("token")
    vera = Browser(town.test_client())
    vera.log_in("vera")
    vera.get("/console/")
    with nothing_stored(town):
        for address in (CONFIRM, f"{CONFIRM}/change", "/console/compose/nat.flood.river/act.first/actual"):
            assert vera.post(address, {"token": token, "word": WORD, **FILLED}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"blanks.erreur": "rue\u202e", "blanks.juste": "rue du Pont"}, {"blanks-erreur"}),
        ({"blanks.erreur": "", "blanks.juste": ""}, {"blanks-erreur", "blanks-juste"}),
        ({"geojson": "{", "expires": "soon"}, {"geojson", "expires", "blanks-erreur", "blanks-juste"}),
        ({"communes": "75056", "blanks.erreur": "a", "blanks.juste": "b"}, {"communes"}),
    ],
)
def test_a_wrong_follow_up_is_named_at_its_own_form_and_kept(town, anne, fields, wrong):
    identifier = anne.send()
    with nothing_stored(town):
        answer = anne.post(f"/console/alerts/{identifier}/follow-up/act.correction", fields)
    assert answer.status_code == 422
    assert {name.split("-", 2)[2] for name in anne.faults()} == wrong
    for name, value in fields.items():
        if name.startswith("blanks.") and value:
            assert f'value="{value}"' in anne.page


@pytest.mark.parametrize("message", ["act.first", "nope", "%00", "evac.correction", "x" * 3000])
def test_what_does_not_follow_is_not_found(town, anne, message):
    identifier = anne.send()
    with nothing_stored(town):
        assert anne.post(f"/console/alerts/{identifier}/follow-up/{message}", FILLED).status_code == 404


def test_a_second_follow_up_from_a_page_left_open_is_refused_with_what_was_typed(town, anne):
    identifier = anne.send()
    address = f"/console/alerts/{identifier}/follow-up/act.correction"
    anne.post(address, {"blanks.erreur": "rue du Port", "blanks.juste": "rue du Pont"})
    first = anne.hidden("token")
    anne.get(f"/console/alerts/{identifier}")
    anne.post(address, {"blanks.erreur": "Bas-Bourg", "blanks.juste": "Haut-Bourg"})
    second = anne.hidden("token")
    assert anne.post(CONFIRM, {"token": first}).status_code == 303
    with nothing_stored(town):
        assert anne.post(CONFIRM, {"token": second}).status_code == 409
