"""How far a publication is: as a fragment, and as a stream of server-sent events."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Flask, Response, current_app, g, render_template
from flask.typing import ResponseReturnValue

from hub.channels.contract import Body, PreviewPart
from hub.dispatch import doubts, queries
from hub.dispatch.queries import ChannelProgress, DeliveryRow, Progress
from hub.dispatch.states import DeliveryState
from hub.kernel.db import reading
from hub.kernel.errors import Unavailable
from hub.kernel.phrase import Phrase
from hub.web.console.blueprint import blueprint
from hub.web.console.confirmation import label_of
from hub.web.console.publication import page_of
from hub.web.language import current
from hub.web.parts import parts
from hub.web.security import access

# Each stream holds one thread of the server. Beyond this many, pages fall back on polling by themselves.
STREAMS = 8
PAUSE_SECONDS = 1.0
ROUNDS = 30  # then the browser connects again: a session that has ended is noticed
STOP_POLLING = 286  # htmx's own status: swap this, then ask no more

STATES: Mapping[DeliveryState, Phrase] = {
    DeliveryState.DUE: Phrase("waiting"),
    DeliveryState.LEASED: Phrase("being sent"),
    DeliveryState.ACCEPTED: Phrase("accepted"),
    DeliveryState.FAILED: Phrase("FAILED"),
    DeliveryState.UNKNOWN: Phrase("UNKNOWN: perhaps sent"),
    DeliveryState.CANCELLED: Phrase("withdrawn before it left"),
    DeliveryState.EXPIRED: Phrase("not sent: the alert had ended"),
}
TROUBLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN)

_places = threading.BoundedSemaphore(STREAMS)


@dataclass(frozen=True, slots=True)
class Row:
    """One channel: its states in words, the latest time, a link to the far side, what went wrong."""

    label: str
    states: tuple[tuple[DeliveryState, Phrase], ...]
    time: datetime | None
    url: str
    error: Phrase | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A publication's progress as the templates show it."""

    total: int
    done: int
    finished: bool
    sentence: Phrase
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One delivery that a person must look at. ``page`` is where its publication is shown.

    ``attempted_at`` is when it was last tried. ``looking``: the hub is asking the far side by itself; ``looked`` is
    what the last look told. ``parts`` are what people read of the text, for whoever looks for it there.
    """

    id: int
    page: str
    channel: str
    destination: str
    state: DeliveryState
    state_text: Phrase
    error: Phrase | None
    attempted_at: datetime | None
    looking: bool
    looked: Phrase | None
    parts: tuple[PreviewPart, ...]


def read(identifier: str) -> Shown:
    """The progress of one publication, as the database has it now.

    Raises:
        NotFound: there is no such publication.
    """
    progress = queries.progress(reading(), identifier)
    return Shown(
        total=progress.total,
        done=progress.finished,
        finished=progress.done,
        sentence=_sentence(progress),
        rows=tuple(_row(channel) for channel in progress.channels),
    )


def trouble(rows: list[DeliveryRow]) -> list[Trouble]:
    """Those of the deliveries that failed, or may have failed."""
    rows = [row for row in rows if row.state in TROUBLE]
    texts = _Texts()
    known = doubts.asked(reading(), [row.id for row in rows])
    return [
        Trouble(
            id=row.id,
            page=page_of(row.publication_id),
            channel=label_of(row.channel_id),
            destination="" if row.address == "self" else row.label or row.address,
            state=row.state,
            state_text=STATES[row.state],
            error=row.error,
            attempted_at=known[row.id].attempted_at,
            looking=row.state == DeliveryState.UNKNOWN and known[row.id].looking,
            looked=known[row.id].reason if row.state == DeliveryState.UNKNOWN else None,
            parts=texts.of(row) if row.state == DeliveryState.UNKNOWN else (),
        )
        for row in rows
    ]


class _Texts:
    """What deliveries carry, each publication read once."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[str, Body]] = {}

    def of(self, row: DeliveryRow) -> tuple[PreviewPart, ...]:
        """The parts that people read; nothing of a channel that is no longer configured."""
        channel = parts().channels.get(row.channel_id)
        if channel is None:
            return ()
        if row.publication_id not in self._bodies:
            self._bodies[row.publication_id] = queries.frozen_bodies(reading(), row.publication_id)
        body = self._bodies[row.publication_id][row.channel_id]
        return tuple(part for part in channel.adapter.preview(body) if not part.for_machines)


