"""Partners and volunteers report what is said: once, under their name, and see what becomes of their own reports."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.kernel.db import reading
from hub.rumours.models import Report
from tests.web.partner_api.programs import REPORT, enrol, errors


def test_a_report_is_taken_in_once_and_followed_by_its_partner_alone(any_sdis, any_town, clock):
    first = any_sdis.post("/reports", {**REPORT, "contact": "marie@poste.example"}, "r1")
    again = any_sdis.post("/reports", {**REPORT, "contact": "marie@poste.example"}, "r1")
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert (first.headers["Idempotent-Replayed"], again.headers["Idempotent-Replayed"]) == ("false", "true")
    clash = any_sdis.post("/reports", {**REPORT, "commune": "76902"}, "r1")
    assert (clash.status_code, clash.json["type"]) == (409, "/problems/report-key-reused")
    with any_town.app_context():
        row = reading().scalars(sa.select(Report)).one()
        assert (row.via, row.by_kind, row.by_id, row.by_name) == ("partner", "partner", "sdis76", "SDIS76")
    own = any_sdis.get(f"/reports/{first.json['report']}")
    assert (own.status_code, own.json["standing"], own.json["rumour"]) == (200, "received", None)
    stranger = enrol(any_town, clock, "vost")
    assert stranger.get(f"/reports/{first.json['report']}").status_code == 404
    assert stranger.post("/reports", REPORT, "r1").json["report"] != first.json["report"], "keys are a partner's own"
    assert any_sdis.get("/reports/%00").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "court"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"heard_on": "pigeon"}, "heard_on"),
        ({"commune": ""}, "commune"),
        ({"latitude": "49.5"}, "latitude"),
        ({"latitude": True}, "latitude"),
        ({"latitude": 49.5}, "point"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"contact": "nobody"}, "contact"),
        ({"seen_at": "2030-01-01T00:00:00+00:00"}, "seen_at"),
        ({"picture": "QUJD"}, "picture"),
    ],
)
def test_what_is_wrong_is_named(sdis, change, field):
    answer = sdis.post("/reports", {**REPORT, **change}, "r1")
    assert answer.status_code == 422
    assert set(errors(answer)) == {field}


def test_who_may_report(sdis, drill, town, clock):
    assert sdis.post("/reports", REPORT).status_code == 400, "without a key of the request"
    assert drill.post("/reports", REPORT, "r1").status_code == 403
    reader = enrol(town, clock, "reader", scopes=["alert.read"])
    assert reader.post("/reports", REPORT, "r1").status_code == 403
    only = enrol(town, clock, "vost", scopes=["rumour.report"])
    assert only.post("/reports", REPORT, "r1").status_code == 201
    assert only.get("/alerts").status_code == 403
