"""Published versions are numbered, immutable and read back as they were, on both engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from flask import Flask

from hub.kernel.db import reading, transaction
from hub.kernel.errors import NotFound
from hub.message_maps import versions
from hub.message_maps.model import Situation
from hub.message_maps.model_json import from_json, to_json
from hub.message_maps.models import SituationVersion
from hub.message_maps.readiness import approved, obstacles
from tests.message_maps.samples import changed, flood, text

NOW = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)
OTHER = {text("act.first", "x", "fr"): "[H]AUTRE CRUE"}


@pytest.fixture
def app_context(both_engines_app: Flask):
    with both_engines_app.app_context():
        with transaction() as session:
            session.query(SituationVersion).delete()
        yield


def publish(*situations: Situation) -> list[str]:
    with transaction() as session:
        return [row.id for row in versions.publish(session, situations, now=NOW, actor_name="Ada")]


def test_json_round_trip() -> None:
    content = to_json(flood())
    assert from_json(json.loads(json.dumps(content))) == flood()
    assert to_json(from_json(content)) == content


def test_a_version_is_published_once(app_context: None) -> None:
    assert publish(flood()) == ["nat.flood@1"]
    assert publish(flood()) == []
    assert publish(changed(OTHER)) == ["nat.flood@2"]
    assert publish(changed(OTHER)) == []


def test_going_back_is_a_new_version(app_context: None) -> None:
    publish(flood())
    publish(changed(OTHER))
    assert publish(flood()) == ["nat.flood@3"]
    assert versions.get(reading(), "nat.flood@3") == flood()


def test_old_versions_stay_as_they_were(app_context: None) -> None:
    publish(flood())
    publish(changed(OTHER))
    session = reading()
    assert versions.get(session, "nat.flood@1") == flood()
    assert versions.find(session, "nat.flood") == ("nat.flood@2", changed(OTHER))
    assert versions.current(session) == [("nat.flood@2", changed(OTHER))]


def test_the_current_maps_are_in_the_order_of_family_and_title(app_context: None) -> None:
    later = changed({("id",): "nat.a", ("title",): {"fr": "Zone inondée", "en": "Flooded"}})
    other = changed({("id",): "com.siren", ("family",): "communication"})
    publish(flood(), later, other)
    assert [each.id for _, each in versions.current(reading())] == ["com.siren", "nat.flood", "nat.a"]


def test_a_retired_map_is_no_longer_offered(app_context: None) -> None:
    publish(flood())
    publish(changed({("status",): "retired"}))
    assert versions.current(reading()) == []
    assert approved(versions.get(reading(), "nat.flood@1"))


@pytest.mark.parametrize("name", ["nat.flood@9", "", "' OR 1=1 --", "\u202e"])
def test_what_is_not_there_is_not_found(app_context: None, name: str) -> None:
    with pytest.raises(NotFound):
        versions.get(reading(), name)
    with pytest.raises(NotFound):
        versions.find(reading(), name)


def test_who_published_when(app_context: None) -> None:
    publish(flood())
    row = reading().get(SituationVersion, "nat.flood@1")
    assert row is not None
    assert (row.number, row.published_by, row.published_at) == (1, "Ada", NOW)


def test_two_publications_at_once_give_one_version(both_engines_app: Flask, app_context: None) -> None:
    gate, found = Barrier(4), []

    def run() -> None:
        with both_engines_app.app_context():
            gate.wait()
            found.append(publish(flood()))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [[], [], [], ["nat.flood@1"]]


def test_a_version_from_the_time_when_messages_named_facts_is_still_read() -> None:
    content = to_json(flood())
    for key in ("actions", "aliases", "accepted"):
        del content[key]
    content["facts"] = [{"id": "B1", "text": {"fr": "Montez", "en": "Go upstairs"}, "source": "S1"}]
    for message in content["messages"]:
        message["facts"] = ["B1"] if message.pop("actions") else []
        del message["draft"]
    for blank in content["placeholders"]:
        del blank["number"]
    situation = from_json(content)
    message = situation.message("act.first")
    assert [action.text["en"].source for action in situation.actions_of(message)] == ["Go upstairs"]
    assert obstacles(situation, message) == ()
    assert from_json(to_json(situation)) == situation
