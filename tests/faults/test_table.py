"""docs/faults.md names tests that exist, and leaves no fault out."""

from __future__ import annotations

import re

from hub.kernel.settings import ROOT

FAULTS = 30
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| F(\d+) ", re.MULTILINE)


def test_the_table_of_faults_is_whole_and_true():
    page = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    assert [int(number) for number in ROW.findall(page)] == list(range(1, FAULTS + 1))
    named = NAMED.findall(page)
    assert len(named) > FAULTS
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists() or f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
