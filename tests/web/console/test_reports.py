"""Officers enter what they are told, with whom to answer, and see the pictures of reports."""

from __future__ import annotations

import io

import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.kernel.db import reading
from hub.rumours.models import Report
from tests.rumours.uploads import jpeg_with_place

SAID = {"text": "Le pont de la Lise est emporté !", "heard_on": "phone", "commune": "76901", "contact": "0612345678"}
FORM = "/console/rumours/reports/new"


def enter(anne, **fields):
    sent = {**SAID, "picture": (io.BytesIO(jpeg_with_place()), "x.png"), **fields}
    return anne.post(FORM, sent, content_type="multipart/form-data")


def test_an_officer_enters_what_was_told_by_telephone_once(anne, town, stranger):
    anne.get(FORM)
    wrong = enter(anne, text="court", contact="nobody", picture=(io.BytesIO(b"PK"), "x.jpg"))
    assert wrong.status_code == 422
    assert set(anne.faults()) == {"f-text", "f-contact", "f-picture"}
    assert 'value="nobody"' in anne.page
    number = anne.hidden("number")
    assert [enter(anne, number=number).status_code for _ in range(2)] == [303, 303]
    with town.app_context():
        row = reading().scalars(sa.select(Report)).one()
    assert (row.via, row.by_name, row.commune, row.contact_sealed is None) == ("officer", "Anne Martin", "76901", False)
    address = f"/console/rumours/reports/{row.id}/picture"
    shown = anne.client.get(address)
    assert (shown.status_code, shown.mimetype, shown.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(address).status_code in {303, 401}
    anne.get(f"/console/rumours/reports/{row.id}")
    assert "0612345678" not in anne.page
    anne.post(f"/console/rumours/reports/{row.id}/contact")
    assert "0612345678" in anne.page
    with town.app_context():
        looked = reading().scalars(sa.select(AuditEntry).where(AuditEntry.action == "report.contact_read")).one()
    assert (looked.actor_name, "0612345678" in looked.detail) == ("Anne Martin", False)
