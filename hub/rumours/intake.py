"""Taking a report in: checked, stored once, linked by itself if it is a copy. Nothing that is kept tells who sent it.

A form that is sent twice, by a slow network or a second click, must not be two sightings. Its reporter must get the
same tracking code again although only the SHA-256 of the code is stored. So the code is not drawn: it is computed from
what made the request unique, under a key of the hub.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit.service import record as record_audit
from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.kernel.errors import InvalidInput
from hub.kernel.ids import new_id
from hub.kernel.sealing import derived_key
from hub.rumours import picture_files, pictures
from hub.rumours.changing import locked
from hub.rumours.contact import sealed
from hub.rumours.desk import RumourDesk
from hub.rumours.erasure import THE_HUB
from hub.rumours.errors import ReportKeyReused
from hub.rumours.matching.matcher import Matcher, Suggestion
from hub.rumours.models import MatchDecision, Report, Rumour
from hub.rumours.sighting import HEARD_ON, HeardOn, ReportDraft, Via, faults_of, text_hash
from hub.rumours.states import ReportState, Workflow

__all__ = ["HEARD_ON", "HeardOn", "Receipt", "ReportDraft", "Via", "take_in"]

FOR_CODES = b"tocsin: tracking codes of reports, 1"
# 128 bits: whoever tries a million codes a second for a hundred years finds none of a million reports.
CODE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter gets. ``tracking_code`` is shown now and stored nowhere; ``linked_to`` is a rumour's id."""

    report_id: str
    tracking_code: str
    linked_to: str | None
    replayed: bool = False


class Once(StrEnum):
    """What a repeated request means."""

    FORM = "form"  # the same form with other words in it is another report
    KEY = "key"  # an Idempotency-Key belongs to one request for ever


@dataclass(frozen=True, slots=True)
class Request:
    """What makes a request the same one again: who asks, and the form's number or the Idempotency-Key."""

    kind: Once
    asker: str
    key: str


def take_in(
    desk: RumourDesk,
    matcher: Matcher,
    draft: ReportDraft,
    via: Via | str,
    actor: Actor | None = None,
    request: Request | None = None,
) -> Receipt:
    """Stores a report, once.

    Args:
        desk: what the command needs.
        matcher: knows which rumours are open, and tells copies.
        draft: what was reported.
        via: the way it came in.
        actor: the officer or partner who reports; ``None`` for the public, of whom nothing is kept.
        request: what makes the request the same one again; without it every call is a new report.

    Raises:
        InvalidInput: some fields are wrong; each is named.
        ReportKeyReused: an Idempotency-Key came again with another report.
    """
    via, draft, now = Via(via), draft.tidied(), desk.clock.now()
    asked = _digest(draft)
    code = _code(desk, request or Request(Once.FORM, via, new_id()), [asked, draft.contact])
    faults = faults_of(draft, desk.settings, now)
    picture = b""
    try:
        picture = pictures.clean(draft.picture) if draft.picture else b""
    except InvalidInput as refusal:
        faults += refusal.faults
    if faults:
        raise InvalidInput(faults)
    if earlier := _earlier(code, asked):
        return earlier
    kept = picture_files.keep(desk.settings.data.directory, picture) if picture else ""
    report = _report(desk, draft, via, actor, now)
    report.tracking_hash, report.request_hash, report.picture = hashed(code), asked, kept
    try:
        return _store(matcher, report, code, actor)
    except IntegrityError:
        # The same request came twice at the same moment, and the other one was faster.
        if earlier := _earlier(code, asked):
            return earlier
        raise


