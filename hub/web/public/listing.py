"""The public pages of the alerts, and what each of them depends on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from hub.alerts import publicity
from hub.alerts.publicity import Line
from hub.web import assets
from hub.web.pages import Page
from hub.web.public.feeds import cap_feed
from hub.web.public.pages import PER_PAGE, newest_block

# What stays the same until the program or its settings change.
STANDING = ("/mentions-legales", "/accessibilite")
FOR_PROGRAMS = ("/robots.txt",)


def pages(session: Session, now: datetime) -> Iterator[Page]:
    """Home, the alerts, the archive, the CAP documents and their index, and what every site should have."""
    lines = list(publicity.lines(session, now))
    documents = _cap_documents()
    for line in lines:
        yield from _alert_pages(line, documents)
    yield from _archive(lines)
    for name, time in documents.items():
        yield Page(f"/cap/{name}", time, spoken=False)
    if (feed := cap_feed()) is not None:
        yield Page("/cap/index.atom", _time_of(feed.directory / "index.atom"), spoken=False, lists=True)
    for address in STANDING:
        yield Page(address)
    for address in FOR_PROGRAMS:
        yield Page(address, spoken=False)
    yield Page("/.well-known/security.txt", f"{now.astimezone(UTC):%Y-%m}", spoken=False)
    with current_app.test_request_context():
        yield Page(assets.address("icon.svg"), spoken=False)
    minute = now.replace(second=0, microsecond=0)
    yield Page("/", f"{minute.isoformat()} {pulse(session, now)}", minute, lists=True)


def pulse(session: Session, now: datetime) -> str:
    """Alerts, CAP files, and the minute that the home page names."""
    feed = cap_feed()
    index = _time_of(feed.directory / "index.atom") if feed else ""
    return f"{now.replace(second=0, microsecond=0).isoformat()} {publicity.pulse(session, now)} {index}"


def _alert_pages(line: Line, documents: dict[str, str]) -> Iterator[Page]:
    told = " ".join(message.stamp for message in line)
    changed = max(message.changed for message in line)
    for message in line:
        stamp = f"{told} {'cap' if f'{message.identifier}.xml' in documents else ''}"
        yield Page(f"/alertes/{message.identifier}", stamp, changed)


def _archive(lines: list[Line]) -> Iterator[Page]:
    newest = newest_block(len(lines))
    blocks = {f"/archives/{number}": lines[(number - 1) * PER_PAGE : number * PER_PAGE] for number in range(1, newest)}
    blocks["/archives"] = lines[(newest - 1) * PER_PAGE :]
    for address, block in blocks.items():
        # The last page also says whether there is an earlier one.
        stamp = " ".join([*(line[-1].stamp for line in block), str(newest > 1)])
        changed = max((line[-1].changed for line in block), default=None)
        yield Page(address, stamp, changed, lists=True)


def _cap_documents() -> dict[str, str]:
    """The names of the CAP files with their times."""
    feed = cap_feed()
    if feed is None or not feed.directory.is_dir():
        return {}
    with os.scandir(feed.directory) as entries:
        return {each.name: str(each.stat().st_mtime_ns) for each in entries if each.name.endswith(".xml")}


def _time_of(path: Path) -> str:
    try:
        return str(path.stat().st_mtime_ns)
    except OSError:
        return ""
