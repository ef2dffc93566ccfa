"""A register as a town would have it: answered and corrected, held, without a finding, true, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.kernel.db import reading, transaction
from hub.rumours import publishing, work
from hub.rumours.desk import RumourDesk
from hub.rumours.models import Event, Rumour
from hub.rumours.register.models import RegisterEntry
from hub.rumours.states import Response, VersionKind
from hub.rumours.verdicts import Verdict
from tests.conftest import FixedClock
from tests.rumours.answers import ANSWER
from tests.rumours.conftest import ANNE, Town
from tests.rumours.test_publishing import publish, written
from tests.web.furnished import CHANNELS, furnish

ONLY_REGISTER = replace(ANSWER, pattern="", blanks={}, channels=())
CORRECTED = replace(
    ANSWER,
    fact={"fr": "Le pont de la Lise tient, il est fermé.", "en": "The bridge over the Lise stands and is closed."},
    wrong={"fr": "Nous avions écrit qu'il est ouvert.", "en": "We had written that it is open."},
)
WATER = replace(
    ONLY_REGISTER,
    claim_reviewed={"fr": "L'eau du robinet est polluée", "en": "Tap water is polluted"},
    fact={"fr": "L'analyse de l'eau est en cours.", "en": "The water is being analysed."},
    warning={},
    myth={},
    why={},
    closing={},
    guidance={"fr": "Buvez de l'eau en bouteille.", "en": "Drink bottled water."},
)
LOOTERS = replace(
    ONLY_REGISTER,
    claim_reviewed={"fr": "=CMD() <b>Des pillards</b> </script> rue du Port", "en": "Looters in rue du Port"},
    fact={"fr": "=1+1 Aucun vol n'est signalé.", "en": "No theft is reported."},
    warning={},
    myth={},
    why={"fr": "La gendarmerie n'a reçu aucun appel. <script>alert(1)</script>", "en": "No call was received."},
    closing={},
    guidance={"fr": "Signalez ce que vous voyez au 17.", "en": "Report what you see to 17."},
)


@dataclass
class Register:
    """The application, and its rumours by a short name."""

    app: Flask
    town: Town
    ids: dict[str, str]


def build(town: Town) -> None:
    with transaction() as session:
        title = {"fr": "Crue de la Lise", "en": "Flood of the Lise"}
        session.add(Event(id="crue-2026", title=title, began_at=town.clock.now()))
    bridge = answered(town, ANSWER, Verdict.FALSE, Response.TARGETED, event_id="crue-2026")
    water = written(town, WATER, Response.REGISTER, Verdict.NOT_KNOWN_YET)
    shown = publishing.preview(town.desk, water, VersionKind.HOLDING)
    publishing.hold(town.desk, town.ref(water), shown.digest, actor=ANNE)
    answered(town, LOOTERS, Verdict.UNVERIFIABLE, communes=["76902"])
    answered(town, ONLY_REGISTER, Verdict.TRUE)
    gone = answered(town, ONLY_REGISTER, Verdict.MOSTLY_FALSE)
    again(town, gone, ONLY_REGISTER, Verdict.MOSTLY_FALSE, VersionKind.WITHDRAWAL)
    again(town, bridge, CORRECTED, Verdict.MISLEADING, VersionKind.CORRECTION, Response.TARGETED)


def answered(town, answer, verdict, response=Response.REGISTER, **place) -> str:
    rumour_id = written(town, answer, response, verdict)
    if place:
        with transaction() as session:
            session.execute(sa.update(Rumour).where(Rumour.id == rumour_id).values(**place))
    publish(town, rumour_id)
    town.clock.advance(60)
    return rumour_id


def again(town, rumour_id, answer, verdict, kind, response=Response.REGISTER) -> None:
    town.clock.advance(600)
    work.reopen(town.desk, town.ref(rumour_id), "Il y a du nouveau.", actor=ANNE)
    written(town, answer, response, verdict, rumour_id)
    publish(town, rumour_id, kind)


@pytest.fixture
def overrides(tmp_path):
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS, encoding="utf-8")
    return {"channels": {"file": str(file)}}


@pytest.fixture
def register(app, clock, stages) -> Register:
    hub = app.extensions["hub"]
    # The hour before the test's: what a test publishes itself is newer.
    past = FixedClock(clock.now() - timedelta(hours=1))

    def made() -> None:
        furnish(app, past)
        build(Town(RumourDesk(hub.settings, past, hub.channels, lambda: None), past))

    stages.enter(app, "register", made)
    with app.app_context():
        rows = sa.select(RegisterEntry.rumour_id, RegisterEntry.verdict, RegisterEntry.kind)
        found = {
            row.kind if row.kind == "withdrawal" else row.verdict: row.rumour_id for row in reading().execute(rows)
        }
    names = {
        "misleading": "bridge",
        "not_known_yet": "water",
        "unverifiable": "looters",
        "true": "open",
        "withdrawal": "gone",
    }
    ids = {names[verdict]: rumour_id for verdict, rumour_id in found.items()}
    return Register(app, Town(RumourDesk(hub.settings, clock, hub.channels, lambda: None), clock), ids)
