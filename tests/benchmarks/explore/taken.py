"""What one build takes for each frame, in a process of its own, its source first on the path.

``python taken.py socket URL MIX FRAMES [RECORDING]`` or ``python taken.py replay RECORDING FRAMES``. It runs with builds of
long ago too; so it imports nothing of the tests.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import ipygenesys as ig

CONVERSATION = "flood"
RATE = 1_000
"""Frames a second: a busy line, far from what a core can take."""


async def from_socket_us(base_url: str, mix: str, frames: int, path: str | None = None) -> float:
    """A frame from the socket to the conversation; recorded, if there is a path, its thread and its file included."""
    credentials = ig.ClientCredentials("c", "s")
    protocol = ig.MessagingEvents(base_url=base_url, conversation_id=CONVERSATION, credentials=credentials)
    client = ig.Client(protocol)
    recording = client.record(path) if path is not None else None
    async with client:
        await until(lambda: client.status == "connected")
        await asyncio.sleep(0.5)
        held = client._gateway.session.conversation.timeline
        gc.collect()
        began = time.process_time()
        order = {"mix": mix, "rate": RATE, "seconds": frames / RATE, "padding": 0}
        await asyncio.to_thread(asked, f"{base_url}/flood", order)
        wanted = (await asyncio.to_thread(asked, f"{base_url}/state"))["messages"]
        await until(lambda: len(held) >= wanted)  # The last frame of each mix is a message.
        if recording is not None:
            await asyncio.to_thread(recording.stop)
        return (time.process_time() - began) / frames * 1e6


async def replayed_us(path: str, frames: int) -> float:
    """A frame of a recording to the conversation, as fast as it goes."""
    Client, Replay = ig.Client, ig.Replay  # They are imported when they are asked for.
    gc.collect()
    began = time.process_time()
    replay = Replay(path, math.inf)
    async with Client(replay):
        await until(lambda: replay.is_over)
        assert replay.differences == 0
        return (time.process_time() - began) / frames * 1e6


def asked(url: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the source answers."""
    data = None if order is None else json.dumps(order).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


async def until(condition: Callable[[], object]) -> None:
    """Looks seldom, for each look costs something that is measured."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    what, *where = sys.argv[1:]
    if what == "socket":
        base_url, mix, frames, *path = where
        print(asyncio.run(from_socket_us(base_url, mix, int(frames), *path)))
    else:
        print(asyncio.run(replayed_us(where[0], int(where[1]))))
