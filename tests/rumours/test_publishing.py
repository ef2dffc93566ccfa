from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.dispatch.models import deliveries, destinations, publications
from hub.kernel.db import reading, transaction
from hub.kernel.errors import InvalidInput
from hub.rumours import publishing, work
from hub.rumours.composing import published
from hub.rumours.errors import SecondPersonNeeded, StaleAnswer, StepRefused
from hub.rumours.models import Confirmation
from hub.rumours.states import Response, VersionKind
from hub.rumours.verdicts import Verdict
from tests.rumours.answers import ANSWER, BLANKS
from tests.rumours.conftest import ANNE, VERA


def confirm(desk, rumour_id, *, public=True):
    with transaction() as session:
        session.add(
            Confirmation(
                rumour_id=rumour_id,
                source_name="Capitaine Leroy",
                organisation="SDIS 76",
                means="phone",
                supports=False,
                statement="Le pont a été contrôlé à 17h20.",
                public=public,
                at=desk.clock.now() - timedelta(minutes=20),
                recorded_by=ANNE.name,
                recorded_at=desk.clock.now(),
            )
        )


def written(desk, answer=ANSWER, response=Response.TARGETED, verdict=Verdict.FALSE, rumour_id=None):
    if rumour_id is None:
        rumour_id = desk.taken()
        confirm(desk, rumour_id)
    decision = work.Decision(response)
    work.decide(desk.desk, desk.ref(rumour_id), decision, actor=ANNE)
    finding = work.Finding(verdict, desk.clock.now())
    work.write(desk.desk, desk.ref(rumour_id), answer, finding, actor=ANNE)
    return rumour_id


def publish(desk, rumour_id, kind=VersionKind.ANSWER):
    shown = publishing.preview(desk.desk, rumour_id, kind)
    publishing.propose(desk.desk, desk.ref(rumour_id), kind, actor=ANNE)
    return publishing.approve(desk.desk, desk.ref(rumour_id), shown.digest, actor=VERA)


def versions_of(rumour_id):
    session = reading()
    session.rollback()
    return published(session, rumour_id)


def sent(publication_id):
    """(channel, state, withdrawn) of the deliveries of a publication."""
    rows = (
        sa.select(deliveries.c.channel_id, deliveries.c.state, deliveries.c.withdrawn)
        .where(deliveries.c.publication_id == publication_id)
        .order_by(deliveries.c.channel_id)
    )
    return [tuple(row) for row in reading().execute(rows)]


def test_an_answer_is_published_by_two_and_carried_by_the_chosen_channels(any_town):
    rumour_id = written(any_town)
    shown = publishing.preview(any_town.desk, rumour_id, VersionKind.ANSWER)
    assert set(shown.shown) == {"essai"}
    assert "Le pont de la Lise tient" in shown.shown["essai"][0].text
    assert publish(any_town, rumour_id) == 1
    (version,) = versions_of(rumour_id)
    assert (version.kind, version.verdict, version.channels) == ("answer", "false", ["essai"])
    assert (version.written_by, version.approved_by) == ("Anne Martin", "Vera Petit")
    assert version.content["answer"]["fact"]["fr"] == "Le pont de la Lise tient et reste ouvert."
    assert version.content["confirmations"][0]["organisation"] == "SDIS 76"
    assert "Leroy" not in str(version.content)
    assert sent(version.publication_id) == [("essai", "due", False)]
    assert any_town.row(rumour_id).workflow == "approved"
    assert any_town.rings == 1


def test_the_same_person_cannot_approve(town):
    rumour_id = written(town)
    shown = publishing.preview(town.desk, rumour_id, VersionKind.ANSWER)
    publishing.propose(town.desk, town.ref(rumour_id), VersionKind.ANSWER, actor=ANNE)
    with pytest.raises(SecondPersonNeeded, match="Anne Martin"):
        publishing.approve(town.desk, town.ref(rumour_id), shown.digest, actor=ANNE)
    assert versions_of(rumour_id) == []
    assert town.row(rumour_id).workflow == "proposed"


def test_what_was_not_shown_is_not_published(town):
    rumour_id = written(town)
    shown = publishing.preview(town.desk, rumour_id, VersionKind.ANSWER)
    publishing.propose(town.desk, town.ref(rumour_id), VersionKind.ANSWER, actor=ANNE)
    confirm(town, rumour_id)
    with pytest.raises(StaleAnswer):
        publishing.approve(town.desk, town.ref(rumour_id), shown.digest, actor=VERA)
    assert versions_of(rumour_id) == []


def test_a_proposed_answer_is_not_changed_until_it_is_returned(town):
    rumour_id = written(town)
    publishing.propose(town.desk, town.ref(rumour_id), VersionKind.ANSWER, actor=ANNE)
    finding = work.Finding(Verdict.TRUE, town.clock.now())
    with pytest.raises(StepRefused):
        work.write(town.desk, town.ref(rumour_id), ANSWER, finding, actor=ANNE)
    with pytest.raises(InvalidInput):
        work.return_(town.desk, town.ref(rumour_id), " ", actor=VERA)
    work.return_(town.desk, town.ref(rumour_id), "Trop long.", actor=VERA)
    work.write(town.desk, town.ref(rumour_id), ANSWER, finding, actor=ANNE)
    assert town.row(rumour_id).verdict == "true"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"response": Response.UNDECIDED}, ["response"]),
        ({"response": Response.PRIVATE}, ["response"]),
        ({"answer": replace(ANSWER, pattern="before.advice")}, ["pattern"]),
        ({"answer": replace(ANSWER, pattern="")}, ["pattern"]),
        ({"answer": replace(ANSWER, blanks={**BLANKS, "fait.fr": ""})}, ["blanks.fait.fr"]),
        ({"answer": replace(ANSWER, blanks={**BLANKS, "mythe.en": "x" * 31})}, ["blanks.mythe.en"]),
        ({"answer": replace(ANSWER, channels=("flux-cap",))}, ["channels"]),
        ({"answer": replace(ANSWER, fact={}), "verdict": Verdict.TRUE}, ["fact.fr", "fact.en"]),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_proposed(town, changes, fields):
    rumour_id = written(town, **changes)
    with pytest.raises(InvalidInput) as refused:
        publishing.propose(town.desk, town.ref(rumour_id), VersionKind.ANSWER, actor=ANNE)
    assert [fault.field for fault in refused.value.faults] == fields
    assert town.row(rumour_id).workflow == "verifying"