def hashed(code: str) -> str:
    """What is stored in place of a tracking code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _digest(draft: ReportDraft) -> str:
    """Tells two reports apart. Without the contact: what is derived from it must not outlive it."""
    said = asdict(draft) | {
        "contact": "",
        "picture": hashlib.sha256(draft.picture).hexdigest(),
        "seen_at": draft.seen_at.isoformat() if draft.seen_at else "",
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _code(desk: RumourDesk, request: Request, said: list[str]) -> str:
    unique = [request.kind, request.asker, request.key, said if request.kind is Once.FORM else []]
    key = derived_key(desk.settings, FOR_CODES)
    computed = hmac.digest(key, json.dumps(unique).encode(), "sha256")[:CODE_BYTES]
    return base64.b32encode(computed).decode().rstrip("=").lower()


def _earlier(code: str, asked: str) -> Receipt | None:
    session = reading()
    session.rollback()  # a snapshot of earlier reads would hide what others have stored since
    row = session.execute(
        sa.select(Report.id, Report.rumour_id, Report.request_hash).where(Report.tracking_hash == hashed(code))
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != asked:
        raise ReportKeyReused
    return Receipt(row.id, code, row.rumour_id, replayed=True)


def _report(desk: RumourDesk, draft: ReportDraft, via: Via, actor: Actor | None, now: datetime) -> Report:
    report_id, rumours = new_id(), desk.settings.rumours
    unwanted = via is Via.PUBLIC and _blocked(f"{draft.text}\n{draft.link}", rumours.blocked)
    return Report(
        id=report_id,
        state=ReportState.ABUSE if unwanted else ReportState.RECEIVED,
        text=draft.text,
        text_hash=text_hash(draft.text),
        language=draft.language,
        commune=draft.commune,
        place=draft.place,
        latitude=draft.latitude,
        longitude=draft.longitude,
        heard_on=draft.heard_on,
        link=draft.link,
        seen_at=draft.seen_at,
        received_at=now,
        via=via,
        by_kind=actor.kind if actor else "",
        by_id=actor.id if actor else "",
        by_name=actor.name if actor else "",
        contact_sealed=sealed(desk.settings, report_id, draft.contact) if draft.contact else None,
        contact_until=now + timedelta(days=rumours.contact_days) if draft.contact else None,
    )


def _blocked(text: str, blocked: tuple[str, ...]) -> bool:
    low = text.casefold()
    return any(word.casefold() in low for word in blocked)


def _store(matcher: Matcher, report: Report, code: str, actor: Actor | None) -> Receipt:
    doer, report_id, now = actor or THE_HUB, report.id, report.received_at
    with transaction() as session:
        wanted = report.state == ReportState.RECEIVED
        copied = matcher.copy_of(session, report.text) if wanted else None
        session.add(report)
        session.flush()
        linked_to = _link(session, report, copied, now) if copied else None
        detail = {
            "via": report.via,
            "commune": report.commune,
            "heard_on": report.heard_on,
            "state": report.state,
            "linked_to": linked_to,
            "picture": bool(report.picture),
            "contact": report.contact_sealed is not None,
        }
        record_audit(session, actor=doer, action="report.received", subject=report_id, detail=detail, now=now)
        if linked_to:
            detail = {"report": report_id, "automatic": True}
            record_audit(
                session, actor=THE_HUB, action="rumour.report_linked", subject=linked_to, detail=detail, now=now
            )
    return Receipt(report_id, code, linked_to)


def _link(session: Session, report: Report, copied: Suggestion, now: datetime) -> str | None:
    """Links a copy by itself; matchers learn of it only if its wording is new."""
    rumour = locked(session, copied.rumour_id)
    if rumour.workflow == Workflow.MERGED:
        return None
    known = _knows(session, rumour, report)
    report.rumour_id, report.state = rumour.id, ReportState.LINKED
    session.add(
        MatchDecision(
            report_id=report.id,
            rumour_id=rumour.id,
            rank=1,
            similarity=copied.similarity,
            confirmed=True,
            automatic=True,
            by_name="",
            at=now,
        )
    )
    if not known:
        # An officer who is writing is interrupted by that; a thousand copies of one post must not do it.
        rumour.revision += 1
        rumour.changed_at = now
    return rumour.id


def _knows(session: Session, rumour: Rumour, report: Report) -> bool:
    if report.text_hash in {text_hash(claim) for claim in rumour.claim.values()}:
        return True
    same = sa.select(Report.id).where(Report.rumour_id == rumour.id, Report.text_hash == report.text_hash).limit(1)
    return session.scalar(same) is not None
