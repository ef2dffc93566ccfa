"""``flask hub rumours report``, ``list``, ``show``, ``erase``: what comes in, and what is forgotten."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa

from hub.cli.rumours import rumours
from hub.cli.speech import json_option, operator, said, say, show_json, speaks, terminal_language
from hub.kernel.db import reading
from hub.kernel.errors import NotFound
from hub.kernel.phrase import Phrase
from hub.rumours import erasure, queries
from hub.rumours.intake import HeardOn, ReportDraft, Via, take_in
from hub.rumours.models import Report, Rumour
from hub.rumours.pictures import LARGEST_BYTES
from hub.rumours.states import ReportState
from hub.web.parts import parts

MOMENT = "%Y-%m-%d %H:%MZ"
# As much of a report as fits on a line.
START = 80


@rumours.command("report")
@click.argument("text")
@click.option("--heard-on", type=click.Choice([way.value for way in HeardOn]), required=True)
@click.option("--commune", default="", metavar="INSEE", help="A commune of the territory.")
@click.option("--place", default="", help="The place in words, also one elsewhere.")
@click.option("--seen-at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="In the town's time.")
@click.option("--link", default="", help="http or https; never fetched.")
@click.option("--contact", default="", help="E-mail address or telephone number of who reported it.")
@click.option("--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@speaks
def report(*, seen_at: datetime | None, picture: Path | None, as_json: bool, **said_of_it: Any) -> None:
    """Takes in what somebody reported, by telephone for example."""
    hub = parts()
    zone = ZoneInfo(hub.settings.site.timezone)
    draft = ReportDraft(
        **said_of_it,
        seen_at=seen_at.replace(tzinfo=zone) if seen_at else None,
        picture=_read(picture) if picture else b"",
    )
    receipt = take_in(hub.rumours, hub.matcher, draft, Via.COMMAND_LINE, operator())
    if as_json:
        told = {"report": receipt.report_id, "tracking_code": receipt.tracking_code, "linked_to": receipt.linked_to}
        show_json(told)
        return
    code = receipt.tracking_code
    say("Report %(report)s. Tracking code, shown only now: %(code)s", report=receipt.report_id, code=code)
    if receipt.linked_to:
        say("It is a copy of what is known of the rumour %(rumour)s.", rumour=receipt.linked_to)


@rumours.command("list")
@json_option
@speaks
def list_rumours(*, as_json: bool) -> None:
    """Lists what waits: rumours under way, the gravest first, and reports that nobody has linked."""
    session, now = reading(), parts().clock.now()
    waiting = queries.queue(session, now)
    unlinked = session.scalars(
        sa.select(Report).where(Report.state == ReportState.RECEIVED).order_by(Report.received_at)
    ).all()
    if as_json:
        queue = [
            {"id": each.rumour.id, "band": each.band.value, "workflow": each.rumour.workflow, "reports": each.reports}
            for each in waiting
        ]
        show_json({"rumours": queue, "reports": [_of_report(each) for each in unlinked]})
        return
    for each in waiting:
        late = "!" if each.overdue else " "
        click.echo(f"{each.rumour.id} {late} {each.band.value:<8} {each.rumour.workflow:<10} {_claim(each.rumour)}")
    for row in unlinked:
        click.echo(f"{row.id}   {row.received_at:{MOMENT}} {row.text[:START]!r}")
    say("%(rumours)s rumours under way, %(reports)s reports to read", rumours=len(waiting), reports=len(unlinked))


@rumours.command("show")
@click.argument("identifier", metavar="ID")
@json_option
@speaks
def show(identifier: str, *, as_json: bool) -> None:
    """Shows a rumour with its reports, or one report. A contact is never shown here."""
    session = reading()
    rumour, row = session.get(Rumour, identifier), session.get(Report, identifier)
    if rumour is None and row is None:
        raise NotFound(Phrase("There is no rumour and no report %(id)s.", id=identifier))
    linked = sa.select(Report).where(Report.rumour_id == identifier).order_by(Report.received_at)
    reports = [_of_report(each) for each in (session.scalars(linked) if rumour else [row]) if each]
    if as_json:
        names = ("id", "claim", "workflow", "verdict", "response")
        told = {name: getattr(rumour, name) for name in names} if rumour else None
        show_json({"rumour": told, "reports": reports})
        return
    if rumour:
        click.echo(f"{rumour.id} {rumour.workflow}, {rumour.verdict}, {rumour.response}: {_claim(rumour)}")
    for each in reports:
        click.echo("\n".join(f"  {name}: {value!r}" for name, value in each.items() if value not in {None, ""}))
        click.echo()


@rumours.command("erase")
@json_option
@speaks
def erase(*, as_json: bool) -> None:
    """Erases contacts whose time has come and pictures that no report names; dispatchers do it every hour."""
    hub = parts()
    done = erasure.erase(hub.settings, hub.clock, actor=operator())
    if as_json:
        show_json(
            {
                "contacts": done.contacts,
                "pictures": done.pictures,
                "copies": done.copies,
                "log_emptied": done.log_emptied,
            }
        )
        return
    say(
        "Erased: %(contacts)s contacts; files of nobody: %(pictures)s pictures, %(copies)s copies of evidence",
        contacts=done.contacts,
        pictures=done.pictures,
        copies=done.copies,
    )
    if not done.log_emptied:
        click.echo(said(Phrase("The database's write-ahead log is in use; the next round empties it.")))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)  # larger is refused; the rest of an endless file is not waited for


def _claim(rumour: Rumour) -> str:
    return rumour.claim.get(terminal_language()) or next(iter(rumour.claim.values()), "")


def _of_report(row: Report) -> dict[str, Any]:
    names = ("id", "state", "rumour_id", "text", "commune", "place", "heard_on", "link", "picture", "via", "by_name")
    return {name: getattr(row, name) for name in names} | {
        "received_at": row.received_at.isoformat(),
        "seen_at": row.seen_at.isoformat() if row.seen_at else None,
        "contact_kept": row.contact_sealed is not None,
    }
