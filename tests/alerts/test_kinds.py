"""What each kind of message is: in CAP, in the incident, on the channels; and what keeps one from being sent."""

from dataclasses import replace

import pytest
from lxml import etree

from hub.alerts import queries
from hub.alerts.states import State
from hub.kernel.db import reading, transaction
from hub.kernel.errors import InvalidInput
from hub.message_maps.model import Kind, Placeholder, PlaceholderType
from hub.message_maps.numbers import register
from hub.message_maps.numbers.entries import Entry
from hub.message_maps.tagged import parse
from tests.alerts.conftest import ACTOR, BLANKS, publish

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
EVACUATION = {**BLANKS, "prochain": "18:00", "accueil.fr": "le gymnase", "accueil.en": "the gym"}


def words(preview):
    document = etree.fromstring(preview.message.cap_xml.encode())
    return [
        document.xpath(f"string(//c:{name})", namespaces=CAP)
        for name in ("msgType", "urgency", "severity", "certainty", "responseType")
    ]


def with_first(change):
    """The shipped maps with another first alert of the flood."""

    def changed(situation):
        if situation.id != "nat.flood.river":
            return situation
        messages = [change(each) if each.id == "act.first" else each for each in situation.messages]
        return replace(situation, messages=tuple(messages))

    return changed


def published(town, change):
    publish(town.desk.settings, town.clock, with_first(change))


def debunked(message):
    variants = {form: texts for form, texts in message.variants.items() if form not in {"cap", "led"}}
    true = "[F]L'eau du robinet est potable. [W]Une rumeur dit le contraire."
    variants["long"] = {each: {"text": parse("[S]{autorite}. " + true)} for each in ("fr", "en")}
    return replace(message, kind=Kind.DEBUNK, variants=variants, followups={"correction": "act.correction"})


def test_nothing_new_is_an_update_of_the_same_level(town):
    first = town.send()
    preview = town.follow(first, "act.no_change", blanks=BLANKS)
    assert words(preview) == ["Update", "Immediate", "Severe", "Likely", "Shelter"]
    done = town.trigger(preview).identifier
    reading().rollback()
    assert (queries.get(reading(), first).state, queries.get(reading(), done).state) == (State.SUPERSEDED, State.OPEN)


def test_a_step_down_takes_the_words_of_the_lower_level_and_stays_open(town):
    graver = town.send(message_id="evacuate.first", blanks=EVACUATION)
    preview = town.follow(graver, "act.de_escalate", blanks=BLANKS)
    assert words(preview) == ["Update", "Immediate", "Severe", "Likely", "Shelter"]
    done = queries.get(reading(), town.trigger(preview).identifier)
    assert (done.level, done.state, done.kind) == ("act", State.OPEN, Kind.DE_ESCALATE)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("season.advice", ["Alert", "Future", "Minor"]),
        ("after.advice", ["Alert", "Past", "Minor"]),
    ],
)
def test_advice_before_and_after_opens_an_incident(town, message, expected):
    preview = town.preview(message_id=message, blanks={"zones": BLANKS["zones"]})
    assert words(preview)[:3] == expected
    assert queries.get(reading(), town.trigger(preview).identifier).state is State.OPEN


def test_recovery_that_follows_is_an_update(town):
    published(town, lambda message: replace(message, followups={"recovery": "after.advice"}))
    preview = town.follow(town.send(), "after.advice", blanks={"zones": BLANKS["zones"]})
    assert words(preview)[:2] == ["Update", "Past"]


def test_a_debunk_is_no_cap_alert(town):
    published(town, debunked)
    preview = town.preview()
    left_out = {channel: str(reason) for channel, reason in preview.left_out}
    assert list(left_out) == ["flux-cap"]
    assert "no alert" in left_out["flux-cap"]
    assert (preview.message.cap_xml, list(preview.bodies)) == ("", ["essai", "reel"])
    sent = queries.get(reading(), town.trigger(preview).identifier)
    assert (sent.cap_xml, sent.kind) == ("", Kind.DEBUNK)
    assert sent.headline["fr"] == "L'eau du robinet est potable."
    answers = {**BLANKS, "erreur": "rue du Port", "juste": "rue du Pont"}
    correction = town.follow(sent.identifier, "act.correction", blanks=answers)
    assert correction.message.cap_xml == "", "there is no CAP message that it could refer to"
    assert town.trigger(correction).created


