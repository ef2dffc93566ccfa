"""The register in the database: every change in the audit log, nothing deleted that a map needs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hub.audit.models import AuditEntry
from hub.identity.actor import Actor
from hub.kernel.db import reading, transaction
from hub.kernel.errors import Conflict, InvalidInput, NotFound
from hub.message_maps import versions
from hub.message_maps.model import Situation
from hub.message_maps.models import SituationVersion
from hub.message_maps.numbers import register
from hub.message_maps.numbers.entries import Entry
from tests.message_maps.numbers.test_entries import ENTRY
from tests.message_maps.samples import changed, flood

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
ANNE = Actor("officer", "o1", "Anne Martin")
TITLE = {"fr": "Crue de rivière", "en": "River flood"}


@pytest.fixture
def register_of(both_engines_app: Flask) -> Iterator[None]:
    """A hub without maps, on each engine in turn."""
    with both_engines_app.app_context():
        with transaction() as session:
            session.execute(sa.delete(SituationVersion))
        yield


def needing(key: str = "gas_emergency") -> Situation:
    """The sample with one more blank that the register fills."""
    blank: dict[str, Any] = {
        "name": "gaz",
        "type": "phone",
        "max": 14,
        "label": {"fr": "Urgence gaz", "en": "Gas emergency"},
        "example": {"fr": "08 00 00 00 00", "en": "08 00 00 00 00"},
        "hint": {},
        "required": True,
        "origin": None,
        "future": False,
        "next_update": False,
        "per_language": False,
        "values": [],
        "default": "",
        "corrects": None,
        "number": key,
    }
    return changed({("placeholders", 0): blank, ("area",): {"fr": "{zones}", "en": "{zones}"}})


def save(entry: Entry = ENTRY, **more: Any) -> Entry:
    with transaction() as session:
        return register.save(
            session, entry, languages=("fr", "en"), timezone="Europe/Paris", actor=ANNE, now=NOW, **more
        )


def publish(*situations: Situation) -> None:
    with transaction() as session:
        versions.publish(session, situations, now=NOW, actor_name="test")


def test_a_number_is_entered_changed_and_deleted(register_of: None) -> None:
    kept = save(fresh=True)
    assert register.entries(reading()) == [kept]
    with pytest.raises(InvalidInput, match="already a number"):
        save(fresh=True)
    save(replace(ENTRY, number="02 35 00 00 00"))
    reading().rollback()
    assert register.get(reading(), "gas_emergency").number == "02 35 00 00 00"
    with transaction() as session:
        register.delete(session, "gas_emergency", actor=ANNE, now=NOW)
    reading().rollback()
    assert register.entries(reading()) == []
    deeds = reading().execute(sa.select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.seq)).all()
    assert [tuple(row) for row in deeds] == [
        ("number.added", "gas_emergency"),
        ("number.changed", "gas_emergency"),
        ("number.deleted", "gas_emergency"),
    ]


def test_of_two_who_enter_one_key_at_once_the_second_is_told(both_engines_app: Flask, register_of: None) -> None:
    def enter() -> None:
        with both_engines_app.app_context():
            save(fresh=True)

    with ThreadPoolExecutor(1) as other:
        with transaction() as session:
            more: dict[str, Any] = {"languages": ("fr", "en"), "timezone": "Europe/Paris", "actor": ANNE, "now": NOW}
            register.save(session, ENTRY, fresh=True, **more)
            late = other.submit(enter)
            # Time for the other to stand before this row or this lock; without it the test still holds.
            wait([late], timeout=0.3)
        with pytest.raises(InvalidInput, match="already a number"):
            late.result(timeout=30)


def test_what_a_map_needs_is_known_and_kept(register_of: None) -> None:
    publish(needing())
    (need,) = register.needs(reading())
    assert (need.key, need.label["en"], need.titles) == ("gas_emergency", "Gas emergency", (TITLE,))
    save()
    with pytest.raises(Conflict, match="Crue de rivière"), transaction() as session:
        register.delete(session, "gas_emergency", actor=ANNE, now=NOW)
    publish(replace(flood(), version=3))
    reading().rollback()
    assert register.needs(reading()) == []


@pytest.mark.parametrize("key", ["gas", "", "\u202e", "' OR 1=1 --"])
def test_what_is_not_there_is_not_found(register_of: None, key: str) -> None:
    with pytest.raises(NotFound):
        register.get(reading(), key)
