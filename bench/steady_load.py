"""So many requests a second, whatever the server does: each has its own moment, and its time counts from there."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CONNECTIONS = 32
PATIENCE = 10.0
OK = b"200"


@dataclass(slots=True)
class Seen:
    """Milliseconds from the moment that a request was due to the end of its answer, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def steady(port: int, addresses: Sequence[str], per_second: int, seconds: int) -> Seen:
    """Asks for the addresses in turn. Nothing is asked twice after an error."""
    return asyncio.run(_all(port, addresses, per_second, seconds))


async def _all(port: int, addresses: Sequence[str], per_second: int, seconds: int) -> Seen:
    seen = Seen()
    due: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    readers = [asyncio.create_task(_reader(port, due, seen)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for number, address in zip(range(per_second * seconds), itertools.cycle(addresses), strict=False):
        moment = start + number / per_second
        if (early := moment - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        due.put_nowait((moment, address))
    for _ in readers:
        due.put_nowait(None)
    await asyncio.gather(*readers)
    return seen


async def _reader(port: int, due: asyncio.Queue[tuple[float, str] | None], seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (item := await due.get()) is not None:
        moment, address = item
        try:
            status = await asyncio.wait_for(_ask(reader, writer, address), PATIENCE)
        except (OSError, EOFError, TimeoutError) as error:
            seen.errors.append(f"{address}: {type(error).__name__}")
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        seen.milliseconds.append(1000 * (time.perf_counter() - moment))
        if status != OK:
            seen.errors.append(f"{address}: {status.decode()}")
    writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> bytes:
    """The status of the answer, read to its end."""
    writer.write(
        f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nAccept-Language: fr\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
    return head.split(b" ", 2)[1]
