"""The read model of the register: kept while publishing, rebuilt alike, searched the same on both engines."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.kernel.db import reading, transaction
from hub.rumours import work
from hub.rumours.models import MatchDecision, Rumour, RumourVersion
from hub.rumours.register import writing
from hub.rumours.register.counting import facets
from hub.rumours.register.lines import lines
from hub.rumours.register.models import RegisterCommune, RegisterEntry
from hub.rumours.register.reading import Filter, changes, every, page, standing
from hub.rumours.register.statistics import Share, statistics
from hub.rumours.states import Workflow
from tests.rumours.answers import ANSWER
from tests.rumours.conftest import ANNE
from tests.rumours.test_publishing import publish, written

PARIS = "Europe/Paris"
TEXTS = {
    "r1": ("Le pont de la Lise est emporté", "false", "crue", ["76901"]),
    "r2": ("L'eau du robinet est polluée près de l'école", "not_known_yet", "crue", []),
    "r3": ("Des pillards à Saint-Aubin", "unverifiable", None, ["76902"]),
}


def put(session, rumour_id, clock, number=1, kind="answer", **changes):
    claim, verdict, event, communes = TEXTS[rumour_id]
    if session.get(Rumour, rumour_id) is None:
        session.add(
            Rumour(
                id=rumour_id, claim={"fr": claim}, communes=communes, created_at=clock.now(), changed_at=clock.now(),
                workflow="approved", weights={}, band="low", verdict=verdict, response="register", answer={},
            )
        )  # fmt: skip
        session.flush()
    answer = {"fact": {"fr": f"Non : {claim}", "en": "No."}, "guidance": {"fr": "Suivez la mairie."}}
    version = RumourVersion(
        **{
            "rumour_id": rumour_id, "number": number, "kind": kind, "verdict": verdict, "as_of": clock.now(),
            "published_at": clock.now(), "event_id": event, "communes": communes, "claim": {"fr": claim},
            "content": {"answer": answer}, "digest": "", "written_by": "Anne", "channels": [], **changes,
        }
    )  # fmt: skip
    session.add(version)
    session.flush()
    writing.publish(session, version, PARIS)
    return version.id


@pytest.fixture
def filled(any_desk, clock):
    with transaction() as session:
        for rumour_id in TEXTS:
            put(session, rumour_id, clock)
            clock.advance(60)
    return any_desk


def ids(found):
    return [entry.version.rumour_id for entry in found]


def asked(**wanted):
    """The ids of a page of the list, which are those of a page of whole entries."""
    session = reading()
    session.rollback()
    found = [line.rumour_id for line in lines(session, Filter(**wanted), 10).lines]
    assert found == ids(page(session, Filter(**wanted), 10).entries)
    return found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pont", ["r1"]),
        ("PONTS emportés", ["r1"]),
        ("l'eau", ["r2"]),
        ("eau ecole", ["r2"]),
        ("école poll", ["r2"]),
        ("pilla", ["r3"]),
        ("pillard", ["r3"]),
        ("suivez", ["r3", "r2", "r1"]),
        ("le", ["r1"]),
        ('"', []),
        ("* AND (", []),
        ('pont" OR "eau', []),
        ("pont NOT emporté", []),
        ("pont AND emporté", []),
        ("words:pont", []),
        ("'; DROP TABLE register_words --", []),
        ("\x00\u202e", []),
        ("x" * 100_000, []),
        ("mot " * 30_000, []),
    ],
)
def test_words_find_what_people_mean_and_no_sign_is_an_operator(filled, typed, found):
    assert asked(words=typed) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["r3", "r2", "r1"]),
        ({"verdict": "false"}, ["r1"]),
        ({"event": "crue"}, ["r2", "r1"]),
        ({"commune": "76901"}, ["r2", "r1"]),
        ({"commune": "76902"}, ["r3", "r2"]),
        ({"month": "2026-11"}, ["r3", "r2", "r1"]),
        ({"month": "2026-10"}, []),
        ({"words": "suivez", "event": "crue", "commune": "76902"}, ["r2"]),
        ({"words": "?", "event": "crue"}, []),
    ],
)
def test_filters_narrow_together(filled, wanted, found):
    assert asked(**wanted) == found


def test_a_page_is_read_on_from_a_place_that_new_entries_do_not_move(filled, clock):
    first = page(reading(), Filter(), 2)
    assert ids(first.entries) == ["r3", "r2"]
    listed = {wanted: lines(reading(), wanted, 2) for wanted in (Filter(), Filter(words="suivez"))}
    assert {found.earlier for found in listed.values()} == {first.earlier}
    with transaction() as session:
        put(session, "r3", clock, number=2, kind="update")
    assert ids(page(reading(), Filter(), 2, before=first.earlier).entries) == ["r1"]
    assert page(reading(), Filter(), 2, before=first.earlier).earlier is None
    for wanted, found in listed.items():
        rest = lines(reading(), wanted, 2, before=found.earlier)
        assert [line.rumour_id for line in rest.lines] == ["r1"]
        assert rest.earlier is None
    assert asked() == ["r3", "r2", "r1"]


@pytest.mark.parametrize("wanted", [{"words": "robinet"}, {"words": "robinet", "event": "crue"}, {"commune": "76901"}])
def test_a_line_has_what_a_list_shows(any_desk, clock, wanted):
    with transaction() as session:
        content = {"answer": {"fact": {"fr": "Elle est « bonne »."}}, "event": {"id": "crue", "title": {"fr": "Crue"}}}
        place = put(session, "r2", clock, content=content)
    (line,) = lines(reading(), Filter(**wanted), 10).lines
    assert line == (
        place, "r2", "answer", "not_known_yet", clock.now(), {"fr": "Elle est « bonne »."}, {"fr": "Crue"},
    )  # fmt: skip


@pytest.mark.parametrize("content", [{}, {"answer": {}, "event": None}])
def test_a_line_of_a_version_without_texts_has_none(any_desk, clock, content):
    with transaction() as session:
        put(session, "r1", clock, content=content)
    (line,) = lines(reading(), Filter(words="pont"), 10).lines
    assert (line.fact, line.event_title) == (None, None)


def test_counts_are_those_of_the_other_filters(filled):
    counted = facets(reading(), Filter(event="crue", verdict="false"))
    assert counted.total == 1
    assert counted.verdicts == {"false": 1, "not_known_yet": 1}
    assert counted.events == {"crue": 1}
    assert counted.communes == {"76901": 1}
    assert facets(reading(), Filter()).communes == {"": 1, "76901": 1, "76902": 1}
    assert facets(reading(), Filter(words="suivez")).months == {"2026-11": 3}


def counted(**wanted):
    session = reading()
    session.rollback()
    return facets(session, Filter(**wanted))


def test_counts_are_kept_until_the_register_changes(filled, clock):
    before = counted()
    assert counted() is before
    assert counted(event="crue") is not before
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="correction", verdict="misleading")
        assert facets(session, Filter()).verdicts["misleading"] == 1
        session.rollback()
    assert counted() == before
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="correction", verdict="true")
    assert counted().verdicts == {"not_known_yet": 1, "true": 1, "unverifiable": 1}
    with transaction() as session:
        writing.merged(session, "r2", into="r1")
    assert counted().verdicts == {"true": 1, "unverifiable": 1}
    assert counted().total == 2
    assert counted(event="crue").total == 1


def snapshot(session):
    rows = sa.select(RegisterEntry).order_by(RegisterEntry.version_id)
    entries = [
        (entry.version_id, entry.rumour_id, entry.kind, entry.verdict, entry.month, entry.first_published)
        for entry in session.scalars(rows)
    ]
    communes = sorted(map(tuple, session.execute(sa.select(RegisterCommune.insee, RegisterCommune.version_id))))
    indexed = session.execute(sa.text("SELECT rowid, words FROM register_words ORDER BY rowid")).all()
    return entries, communes, [(row[0], sorted(row[1].split())) for row in indexed]


def test_built_anew_it_is_the_same(filled, clock):
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="withdrawal")
    kept = snapshot(reading())
    assert [row[1] for row in kept[0]] == ["r2", "r3", "r1"]
    with transaction() as session:
        assert writing.reindex(session, PARIS) == 3
    assert snapshot(reading()) == kept


def test_what_was_withdrawn_is_listed_and_not_found_by_what_it_said(filled, clock):
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="withdrawal")
    assert asked() == ["r1", "r3", "r2"]
    assert asked(words="pont") == []
    assert asked(verdict="false") == []
    assert ids(every(reading(), Filter(event="crue"))) == ["r1", "r2"]


def test_only_changes_of_a_verdict_and_withdrawals_are_changes(filled, clock):
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="update")
        put(session, "r1", clock, number=3, kind="correction", verdict="misleading")
        put(session, "r2", clock, number=2, verdict="true")
        put(session, "r2", clock, number=3, kind="withdrawal", verdict="true")
    found = changes(reading(), Filter(), 10)
    assert [(new.rumour_id, new.number, old.verdict) for new, old in found] == [
        ("r2", 3, "true"),
        ("r2", 2, "not_known_yet"),
        ("r1", 3, "false"),
    ]
    assert [new.rumour_id for new, _ in changes(reading(), Filter(commune="76902"), 10)] == ["r2", "r2"]


def test_a_merged_rumour_leads_to_the_published_one(any_desk, clock):
    with transaction() as session:
        put(session, "r1", clock, kind="holding")
        session.get(Rumour, "r1").workflow = Workflow.VERIFYING
    other = any_desk.opened({"fr": "Pont coupé", "en": "Bridge cut"})
    work.merge(any_desk.desk, any_desk.ref("r1"), other, actor=ANNE)
    # Nothing is published under the other address yet: the statement stays where people know it.
    assert standing(reading(), "r1") == "r1"
    assert asked() == ["r1"]
    TEXTS[other] = TEXTS["r1"]
    with transaction() as session:
        put(session, other, clock)
    TEXTS.pop(other)
    assert asked() == [other]
    assert standing(reading(), "r1") == other
    assert standing(reading(), "nobody") is None
    with transaction() as session:
        assert writing.reindex(session, PARIS) == 1
    assert asked() == [other]


def test_publishing_and_merging_keep_it(town):
    rumour_id = written(town, ANSWER)
    assert asked() == []
    publish(town, rumour_id)
    assert asked(words="lise") == [rumour_id]


def test_the_figures(filled, clock):
    clock.advance(3600)
    with transaction() as session:
        put(session, "r1", clock, number=2, kind="correction", verdict="mostly_false")
        put(session, "r2", clock, number=2, verdict="true")
    for name, rumour in (("a", "r1"), ("b", "r1"), ("c", "r2"), ("d", "r3")):
        filled.report(name, rumour_id=rumour)
    decisions = (("a", "r1", 1, True, False), ("b", "r3", 1, False, False), ("c", "r2", 1, True, True), ("d", "r1", 1, True, True))  # fmt: skip  # noqa: E501
    with transaction() as session:
        for report, rumour, rank, confirmed, automatic in decisions:
            session.add(
                MatchDecision(
                    report_id=report, rumour_id=rumour, rank=rank, similarity=0.5, confirmed=confirmed,
                    automatic=automatic, by_name="Anne", at=clock.now(),
                )
            )  # fmt: skip
    told = statistics(reading(), PARIS)
    assert told.rumours == 3
    assert told.corrected == Share(1, 3)
    assert told.suggested == Share(1, 2)
    assert told.linked == Share(1, 2)
    assert told.verdicts == {"mostly_false": 1, "true": 1, "unverifiable": 1}
    assert told.published == {"2026-11": 3}
    assert told.to_verdict.total_seconds() == 0
    assert list(told.to_verdict_by_month) == ["2026-11"]
    assert Share(0, 0).ratio is None