def test_the_register_alone_needs_no_channel(town):
    rumour_id = written(town, replace(ANSWER, pattern="", blanks={}), Response.REGISTER)
    publish(town, rumour_id)
    (version,) = versions_of(rumour_id)
    assert (version.publication_id, version.channels) == (None, [])


def test_a_broadcast_leaves_cap_out_and_says_so(town):
    rumour_id = written(town, response=Response.BROADCAST)
    shown = publishing.preview(town.desk, rumour_id, VersionKind.ANSWER)
    assert set(shown.shown) == {"essai", "panneaux"}
    assert [channel for channel, _ in shown.composed.carriage.left_out] == ["flux-cap"]


def test_a_correction_goes_to_exactly_the_channels_that_carried_the_error(any_town):
    rumour_id = written(any_town)
    publish(any_town, rumour_id)
    first = versions_of(rumour_id)[0].publication_id
    with transaction() as session:
        # It has left: what is corrected then is on the way, or has arrived.
        session.execute(sa.update(deliveries).values(state="accepted", finished_at=any_town.clock.now()))
        session.execute(
            sa.insert(destinations).values(
                channel_id="panneaux",
                address="new",
                label="new",
                host="panneaux",
                enabled=True,
                created_at=any_town.clock.now(),
            )
        )
    any_town.clock.advance(600)
    work.reopen(any_town.desk, any_town.ref(rumour_id), "Le pont est fermé depuis 18 h.", actor=ANNE)
    fixed = replace(ANSWER, wrong={"fr": "Le pont n'est plus ouvert.", "en": "The bridge is open no more."})
    # The response asks for more channels now; a correction still goes where the error went, and only there.
    written(any_town, fixed, Response.BROADCAST, Verdict.MISLEADING, rumour_id)
    assert publish(any_town, rumour_id, VersionKind.CORRECTION) == 2
    _, second = versions_of(rumour_id)
    assert (second.kind, second.verdict, second.channels) == ("correction", "misleading", ["essai"])
    assert sent(second.publication_id) == [("essai", "due", False)]
    row = reading().execute(sa.select(publications).where(publications.c.id == second.publication_id)).one()
    assert (row.incident, row.follows_id, row.msg_type) == (first, first, "Update")


def test_an_error_that_has_not_left_is_stopped(town):
    rumour_id = written(town)
    publish(town, rumour_id)
    work.reopen(town.desk, town.ref(rumour_id), "Faux.", actor=ANNE)
    fixed = replace(ANSWER, wrong={"fr": "La date.", "en": "The date."})
    written(town, fixed, rumour_id=rumour_id)
    publish(town, rumour_id, VersionKind.CORRECTION)
    first, second = versions_of(rumour_id)
    assert sent(first.publication_id) == [("essai", "cancelled", True)]
    assert sent(second.publication_id) == [("essai", "due", False)]


def test_a_holding_statement_goes_at_once_by_one_person(any_town):
    answer = replace(ANSWER, pattern="answer.unproven")
    rumour_id = written(any_town, answer, verdict=Verdict.NOT_KNOWN_YET)
    shown = publishing.preview(any_town.desk, rumour_id, VersionKind.HOLDING)
    publishing.hold(any_town.desk, any_town.ref(rumour_id), shown.digest, actor=ANNE)
    (version,) = versions_of(rumour_id)
    assert (version.kind, version.approved_by) == ("holding", "")
    assert any_town.row(rumour_id).workflow == "verifying"
    # The answer follows on the same channels.
    written(any_town, ANSWER, rumour_id=rumour_id)
    publish(any_town, rumour_id)
    assert [version.kind for version in versions_of(rumour_id)] == ["holding", "answer"]


def test_an_answer_cannot_pass_for_a_holding_statement(town):
    rumour_id = written(town)
    with pytest.raises(InvalidInput) as refused:
        publishing.preview(town.desk, rumour_id, VersionKind.HOLDING)
    assert [fault.field for fault in refused.value.faults] == ["verdict"]
    publish(town, rumour_id)
    with pytest.raises(StepRefused):
        publishing.hold(town.desk, town.ref(rumour_id), "", actor=ANNE)


@pytest.mark.parametrize("kind", [VersionKind.UPDATE, VersionKind.CORRECTION, VersionKind.WITHDRAWAL])
def test_nothing_can_be_corrected_before_something_is_published(town, kind):
    rumour_id = written(town, replace(ANSWER, wrong={"fr": "x", "en": "x"}))
    with pytest.raises(InvalidInput) as refused:
        publishing.propose(town.desk, town.ref(rumour_id), kind, actor=ANNE)
    assert "kind" in [fault.field for fault in refused.value.faults]
