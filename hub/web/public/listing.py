"""The public pages of the alerts, and what each of them depends on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from hub.alerts import publicity
from hub.alerts.publicity import Line
from hub.web import assets
from hub.web.pages import Group, Page
from hub.web.public.feeds import cap_feed
from hub.web.public.pages import PER_PAGE, newest_block

# What stays the same until the program or its settings change.
STANDING = ("/mentions-legales", "/accessibilite")
FOR_PROGRAMS = ("/robots.txt",)
CHAPTER = "alertes"
# Incidents a group: counted from the oldest, so that new ones move nothing to another.
SPAN = 1000


def groups(session: Session, now: datetime) -> Iterator[Group]:
    """Home and what is few, the alerts, the CAP documents."""
    lines, documents = list(publicity.lines(session, now)), _cap_documents()
    yield Group("pages", pulse(session, now), lambda: _few(session, now, lines))
    for number in range(0, len(lines), SPAN):
        part = [(line, _line_stamp(line, documents)) for line in lines[number : number + SPAN]]
        stamp = sha256(" ".join(stamp for _, stamp in part).encode()).hexdigest()
        yield Group(f"{CHAPTER}-{number // SPAN}", stamp, partial(_alerts, part))
    yield Group("cap", repr(documents) + _index_time(), lambda: _documents(documents), mapped=False)


def pulse(session: Session, now: datetime) -> str:
    """Alerts, CAP files, and the minute that the home page names."""
    return f"{now.replace(second=0, microsecond=0).isoformat()} {publicity.pulse(session, now)} {_index_time()}"


def _few(session: Session, now: datetime, lines: list[Line]) -> Iterator[Page]:
    minute = now.replace(second=0, microsecond=0)
    yield Page("/", f"{minute.isoformat()} {pulse(session, now)}", minute, lists=True, mapped=True)
    for address in STANDING:
        yield Page(address, mapped=True)
    yield Page("/hors-service")  # nobody looks for it
    for address in FOR_PROGRAMS:
        yield Page(address, spoken=False)
    yield Page("/.well-known/security.txt", f"{now.astimezone(UTC):%Y-%m}", spoken=False)
    with current_app.test_request_context():
        yield Page(assets.address("icon.svg"), spoken=False)
    yield from _archive(lines)


def _documents(documents: dict[str, str]) -> Iterator[Page]:
    for name, time in documents.items():
        yield Page(f"/cap/{name}", time, spoken=False)
    if cap_feed() is not None:
        yield Page("/cap/index.atom", _index_time(), spoken=False, lists=True)


def _line_stamp(line: Line, documents: dict[str, str]) -> str:
    return " ".join(f"{each.stamp}{' cap' if f'{each.identifier}.xml' in documents else ''}" for each in line)


def _alerts(part: list[tuple[Line, str]]) -> Iterator[Page]:
    for line, stamp in part:
        changed = max(message.changed for message in line)
        for message in line:
            yield Page(f"/alertes/{message.identifier}", stamp, changed, mapped=True)


def _archive(lines: list[Line]) -> Iterator[Page]:
    newest = newest_block(len(lines))
    blocks = {f"/archives/{number}": lines[(number - 1) * PER_PAGE : number * PER_PAGE] for number in range(1, newest)}
    blocks["/archives"] = lines[(newest - 1) * PER_PAGE :]
    for address, block in blocks.items():
        # The last page also says whether there is an earlier one.
        stamp = " ".join([*(line[-1].stamp for line in block), str(newest > 1)])
        changed = max((line[-1].changed for line in block), default=None)
        yield Page(address, stamp, changed, lists=True, mapped=True)


def _cap_documents() -> dict[str, str]:
    """The names of the CAP files with their times."""
    feed = cap_feed()
    if feed is None or not feed.directory.is_dir():
        return {}
    with os.scandir(feed.directory) as entries:
        return {each.name: str(each.stat().st_mtime_ns) for each in entries if each.name.endswith(".xml")}


def _index_time() -> str:
    feed = cap_feed()
    return _time_of(feed.directory / "index.atom") if feed else ""


def _time_of(path: Path) -> str:
    try:
        return str(path.stat().st_mtime_ns)
    except OSError:
        return ""
