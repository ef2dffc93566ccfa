"""A release brings new map files: they never overwrite what a town has decided or is writing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.kernel.db import reading, transaction
from hub.message_maps import versions
from hub.message_maps.drafts import queries, shipped, workflow
from hub.message_maps.drafts.shipped import Arrived
from hub.message_maps.model import Situation
from tests.message_maps.drafts.samples import ANNE, BILL, HUB, ID, NOW, approve, document, put, state, submit
from tests.message_maps.samples import changed, flood, text

NEW_X = text("act.first", "x", "fr")
NEWER = changed({NEW_X: "[S]Mairie: [H]CRUE"})


@pytest.fixture(autouse=True)
def here(app):
    with app.app_context():
        arrive(flood())
        yield


def arrive(situation: Situation) -> Arrived:
    with transaction() as session:
        return shipped.take_in(session, [situation], actor=HUB, now=NOW)


def approve_a_title(title: str = "Crue") -> None:
    draft = queries.find(reading(), ID)
    content = document(title={"fr": title, "en": "Flood"})
    put(content, expected=draft.revision if draft and draft.is_open else None)
    submit()
    approve()


def of_the_draft(path: str) -> str:
    content = queries.get_open(reading(), ID).document
    first = next(each for each in content["messages"] if each["id"] == "act.first")
    return content["situation"]["title"]["fr"] if path == "title" else first["variants"]["x"]["fr"]


def test_where_the_town_decided_nothing_a_file_is_in_force_at_once() -> None:
    assert [version.id for version in arrive(NEWER).published] == ["nat.flood@2"]
    assert arrive(NEWER) == Arrived((), (), ())
    assert state() == ""


def test_where_the_town_has_its_own_version_a_file_becomes_a_draft_that_keeps_its_words() -> None:
    approve_a_title()
    assert arrive(flood()) == Arrived((), (), ())
    assert arrive(NEWER).drafted == (ID,)
    assert versions.newest_id(reading(), ID) == "nat.flood@2"
    assert (of_the_draft("title"), of_the_draft("x")) == ("Crue", "[S]Mairie: [H]CRUE")
    draft = queries.get_open(reading(), ID)
    assert (draft.origin, draft.state, draft.authors) == ("file", "draft", (HUB,))
    assert arrive(NEWER) == Arrived((), (), ())


def test_where_a_file_changes_the_same_as_the_town_the_draft_proposes_it_and_says_so() -> None:
    approve_a_title()
    assert arrive(replace(NEWER, title={"fr": "Débordement", "en": "Flood"})).drafted == (ID,)
    assert of_the_draft("title") == "Débordement"
    assert versions.find(reading(), ID)[1].title["fr"] == "Crue"
    assert queries.get_open(reading(), ID).notes[0]["places"] == ["situation.title"]


def test_a_file_waits_until_the_towns_draft_is_closed() -> None:
    approve_a_title()
    put(document(title={"fr": "Montée des eaux", "en": "Flood"}))
    assert arrive(NEWER).waiting == (ID,)
    assert arrive(NEWER) == Arrived((), (), ())
    assert shipped.waits(reading(), ID)
    submit()
    assert approve() == "nat.flood@3"
    assert (of_the_draft("title"), of_the_draft("x")) == ("Montée des eaux", "[S]Mairie: [H]CRUE")
    assert not shipped.waits(reading(), ID)


def test_a_files_draft_that_was_given_up_does_not_come_again() -> None:
    approve_a_title()
    arrive(NEWER)
    with transaction() as session:
        revision = queries.get_open(session, ID).revision
        workflow.discard(session, ID, actor=BILL, now=NOW, expected=revision)
    assert arrive(NEWER) == Arrived((), (), ())
    assert arrive(changed({NEW_X: "[S]Mairie: [H]CRUE 2"})).drafted == (ID,)


def test_a_draft_begun_before_a_file_arrived_takes_it_over() -> None:
    put(document(title={"fr": "Crue", "en": "Flood"}))
    assert [version.id for version in arrive(NEWER).published] == ["nat.flood@2"]
    assert of_the_draft("title") == "Crue"
    with transaction() as session:
        _, clashes = workflow.rebase(session, ID, actor=ANNE, now=NOW, expected=1)
    assert clashes == ()
    assert (of_the_draft("title"), of_the_draft("x")) == ("Crue", "[S]Mairie: [H]CRUE")
