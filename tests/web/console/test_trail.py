"""From the officer's click to the acceptance: one thread through the log."""

from __future__ import annotations

import io
import json

import pytest

from hub.kernel import logs


@pytest.fixture
def lines(town):
    """What is logged, as the objects that it consists of."""
    stream = io.StringIO()
    logs.configure("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logs.configure("INFO")


def test_the_log_leads_from_the_request_to_every_acceptance(town, anne, lines):
    identifier = anne.send()
    confirmed = next(answer for answer in reversed(anne.answers) if answer.request.path == "/console/confirm")
    assert town.extensions["hub"].engine.run_until_idle(60)
    mine = [one for one in lines() if one.get("publication") == identifier]
    assert [one["message"] for one in mine] == [
        "alert triggered",
        "deliveries claimed",
        "attempt ended",
        "attempt ended",
    ]
    trigger, claim, *attempts = mine
    assert trigger["request_id"] == confirmed.headers["X-Request-Id"]
    assert trigger["status"] == "Exercise"
    assert trigger["channels"] == ["flux-cap", "essai"]
    assert {one["delivery"] for one in attempts} == set(claim["deliveries"])
    assert {one["channel"]: one["outcome"] for one in attempts} == {"flux-cap": "accepted", "essai": "accepted"}
    text = json.dumps(mine, ensure_ascii=False)
    assert "Bas-Bourg" not in text
    assert "Anne" not in text


def test_a_second_click_is_no_second_trigger(town, anne, lines):
    anne.confirm()
    fields = {"token": anne.hidden("token"), "word": "EXERCICE"}
    anne.post("/console/confirm", fields)
    anne.post("/console/confirm", fields)
    assert [one["message"] for one in lines()].count("alert triggered") == 1
