"""Evidence with and without a copy, and what becomes of the copy."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from hub.kernel.db import reading
from hub.kernel.errors import Conflict
from hub.kernel.phrase import Phrase
from hub.rumours import archive, evidence, queries
from hub.rumours.archive import Copy, NoCopy
from hub.rumours.erasure import erase
from hub.rumours.evidence import EvidenceDraft
from hub.rumours.grounds import Ground, remove
from tests.rumours.conftest import ANNE

DOWN = NoCopy(Phrase("the server answers with %(status)s", status=503))
COPY = Copy(b"%PDF-1.7 rapport", "application/pdf")


def added(town, rumour_id, copy) -> int:
    draft = EvidenceDraft("Photo", "Mairie", "https://exemple.fr/pont", public=True, copy=copy)
    evidence.add_evidence(town.desk, town.ref(rumour_id), draft, actor=ANNE)
    return rows(rumour_id)[-1].id


def rows(rumour_id):
    session = reading()
    session.rollback()
    return queries.evidence(session, rumour_id)


def files(town):
    folder = town.desk.settings.data.directory / archive.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_page_that_does_not_come_is_recorded_and_bears_nothing_until_there_is_a_copy(any_desk):
    town, rumour_id = any_desk, any_desk.opened()
    row_id = added(town, rumour_id, DOWN)
    town.clock.advance(60)
    evidence.add_copy(town.desk, town.ref(rumour_id), row_id, NoCopy(Phrase("nobody there")), actor=ANNE)
    (row,) = rows(rumour_id)
    assert evidence.bears((), [row]) == 0
    assert (evidence.why_no_copy(row), row.tried_at) == (Phrase("nobody there"), town.clock.now())
    evidence.add_copy(town.desk, town.ref(rumour_id), row_id, COPY, actor=ANNE)
    (row,) = rows(rumour_id)
    assert (evidence.bears((), [row]), evidence.why_no_copy(row)) == (1, None)
    assert archive.path_of(town.desk.settings.data.directory, row.archive).read_bytes() == COPY.content
    with pytest.raises(Conflict, match="never changed"):
        evidence.add_copy(town.desk, town.ref(rumour_id), row_id, COPY, actor=ANNE)
    assert files(town) == [row.archive], "what was refused left nothing"


def test_what_is_taken_back_leaves_no_file_and_takes_no_other_away(any_desk):
    town, rumour_id = any_desk, any_desk.opened()
    row_id = added(town, rumour_id, COPY)
    added(town, rumour_id, COPY)
    assert len(files(town)) == 2
    remove(town.desk, town.ref(rumour_id), Ground.EVIDENCE, row_id, actor=ANNE)
    assert files(town) == [row.archive for row in rows(rumour_id)]


def test_files_that_a_crash_left_are_swept_after_a_day(desk):
    rumour_id = desk.opened()
    added(desk, rumour_id, COPY)
    kept = files(desk)
    directory = desk.desk.settings.data.directory
    for name in (archive.keep(directory, COPY), "part.abc", kept[0]):
        path = directory / archive.FOLDER / name
        path.touch()
        day_ago = (desk.clock.now() - timedelta(days=1, seconds=1)).timestamp()
        os.utime(path, (day_ago, day_ago))
    young = archive.keep(directory, COPY)
    os.utime(directory / archive.FOLDER / young, (desk.clock.now().timestamp(),) * 2)
    assert erase(desk.desk.settings, desk.clock).copies == 2
    assert files(desk) == sorted([*kept, young])
