"""Reading and checking 600 messages: beside a bare YAML parse of the same files, and twice as many.

The files are the shipped maps, copied under other ids until there are enough messages. Floor: PyYAML's
`CSafeLoader`, the library that the hub reads with.
"""

from __future__ import annotations

import gc
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bench.table import Line
from hub.kernel.settings import ROOT, load
from hub.message_maps.check import check
from hub.message_maps.loader import load_directory
from hub.message_maps.rules import Rules

MESSAGES = 600
ROUNDS = 5
BYTES = 1_000_000
MOST_RATIO = 3.0
MOST_GROWTH = 1.1
_SITUATION_ID = re.compile(r"^  id: (\S+)$", re.MULTILINE)
_MESSAGE = re.compile(r"^  - id: \S+\n    (?:status|phase)", re.MULTILINE)


def copies(directory: Path, wanted: int) -> int:
    """Writes map files with at least so many messages; how many there are."""
    shipped = ROOT / "message_maps"
    (directory / "sources.yaml").write_bytes((shipped / "sources.yaml").read_bytes())
    written = turn = 0
    while written < wanted:
        for path in sorted(shipped.glob("*/*.yaml")):
            if written >= wanted:
                break
            text = path.read_text(encoding="utf-8")
            file = directory / path.parent.name / f"{path.stem}{turn}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(_SITUATION_ID.sub(rf"  id: \g<1>.copy{turn}", text, count=1), encoding="utf-8")
            written += len(_MESSAGE.findall(text))
        turn += 1
    return written


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call; what other processes do does not count."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def size_of(directory: Path) -> int:
    """The bytes of all maps: the copies are whole files, so twice the messages are not quite twice the text."""
    return sum(path.stat().st_size for path in directory.rglob("*.yaml"))


def measure() -> list[Line]:
    """CPU time of load and lint beside the parse, alternately; then 1,200 messages beside 600."""
    settings = load({})
    rules = Rules(settings.site.languages, settings.maps.link_hosts)
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as twice:
        small, large = Path(once), Path(twice)
        copies(small, MESSAGES)
        copies(large, 2 * MESSAGES)
        texts = [path.read_bytes() for path in sorted(small.rglob("*.yaml"))]
        checked = check(small, rules)
        if not checked.sound:
            msg = f"the copies have faults: {next(iter(checked.lines()))}"
            raise RuntimeError(msg)
        spent: dict[str, list[float]] = {"parse": [], "load": [], "check": [], "large": []}
        for _ in range(ROUNDS):
            spent["parse"].append(cpu(lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts]))
            spent["load"].append(cpu(lambda: load_directory(small, rules)))
            spent["check"].append(cpu(lambda: check(small, rules)))
            spent["large"].append(cpu(lambda: check(large, rules)))
        small_byte = [seconds / size_of(small) * BYTES for seconds in spent["check"]]
        large_byte = [seconds / size_of(large) * BYTES for seconds in spent["large"]]
        messages = sum(len(situation.messages) for situation in checked.loaded.situations)
    return [
        Line.of_rounds(f"load {messages} messages, s CPU, beside a YAML parse", spent["load"], spent["parse"], None),
        Line.of_rounds(
            f"load and lint {messages} messages, s CPU, beside a YAML parse", spent["check"], spent["parse"], MOST_RATIO
        ),
        Line.of_rounds("the same for a megabyte of twice as many, beside as many", large_byte, small_byte, MOST_GROWTH),
    ]
