"""What one build takes for each frame, in a process of its own, its source first on the path.

``python taken.py socket URL MIX FRAMES [RECORDING]``, ``python taken.py recording URL MIX FRAMES PAIRS FOLDER`` or
``python taken.py replay RECORDING FRAMES``. It runs with builds of long ago too; so it imports nothing of the tests.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import ipygenesys as ig

CONVERSATION = "flood"
RATE = 1_000
"""Frames a second: a busy line, far from what a core can take."""
WRITTEN_S = 0.5
"""A recording is no further behind."""


async def from_socket_us(base_url: str, mix: str, frames: int, path: str | None = None) -> float:
    """A frame from the socket to the conversation; recorded, if there is a path, its thread and its file included."""
    client = client_of(base_url)
    recording = client.record(path) if path is not None else None
    async with client:
        await until(lambda: client.status == "connected")
        await asyncio.sleep(0.5)
        gc.collect()
        began = time.process_time()
        await flood(client, base_url, mix, frames)
        if recording is not None:
            await asyncio.to_thread(recording.stop)
        return (time.process_time() - began) / frames * 1e6


async def recorded_us(
    base_url: str, mix: str, frames: int, pairs: int, folder: str
) -> list[tuple[float, float]]:
    """The same of one client, alone and recorded in turns, so that both meet the machine in the same moods.

    What a frame costs depends on how many come at once, and so on what else the machine does.
    """
    client, found = client_of(base_url), []
    async with client:
        await until(lambda: client.status == "connected")
        for number in range(pairs):
            alone = await settled_us(client, base_url, mix, frames)
            recording = client.record(path := f"{folder}/{number}.jsonl")
            await asyncio.to_thread(wait_for_rest, path)
            found.append((alone, await settled_us(client, base_url, mix, frames)))
            await asyncio.to_thread(recording.stop)
    return found


def wait_for_rest(path: str) -> None:
    """Until what was said before it began is written: it is part of a recording that begins midway."""
    size = 0
    while size == 0 or size != os.path.getsize(path):
        size = os.path.getsize(path)
        time.sleep(WRITTEN_S)


async def settled_us(client: Any, base_url: str, mix: str, frames: int) -> float:
    """From when all that was there is written until all that came is."""
    await asyncio.sleep(WRITTEN_S)
    gc.collect()
    began = time.process_time()
    await flood(client, base_url, mix, frames)
    await asyncio.sleep(WRITTEN_S)
    return (time.process_time() - began) / frames * 1e6


def client_of(base_url: str) -> Any:
    """Of the source's conversation."""
    credentials = ig.ClientCredentials("c", "s")
    return ig.Client(
        ig.MessagingEvents(base_url=base_url, conversation_id=CONVERSATION, credentials=credentials)
    )


async def flood(client: Any, base_url: str, mix: str, frames: int) -> None:
    """Until so many have come: the last one of each mix is a message."""
    held = client._gateway.session.conversation.timeline
    order = {"mix": mix, "rate": RATE, "seconds": frames / RATE, "padding": 0}
    await asyncio.to_thread(asked, f"{base_url}/flood", order)
    wanted = (await asyncio.to_thread(asked, f"{base_url}/state"))["messages"]
    await until(lambda: len(held) >= wanted)


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


def main(what: str, *where: str) -> Any:
    """What is printed."""
    match what, where:
        case "socket", (base_url, mix, frames, *path):
            return asyncio.run(from_socket_us(base_url, mix, int(frames), *path))
        case "recording", (base_url, mix, frames, pairs, folder):
            return asyncio.run(recorded_us(base_url, mix, int(frames), int(pairs), folder))
        case _:
            return asyncio.run(replayed_us(where[0], int(where[1])))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
