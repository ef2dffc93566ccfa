"""Destinations: added, closed, opened again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.channels.adapters.sms import Sms
from hub.channels.contract import Channel, UnknownOutcomeError
from hub.dispatch import destination_tables
from hub.dispatch.destination_tables import Fate
from hub.dispatch.destinations import add_destination, disable_destination, ensure_single_destinations
from hub.dispatch.models import destinations
from hub.dispatch.queries import destination_counts
from hub.kernel.db import reading
from hub.kernel.errors import Conflict, InvalidInput, NotFound
from hub.kernel.phrase import Phrase


def add(post, address="host/path", label="Fire brigade", channel_id="obedient"):
    with post.app.app_context():
        return add_destination(post.channels[channel_id], address, label, post.clock.now())


def disable(post, destination_id):
    with post.app.app_context():
        disable_destination(destination_id, post.clock.now())


def test_a_destination_is_added_with_its_bulkhead(post):
    destination_id = add(post, " host/path ")
    with post.app.app_context():
        row = reading().execute(sa.select(destinations)).one()
    assert (row.id, row.address, row.host, row.label, row.enabled) == (
        destination_id,
        "host/path",
        "host",
        "Fire brigade",
        True,
    )


@pytest.mark.parametrize(
    ("address", "label", "channel_id", "fields"),
    [
        ("nonsense", "Label", "obedient", ["address"]),
        ("", "", "obedient", ["address", "label"]),
        ("a/" + "x" * 2000, "Label", "obedient", ["address"]),
        ("a/1", "x" * 256, "obedient", ["label"]),
        ("a/1", "two\nlines", "obedient", ["label"]),
        ("a/1", "Label", "single", ["address"]),
    ],
)
def test_a_wrong_destination_is_refused_with_every_fault(post, address, label, channel_id, fields):
    with pytest.raises(InvalidInput) as refusal:
        add(post, address, label, channel_id)
    assert [fault.field for fault in refusal.value.faults] == fields


def test_the_same_destination_twice(post):
    destination_id = add(post)
    with pytest.raises(Conflict):
        add(post)
    disable(post, destination_id)
    assert add(post, label="Open again") == destination_id
    with post.app.app_context():
        assert destination_counts(reading()) == {"obedient": 1}


def test_a_number_is_kept_in_one_form_and_shown_nowhere(post, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_SMS", "password")
    known = {"gateway": "https://sms.example/send", "username": "u", "password": "env:HUB_SECRET_SMS", "sender": "Town"}
    adapter = Sms("sms", Sms.settings_schema().load(known), ("fr",), post.adapter().hub)
    post.channels["sms"] = Channel("sms", "sms", "SMS", True, ("fr",), adapter)
    add(post, "06 12 34 56 78", "", "sms")
    with pytest.raises(Conflict) as conflict:
        add(post, "+33612345678", "Anne Roy", "sms")
    table = b"Mobile;Nom\n612345678;Anne Roy\n33 7 12 34 56 79;0712345679\n0712345679;Ali\n3639;Taxi\n"
    with post.app.app_context():
        rows = destination_tables.look(reading(), post.channels["sms"], table).rows
    assert [(row.address, row.label, row.fate) for row in rows] == [
        ("+33612345678", "Anne Roy", Fate.PRESENT),
        ("+33712345679", "… 79", Fate.NEW),
        ("+33712345679", "Ali", Fate.REFUSED),
        ("3639", "Taxi", Fate.REFUSED),
    ]
    with post.app.app_context():
        row = reading().execute(sa.select(destinations)).one()
        logged = reading().execute(sa.select(AuditEntry.detail)).scalars().all()
    assert (row.address, row.label, row.host) == ("+33612345678", "… 78", "sms")
    assert len(logged) == 1
    assert "345678" not in str(logged) + str(conflict.value)


def test_nothing_more_goes_to_a_closed_destination(post):
    first, second = add(post, "a/1"), add(post, "b/1")
    post.publish("a1")
    disable(post, first)
    post.publish("a2")
    post.run()
    assert post.states("a1") == ["cancelled", "accepted"]
    assert [row.destination_id for row in post.rows("a2")] == [second]


def test_what_may_have_arrived_at_a_closed_destination_stays_a_doubt(post):
    destination_id = add(post, "a/1")

    def answer(_outgoing):
        raise UnknownOutcomeError(Phrase("no answer"))

    post.adapter().answer = answer
    post.publish()
    post.run()
    disable(post, destination_id)
    assert post.states() == ["unknown"]


def test_closing_what_does_not_exist(post):
    with pytest.raises(NotFound):
        disable(post, 99)


def test_each_account_has_its_one_destination_however_often_it_is_ensured(post):
    for _ in range(2):
        with post.app.app_context():
            ensure_single_destinations(post.channels.values(), post.clock.now())
    with post.app.app_context():
        found = reading().execute(sa.select(destinations.c.channel_id, destinations.c.address)).all()
    assert found == [("single", "self")]
