"""Viewers in a process of their own: by a relay, or bare readers of one stream. Told by its arguments and by lines on stdin.

``python -m tests.benchmarks.relay.viewers KIND URL CONVERSATION|STREAM COUNT``. Those of a "page" share its connections, as in a
server of pages; "kernels" have connections of their own, and so have "bare" readers; "fanned" are handed what one bare reader
of the process has read. It says "ready", and after each line it reads how late what came since the last one was: tenths of a
millisecond, and how often.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack

from redis.asyncio import Redis

from ipygenesys import Client, Message, Relay

CONNECT_AT_ONCE = 20
BLOCK_MS = 2_000
STAMP = re.compile(rb'"text":"(\d+\.\d+) ')
Late = Counter[int]


def told(late: Late, stamp: float) -> None:
    late[round((time.time() - stamp) * 10_000)] += 1


async def viewer(url: str, conversation: str, late: Late, stack: AsyncExitStack) -> None:
    client = await stack.enter_async_context(
        Client(Relay(url, conversation_id=conversation), remember_read=False)
    )

    def hear(message: Message) -> None:
        told(late, float((message.text or "0").partition(" ")[0]))

    _ = client.on_message(hear)
    await client.until(lambda: client.status == "connected", timeout=600)


async def bare(url: str, stream: str, late: Late, stack: AsyncExitStack, hands_on_to: int = 1) -> None:
    client = await stack.enter_async_context(Redis.from_url(url, socket_timeout=None))

    async def read(last: bytes) -> None:
        while True:
            command = ("XREAD", "COUNT", 500, "BLOCK", BLOCK_MS, "STREAMS", stream, last)
            for _, found in await client.execute_command(*command) or ():
                entries = _entries(found)
                last = entries[-1][0]
                for _, fields in entries:
                    for _ in range(hands_on_to):
                        if match := STAMP.search(fields[b"e"]):
                            told(late, float(match[1]))

    newest = await client.execute_command("XREVRANGE", stream, "+", "-", "COUNT", 1)
    reading = asyncio.create_task(read(newest[0][0] if newest else b"0-0"))
    _ = stack.callback(reading.cancel)


def _entries(found: list[list[tuple[bytes, dict[bytes, bytes]]]]) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """In RESP3 they are in a list more."""
    return [entry for part in found for entry in part] if found and isinstance(found[0], list) else found  # type: ignore[return-value]


async def main(kind: str, url: str, what: str, count: int) -> None:
    late: Late = Counter()
    one: Callable[..., object] = viewer if kind in ("page", "kernels") else bare
    room = asyncio.Semaphore(CONNECT_AT_ONCE)

    async def begin(number: int, stack: AsyncExitStack) -> None:
        async with room:
            own = "" if kind == "page" else f"?client_name={kind}-{number}"
            await one(f"{url}{own}", what, late, stack)  # type: ignore[misc]

    async with AsyncExitStack() as stack:
        if kind == "fanned":
            await bare(url, what, late, stack, count)
        else:
            await asyncio.gather(*(begin(number, stack) for number in range(count)))
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(sorted(late.items())), flush=True)
            late.clear()


if __name__ == "__main__":
    kind, url, what, count = sys.argv[1:]
    asyncio.run(main(kind, url, what, int(count)))
