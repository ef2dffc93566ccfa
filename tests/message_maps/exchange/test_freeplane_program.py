"""The shipped maps go through the real Freeplane, as an officer's computer has it, and come back as they were."""

from __future__ import annotations

import re

from tests.message_maps.exchange.samples import SHIPPED, reread, shipped, written
from tests.peers.freeplane import opened_and_saved


def ids(raw):
    return sorted(re.findall(rb'<node [^>]*\bID="([^"]+)"', raw))


def test_the_shipped_maps_opened_and_saved_by_freeplane_come_back(tmp_path):
    documents = list(shipped().values())
    ours = written("mm", documents, directory=SHIPPED, whole=True)
    saved = opened_and_saved(ours, tmp_path)
    assert b"CREATED=" in saved
    assert ids(saved) == ids(ours)
    found = reread(saved, "mm", SHIPPED)
    assert [fault for candidate in found.candidates for fault in candidate.faults] == []
    assert {candidate.situation_id: candidate.document for candidate in found.candidates} == shipped()
    kept = {"": found.kept} | {candidate.situation_id: candidate.kept for candidate in found.candidates}
    again = written("mm", [each.document for each in found.candidates], directory=SHIPPED, whole=True, kept=kept)
    second = reread(again, "mm", SHIPPED)
    assert {"": second.kept} | {each.situation_id: each.kept for each in second.candidates} == kept
    assert b'NAME="MapStyle"' in again
