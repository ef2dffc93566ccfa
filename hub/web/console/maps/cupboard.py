"""The paper cupboard: the last good sheets and numbers as files, for a day without the database.

A thread of the server looks after them once in a while, and makes them anew when a version or a number has changed.
While the database is away nobody can be looked up: then the signed cookie of a session is enough to read them. They
hold texts that are made to be published, and no name of anybody.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, render_template, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.channels.atomic import Busy, StagedFiles, WholeFile, writing_in
from hub.kernel.db import reading
from hub.kernel.errors import Forbidden, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps import versions
from hub.message_maps.numbers.register import by_key
from hub.web.console.blueprint import blueprint
from hub.web.console.maps.paper import sheet_pdf
from hub.web.errors import NotLoggedIn
from hub.web.language import current
from hub.web.parts import parts
from hub.web.security import TOKEN_KEY, access, present_officer

log = logging.getLogger(__name__)

FOLDER, LIST = "paper", "list.json"
# A look costs two queries.
LOOK_SECONDS = 600.0
# Between two sheets the other threads of the process have their turn.
BREATH_SECONDS = 0.02
AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
EXTENSION = "hub_paper"


class Cupboard:
    """The files of one application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @property
    def directory(self) -> Path:
        """Where they lie."""
        return Path(self._app.extensions["hub"].settings.data.directory) / FOLDER

    def start(self) -> None:
        """Starts the thread. To be called after a fork, in a process that serves."""
        threading.Thread(target=self._run, name="paper-cupboard", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                with self._app.app_context():
                    self.fill()
            except (OSError, SQLAlchemyError):
                log.exception("the sheets for a day without the database could not be made")
            time.sleep(LOOK_SECONDS)

    def fill(self) -> bool:
        """Makes the files anew if a version or a number has changed; in an application context.

        Returns:
            Whether anything was made.

        Raises:
            OSError: they could not be written; the earlier ones stay.
        """
        stamp = _stamp()
        if self.listed().get("stamp") == stamp:
            return False
        try:
            with writing_in(self.directory, 0):
                self._write(stamp)
        except Busy:  # another process is at it
            return False
        return True

    def _write(self, stamp: str) -> None:
        hub = self._app.extensions["hub"]
        session_, sheets = reading(), []
        for _, situation in versions.current(session_):
            for language in hub.settings.site.languages:
                name = f"{situation.id}.{language}.pdf"
                StagedFiles(self.directory, [WholeFile(name, self._sheet(situation.id, language))]).publish()
                sheets.append({"name": name, "title": situation.title.get(language, ""), "language": language})
                time.sleep(BREATH_SECONDS)
        numbers = [{"label": dict(each.label), "number": each.number} for each in by_key(session_).values()]
        made = {"stamp": stamp, "made_at": hub.clock.now().isoformat(), "sheets": sheets, "numbers": numbers}
        listed = json.dumps(made, ensure_ascii=False).encode()
        StagedFiles(self.directory, [WholeFile(LIST, listed)]).publish()
        kept = {sheet["name"] for sheet in sheets}
        for path in self.directory.glob("*.pdf"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _sheet(self, situation_id: str, language: str) -> bytes:
        with self._app.test_request_context(base_url=self._app.extensions["hub"].settings.site.base_url):
            g.language = language
            return sheet_pdf(situation_id)

    def listed(self) -> Mapping[str, Any]:
        """What there is: the moment, the sheets, the numbers. Empty when nothing was made yet."""
        try:
            found = json.loads((self.directory / LIST).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def init_app(app: Flask) -> None:
    """Gives the application its cupboard."""
    app.extensions[EXTENSION] = Cupboard(app)


def cupboard() -> Cupboard:
    """That of the present application."""
    found: Cupboard = current_app.extensions[EXTENSION]
    return found


@blueprint.get("/paper")
@access("anonymous")
def paper_cupboard() -> ResponseReturnValue:
    """What can be read and printed without the database."""
    away = _admit()
    listed = cupboard().listed()
    made_at = datetime.fromisoformat(listed["made_at"]) if listed else None
    sheets = [each for each in listed.get("sheets", ()) if each["language"] == current()]
    page = render_template(
        "console/maps/cupboard.html", away=away, made_at=made_at, sheets=sheets, numbers=listed.get("numbers", ())
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.get("/paper/<name>")
@access("anonymous")
def paper_sheet(name: str) -> ResponseReturnValue:
    """One sheet, as it was last made."""
    _admit()
    held = cupboard()
    if name not in {each["name"] for each in held.listed().get("sheets", ())}:
        raise NotFound(Phrase("There is no such sheet."))
    response = Response((held.directory / name).read_bytes(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _admit() -> bool:
    """Lets an officer in; whether the database is away, so that only the cookie's signature speaks for them.

    Raises:
        NotLoggedIn: there is no session.
        Forbidden: the role does not read the maps.
    """
    if not session.get(TOKEN_KEY):
        raise NotLoggedIn
    try:
        person = present_officer()
    except AWAY:
        g.person = None
        return True
    if person is None:
        raise NotLoggedIn
    if person.must_change_password or not person.may("map.read"):
        raise Forbidden(Phrase("Your role does not allow this. Ask an officer who may."))
    return False


def _stamp() -> str:
    """What the sheets are made of, by name."""
    return hashlib.sha256("\n".join(_ingredients()).encode()).hexdigest()


def _ingredients() -> Iterator[str]:
    found = reading()
    settings = parts().settings
    yield repr((settings.authority, settings.site.languages))
    yield from (version_id for version_id, _ in versions.current(found))
    yield from (f"{key} {entry.number} {dict(entry.label)}" for key, entry in sorted(by_key(found).items()))
