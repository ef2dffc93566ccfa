"""The thread that keeps the site of files up to date, in every process that serves.

Of all keepers of one directory, on whatever hosts, one works; when it goes, another takes over. It looks every two
seconds whether anything public has changed (an alert that runs out is a change too), at once when it is rung or a
channel asks, and anew each minute, since the home page names its minute.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from hub.channels.site_requests import SiteRequests
from hub.web.site.builder import Builder, Outcome
from hub.web.site.place import Place, file_of

log = logging.getLogger(__name__)

LEADER = "leader"
# How often the public facts are looked at, and how often what channels ask for.
LOOK_SECONDS = 2.0
ASKED_SECONDS = 0.2


class Keeper:
    """Builds after each change.

    Args:
        place: the site.
        builder: builds it.
        requests: what channels ask for.
        pulse: changes whenever a public page may have changed.
        languages: those of the site.
    """

    def __init__(
        self,
        place: Place,
        builder: Callable[[], Builder],
        requests: SiteRequests,
        pulse: Callable[[], str],
        languages: tuple[str, ...],
    ) -> None:
        self._place = place
        self._make_builder = builder
        self._requests = requests
        self._pulse = pulse
        self._language = languages[0]
        self._stop = threading.Event()
        self._bell = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = ""
        self._looked = float("-inf")
        self._well = True

    def is_behind(self) -> bool:
        """Whether this process has changed something that no build has taken in yet."""
        return self._bell.is_set()

    def start(self) -> None:
        """Starts the thread. To be called after a fork. Twice is once."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="site-keeper", daemon=True)
            self._thread.start()

    def stop(self, seconds: float) -> None:
        """Ends the thread; a batch under way may end first, for at most so long."""
        self._stop.set()
        if self._thread:
            self._thread.join(seconds)
            self._thread = None

    def ring(self) -> None:
        """Something public has changed. Costs nothing, may be called from anywhere."""
        if self._thread:
            self._bell.set()

    def come_round(self) -> Outcome | None:
        """One look: builds what has changed; nothing if nothing has.

        Raises:
            OSError: the directory cannot be written.
            SQLAlchemyError: the database is away.
        """
        asked, rung = self._requests.waiting(), self._bell.is_set()
        due = time.monotonic() - self._looked >= LOOK_SECONDS
        if not (due or rung or asked):
            return None
        self._looked = time.monotonic()
        self._bell.clear()
        pulse = self._pulse()
        if pulse == self._seen and not asked:
            self._requests.live()
            return None
        try:
            outcome = self._build(asked)
        except BaseException:
            if rung:
                self._bell.set()
            raise
        self._seen = pulse
        return outcome

    def _build(self, asked: dict[str, str]) -> Outcome:
        builder, whole = self._make_builder(), Outcome()
        while True:
            batch = builder.batch()
            whole.add(batch)
            there = {
                key: address
                for key, address in asked.items()
                if address not in whole.failed and (self._place.site / file_of(address, self._language)).exists()
            }
            self._requests.answer(there)
            self._requests.live()
            if not batch.left or self._stop.is_set():
                break
            # Whatever came meanwhile is the newest, and in the next batch.
            asked = self._requests.waiting()
        log.info("public site built", extra={"pages": whole.built, "failed": len(whole.failed)})
        return whole

    def _run(self) -> None:
        leading = False
        while not self._stop.is_set():
            try:
                with self._leading() as leading:
                    if leading:
                        self._requests.live()
                    while leading and not self._stop.is_set():
                        self._look()
                        self._bell.wait(ASKED_SECONDS)
            except OSError:
                log.exception("the public site cannot be kept here; trying again")
            if not leading:
                self._bell.clear()  # another process builds; it looks by itself
            self._stop.wait(LOOK_SECONDS)

    def _look(self) -> None:
        try:
            self.come_round()
            self._well = True
        except (OSError, SQLAlchemyError) as error:
            if self._well:
                log.warning("the public site stays as it is", extra={"reason": type(error).__name__})
            self._well = False
            self._stop.wait(LOOK_SECONDS)
        except Exception:  # one wrong page must not end the site for ever
            log.exception("the public site could not be built; trying again")
            self._stop.wait(LOOK_SECONDS)

    @contextmanager
    def _leading(self) -> Iterator[bool]:
        self._place.state.mkdir(parents=True, exist_ok=True)
        with (self._place.state / LEADER).open("a") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
