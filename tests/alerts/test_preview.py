"""What an officer sees before sending: complete, exact, and every fault at once."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import marshmallow as ma
import pytest
import sqlalchemy as sa
from lxml import etree

from hub.alerts import service
from hub.alerts.errors import StalePreview
from hub.channels.contract import Channel, ChannelAdapter, PermanentChannelError
from hub.dispatch.models import destinations
from hub.kernel.db import db, reading, transaction
from hub.kernel.errors import InvalidInput, NotFound
from hub.kernel.phrase import Phrase
from hub.message_maps.model import State
from tests.alerts.conftest import BLANKS, FIRST, publish

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
RING = [[0.15, 49.47], [0.2, 49.47], [0.2, 49.5], [0.15, 49.5], [0.15, 49.47]]
DRAWN = json.dumps({"type": "Polygon", "coordinates": [RING]})


def cap_texts(preview, path):
    return etree.fromstring(preview.message.cap_xml.encode()).xpath(path + "/text()", namespaces=CAP)


def faults_of(town, **changes):
    with pytest.raises(InvalidInput) as refusal:
        town.preview(**changes)
    return {fault.field: str(fault.phrase) for fault in refusal.value.faults}


def test_a_preview_writes_nothing(any_town):
    def rows():
        counts = {}
        for table in db.metadata.sorted_tables:
            counts[table.name] = reading().scalar(sa.select(sa.func.count()).select_from(table))
        return counts

    before = rows()
    any_town.preview()
    reading().rollback()
    assert rows() == before
    assert before["alert"] == 0
    assert any_town.rings == []


def test_a_preview_shows_every_channel_as_it_will_be(town):
    preview = town.preview()
    assert [carried.channel.id for carried in preview.carried] == ["flux-cap", "essai", "reel"]
    assert [carried.destinations for carried in preview.carried] == [1, 1, 1]
    assert all(carried.parts for carried in preview.carried)
    assert set(preview.bodies) == {"flux-cap", "essai", "reel"}
    assert "MONTEZ À L'ÉTAGE" in str(preview.bodies["essai"])
    assert preview.left_out == ()


def test_the_cap_document_of_a_first_alert(town):
    preview = town.preview()
    draft = preview.draft
    assert cap_texts(preview, "/c:alert/c:identifier") == [draft.identifier]
    assert cap_texts(preview, "/c:alert/c:sent") == ["2026-11-21T17:40:00+01:00"]
    assert cap_texts(preview, "/c:alert/c:status") == ["Actual"]
    assert cap_texts(preview, "/c:alert/c:msgType") == ["Alert"]
    assert cap_texts(preview, "/c:alert/c:references") == []
    assert cap_texts(preview, "/c:alert/c:note") == []
    assert cap_texts(preview, "/c:alert/c:incidents") == [draft.identifier]
    assert cap_texts(preview, "//c:language") == ["fr-FR", "en-GB"]
    assert cap_texts(preview, "//c:category") == ["Met", "Met"]
    assert cap_texts(preview, "//c:responseType") == ["Shelter", "Avoid"] * 2
    assert cap_texts(preview, "//c:eventCode/c:valueName") == ["OET:v1.2"] * 2
    assert cap_texts(preview, "//c:eventCode/c:value") == ["OET-081"] * 2
    assert cap_texts(preview, "//c:effective") == ["2026-11-21T17:40:00+01:00"] * 2
    assert cap_texts(preview, "//c:expires") == ["2026-11-21T23:40:00+01:00"] * 2
    assert cap_texts(preview, "//c:web") == [f"http://127.0.0.1:8000/alertes/{draft.identifier}"] * 2
    assert cap_texts(preview, "//c:contact") == ["02 35 00 00 00"] * 2
    assert cap_texts(preview, "//c:areaDesc") == ["Bas-Bourg, rue du Port (Rivemont)"] * 2
    assert cap_texts(preview, "//c:geocode/c:valueName") == ["INSEE"] * 2
    assert cap_texts(preview, "//c:geocode/c:value") == ["76901"] * 2


def test_a_drawn_area_is_a_cap_polygon_with_the_latitude_first(town):
    preview = town.preview(communes=(), geojson=DRAWN)
    expected = "49.47,0.15 49.47,0.2 49.5,0.2 49.5,0.15 49.47,0.15"
    assert cap_texts(preview, "//c:polygon") == [expected] * 2
    assert cap_texts(preview, "//c:geocode") == []


def test_an_exercise_is_marked_everywhere_and_reaches_only_its_channels(town):
    preview = town.preview(exercise=True)
    assert cap_texts(preview, "/c:alert/c:status") == ["Exercise"]
    assert (
        "EXERCICE EXERCICE EXERCICE: Crue d'un cours d'eau, Rivemont, 2026-11-21" in cap_texts(preview, "//c:note")[0]
    )
    assert all("EXERC" in headline for headline in cap_texts(preview, "//c:headline"))
    assert set(preview.bodies) == {"flux-cap", "essai"}
    assert [(channel, str(reason)) for channel, reason in preview.left_out] == [
        ("reel", "This channel is not open to exercises.")
    ]
    for languages in preview.content.texts.values():
        assert all(text.text.startswith("EXERC") and "EXERC" in text.text[-60:] for text in languages.values())


def test_every_fault_is_found_at_once(town):
    faults = faults_of(
        town, blanks={"zones": "<", "typo": "x"}, communes=(), expires="yesterday", channels=("essai", "fax", "telex")
    )
    assert {"blanks.riviere.fr", "blanks.riviere.en", "blanks.zones", "blanks.heure_fin", "blanks.prochain"} <= set(
        faults
    )
    assert {"blanks.typo", "area", "expires", "channels"} <= set(faults)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"blanks": {**BLANKS, "zones": ""}}, "blanks.zones", "fill this in"),
        ({"blanks": {**BLANKS, "zones": "x\u202ey"}}, "blanks.zones", "invisible"),
        ({"blanks": {**BLANKS, "zones": "a\0"}}, "blanks.zones", "control character"),
        ({"blanks": {**BLANKS, "zones": "\ud800"}}, "blanks.zones", "control character"),
        ({"blanks": {**BLANKS, "zones": "@everyone"}}, "blanks.zones", "@"),
        ({"blanks": {**BLANKS, "zones": "x" * 10_000}}, "blanks.zones", "at most"),
        ({"blanks": {**BLANKS, "prochain": "17:30"}}, "blanks.prochain", "just passed"),
        ({"blanks": {**BLANKS, "prochain": "19:30"}}, "blanks.prochain", "within 60 minutes"),
        ({"blanks": {**BLANKS, "\ud800": "x"}}, "blanks.\ud800", "no such blank"),
        ({"communes": ()}, "area", "no default"),
        ({"geojson": DRAWN}, "area", "not both"),
        ({"communes": ("75056",)}, "communes", "not a commune"),
        ({"communes": (), "geojson": "{"}, "geojson", "cannot be read"),
        ({"expires": "2026-11-21T17:00"}, "expires", "future"),
        ({"expires": "2026-12-21T17:00"}, "expires", "72 hours"),
        ({"channels": ()}, "channels", "at least one"),
        ({"channels": ("fax",)}, "channels", "no channel fax"),
        ({"channels": ("reel",), "exercise": True}, "channels", "carries this message"),
        ({"message_id": "act.update"}, "message", "follow-up of an earlier alert"),
    ],
)
def test_each_fault_names_its_field(town, changes, field, words):
    faults = faults_of(town, **changes)
    assert list(faults) == [field]
    assert words in faults[field]


@pytest.mark.parametrize("inert", ["{{7*7}}", "<script>", "[S] x", "{riviere}", "=HYPERLINK(1)"])
def test_what_looks_like_code_stays_text(town, inert):
    preview = town.preview(blanks={**BLANKS, "zones": inert})
    assert inert in preview.content.texts["long"]["fr"].text
    assert inert in cap_texts(preview, "//c:areaDesc")[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"situation_id": "nat.flood.sea"},
        {"situation_id": ""},
        {"situation_id": "\0"},
        {"situation_id": "\ud800"},
        {"message_id": "act.nothing"},
        {"message_id": "\0"},
        {"follows": "0" * 32},
        {"follows": "\0"},
        {"follows": "../../etc"},
    ],
)
def test_what_does_not_exist_is_not_found(any_town, changes):
    with pytest.raises(NotFound):
        any_town.preview(**changes)


@pytest.mark.parametrize("status", [State.DRAFT, State.REVIEW, State.RETIRED])
def test_a_map_that_nobody_approved_cannot_alert(town, settings, clock, status):
    publish(settings, clock, lambda situation: replace(situation, status=status))
    assert "not approved" in faults_of(town)["situation"]


def test_a_map_published_meanwhile_makes_the_preview_stale(town, settings, clock):
    draft = town.preview().draft
    publish(settings, clock, lambda situation: replace(situation, version=99))
    with pytest.raises(StalePreview, match="have changed"):
        service.preview(town.desk, draft)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, datetime(2026, 11, 21, 22, 40, tzinfo=UTC)),  # six hours, as the level says
        ({"blanks": {**BLANKS, "heure_fin": "03:00"}}, datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),  # as the text says
        ({"expires": "2026-11-21T20:00"}, datetime(2026, 11, 21, 19, 0, tzinfo=UTC)),  # as the officer says
    ],
)
def test_there_is_always_an_end(town, changes, expected):
    assert town.preview(**changes).content.expires == expected


def test_settling_fills_in_what_is_missing_once(town):
    draft = town.preview().draft
    assert (len(draft.identifier), draft.sent, draft.version_id) == (32, town.clock.now(), "nat.flood.river@1")
    town.clock.advance(59.9)
    again = service.preview(town.desk, draft)
    assert again.draft == draft


def test_the_same_draft_has_the_same_digest(town):
    preview = town.preview()
    with transaction() as session:
        session.execute(
            sa.insert(destinations).values(
                channel_id="essai", address="x", label="x", host="x", enabled=True, created_at=town.clock.now()
            )
        )
    again = service.preview(town.desk, preview.draft)
    assert again.digest == preview.digest, "a new subscriber does not make a confirmation stale"
    assert [carried.destinations for carried in again.carried] == [1, 2, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"blanks": {**BLANKS, "zones": "Bas-Bourg"}},
        {"blanks": {**BLANKS, "heure_fin": "23:01"}},
        {"communes": ("76902",)},
        {"communes": (), "geojson": DRAWN},
        {"expires": "2026-11-21T23:41"},
        {"channels": ("flux-cap", "essai")},
        {"exercise": True},
        {
            "message_id": "evacuate.first",
            "blanks": {**BLANKS, "prochain": "18:00", "accueil.fr": "a", "accueil.en": "a"},
        },
        {"identifier": "0" * 32},
        {"sent": datetime(2026, 11, 21, 16, 41, tzinfo=UTC)},
    ],
)
def test_whatever_changes_changes_the_digest(town, change):
    preview = town.preview()
    assert service.preview(town.desk, replace(preview.draft, **change)).digest != preview.digest


class NarrowChannel(ChannelAdapter):
    """A channel that carries nothing longer than its setting."""

    kind = "narrow"
    label = Phrase("Narrow")
    form = "sms"
    multilingual = True
    single = True
    idempotent = True
    settings_schema = ma.Schema

    def render(self, message):
        text = message.texts["sms"]["fr"].text
        if len(text) > self.settings["longest"]:
            raise PermanentChannelError(Phrase("too long by %(over)s", over=len(text) - self.settings["longest"]))
        return {"text": text}

    def preview(self, body):
        return []

    def send(self, outgoing):
        raise AssertionError


@pytest.mark.parametrize(("limits", "refusing"), [((1, 2), ["a", "b"]), ((1, 10_000), ["a"])])
def test_a_channel_that_cannot_carry_the_text_is_a_fault_of_its_own(town, limits, refusing):
    narrow = {
        name: Channel(name, "narrow", name, True, ("fr",), NarrowChannel(name, {"longest": limit}, ("fr",), None))
        for name, limit in zip("ab", limits, strict=True)
    }
    desk = replace(town.desk, channels={**town.desk.channels, **narrow})
    with pytest.raises(InvalidInput) as refusal:
        service.preview(desk, replace(FIRST, channels=("essai", "a", "b")))
    assert [fault.field for fault in refusal.value.faults] == [f"channels.{name}" for name in refusing]
    assert "too long by" in str(refusal.value.faults[0].phrase)