def trouble_of(identifier: str) -> list[Trouble]:
    """The first deliveries in trouble of each channel of one publication."""
    progress = queries.progress(reading(), identifier)
    return trouble([row for channel in progress.channels for row in channel.deliveries])


@blueprint.get("/alerts/<identifier>/progress")
@access("alert.read")
def alert_progress(identifier: str) -> ResponseReturnValue:
    """The fragment, for polling; when all is finished htmx is told to stop."""
    shown = read(identifier)
    page = render_template("console/progress.html", progress=shown)
    return page, STOP_POLLING if shown.finished else 200


@blueprint.get("/alerts/<identifier>/trouble")
@access("alert.read")
def alert_trouble(identifier: str) -> ResponseReturnValue:
    """What needs a person, for polling."""
    found = trouble_of(identifier)
    page = render_template("console/trouble.html", trouble=found)
    over = read(identifier).finished and not any(item.looking for item in found)
    return page, STOP_POLLING if over else 200


@blueprint.get("/alerts/<identifier>/stream")
@access("alert.read")
def alert_stream(identifier: str) -> ResponseReturnValue:
    """Server-sent events: ``progress`` with the fragment whenever it has changed, ``finished`` at the end."""
    read(identifier)  # an unknown alert is told before the stream begins
    if not _places.acquire(blocking=False):
        raise Unavailable(Phrase("Too many pages follow alerts at this moment; this one asks every few seconds."))
    app = cast("Any", current_app)._get_current_object()  # noqa: SLF001 - Flask's documented way to keep it
    response = Response(_events(app, identifier, current()), content_type="text/event-stream; charset=utf-8")
    response.call_on_close(_places.release)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _events(app: Flask, identifier: str, language: str) -> Iterator[str]:
    """Each round has a context of its own, so that no database snapshot is held while nothing happens."""
    last = ""
    pause = threading.Event()
    for _ in range(ROUNDS):
        with app.app_context():
            g.language = language
            shown = read(identifier)
            page = render_template("console/progress.html", progress=shown)
        # Something is written in every round: it is how a closed browser is noticed.
        yield ": nothing new\n\n" if page == last else _event("progress", page)
        last = page
        if shown.finished:
            yield _event("finished", "")
            return
        pause.wait(PAUSE_SECONDS)


def _event(name: str, text: str) -> str:
    lines = "\n".join(f"data: {line}" for line in text.splitlines()) or "data:"
    return f"event: {name}\n{lines}\n\n"


def _sentence(progress: Progress) -> Phrase:
    accepted = progress.by_state.get(DeliveryState.ACCEPTED, 0)
    if not progress.total:
        return Phrase("There was nobody to send it to.")
    if not progress.done:
        return Phrase("Being sent: %(done)s of %(total)s finished.", done=progress.finished, total=progress.total)
    if accepted == progress.total:
        return Phrase("Finished: all %(total)s accepted.", total=progress.total)
    return Phrase("Finished: %(accepted)s of %(total)s accepted.", accepted=accepted, total=progress.total)


def _row(channel: ChannelProgress) -> Row:
    single = channel.total == 1
    return Row(
        label=label_of(channel.channel_id),
        states=tuple(
            (state, text if single else Phrase("%(count)s %(state)s", count=channel.by_state[state], state=text))
            for state, text in STATES.items()
            if channel.by_state.get(state)
        ),
        time=max((row.finished_at for row in channel.deliveries if row.finished_at), default=None),
        url=next((row.remote_url for row in channel.deliveries if row.remote_url), ""),
        error=next((row.error for row in channel.deliveries if row.error), None),
    )
