"""However often and from wherever a request comes, it is done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from hub.alerts.models import Alert, Intake
from hub.identity import partners
from hub.kernel.db import reading
from tests.web.partner_api.programs import OPERATOR, enrol, issue

AT_ONCE = 50


def count(app, model):
    with app.app_context():
        return reading().scalar(sa.select(sa.func.count()).select_from(model))


def at_once(calls):
    """Runs every call in a thread of its own, all starting together; their answers."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_fifty_at_once_make_one_alert(any_sdis, any_town):
    confirmation = any_sdis.preview()["confirmation"]
    answers = at_once([lambda: any_sdis.post("/alerts", confirmation, "k1")] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1, "the first answer is returned again"
    assert [answer.headers["Idempotent-Replayed"] for answer in answers].count("false") == 1
    assert (count(any_town, Alert), count(any_town, Intake)) == (1, 1)


def test_one_key_for_fifty_different_alerts_makes_one_alert(any_sdis, any_town):
    confirmations = [any_sdis.preview()["confirmation"] for _ in range(AT_ONCE)]
    answers = at_once([lambda body=body: any_sdis.post("/alerts", body, "k1") for body in confirmations])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)
    refused = [answer.json for answer in answers if answer.status_code == 409]
    assert {each["type"] for each in refused} == {"/problems/idempotency-key-reused"}
    sent = next(answer.json["identifier"] for answer in answers if answer.status_code == 201)
    assert all(sent in each["detail"] for each in refused), "the answer names the alert that has the key"
    assert (count(any_town, Alert), count(any_town, Intake)) == (1, 1)


def test_fifty_follow_ups_at_once_make_one(any_sdis, any_town, clock):
    identifier = any_sdis.send()
    clock.advance(60)
    shown = any_sdis.post(f"/alerts/{identifier}/follow-ups/preview", {"message": "act.cancel", "exercise": False})
    assert shown.status_code == 200, shown.text
    body = shown.json["confirmation"]
    answers = at_once([lambda: any_sdis.post(f"/alerts/{identifier}/follow-ups", body, "f1")] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(any_town, Alert) == 2


def test_the_same_request_later_gets_the_first_answer(sdis, town, clock):
    confirmation = sdis.preview()["confirmation"]
    first = sdis.post("/alerts", confirmation, "k1")
    clock.advance(3 * 3600)
    sdis.follow(first.json["identifier"], blanks={"prochain": "21:00"})
    again = sdis.post("/alerts", dict(reversed(confirmation.items())), "k1")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(town, Alert) == 2


def test_the_same_key_with_another_request_is_a_conflict(sdis, town):
    identifier = sdis.send("k1")
    other = sdis.post("/alerts", sdis.preview(communes=["76902"])["confirmation"], "k1")
    assert (other.status_code, other.json["type"]) == (409, "/problems/idempotency-key-reused")
    assert sdis.follow(identifier, "k1").status_code == 409, "a follow-up is another request"
    assert count(town, Alert) == 1


def test_the_same_confirmation_under_another_key_is_the_same_alert(sdis, town):
    confirmation = sdis.preview()["confirmation"]
    first = sdis.post("/alerts", confirmation, "k1")
    second = sdis.post("/alerts", confirmation, "k2")
    assert (second.status_code, second.data, second.headers["Idempotent-Replayed"]) == (201, first.data, "true")
    assert sdis.post("/alerts", sdis.preview()["confirmation"], "k2").status_code == 409, "this key is taken as well"
    assert (count(town, Alert), count(town, Intake)) == (1, 2)


def test_a_new_key_of_the_partner_continues_the_same_request(sdis, town, clock):
    confirmation = sdis.preview()["confirmation"]
    first = sdis.post("/alerts", confirmation, "k1")
    rotated = issue(town, clock, "sdis76")
    with town.app_context():
        partners.revoke_key(sdis.key.split("_")[2], actor=OPERATOR, now=clock.now())
    assert rotated.post("/alerts", confirmation, "k1").data == first.data


def test_partners_do_not_share_keys_nor_alerts(sdis, town, clock):
    confirmation = sdis.preview()["confirmation"]
    sdis.post("/alerts", confirmation, "k1")
    dreal = enrol(town, clock, "dreal")
    stolen = dreal.post("/alerts", confirmation, "k1")
    assert (stolen.status_code, stolen.json["type"]) == (409, "/problems/conflict")
    dreal.send("k1")
    assert count(town, Alert) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 201, "with space", "é", "tab\t", "\x7f"])
def test_without_a_usable_key_nothing_is_sent(sdis, town, key):
    answer = sdis.post("/alerts", sdis.preview()["confirmation"], key)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/idempotency-key-needed")
    assert count(town, Alert) == 0


def test_two_keys_in_one_request_are_refused(sdis, town):
    body = sdis.preview()["confirmation"]
    headers = [*sdis.headers().items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = town.test_client().post("/api/v1/alerts", json=body, headers=headers)
    assert answer.status_code == 400
    assert count(town, Alert) == 0
