"""What a frame of a busy hour costs the kernel of an inbox: calls and processor; the same frames each time.

``python -m tests.benchmarks.inbox_frames [--frames 8000] [--beside TREE] [--rounds 5] [--profile]``: all between a frame and
the page (decoded, its row and the figures renewed, one page told), and apart from it the socket that frames come by. TREE is
another checkout: its code takes turns with this one's on the same frames.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import os
import pickle
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, cast

import comm
from comm.base_comm import BaseComm
from websockets.asyncio.server import ServerConnection, serve

import ipygenesys as ig
from ipygenesys._core.inbox.inputs import Ask, InboxEffect, Told
from ipygenesys._core.inbox.operations import FetchTexts, ListConversations, ReadQueues
from ipygenesys._core.inbox.told import InboxEvent, ListEnded, QueueTold, TextsTold
from ipygenesys._core.inbox_view.wire import InboxQuery, LookAtInbox
from ipygenesys._core.machines.inbound_queue import InboundQueue
from ipygenesys._core.model.inputs import Connect, FrameReceived, Now, StreamOpened
from ipygenesys._io.host.clock import ServerClock, SystemClock
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.told import Telling
from ipygenesys.simulator.state.settings import Identity, Settings
from tests.core.inbox.examples import calls_made
from tests.simulator.org.hours import BEGIN, hour
from tests.tools.paths import ROOT

WARM_UP_S = 30.0
"""By then as many conversations are there as will be."""
LOOK_S = 20.0
PER_S = 1000
Frames = list[tuple[float, bytes]]
Row = dict[str, Any]
NAME = "tests.benchmarks.inbox_frames"


def busy_hour(conversations: int, frames: int) -> tuple[tuple[str, ...], Frames, int]:
    """Queues, the frames of their topics with their times, and how many of these come before all are there."""
    org, made = hour(conversations, speed=9), Frames()
    queues = tuple(queue.id for queue in org.plan.queues)
    topics = frozenset(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=each) for each in queues)
    bodies, early = Bodies(Identity.of(Settings()), org.platform.conversation), 0
    while (at := org.next_deadline()) is not None and len(made) < early + frames:
        for event in org.step():
            for topic, _, body in Telling(event, bodies, at).to(topics):
                head = json.dumps({"topicName": topic, "version": "2"})[:-1].encode()
                made.append((at, b'%b,"eventBody":%b,"metadata":{"CorrelationId":"0"}}' % (head, body)))
        if at < BEGIN + WARM_UP_S:
            early = len(made)
    return queues, made[: early + frames], early


class Clock(SystemClock):
    """Stands where it is put."""

    at = BEGIN

    def now(self) -> Now:
        return Now(self.at - BEGIN, int(self.at * 1000), 0.5)

    def monotonic(self) -> float:
        return self.at - BEGIN

    def epoch(self) -> float:
        return self.at


class PageComm(BaseComm):
    """Writes as the kernel does, to nobody."""

    revision = sent_bytes = sent = 0

    def publish_msg(self, msg_type: str, data: Row | None = None, *_: Any, **__: Any) -> None:
        if data and data.get("method") == "custom":
            PageComm.sent += 1
            PageComm.sent_bytes += len(json.dumps(data, ensure_ascii=False))
            PageComm.revision = data["content"]["revision"]


def _protocol(queues: tuple[str, ...]) -> ig.AgentQueue:
    app = ig.ClientCredentials("client", "secret")
    return ig.AgentQueue(base_url="http://127.0.0.1:1", queue_id=queues, credentials=app)


class Kernel:
    """An inbox with a page, on a clock of its own, that is told frames."""

    def __init__(self, queues: tuple[str, ...]) -> None:
        comm.create_comm = PageComm
        self.inbox = ig.Inbox(_protocol(queues))
        self.gateway = cast("Any", self.inbox._source)
        self.clock = Clock()
        self.gateway.clock, self.gateway._source = ServerClock(self.clock), self
        self.inbox._has_begun = True
        self._queues, self._asked = queues, list[Ask]()
        self._inbound, self._due_at, self._look_at = _together(), 0.0, 0.0
        self._decode = self.gateway.protocol.decode_frame
        self._gather_s: float = _pace(queues).get("read_every_s", 0.004)
        self.inbox._listen()
        self.gateway.take(Connect())
        self.gateway.take(StreamOpened(1))

    def hear(self, at: float, frame: bytes) -> None:
        """A frame comes; what was due before it is done."""
        if at > self._due_at and len(self._inbound):
            self._deliver(max(self._due_at, self.clock.at))
        self.clock.at = at
        self._inbound.put(self._decode(frame), len(frame), at, has_history=False)
        if at >= self._due_at:
            self._deliver(at)

    def _deliver(self, at: float) -> None:
        self.clock.at = at
        while (events := self._inbound.take()) is not None:
            self.gateway.step(FrameReceived(1, events))
        self.gateway.settle()
        self._due_at = at + self._gather_s
        asked, self._asked = self._asked, []
        for ask in asked:
            self.gateway.take(Told(ask.operation, tuple(self._answer(ask))))
        if at >= self._look_at:
            self._look_at = at + LOOK_S
            look = LookAtInbox(page="p", revision=PageComm.revision, query=InboxQuery(), first=0, count=40)
            self.inbox._pages.hear(look, self.clock.monotonic())

    # --- what it asks of the platform

    def perform(self, effect: InboxEffect) -> None:
        if isinstance(effect, Ask):
            self._asked.append(effect)

    def _answer(self, ask: Ask) -> list[InboxEvent]:
        match ask.operation:
            case ListConversations():
                return [ListEnded()]
            case ReadQueues():
                return [QueueTold(queue_id=each, name=each, target_ms=30_000) for each in self._queues]
            case FetchTexts(id_, message_ids):
                return [TextsTold(id_, dict.fromkeys(message_ids, "Where is my parcel?"))]
            case _:
                return []


# --- figures ------------------------------------------------------------------------------------------------


def to_the_page(queues: tuple[str, ...], frames: Frames, early: int, *, profile: bool) -> Row:
    kernel = Kernel(queues)

    def tell(some: Frames) -> None:
        for at, frame in some:
            kernel.hear(at, frame)

    tell(frames[:early])
    gc.collect()
    timed, counted = frames[early : -len(frames[early:]) // 4], frames[-len(frames[early:]) // 4 :]
    PageComm.sent = PageComm.sent_bytes = 0
    profiler = cProfile.Profile() if profile else None
    began = time.process_time()
    if profiler is None:
        tell(timed)
    else:
        profiler.runcall(tell, timed)
    busy_s = time.process_time() - began
    calls = calls_made(lambda: tell(counted))
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    kpis = kernel.gateway.kpis()
    return {
        "us": busy_s / len(timed) * 1e6,
        "calls": calls / len(counted),
        "seconds": timed[-1][0] - timed[0][0],
        "frames": len(timed),
        "bytes": sum(len(frame) for _, frame in timed) / len(timed),
        "windows": PageComm.sent,
        "live": kpis.live.n,
        "answered": kpis.response_time_s.n,
    }


async def by_the_socket(port: int, frames: int, decode: Callable[[bytes], Any], pace: Row) -> float:
    stream = await Stream.open(f"ws://127.0.0.1:{port}", headers={}, first_frames=(), now_epoch=0.0)
    heard, done = 0, asyncio.Event()

    def deliver(events: tuple[Any, ...]) -> None:
        nonlocal heard
        heard += len(events)
        if heard >= frames:
            done.set()

    link = Link(stream)
    part = link.feed(cast("Any", Subscription)(decode=decode, deliver=deliver, **pace))
    began = time.process_time()
    await stream.send("begin")
    await done.wait()
    busy_s = time.process_time() - began
    await part.close()
    return busy_s / frames * 1e6


async def serve_frames(frames: Frames) -> None:
    """A thousand a second, one by one."""

    async def say(socket: ServerConnection) -> None:
        await socket.recv()
        began = time.monotonic()
        for number, (_, frame) in enumerate(frames):
            await asyncio.sleep(max(began + number / PER_S - time.monotonic(), 0))
            await socket.send(frame, text=True)

    async with serve(say, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


def _together() -> InboundQueue:
    """The queue that an inbox reads from; another checkout's may have one way only."""
    try:
        return InboundQueue(backlog=1)
    except TypeError:
        return InboundQueue()


