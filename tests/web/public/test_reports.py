"""A resident reports what is said in town: no account, no script, no cookie, and nothing that tells who it was."""

from __future__ import annotations

import io
import logging
import re
from html import unescape

import pytest
import sqlalchemy as sa

from hub.kernel.db import db, reading
from hub.rumours.models import Report
from tests.rumours.uploads import jpeg_with_place

SAID = {"text": "Le pont de la Lise a été emporté !", "heard_on": "whatsapp", "commune": "76901"}
RESIDENT = {"REMOTE_ADDR": "203.0.113.77"}


def fresh(reader, clock):
    """The hidden token of a form that has been open for a minute."""
    token = re.search(r'name="token" value="([^"]+)"', reader.get("/signaler").text)[1]
    clock.advance(60)
    return unescape(token)


def send(reader, token, resident=RESIDENT, **fields):
    return reader.post("/signaler", data={"token": token, **SAID, **fields}, environ_overrides=resident)


def code_of(answer):
    return re.search(r"/signaler/([a-z2-7]{26})", answer.text)[1]


def rows(app):
    with app.app_context():
        return reading().scalars(sa.select(Report).order_by(Report.received_at)).all()


def test_a_report_a_receipt_and_what_becomes_of_it(app, reader, clock):
    answer = send(reader, fresh(reader, clock), contact="marie@poste.example", seen_at="2026-11-21T16:30")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (row,) = rows(app)
    assert (row.text, row.via, row.heard_on, row.language) == (SAID["text"], "public", "whatsapp", "fr")
    assert row.seen_at.isoformat() == "2026-11-21T15:30:00+00:00", "typed in the town's time"
    code = code_of(answer)
    typed = " ".join(re.findall(".{1,4}", code)).upper()
    found = reader.get("/signaler/suivi", query_string={"code": typed}, follow_redirects=True)
    assert found.status_code == 200
    assert "Votre signalement est reçu" in found.text
    assert "marie" not in found.text
    assert "pont" not in found.text
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert found.headers["X-Robots-Tag"] == "noindex"
    assert not any("Set-Cookie" in each.headers for each in (answer, found, reader.get("/signaler")))


def test_a_second_click_is_no_second_report(app, reader, clock):
    token = fresh(reader, clock)
    first, again = send(reader, token), send(reader, token)
    assert code_of(first) == code_of(again)
    assert len(rows(app)) == 1


def test_every_mistake_is_at_its_field_and_nothing_typed_is_lost(app, reader, clock):
    wrong = {
        "text": "<b>court", "heard_on": "pigeon", "commune": "", "place": "", "latitude": "nord", "longitude": "0,2",
        "seen_at": "hier", "link": "javascript:alert('x')", "contact": "<script>alert(1)</script>",
    }  # fmt: skip
    answer = send(reader, fresh(reader, clock), **wrong)
    assert answer.status_code == 422
    page = answer.text
    named = set(re.findall(r'<li><a href="#f-([a-z_]+)"', page))
    assert named == {"text", "heard_on", "commune", "latitude", "seen_at", "link", "contact"}
    assert named - {"latitude"} | {"point"} == set(re.findall(r'class="fault" id="e-([a-z_]+)"', page))
    assert "<script>" not in page
    for name in ("latitude", "longitude", "seen_at", "link", "contact"):
        assert f'value="{wrong[name]}"' in unescape(page), name
    assert "<b>court</textarea>" in unescape(page)
    assert not rows(app)


def test_a_document_is_refused_with_a_clear_word(reader, clock):
    answer = send(reader, fresh(reader, clock), text="é" * 100_001)
    assert answer.status_code == 422
    assert "document entier" in answer.text


def test_programs_are_slowed_down(app, reader, clock):
    token = fresh(reader, clock)
    hasty = re.search(r'name="token" value="([^"]+)"', reader.get("/signaler").text)[1]
    answers = [send(reader, "forged"), send(reader, token[:-1]), send(reader, hasty), send(reader, token, homepage="x")]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(SAID["text"] in answer.text for answer in answers)
    clock.advance(25 * 3600)
    assert send(reader, token).status_code == 422
    assert not rows(app)
    again = unescape(re.search(r'name="token" value="([^"]+)"', send(reader, token).text)[1])
    clock.advance(5)
    assert send(reader, again).status_code == 200


def test_a_picture_comes_without_the_place_where_it_was_taken(app, settings, reader, clock):
    picture = (io.BytesIO(jpeg_with_place()), "chez-moi.png")
    assert send(reader, fresh(reader, clock), picture=picture).status_code == 200
    (row,) = rows(app)
    kept = settings.data.directory / "report_pictures" / row.picture
    assert kept.is_file()
    wrong = send(reader, fresh(reader, clock), picture=(io.BytesIO(b"PK\x03\x04" * 50), "photo.jpg"))
    assert wrong.status_code == 422
    assert "doit être choisie à nouveau" in wrong.text


class TestFromOneAddress:
    @pytest.fixture
    def overrides(self):
        return {"rumours": {"reports_per_hour": 3}}

    def test_a_thousand_reports_are_slowed_down_and_nobody_else_notices(self, app, reader, clock):
        token = fresh(reader, clock)
        first = [send(reader, token, place=f"rue {number}") for number in range(4)]
        assert [answer.status_code for answer in first] == [200, 200, 200, 429]
        assert SAID["text"] in first[3].text, "nothing typed is lost"
        assert int(first[3].headers["Retry-After"]) > 0
        assert {send(reader, token).status_code for _ in range(1000)} == {429}
        assert len(rows(app)) == 3
        assert send(reader, token, {"REMOTE_ADDR": "203.0.113.78"}, place="ailleurs").status_code == 200
        assert reader.get("/console/login", environ_overrides=RESIDENT).status_code == 200

    def test_one_line_of_ipv6_is_one_address(self, reader, clock):
        token = fresh(reader, clock)
        for number in range(3):
            send(reader, token, {"REMOTE_ADDR": f"2001:db8:1:2::{number}"}, place=f"rue {number}")
        assert send(reader, token, {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}, place="x").status_code == 429
        assert send(reader, token, {"REMOTE_ADDR": "2001:db8:1:3::1"}, place="x").status_code == 200

    def test_the_address_is_neither_in_the_database_nor_in_the_log(self, app, settings, reader, clock):
        heard = io.StringIO()
        listener = logging.StreamHandler(heard)
        loggers = [logging.getLogger(name) for name in ("hub", "flask-limiter", "werkzeug")]
        for logger in loggers:
            logger.addHandler(listener)
        try:
            token = fresh(reader, clock)
            for number in range(5):
                send(reader, token, place=f"rue {number}", contact="marie@poste.example")
        finally:
            for logger in loggers:
                logger.removeHandler(listener)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        files = [path for path in settings.data.directory.rglob("*") if path.is_file()]
        kept = b"".join(path.read_bytes() for path in files) + heard.getvalue().encode()
        assert b"rue 2" in kept, "this is where reports are"
        assert not any(secret in kept for secret in (b"203.0.113", b"marie@poste"))


def test_guessing_codes_is_slowed_down(reader):
    forged = ["a" * 26, "-", "%00", "' OR 1=1 --", "x" * 500, "é" * 26]
    assert {reader.get(f"/signaler/{code}").status_code for code in forged} == {404}
    answers = [reader.get("/signaler/" + "b" * 26).status_code for _ in range(30)]
    assert (answers[0], answers[-1]) == (404, 429)
