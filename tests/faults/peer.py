"""A receiver of webhooks on loopback that counts what it accepts. It outlives the hubs that are killed beside it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from typing import Self

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class CountingPeer:
    """Answers every post after ``delay`` seconds. A repeated ``webhook-id`` is answered in the same way and counted."""

    def __init__(self, delay: float) -> None:
        self.hits: Counter[str] = Counter()
        self._delay = delay
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="peer")

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=1024)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def wait_for(self, number: int, timeout: float) -> bool:
        """Whether so many different messages were accepted in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.hits) >= number, timeout)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head.decode("ascii").splitlines()[1:])
                }
                await reader.readexactly(int(headers["content-length"]))
                with self._changed:
                    self.hits[headers["webhook-id"]] += 1
                    self._changed.notify_all()
                await asyncio.sleep(self._delay)
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the hub went away: that is what these tests are for
        finally:
            writer.close()

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