def _pace(queues: tuple[str, ...]) -> Row:
    """How an inbox reads; another checkout may know of nothing of the kind."""
    profile = _protocol(queues).profile
    return {"read_every_s": profile.read_every_s} if hasattr(profile, "read_every_s") else {}


def measured(options: argparse.Namespace) -> Row:
    queues, frames, early = pickle.loads(Path(options.frames_of).read_bytes())
    found = to_the_page(queues, frames, early, profile=options.profile)
    some = frames[early : early + PER_S * 3]
    command = [sys.executable, "-m", NAME, "--frames-of", options.frames_of, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        event, pace = (QueueTold(queue_id="q"),), _pace(queues)
        found["socket_us"] = asyncio.run(by_the_socket(port, len(some), lambda _: event, pace))
        server.terminate()
    return found


def of_tree(tree: Path, frames_of: str) -> Row:
    """The figures of a checkout's code, in a process of its own."""
    command = [sys.executable, "-m", NAME, "--frames-of", frames_of]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: Row = json.loads(done.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument("--frames", type=int, default=8000)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="say where the time goes, of one round")
    parser.add_argument("--frames-of", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        _, frames, early = pickle.loads(Path(options.frames_of).read_bytes())
        asyncio.run(serve_frames(frames[early : early + PER_S * 3]))
    elif options.frames_of:
        print(json.dumps(measured(options)))
    else:
        with tempfile.NamedTemporaryFile() as file:
            pickle.dump(busy_hour(options.conversations, options.frames), file)
            file.flush()
            options.frames_of = file.name
            if options.profile:
                print(measured(options))
                return 0
            trees = [ROOT, *([options.beside] if options.beside else [])]
            rounds = [[of_tree(tree, file.name) for tree in trees] for _ in range(options.rounds)]
        for tree, found in zip(trees, zip(*rounds, strict=True), strict=True):
            one = found[0]
            us, socket_us = (median(each[name] for each in found) for name in ("us", "socket_us"))
            print(
                f"{tree.name}: {one['calls']:.1f} calls and {us:.0f} µs a frame to the page, {socket_us:.0f} µs by the socket; "
                f"{one['frames']} frames of {one['bytes']:.0f} bytes in {one['seconds']:.1f} s, {one['windows']} windows, "
                f"{one['live']} conversations, {one['answered']} answers"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