def test_a_debunk_in_an_exercise_says_so_in_its_headline(town):
    published(town, debunked)
    sent = queries.get(reading(), town.send(exercise=True))
    assert sent.headline["en"].startswith("EXERCISE EXERCISE EXERCISE: ")


def test_a_debunk_needs_a_channel_that_is_not_for_dangers(town):
    published(town, debunked)
    with pytest.raises(InvalidInput, match="at least one that does"):
        town.preview(channels=("flux-cap",))


def test_the_text_in_simple_words_is_kept_with_the_alert(town):
    sent = queries.get(reading(), town.send())
    assert set(sent.simplified) == {"fr", "en"}
    assert "Bas-Bourg" in sent.simplified["fr"]


@pytest.mark.parametrize("name", ["act.first", "act.update"])
def test_a_draft_is_not_sent_and_says_why(town, name):
    first = town.send()

    def marked(situation):
        messages = tuple(replace(each, draft=each.id == name) for each in situation.messages)
        return replace(situation, messages=messages)

    publish(town.desk.settings, town.clock, marked)
    with pytest.raises(InvalidInput, match="message: This message is marked as a draft") as refusal:
        town.follow(town.send(), name) if name == "act.update" else town.preview()
    assert [fault.field for fault in refusal.value.faults] == ["message"]
    assert town.follow(first, "act.update", blanks=BLANKS).digest, "what was begun before is not stopped"


def test_an_action_that_lost_its_source_holds_its_messages_back(town):
    def unsourced(situation):
        return replace(situation, facts=tuple(replace(fact, source="") for fact in situation.facts))

    publish(town.desk.settings, town.clock, unsourced)
    with pytest.raises(InvalidInput, match="builds on no fact with a source"):
        town.preview()


def test_a_follow_up_that_is_a_draft_is_listed_with_its_reason(town):
    def marked(situation):
        return replace(situation, messages=tuple(replace(m, draft=m.id == "act.update") for m in situation.messages))

    publish(town.desk.settings, town.clock, marked)
    offered = {each.message.id: each for each in queries.follow_ups(reading(), town.send(), town.clock.now())}
    assert "draft" in str(offered["act.update"].obstacles[0])
    assert offered["act.cancel"].obstacles == ()


GAS = Placeholder(
    "gaz", PlaceholderType.PHONE, 14, {"fr": "Gaz", "en": "Gas"}, {"fr": "08 00 00 00 00"}, number="gas_emergency"
)


def ringing(situation):
    """The flood's first alert asks people to ring the gas emergency number of the register."""
    if situation.id != "nat.flood.river":
        return situation

    def rings(message):
        text = {each: {"text": parse("[S]{autorite}. [H]Crue. [G]Gaz : {gaz}.")} for each in ("fr", "en")}
        return replace(message, variants={**message.variants, "long": text})

    return replace(with_first(rings)(situation), placeholders={**situation.placeholders, "gaz": GAS})


def enter(town, checked_on):
    entry = Entry("gas_emergency", {"fr": "Gaz", "en": "Gas"}, "0800473333", {"fr": "x", "en": "x"}, checked_on, "Anne")
    site = town.desk.settings.site
    with transaction() as session:
        register.save(
            session, entry, languages=site.languages, timezone=site.timezone, actor=ACTOR, now=town.clock.now()
        )


def test_a_number_of_the_town_is_filled_in_or_named_as_missing(town):
    publish(town.desk.settings, town.clock, ringing)
    with pytest.raises(InvalidInput, match=r"blanks.gaz: the number “gas_emergency” is missing"):
        town.preview()
    with pytest.raises(InvalidInput, match="fills this in by itself"):
        town.preview(blanks={**BLANKS, "gaz": "02 35 00 00 00"})
    enter(town, town.clock.now().date())
    preview = town.preview()
    assert "Gaz : 08 00 47 33 33." in str(preview.bodies["essai"])
    assert preview.notes == ()
    assert town.trigger(preview).created


def test_a_number_that_nobody_rang_for_a_year_is_named(town):
    publish(town.desk.settings, town.clock, ringing)
    enter(town, town.clock.now().date().replace(year=2025, day=1))
    (note,) = town.preview().notes
    assert "08 00 47 33 33 (gas_emergency) was last checked on 2025-11-01" in str(note)
