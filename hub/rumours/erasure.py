"""Erasing what is not needed any more: reporters' contacts after the answer or after some days, files of nobody.

On SQLite what is overwritten is overwritten with zeros (``secure_delete``), and the write-ahead log is emptied into the
file, so that the sealed contact is in neither. PostgreSQL keeps the old row until it is vacuumed; what it keeps is
sealed all the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.clock import Clock
from hub.kernel.db import empty_write_ahead_log, reading, transaction
from hub.kernel.settings import Settings
from hub.rumours import archive, picture_files
from hub.rumours.models import Evidence, Report, RumourVersion
from hub.rumours.states import VersionKind

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
# Who did it, when nobody is known to have done it.
THE_HUB = Actor("hub", "intake", "Intake of reports")

# After the public answer an officer may still write to those who asked.
AFTER_PUBLIC_ANSWER = timedelta(days=1)
# A picture is stored shortly before its report, a copy shortly before its evidence.
FILE_WAITS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased. ``log_emptied`` is false while a reader keeps SQLite's write-ahead log; the next round tries."""

    contacts: int
    pictures: int
    copies: int
    log_emptied: bool


def erase(settings: Settings, clock: Clock, *, actor: Actor = THE_HUB) -> Erased:
    """Erases every contact whose time has come, and files that no row names. The log says how many."""
    now = clock.now()
    with transaction() as session:
        contacts = _erase_contacts(session, now)
        if contacts:
            detail = {"contacts": contacts}
            record_audit(
                session, actor=actor, action="report.contacts_erased", subject="report", detail=detail, now=now
            )
    emptied = empty_write_ahead_log()
    directory, before = settings.data.directory, (now - FILE_WAITS).timestamp()
    shown = set(reading().scalars(sa.select(Report.picture).where(Report.picture != "")))
    pictures = picture_files.sweep(directory, shown, before)
    named = set(reading().scalars(sa.select(Evidence.archive).where(Evidence.archive != "")))
    copies = archive.sweep(directory, named, before)
    log.info("erased", extra={"contacts": contacts, "pictures": pictures, "copies": copies, "log_emptied": emptied})
    return Erased(contacts, pictures, copies, emptied)


def _erase_contacts(session: Session, now: datetime) -> int:
    published = sa.exists().where(
        RumourVersion.rumour_id == Report.rumour_id,
        RumourVersion.kind != VersionKind.HOLDING,
        RumourVersion.published_at <= now - AFTER_PUBLIC_ANSWER,
    )
    due = sa.or_(Report.contact_until <= now, Report.answered_at <= now, published)
    erased = (
        sa.update(Report)
        .where(Report.contact_sealed.is_not(None), due)
        .values(contact_sealed=None, contact_until=None)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(erased).all())
