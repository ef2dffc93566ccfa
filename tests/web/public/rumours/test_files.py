"""The register as files: what a change makes anew, and that it comes to what a full build makes."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.kernel.db import transaction
from hub.rumours import work
from hub.rumours.models import RumourVersion
from hub.rumours.states import VersionKind
from hub.rumours.verdicts import Verdict
from hub.web.pages import PIECE, Page
from hub.web.public.rumours.pieces import pieces_of
from hub.web.site import site_of
from hub.web.site.asking import Answer
from hub.web.site.builder import Builder
from hub.web.site.checking import Checker
from hub.web.site.listing import Listed
from hub.web.site.place import Place
from tests.rumours.conftest import ANNE
from tests.web.public.rumours.conftest import LOOTERS, ONLY_REGISTER, again, answered
from tests.web.site.conftest import files, rebuilt

CORRECTED = replace(ONLY_REGISTER, wrong={"fr": "Nous avions écrit oui.", "en": "We had written yes."})


def changes(register):
    """What may happen to a register, one after the other."""
    town, ids, clock = register.town, register.ids, register.town.clock
    yield lambda: again(town, ids["open"], CORRECTED, Verdict.FALSE, VersionKind.CORRECTION)
    yield lambda: again(town, ids["looters"], LOOTERS, Verdict.UNVERIFIABLE, VersionKind.WITHDRAWAL)
    yield lambda: clock.advance(3600)  # past the end of a verdict, and the figures have their hour
    yield lambda: answered(town, ONLY_REGISTER, Verdict.MISLEADING, event_id="crue-2026", communes=["76902"])

    def merged() -> None:
        work.take(town.desk, town.ref(ids["water"]), actor=ANNE)
        work.merge(town.desk, town.ref(ids["water"]), ids["open"], actor=ANNE)

    yield merged


def test_after_each_change_the_register_is_the_one_that_a_full_build_makes(register, clock, tmp_path):
    site = site_of(register.app)
    with register.app.app_context(), transaction() as session:
        chosen = RumourVersion.rumour_id == register.ids["bridge"]
        session.execute(sa.update(RumourVersion).where(chosen).values(valid_until=clock.now() + timedelta(minutes=40)))
    site.builder().build()
    for number, change in enumerate(changes(register)):
        before = files(site.place.site)
        with register.app.app_context():
            change()
        site.builder().build()
        after = files(site.place.site)
        assert after != before
        if number in {2, 4}:
            full = rebuilt(site, tmp_path)
            assert [path for path in {**after, **full} if after.get(path) != full.get(path)] == []
    languages, base = ("fr", "en"), "http://127.0.0.1:8000"
    forms = {"signaler", "abonnements", "oembed"}
    flaws = Checker(site.place, languages, base, lambda address: address.rpartition("/")[2] in forms).flaws()
    assert list(flaws) == []


def test_a_change_leaves_the_pages_of_other_rumours_and_the_lists_of_other_communes(register):
    site, ids = site_of(register.app), register.ids
    site.builder().build()
    before = files(site.place.site)
    with register.app.app_context():
        again(
            register.town,
            ids["looters"],
            replace(LOOTERS, wrong=CORRECTED.wrong),
            Verdict.UNVERIFIABLE,
            VersionKind.CORRECTION,
        )
    site.builder().build()
    changed = {path for path, body in files(site.place.site).items() if before.get(path) != body}
    assert f"fr/rumeurs/{ids['looters']}/index.html" in changed
    assert "en/rumeurs/communes/76902/fil.atom" in changed  # where it was said to happen
    for untouched in ("76901", "crue-2026", *(ids[name] for name in ("bridge", "water", "open", "gone"))):
        assert not [path for path in changed if f"/{untouched}/" in path]


@pytest.mark.parametrize("name", ["donnees.csv", "donnees.json"])
def test_the_pieces_of_a_document_are_the_document(register, reader, name):
    path = f"/rumeurs/{name}"
    whole = reader.get(path).data
    with register.app.app_context(), transaction() as session:
        places = sorted(session.scalars(sa.text("SELECT version_id FROM register_entry")), reverse=True)
    assert len(places) == 5
    for span in (1, 2, 100):
        pieces = pieces_of(places, "", span)
        parts = [reader.get(path, environ_overrides={PIECE: piece.name}).data for piece in pieces]
        assert b"".join(parts) == whole


def test_of_a_long_file_only_the_pieces_that_changed_are_asked_for(tmp_path):
    place, asked = Place(tmp_path), []

    def asking(page, _, piece):
        asked.append(piece)
        return Answer(f"{piece} of {len(page.pieces)}\n".encode() * 1000, {}, None)

    def build(places):
        asked.clear()
        page = Page("/long.csv", repr(places), spoken=False, pieces=pieces_of(places, "", 10))
        Builder(place, lambda _: [Listed("all", page.stamp, (page,))], asking, ("fr",), "v").build()
        found = files(place.site)
        assert gzip.decompress(found["long.csv.gz"]) == found["long.csv"]
        return found["long.csv"]

    every = build(list(range(39, 0, -1)))
    assert asked == ["head", "first-30-40", "more-20-30", "more-10-20", "more-0-10", "tail"]
    # An entry of the second piece got a new place: its old piece and the newest one are made, in front of the others.
    later = build([40, *(place for place in range(39, 0, -1) if place != 15)])
    assert asked == ["head", "first-40-50", "more-30-40", "more-10-20"]
    assert later.endswith(every[every.index(b"more-0-10") :])
    assert len(list(place.pieces.glob("*/*"))) == 7
