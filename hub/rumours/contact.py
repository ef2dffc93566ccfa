"""A reporter's contact: readable by the hub alone, for as long as it is needed.

It is sealed under a key of its own, bound to its report: see `hub.kernel.sealing`.
"""

from __future__ import annotations

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.kernel.sealing import derived_key, seal, unseal
from hub.kernel.settings import Settings
from hub.rumours.desk import RumourDesk
from hub.rumours.models import Report

FOR_CONTACTS = b"tocsin: contact of a reporter, 1"


def sealed(settings: Settings, report_id: str, contact: str) -> bytes:
    """The contact as it is stored with a report."""
    return seal(derived_key(settings, FOR_CONTACTS), report_id, contact)


def opened(settings: Settings, report: Report) -> str | None:
    """The contact of a report; ``None`` when there is none, or when the hub's secret key has changed since."""
    if report.contact_sealed is None:
        return None
    return unseal(derived_key(settings, FOR_CONTACTS), report.id, report.contact_sealed)


def reveal(desk: RumourDesk, report_id: str, *, actor: Actor) -> str | None:
    """Shows an officer the contact of a report, for answering; the log says who looked, not what was seen.

    Raises:
        NotFound: there is no such report.
    """
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None:
            raise NotFound(Phrase("There is no report %(report)s.", report=report_id))
        contact = opened(desk.settings, report)
        detail = {"there": contact is not None}
        record_audit(
            session, actor=actor, action="report.contact_read", subject=report_id, detail=detail, now=desk.clock.now()
        )
    return contact
