"""How a channel asks for a page of the public site to be built, and learns that it was: by files in the data directory.

Whoever sends has no pages, and whoever builds has no outbox; they share a directory, as they do for the CAP feed. A
request lies there until the builder has finished a build that began after the request came.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from hub.kernel.ids import new_id

SITE = "public/site"
STATE = "public/site.state"
ASKED = "asked"
ALIVE = "alive"
SUFFIX = ".json"
# A builder gives a sign of life every two seconds, and a batch of pages may keep it busy for some more.
ALIVE_SECONDS = 30.0
LOOK_SECONDS = 0.05
# Nobody waits for these any more.
FORGET_SECONDS = 24 * 3600.0


class SiteRequests:
    """The requests of one data directory.

    Args:
        data_directory: the hub's.
    """

    def __init__(self, data_directory: Path) -> None:
        self._asked = data_directory / STATE / ASKED
        self._alive = data_directory / STATE / ALIVE

    def builder_lives(self) -> bool:
        """Whether a builder gave a sign of life lately."""
        try:
            return time.time() - self._alive.stat().st_mtime < ALIVE_SECONDS
        except OSError:
            return False

    def builder_comes(self, seconds: float) -> bool:
        """Whether a builder lives, or comes to life within so long."""
        end = time.monotonic() + seconds
        while not (lives := self.builder_lives()) and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)  # the loop ends at `end`
        return lives

    def live(self) -> None:
        """Gives a builder's sign of life.

        Raises:
            OSError: the directory cannot be written.
        """
        self._alive.parent.mkdir(parents=True, exist_ok=True)
        self._alive.touch()

    def ask(self, key: str, address: str) -> None:
        """Asks for the page at an address, such as ``/alertes/4a6f``, to be built. Twice is once.

        Raises:
            OSError: the directory cannot be written.
        """
        self._asked.mkdir(parents=True, exist_ok=True)
        staged = self._asked / f".{new_id()}"
        staged.write_text(json.dumps({"address": address}), encoding="utf-8")
        staged.replace(self._path(key))

    def answered(self, key: str, seconds: float) -> bool:
        """Waits for at most so long; whether the page was built after it had been asked for."""
        end = time.monotonic() + seconds
        while self._path(key).exists():
            if time.monotonic() >= end:
                return False
            time.sleep(LOOK_SECONDS)  # the loop ends at `end`
        return True

    def waiting(self) -> dict[str, str]:
        """Every request: its key and the address that it names."""
        found = {}
        for path in sorted(self._asked.glob(f"*{SUFFIX}")):
            try:
                found[path.stem] = str(json.loads(path.read_bytes())["address"])
                if time.time() - path.stat().st_mtime > FORGET_SECONDS:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # answered by another builder
            except (ValueError, KeyError, TypeError):
                path.unlink(missing_ok=True)  # not written by us
        return found

    def answer(self, keys: Mapping[str, str]) -> None:
        """The pages of these requests are there."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._asked / f"{os.path.basename(key)}{SUFFIX}"  # noqa: PTH119 - a key with a path in it loses it
