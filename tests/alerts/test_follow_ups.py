"""Updates, corrections, escalations, all-clears and cancels: what each takes over, changes and ends."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from lxml import etree

from hub.alerts import queries, service
from hub.alerts.errors import AlreadyFollowed
from hub.alerts.states import State
from hub.dispatch.models import deliveries
from hub.kernel.db import reading
from hub.kernel.errors import InvalidInput
from hub.message_maps.model import State as MapState
from tests.alerts.conftest import ACTOR, BLANKS, publish

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
RING = [[0.15, 49.47], [0.2, 49.47], [0.2, 49.5], [0.15, 49.5], [0.15, 49.47]]
DRAWN = json.dumps({"type": "Polygon", "coordinates": [RING]})
ANSWERS = {
    "act.update": BLANKS,
    "act.correction": {**BLANKS, "erreur": "rue du Port", "juste": "rue du Pont"},
    "act.cancel": {"zones": BLANKS["zones"]},
    "act.all_clear": {key: BLANKS[key] for key in ("riviere.fr", "riviere.en", "zones")},
    "evacuate.first": {**BLANKS, "prochain": "18:00", "accueil.fr": "le gymnase", "accueil.en": "the gym"},
}


def follow(town, identifier, message_id, **changes):
    return town.follow(identifier, message_id, **{"blanks": ANSWERS[message_id], **changes})


def cap(preview, path):
    return etree.fromstring(preview.message.cap_xml.encode()).xpath(path + "/text()", namespaces=CAP)


def get(identifier):
    reading().rollback()
    return queries.get(reading(), identifier)


@pytest.mark.parametrize(
    ("message_id", "msg_type", "words", "first_becomes", "itself"),
    [
        ("act.update", "Update", ("Immediate", "Severe", "Likely", ["Shelter", "Avoid"]), State.SUPERSEDED, State.OPEN),
        (
            "act.correction",
            "Update",
            ("Immediate", "Severe", "Likely", ["Shelter", "Avoid"]),
            State.SUPERSEDED,
            State.OPEN,
        ),
        ("evacuate.first", "Update", ("Immediate", "Extreme", "Likely", ["Evacuate"]), State.SUPERSEDED, State.OPEN),
        ("act.all_clear", "Update", ("Past", "Minor", "Observed", ["AllClear"]), State.ENDED, State.ENDED),
        ("act.cancel", "Cancel", ("Past", "Minor", "Observed", ["None"]), State.CANCELLED, State.ENDED),
    ],
)
def test_each_follow_up(any_town, message_id, msg_type, words, first_becomes, itself):
    first = any_town.send()
    preview = follow(any_town, first, message_id)
    result = any_town.trigger(preview)
    assert result.created

    urgency, severity, certainty, response = words
    assert cap(preview, "/c:alert/c:msgType") == [msg_type]
    assert cap(preview, "/c:alert/c:references") == [f"alerte@rivemont.example,{first},2026-11-21T17:40:00+01:00"]
    assert cap(preview, "/c:alert/c:incidents") == [first]
    assert cap(preview, "//c:urgency") == [urgency] * 2
    assert cap(preview, "//c:severity") == [severity] * 2
    assert cap(preview, "//c:certainty") == [certainty] * 2
    assert cap(preview, "//c:responseType") == response * 2
    assert (preview.message.incident, preview.message.references) == (first, (first,))
    assert set(preview.bodies) == {"flux-cap", "essai", "reel"}

    assert get(first).state is first_becomes
    assert get(first).followed_by == result.identifier
    alert = get(result.identifier)
    assert (alert.state, alert.follows, alert.incident) == (itself, first, first)
    assert alert.area.outline == get(first).area.outline
    assert alert.references == (first,)


@pytest.mark.parametrize("message_id", ["act.correction", "act.cancel"])
def test_what_was_wrong_stops_leaving(any_town, message_id):
    first = any_town.send()
    any_town.trigger(follow(any_town, first, message_id))
    reading().rollback()
    states = reading().scalars(sa.select(deliveries.c.state).where(deliveries.c.publication_id == first)).all()
    assert states == ["cancelled"] * 3


@pytest.mark.parametrize("message_id", ["act.update", "evacuate.first", "act.all_clear"])
def test_what_was_right_still_leaves_and_the_follow_up_waits_for_it(any_town, message_id):
    first = any_town.send()
    second = any_town.trigger(follow(any_town, first, message_id)).identifier
    reading().rollback()
    rows = reading().execute(sa.select(deliveries).order_by(deliveries.c.id)).all()
    assert [row.state for row in rows] == ["due"] * 6
    by_destination = {row.destination_id: row.id for row in rows if row.publication_id == first}
    waiting = {row.destination_id: row.waits_for_id for row in rows if row.publication_id == second}
    assert waiting == by_destination


@pytest.mark.parametrize("end", ["act.cancel", "act.all_clear"])
@pytest.mark.parametrize("message_id", list(ANSWERS))
def test_an_incident_that_is_over_takes_no_more_messages(town, end, message_id):
    first = town.send()
    last = town.trigger(follow(town, first, end)).identifier
    with pytest.raises(AlreadyFollowed, match=last):
        follow(town, first, message_id)
    with pytest.raises((AlreadyFollowed, InvalidInput)):
        follow(town, last, message_id)
    assert queries.follow_ups(reading(), last, town.clock.now()) == []
    assert queries.follow_ups(reading(), first, town.clock.now()) == []


def test_only_the_last_message_is_followed(town):
    first = town.send()
    second = town.trigger(follow(town, first, "act.update")).identifier
    with pytest.raises(AlreadyFollowed, match=second):
        follow(town, first, "act.update")
    assert town.trigger(follow(town, second, "act.correction")).created


def test_only_the_message_s_own_follow_ups_can_follow_it(town):
    first = town.send()
    with pytest.raises(InvalidInput) as refusal:
        town.follow(first, "watch.update", blanks={**BLANKS, "heure_debut": "20:00"})
    assert [fault.field for fault in refusal.value.faults] == ["message"]


def test_references_name_all_that_has_not_expired_and_the_one_before(town):
    first = town.send(expires="2026-11-21T18:00")
    second = town.trigger(follow(town, first, "act.update", expires="2026-11-21T20:00")).identifier
    town.clock.advance(1200)  # 18:01, the first one has run out
    blanks = {**BLANKS, "prochain": "19:00"}
    third = town.trigger(town.follow(second, "act.update", blanks=blanks, expires="2026-11-21T19:00")).identifier
    town.clock.advance(3 * 3600)  # all have run out
    preview = follow(town, third, "act.all_clear")
    assert cap(preview, "/c:alert/c:references")[0].split(" ")[0].split(",")[1] == third
    assert preview.message.references == (first, second, third)
    assert get(third).references == (second,)


def test_a_follow_up_keeps_status_channels_and_area(town):
    first = town.send(exercise=True, channels=("essai", "reel"))
    preview = follow(town, first, "act.update", exercise=False, channels=("flux-cap", "reel"))
    assert preview.draft.exercise
    assert preview.message.status == "Exercise"
    assert set(preview.bodies) == {"essai"}
    assert "2026-11-21" in cap(preview, "//c:note")[0]


def test_a_channel_that_was_taken_away_is_left_out(town):
    first = town.send()
    without = {name: channel for name, channel in town.desk.channels.items() if name != "essai"}
    town.desk = replace(town.desk, channels=without)
    preview = follow(town, first, "act.cancel")
    assert set(preview.bodies) == {"flux-cap", "reel"}
    assert [(channel, str(reason)) for channel, reason in preview.left_out] == [
        ("essai", "This channel is no longer configured.")
    ]


def test_a_correction_may_bring_another_area_and_nothing_else_may(town):
    first = town.send()
    with pytest.raises(InvalidInput) as refusal:
        follow(town, first, "act.update", geojson=DRAWN)
    assert [fault.field for fault in refusal.value.faults] == ["area"]
    assert follow(town, first, "act.update", communes=("76901",)).area.outline == get(first).area.outline
    corrected = town.trigger(follow(town, first, "act.correction", geojson=DRAWN)).identifier
    assert get(corrected).area.outline.polygons
    assert not get(corrected).area.outline.communes
    assert follow(town, corrected, "act.update").area.outline == get(corrected).area.outline


def test_a_correction_mends_what_it_repeats(town):
    first = town.send()
    preview = follow(town, first, "act.correction")
    assert preview.draft.blanks["zones"] == "Bas-Bourg, rue du Pont"
    assert preview.content.area.names["fr"] == "Bas-Bourg, rue du Pont (Rivemont)"
    assert all("rue du Port" not in area for area in cap(preview, "//c:areaDesc"))
    corrected = town.trigger(preview).identifier
    (offered,) = (
        each for each in queries.follow_ups(reading(), corrected, town.desk.clock.now()) if each.role == "update"
    )
    assert offered.draft.blanks["zones"] == "Bas-Bourg, rue du Pont"


def test_a_correction_that_still_says_the_wrong_thing_is_refused(town):
    first = town.send()
    wrong = {"erreur": "Bourg", "juste": "Haut-Bourg", "zones": "le Bourg, puis le Haut-Bourg et le Bourg"}
    with pytest.raises(InvalidInput) as refusal:
        follow(town, first, "act.correction", blanks={**BLANKS, **wrong})
    assert "blanks.zones" in [fault.field for fault in refusal.value.faults]


def test_a_correction_ends_when_the_alert_would_have(town):
    first = town.send(expires="2026-11-21T21:00")
    assert follow(town, first, "act.correction").content.expires == get(first).expires
    assert follow(town, first, "act.update").content.expires > get(first).expires


def test_a_follow_up_uses_the_map_that_the_alert_used(town, settings, clock):
    first = town.send()
    publish(settings, clock, lambda situation: replace(situation, status=MapState.RETIRED, version=2))
    preview = follow(town, first, "act.cancel")
    assert preview.draft.version_id == get(first).version_id == "nat.flood.river@1"
    assert town.trigger(preview).created, "a retired map does not keep anyone from taking back what was said"


def test_the_order_of_an_incident_survives_a_clock_that_was_set_back(town):
    first = town.send()
    town.clock.advance(-3600)
    preview = follow(town, first, "act.cancel")
    assert preview.draft.sent > get(first).sent
    assert town.trigger(preview).created


def test_an_alert_that_ran_out_can_still_be_ended(town):
    first = town.send(expires="2026-11-21T18:00")
    town.clock.advance(2 * 3600)
    assert town.trigger(follow(town, first, "act.all_clear")).created


def test_a_cancel_says_in_its_note_what_it_is(town):
    preview = follow(town, town.send(), "act.cancel")
    title = preview.content.message.title
    assert cap(preview, "//c:note") == [f"{title['fr']} / {title['en']}"]


def test_follow_ups_are_offered_with_the_answers_that_still_hold(town):
    first = town.send()
    town.clock.advance(3600)  # 18:40: the promised 18:30 has passed, 23:00 has not
    offered = {each.role: each for each in queries.follow_ups(reading(), first, town.clock.now())}
    assert list(offered) == ["correction", "update", "no_change", "escalate", "de_escalate", "all_clear", "cancel"]
    correction = offered["correction"]
    assert {blank.name for blank in correction.asked} == {
        "riviere",
        "zones",
        "heure_fin",
        "prochain",
        "erreur",
        "juste",
    }
    assert correction.draft.blanks == {key: BLANKS[key] for key in ("riviere.fr", "riviere.en", "zones", "heure_fin")}
    assert correction.draft.follows == first
    preview = service.preview(town.desk, offered["cancel"].draft)
    assert service.trigger(town.desk, preview.draft, preview.digest, ACTOR).created, "two clicks, nothing to type"


def test_a_second_correction_starts_without_the_words_of_the_first(town):
    first = town.send()
    changed = {**ANSWERS["act.correction"], "zones": "rue du Pont"}
    second = town.trigger(follow(town, first, "act.correction", blanks=changed)).identifier
    offered = {each.role: each for each in queries.follow_ups(reading(), second, town.clock.now())}
    assert offered["correction"].draft.blanks["zones"] == "rue du Pont"
    assert not {"erreur", "juste"} & set(offered["correction"].draft.blanks)
