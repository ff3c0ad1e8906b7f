"""A stream and those who are fed by it: each has every frame, and none depends on another."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from ipygenesys._core.model.platform_events import PlatformEvent, TypingNoticed
from ipygenesys._io.stream import subscription
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError
from tests.io.stream.spoken import Spoken
from tests.io.watch import eventually


class Listener:
    """One of those who are fed: keeps what it has read, and what it was told."""

    def __init__(self, link: Link, read_every_s: float = 0.0) -> None:
        self.read: list[str] = []
        self.heard: list[str] = []
        self.is_broken = False
        self.part = link.feed(
            Subscription(decode=self._decode, deliver=self._deliver, read_every_s=read_every_s)
        )

    def _decode(self, data: bytes) -> tuple[PlatformEvent, ...]:
        if self.is_broken:
            raise LookupError
        self.read.append(data.decode())
        return (TypingNoticed(participant_id=data.decode(), is_typing=True),)

    def _deliver(self, events: tuple[PlatformEvent, ...]) -> None:
        self.heard += [event.participant_id or "" for event in events if isinstance(event, TypingNoticed)]


class Bench:
    """One stream that feeds two."""

    def __init__(self, read_every_s: float = 0.0) -> None:
        self.stream = Spoken()
        self.link = Link(cast("Stream", self.stream))
        self.ann, self.ben = (Listener(self.link, each) for each in (0.0, read_every_s))

    def say(self, *frames: str) -> None:
        for frame in frames:
            self.stream.waiting.put_nowait(frame.encode())

    async def until_heard(self, *frames: str) -> None:
        await eventually(lambda: self.ann.heard == self.ben.heard == list(frames))

    async def end(self) -> None:
        await self.ann.part.abort()
        await self.ben.part.abort()
        assert self.link._readings[0].done()


async def test_each_hears_every_frame_in_order() -> None:
    bench = Bench()
    bench.say("1", "2", "3")
    await bench.until_heard("1", "2", "3")
    await bench.end()


async def test_one_leaves_and_the_other_goes_on() -> None:
    bench = Bench()
    bench.say("1")
    await bench.until_heard("1")
    await bench.ann.part.close()
    bench.say("2")
    await eventually(lambda: bench.ben.heard == ["1", "2"])
    assert bench.ann.heard == ["1"]
    assert bench.stream.ended == []
    await bench.end()


@pytest.mark.parametrize(("leave", "ended"), [("close", ["closed", "aborted"]), ("abort", ["aborted"])])
async def test_the_last_one_to_leave_ends_the_stream_as_it_wishes(leave: str, ended: list[str]) -> None:
    bench = Bench()
    await bench.ann.part.close()
    await getattr(bench.ben.part, leave)()
    assert bench.stream.ended == ended
    assert bench.link._readings[0].done()


async def test_between_what_is_read_together_it_rests_as_long_as_one_of_them_lets_it() -> None:
    bench = Bench(read_every_s=60.0)
    bench.say("1", "2", "3")
    await bench.until_heard("1", "2", "3")
    bench.say("4")
    for _ in range(20):  # Turns of the loop, not time.
        await asyncio.sleep(0)

    assert (bench.ann.read, bench.stream.is_drained) == (["1", "2", "3"], False)
    await bench.end()


async def test_its_loss_reaches_all_with_what_was_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "GATHER_S", 60.0)
    bench = Bench()
    bench.say("1")
    await bench.until_heard("1")
    bench.say("2", "3")
    bench.stream.waiting.put_nowait(None)
    for each in (bench.ann, bench.ben):
        with pytest.raises(StreamError):
            await each.part.lost
        assert each.heard == ["1", "2", "3"]
    await bench.end()


async def test_who_cannot_read_a_frame_loses_its_own_part_only() -> None:
    bench = Bench()
    bench.ann.is_broken = True
    bench.say("1")
    with pytest.raises(LookupError):
        await bench.ann.part.lost
    await bench.ann.part.abort()
    bench.say("2")
    await eventually(lambda: bench.ben.heard == ["1", "2"])
    await bench.end()


async def test_a_bug_where_frames_come_from_is_told_to_all() -> None:
    bench = Bench()
    bench.stream.bug = LookupError()
    bench.say("1")
    for each in (bench.ann, bench.ben):
        with pytest.raises(LookupError):
            await each.part.lost
    await bench.end()


async def test_who_leaves_with_a_full_queue_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "GATHER_S", 60.0)
    monkeypatch.setattr("ipygenesys._core.machines.inbound_queue.MAX_FRAMES", 2)
    monkeypatch.setattr("ipygenesys._core.machines.inbound_queue.PATIENCE_S", 60.0)
    monkeypatch.setattr("ipygenesys._core.machines.inbound_queue.InboundQueue._drop_typing", lambda _: None)
    bench = Bench()
    bench.say("1")
    await bench.until_heard("1")
    bench.say("2", "3", "4")
    await eventually(lambda: bench.ann.read[-1] == "4")
    await asyncio.sleep(0)
    assert bench.ben.read[-1] == "3", "the reader waits for Ann"
    await bench.ann.part.abort()
    await eventually(lambda: bench.ben.read[-1] == "4")
    await bench.end()


class Moving(Bench):
    """Ann has moved to a newer stream of two, and Ben is fed by both."""

    def __init__(self) -> None:
        super().__init__()
        self.newer = Spoken()
        link = Link(cast("Stream", self.newer))
        self.moved = Listener(link)
        link.feed(self.ben.part)

    async def end(self) -> None:
        await super().end()
        await self.moved.part.abort()


async def test_who_is_fed_by_two_hears_what_is_for_it_on_both() -> None:
    bench = Moving()
    bench.link._addressee = lambda data: None if data == b"all" else "somebody"
    bench.say("1", "all", "2")
    bench.newer.waiting.put_nowait(b"3")
    await eventually(lambda: sorted(bench.ben.heard) == ["1", "2", "3"])
    assert bench.ann.heard == ["1", "all", "2"]
    await bench.end()


async def test_the_older_of_two_is_closed_by_who_was_fed_by_it_alone() -> None:
    bench = Moving()
    await bench.ann.part.close()
    assert bench.stream.ended == ["closed", "aborted"]
    assert not bench.ben.part.lost.done()
    await bench.end()
    assert bench.newer.ended == ["aborted"]


async def test_the_loss_of_the_older_of_two_is_none() -> None:
    bench = Moving()
    bench.stream.waiting.put_nowait(None)
    with pytest.raises(StreamError):
        await bench.ann.part.lost
    assert not bench.ben.part.lost.done()
    await bench.end()


async def test_what_is_for_one_is_read_by_one() -> None:
    bench = Bench()
    bench.ann.part.address, bench.ben.part.address = "ann", "ben"
    bench.link._addressee = lambda data: data.decode()
    bench.say("ann", "ben", "nobody")
    await eventually(lambda: bench.stream.waiting.empty() and bench.ben.heard)
    assert (bench.ann.read, bench.ben.read) == (["ann"], ["ben"])
    await bench.end()


async def test_what_two_say_at_once_is_said_once() -> None:
    bench = Bench()
    for _ in range(2):
        await bench.ann.part.send("ping")
        await bench.ben.part.send("ping")
    assert bench.stream.said == ["ping"]
    bench.say("pong")
    await bench.until_heard("pong")
    await bench.ben.part.send("ping")
    await bench.ann.part.abort()
    await bench.ben.part.send("ping")
    assert bench.stream.said == ["ping"] * 3
    await bench.end()


async def test_what_comes_by_any_of_its_sockets_is_heard_and_what_is_said_goes_to_all() -> None:
    bench, second = Bench(), Spoken()
    bench.link.add(cast("Stream", second))
    bench.say("1")
    await bench.until_heard("1")
    second.waiting.put_nowait(b"2")
    await bench.until_heard("1", "2")
    await bench.ann.part.send("ping")
    assert (bench.stream.said, second.said) == (["ping"], ["ping"])
    await bench.ann.part.close()
    await bench.ben.part.close()
    assert bench.stream.ended == second.ended == ["closed", "aborted"]
    assert all(reading.done() for reading in bench.link._readings)


@pytest.mark.parametrize("which", [0, 1])
async def test_with_the_first_of_its_sockets_it_is_lost(which: int) -> None:
    bench, second = Bench(), Spoken()
    bench.link.add(cast("Stream", second))
    lost, other = (bench.stream, second) if which == 0 else (second, bench.stream)
    lost.waiting.put_nowait(None)
    for each in (bench.ann.part, bench.ben.part):
        with pytest.raises(StreamError):
            await each.lost
    assert (lost.ended, other.ended) == ([], ["aborted"])
    assert bench.link.close_code == 1006 and not bench.link.is_alive

    late = Spoken()
    bench.link.add(cast("Stream", late))
    assert late.ended == ["aborted"]
    await bench.end()
