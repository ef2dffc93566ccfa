"""An import shows first what it would do, and then lands as drafts: all of it, or nothing."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from hub.audit.models import AuditEntry
from hub.identity.actor import Actor
from hub.kernel.db import transaction
from hub.kernel.errors import Conflict, InvalidInput, NotFound
from hub.message_maps import versions
from hub.message_maps.drafts import service as drafts
from hub.message_maps.drafts.models import MapDraft
from hub.message_maps.exchange import landing, staging
from hub.message_maps.exchange.formats import Format, write
from hub.message_maps.exchange.landing import Terms
from hub.message_maps.exchange.models import MapKept, MapUpload
from hub.message_maps.exchange.plan import Fate
from tests.message_maps.exchange.samples import SAMPLE_ID, loaded, sample, written
from tests.message_maps.samples import MAPS, RULES

ANNE, VERA = Actor("officer", "a" * 32, "Anne Martin"), Actor("officer", "b" * 32, "Vera Petit")


@pytest.fixture
def hub(app, clock):
    """An application with the small map in force."""
    with app.app_context():
        with transaction() as session:
            versions.publish(session, loaded(MAPS).situations, now=clock.now(), actor_name="hub")
        yield app


def terms(**in_use):
    return Terms(RULES, loaded(MAPS).sources, {SAMPLE_ID: in_use.get("in_use", ())})


def changed(**situation):
    document = copy.deepcopy(sample())
    document["situation"] |= situation
    return document


def as_json(*documents):
    return json.dumps({"situations": list(documents)}).encode()


def preview(raw, name="map.json", **options):
    with transaction() as session:
        return landing.preview(session, raw, name, terms(**options))


def confirm(raw, stamp, clock, *, actor=ANNE, name="map.json", **options):
    return confirmed(preview(raw, name, **options), stamp, clock, actor)


def confirmed(found, stamp, clock, actor=ANNE):
    with transaction() as session:
        return landing.confirm(session, found, stamp=stamp, actor=actor, now=clock.now())


def stored():
    with transaction() as session:
        return {row.situation_id: json.loads(row.document) for row in session.scalars(sa.select(MapDraft))}


def test_a_preview_tells_everything_and_writes_nothing(hub):
    document = changed(kinetics="fast", id="nat.flood")
    document["messages"][0]["variants"]["x"]["fr"] += " Vite."
    document["placeholders"]["neuf"] = document["placeholders"]["zones"]
    found = preview(as_json(document, changed(id="nat.new"), changed(version="x"), document))
    assert [step.fate for step in found.steps] == [Fate.CHANGED, Fate.ADDED, Fate.REFUSED, Fate.REFUSED]
    changes = {change.place: change for change in found.steps[0].changes}
    assert (changes["situation.kinetics"].before, changes["situation.kinetics"].after) == ("slow", "fast")
    assert changes["messages.act.first.variants.x.fr"].after.endswith(" Vite.")
    assert changes["placeholders.neuf"].fate is Fate.ADDED
    assert len(changes) == 3
    assert found.steps[2].faults[0].field == "situation.version"
    assert "twice" in str(found.steps[3].faults[0].phrase)
    assert stored() == {}


def test_what_is_confirmed_lands_as_drafts(hub, clock):
    raw = as_json(changed(kinetics="fast"), changed(id="nat.new"), changed(id="nat.broken", version=0))
    assert confirm(raw, preview(raw).stamp, clock) == (SAMPLE_ID, "nat.new")
    assert stored() == {SAMPLE_ID: changed(kinetics="fast"), "nat.new": changed(id="nat.new")}
    with transaction() as session:
        assert versions.find(session, SAMPLE_ID)[1] == loaded(MAPS).situations[0]
        entries = session.scalars(sa.select(AuditEntry.actor_name).where(AuditEntry.action == "map.imported"))
        assert list(entries) == [ANNE.name]
    again = preview(raw)
    assert [step.fate for step in again.steps] == [Fate.UNCHANGED, Fate.UNCHANGED, Fate.REFUSED]
    with pytest.raises(InvalidInput, match="changes nothing"):
        confirm(raw, again.stamp, clock)


def test_what_changes_while_the_file_is_read_again_is_a_conflict(hub, clock):
    found = preview(as_json(changed(kinetics="fast")))
    with transaction() as session:
        drafts.put(
            session,
            SAMPLE_ID,
            changed(kinetics="sudden"),
            actor=VERA,
            now=clock.now(),
            expected=None,
            origin="editor",
        )
    with pytest.raises(Conflict):
        confirmed(found, found.stamp, clock)
    assert stored() == {SAMPLE_ID: changed(kinetics="sudden")}


@pytest.mark.parametrize("by_import", [True, False])
def test_of_two_at_once_one_gets_a_conflict_and_writes_nothing(hub, clock, by_import):
    raw, other = as_json(changed(kinetics="fast"), changed(id="nat.new")), as_json(changed(kinetics="sudden"))
    mine, theirs = preview(raw), preview(other)
    if by_import:
        confirm(other, theirs.stamp, clock, actor=VERA)
    else:
        with transaction() as session:
            drafts.put(
                session,
                SAMPLE_ID,
                changed(kinetics="sudden"),
                actor=VERA,
                now=clock.now(),
                expected=None,
                origin="editor",
            )
    with pytest.raises(Conflict, match="have changed since"):
        confirm(raw, mine.stamp, clock)
    assert stored() == {SAMPLE_ID: changed(kinetics="sudden")}


def test_another_file_than_that_of_the_preview_is_a_conflict(hub, clock):
    with pytest.raises(Conflict):
        confirm(as_json(changed(kinetics="fast")), preview(as_json(changed(kinetics="sudden"))).stamp, clock)
    assert stored() == {}


def test_a_message_of_an_open_alert_cannot_be_removed(hub):
    document = copy.deepcopy(sample())
    gone = document["messages"].pop()
    for message in document["messages"]:
        message["followups"] = {role: name for role, name in message.get("followups", {}).items() if name != gone["id"]}
    free, used = preview(as_json(document)), preview(as_json(document), in_use=[gone["id"]])
    assert free.steps[0].fate is Fate.CHANGED
    assert {change.place for change in free.steps[0].changes if change.fate is Fate.REMOVED} >= {
        f"messages.{gone['id']}"
    }
    assert used.steps[0].fate is Fate.REFUSED
    assert [fault.field for fault in used.steps[0].faults] == [f"messages.{gone['id']}"]
    assert used.lands == ()


def test_a_table_changes_the_working_copy_not_the_version_in_force(hub, clock):
    first = as_json(changed(kinetics="fast"))
    confirm(first, preview(first).stamp, clock)
    raw = written("csv").replace(b"[S]", b"[S]Ici ", 1)
    found = preview(raw, "texts.csv")
    assert [step.fate for step in found.steps] == [Fate.CHANGED]
    confirm(raw, found.stamp, clock, name="texts.csv")
    assert stored()[SAMPLE_ID]["situation"]["kinetics"] == "fast"
    assert "[S]Ici " in json.dumps(stored()[SAMPLE_ID])


def test_what_a_mind_map_had_besides_is_written_out_with_the_draft(hub, clock):
    raw = written("mm", [changed(kinetics="fast")]).replace(
        b'<attribute NAME="tocsin" VALUE="situation"/>',
        b'<attribute NAME="tocsin" VALUE="situation"/><node TEXT="A note of ours" ID="ID_5"/>',
    )
    confirm(raw, preview(raw, "m.mm").stamp, clock, name="m.mm")
    with transaction() as session:
        document = landing.exportable(session, SAMPLE_ID, terms(), draft=True)
        kept = landing.kept(session, [SAMPLE_ID])
        with pytest.raises(NotFound):
            landing.exportable(session, "nat.none", terms(), draft=True)
    assert document == changed(kinetics="fast")
    file = write([document], Format.FREEPLANE, sources={}, kept=kept, name="m", title="x", whole=False)
    assert b'<node TEXT="A note of ours" ID="ID_5"/>' in file.content


def test_a_draft_with_faults_is_not_exported(hub, clock):
    with transaction() as session:
        half = {**sample(), "levels": {}}
        drafts.put(session, SAMPLE_ID, half, actor=ANNE, now=clock.now(), expected=None, origin="editor")
        with pytest.raises(InvalidInput) as refusal:
            landing.exportable(session, SAMPLE_ID, terms(), draft=True)
    assert "levels" in {fault.field for fault in refusal.value.faults}


def test_uploads_are_one_an_officer_and_go_after_an_hour(hub, clock):
    def stage(officer, name):
        with transaction() as session:
            return staging.stage(session, officer, name, b"x", clock.now())

    def staged(officer, token):
        with transaction() as session:
            return staging.staged(session, officer, token, clock.now()).filename

    first, second, hers = stage("anne", "a.mm"), stage("anne", "b.mm"), stage("vera", "c" * 200 + ".mm")
    assert staged("anne", second) == "b.mm"
    assert staged("vera", hers).endswith("c.mm")
    for officer, token in (("anne", first), ("anne", hers), ("anne", "")):
        with pytest.raises(NotFound):
            staged(officer, token)
    clock.advance(timedelta(hours=1).total_seconds())
    with pytest.raises(NotFound):
        staged("anne", second)
    stage("dora", "d.mm")
    with transaction() as session:
        assert list(session.scalars(sa.select(MapUpload.officer_id))) == ["dora"]
        staging.drop(session, "dora")
        assert list(session.scalars(sa.select(MapUpload.officer_id))) == []
        assert list(session.scalars(sa.select(MapKept))) == []


def test_two_confirmations_at_the_very_same_moment(both_engines_app, clock):
    app = both_engines_app
    with app.app_context(), transaction() as session:
        versions.publish(session, loaded(MAPS).situations, now=clock.now(), actor_name="hub")
    files = [as_json(changed(kinetics=word), changed(id="nat.new", kinetics=word)) for word in ("fast", "sudden")]
    with app.app_context():
        stamps = [preview(raw).stamp for raw in files]
    both = Barrier(len(files))

    def land(raw, stamp):
        with app.app_context():
            both.wait()
            try:
                return confirm(raw, stamp, clock)
            except Conflict:
                return ()

    with ThreadPoolExecutor(len(files)) as threads:
        landed = list(threads.map(land, files, stamps))
    assert sorted(landed) == [(), (SAMPLE_ID, "nat.new")]
    won = ("fast", "sudden")[landed.index((SAMPLE_ID, "nat.new"))]
    with app.app_context():
        assert {document["situation"]["kinetics"] for document in stored().values()} == {won}


def test_what_is_too_large_to_be_kept_is_said_before_it_is_imported(hub, clock):
    note = b'<richcontent TYPE="NOTE"><p>' + b"x" * landing.MOST_KEPT + b"</p></richcontent>"
    raw = written("mm", [changed(kinetics="fast")])
    at = raw.index(b"<node", raw.index(b"<node") + 1)
    raw = raw[:at] + note + raw[at:]
    found = preview(raw, "map.mm")
    assert [note.params["name"] for note in found.notes] == [SAMPLE_ID]
    assert confirm(raw, found.stamp, clock, name="map.mm") == (SAMPLE_ID,)
    with transaction() as session:
        assert not landing.kept(session, [SAMPLE_ID])
    assert not preview(raw.replace(b"xxxx", b""), "map.mm").notes
