"""The real Freeplane on a screen that nobody sees: opens a mind-map, saves it under another name, and is gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("freeplane", "Xvfb")
START_SECONDS = 60
SCRIPT = Path(__file__).with_suffix(".groovy")
# Without these it would ask whether our script may run.
PROPERTIES = """execute_scripts_without_asking=true
execute_scripts_without_file_restriction=true
execute_scripts_without_write_restriction=true
execute_scripts_without_exec_restriction=true
execute_scripts_without_network_restriction=true
"""


class FreeplaneError(RuntimeError):
    """Freeplane did not do what it was asked for."""


def opened_and_saved(raw: bytes, directory: Path) -> bytes:
    """What Freeplane makes of a file.

    Raises:
        FreeplaneError: it showed a dialog, which an officer would have to click away, or did not come to an end.
    """
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        reason = f"apt-get install {' '.join(missing).lower()}"
        if os.environ.get("REQUIRE_PEERS") == "1":
            raise FreeplaneError(reason)
        pytest.skip(reason)
    source, target, own = directory / "map.mm", directory / "saved.mm", directory / "own"
    source.write_bytes(raw)
    scripts = own / "1.7.x" / "scripts" / "init"
    scripts.mkdir(parents=True)
    shutil.copy(SCRIPT, scripts / "roundtrip.groovy")
    (own / "1.7.x" / "auto.properties").write_text(PROPERTIES, encoding="utf-8")
    done = directory / "saved.mm.done"
    with _screen(directory) as display:
        environment = {**os.environ, "DISPLAY": display, "HOME": str(directory), "ROUNDTRIP_TARGET": str(target)}
        with _running(["freeplane", f"-U{own}", str(source)], directory, env=environment) as process:
            end = time.monotonic() + START_SECONDS
            while not done.exists() and time.monotonic() < end and process.poll() is None:
                time.sleep(0.1)  # it tells nobody but the file when it is ready
    if not done.exists() or done.read_text(encoding="utf-8"):
        dialogs = done.read_text(encoding="utf-8") if done.exists() else "nothing was saved"
        msg = f"{dialogs}\n{(directory / 'freeplane.log').read_text(encoding='utf-8', errors='replace')}"
        raise FreeplaneError(msg)
    return target.read_bytes()


@contextmanager
def _screen(directory: Path) -> Iterator[str]:
    """A virtual screen; its number is the first that is free."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    try:
        with _running(command, directory, pass_fds=(writer,)):
            os.close(writer)
            with os.fdopen(os.dup(reader), encoding="ascii") as told:
                yield f":{told.readline().strip()}"
    finally:
        os.close(reader)


@contextmanager
def _running(command: list[str], directory: Path, **options) -> Iterator[subprocess.Popen]:
    """A program with all that it starts; its words go to a log beside the map."""
    with (directory / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, start_new_session=True, **options)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
