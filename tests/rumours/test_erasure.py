"""A reporter's contact is nowhere after its time: not in the database, its log, our logs, or a backup made then."""

from __future__ import annotations

import io
import logging
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.kernel.db import db, reading, transaction
from hub.rumours import contact
from hub.rumours.erasure import erase
from hub.rumours.intake import ReportDraft, Via, take_in
from hub.rumours.matching.matcher import Matcher
from hub.rumours.models import Report, RumourVersion
from tests.rumours.conftest import ANNE

ADDRESS = "marie.dupont@poste.example"
DRAFT = ReportDraft(text="Le pont de la Lise est emporté", heard_on="sms", commune="76901", contact=ADDRESS)


def reported(town, number=0, **changes) -> str:
    draft = replace(DRAFT, text=f"{DRAFT.text}, dit-on, au numéro {number} de la rue " + "x" * number, **changes)
    return take_in(town.desk, Matcher(), draft, Via.PUBLIC).report_id


def change(report_id, **values) -> None:
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id == report_id).values(**values))


def sealed(report_id) -> bytes | None:
    session = reading()
    session.rollback()
    return session.scalar(sa.select(Report.contact_sealed).where(Report.id == report_id))


def erased(town):
    return erase(town.desk.settings, town.clock)


def test_officers_read_it_for_answering_and_the_log_says_who_looked(any_desk):
    report_id, other = reported(any_desk), reported(any_desk, 1, contact="06 12 34 56 78")
    assert ADDRESS.encode() not in sealed(report_id)
    assert contact.reveal(any_desk.desk, report_id, actor=ANNE) == ADDRESS
    assert contact.reveal(any_desk.desk, other, actor=ANNE) == "06 12 34 56 78"
    entry = reading().scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.action, entry.actor_name, "06 12" in entry.detail) == ("report.contact_read", "Anne Martin", False)
    change(other, contact_sealed=sealed(report_id))
    assert contact.reveal(any_desk.desk, other, actor=ANNE) is None, "a seal belongs to one report"
    any_desk.clock.advance(31 * 86400)
    assert erased(any_desk).contacts == 2
    assert contact.reveal(any_desk.desk, report_id, actor=ANNE) is None


@pytest.mark.parametrize(
    ("values", "days", "left"),
    [
        ({}, 29, True),
        ({}, 30, False),
        ({"answered_at": timedelta(0)}, 0, False),
        ({"state": "not_a_claim"}, 1, True),
    ],
    ids=["within its days", "after its days", "answered", "set aside"],
)
def test_it_is_erased_after_the_answer_or_its_days(desk, values, days, left):
    report_id = reported(desk)
    moments = {"answered_at": desk.clock.now()} if "answered_at" in values else values
    change(report_id, text="changed", **moments)
    desk.clock.advance(days * 86400)
    assert erased(desk).contacts == (0 if left else 1)
    assert (sealed(report_id) is not None) is left
    assert erased(desk).contacts == 0
    actions = reading().scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("report.contacts_erased") == (0 if left else 1)


@pytest.mark.parametrize(
    ("kind", "hours", "left"), [("answer", 25, False), ("answer", 23, True), ("holding", 99, True)]
)
def test_it_is_erased_a_day_after_the_public_answer(desk, kind, hours, left):
    report_id, rumour_id, now = reported(desk), desk.opened(), desk.clock.now()
    change(report_id, rumour_id=rumour_id, state="linked")
    with transaction() as session:
        session.add(
            RumourVersion(
                rumour_id=rumour_id, number=1, kind=kind, verdict="false", as_of=now, published_at=now, communes=[],
                claim={}, content={}, digest="", written_by="", approved_by="", channels=[],
            )
        )  # fmt: skip
    desk.clock.advance(hours * 3600)
    erased(desk)
    assert (sealed(report_id) is not None) is left


def test_nothing_of_it_is_left_in_any_file_log_or_backup(desk, tmp_path):
    heard = io.StringIO()
    listener = logging.StreamHandler(heard)
    logging.getLogger("hub").addHandler(listener)
    try:
        reports = [reported(desk, number * 7) for number in range(60)]
        for number, report_id in enumerate(reports[::2]):
            change(report_id, place="moved elsewhere by a longer row " * (number % 3))
        secrets = [sealed(report_id) for report_id in reports]
        directory = desk.desk.settings.data.directory

        def kept() -> bytes:
            return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())

        assert all(secret in kept() for secret in secrets)
        desk.clock.advance(31 * 86400)
        result = erased(desk)
    finally:
        logging.getLogger("hub").removeHandler(listener)
    assert (result.contacts, result.log_emptied) == (60, True)
    backup = tmp_path / "backup.sqlite"
    source, copy = sqlite3.connect(db.engine.url.database), sqlite3.connect(backup)
    source.backup(copy)
    source.close()
    copy.close()
    left = kept() + backup.read_bytes() + heard.getvalue().encode()
    assert b"dit-on" in left, "this is where reports are"
    assert not any(secret in left or secret[12:40] in left for secret in secrets)
    assert ADDRESS.encode() not in left


def test_a_reader_in_the_way_delays_only_the_emptying_of_the_log(desk):
    reported(desk)
    reader = sqlite3.connect(db.engine.url.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM report").fetchone()
    desk.clock.advance(31 * 86400)
    result = erased(desk)
    reader.close()
    assert (result.contacts, result.log_emptied) == (1, False)
    assert erased(desk).log_emptied
