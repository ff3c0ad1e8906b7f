"""The stream that conversations share, without a network: when it is opened, with what, and who is fed by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.platform.shared_stream import SharedStream
from ipygenesys._io.platform.turns import Turns
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import StreamError
from ipygenesys._protocols.flow import CallError, Flow, GetOccasion, Join, Occasion, OpenSocket
from tests.io.clocks import StandingClock
from tests.io.stream.spoken import Spoken


class Topics:
    """What is remembered of a stream: its topics."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.calls: list[tuple[str, ...]] = []
        self.occasions: list[Occasion] = []
        self.sockets = 1

    def open(self, topics: tuple[str, ...], others: tuple[str, ...] = ()) -> Flow[None]:
        self.occasions.append((yield GetOccasion()))
        self.calls.append(("open", *topics, *others))
        self.topics = {*topics, *others}
        for _ in range(self.sockets):
            yield OpenSocket(url="ws://x")

    def add(self, topics: tuple[str, ...]) -> Flow[None]:
        self.calls.append(("add", *topics))
        self.topics.update(topics)
        for _ in range(self.sockets - 1):
            yield OpenSocket(url="ws://x")

    def has(self, topics: tuple[str, ...]) -> bool:
        return self.topics.issuperset(topics)

    def addressee(self, data: bytes) -> None:
        return None


class Bench:
    def __init__(self) -> None:
        self.topics = Topics()
        self.shared = SharedStream(StandingClock(), Turns())
        self.sockets: list[Spoken] = []
        self.opening_turns = 0
        """Of the loop, that it takes to open a socket."""
        self.at_add: Callable[[], object] = lambda: None
        self.at_socket: Callable[[int], object] = lambda _: None

    def runner(self, on_open: Any = None, occasion: Occasion | None = None) -> FlowRunner:
        bench = self

        class Runner:
            async def run(self, flow: Flow[None]) -> None:
                if occasion is None:
                    await bench.added()
                answer: Any = None
                try:
                    while True:
                        step = flow.send(answer)
                        answer = occasion if isinstance(step, GetOccasion) else None
                        if isinstance(step, OpenSocket):
                            bench.at_socket(len(bench.sockets))
                            for _ in range(bench.opening_turns):
                                await asyncio.sleep(0)
                            bench.sockets.append(Spoken())
                            on_open(bench.sockets[-1])
                except StopIteration:
                    pass

        return cast("FlowRunner", Runner())

    async def added(self) -> None:
        self.at_add()
        for _ in range(5):  # Turns of the loop, for the reader.
            await asyncio.sleep(0)

    async def join(
        self, *topics: str, former: Subscription | None = None, opened_then: int | None = None
    ) -> Subscription:
        subscription = Subscription(decode=lambda _: (), deliver=lambda _: None, topics=topics)
        then = self.shared.opened if opened_then is None else opened_then
        step = Join(stream=self.topics, topics=topics, address="x")
        try:
            await self.shared.join(step, subscription, former=former, opened_then=then, runner=self.runner)
        except BaseException:
            await subscription.abort()
            raise
        return subscription


async def test_the_first_opens_it_and_the_next_finds_it() -> None:
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("a")
    assert bench.topics.calls == [("open", "a")]
    await ann.abort()
    assert bench.sockets[0].ended == []
    await ben.abort()
    assert bench.sockets[0].ended == ["aborted"]


async def test_topics_that_are_missing_are_added_to_it() -> None:
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("a", "b")
    assert bench.topics.calls == [("open", "a"), ("add", "a", "b")]
    assert len(bench.sockets) == 1
    for each in (ann, ben):
        await each.abort()


async def test_a_stream_that_is_lost_while_topics_are_added_is_lost_to_who_comes() -> None:
    bench = Bench()
    ann = await bench.join("a")
    bench.at_add = lambda: bench.sockets[0].waiting.put_nowait(None)
    with pytest.raises(StreamError):
        await bench.join("b")
    await ann.abort()


async def test_who_wants_another_one_opens_it_with_the_others_topics() -> None:
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("b")
    moved = await bench.join("a", former=ann)
    assert bench.topics.calls[-1] == ("open", "a", "b")
    assert [occasion.is_move for occasion in bench.topics.occasions] == [False, True]
    await ann.close()
    assert bench.sockets[0].ended == ["closed", "aborted"]
    bench.sockets[1].waiting.put_nowait(None)
    for each in (moved, ben):
        with pytest.raises(StreamError):
            await each.lost
        await each.abort()


async def test_who_wanted_another_one_before_that_was_opened_takes_it() -> None:
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("a")
    then = bench.shared.opened
    moved = [await bench.join("a", former=each, opened_then=then) for each in (ann, ben)]
    assert len(bench.sockets) == 2
    for each in (ann, ben, *moved):
        await each.abort()
    assert [socket.ended for socket in bench.sockets] == [["aborted"]] * 2


async def test_how_it_ended_is_the_occasion_of_the_next_unless_we_have_closed_it() -> None:
    bench = Bench()
    ann = await bench.join("a")
    bench.sockets[0].waiting.put_nowait(None)
    with pytest.raises(StreamError):
        await ann.lost
    await ann.abort()
    await (await bench.join("a")).close()
    await (await bench.join("a")).close()
    assert [occasion.close_code for occasion in bench.topics.occasions] == [None, 1006, None]
    assert not any(occasion.is_move for occasion in bench.topics.occasions)


async def test_a_stream_of_two_sockets_feeds_all_and_ends_as_one() -> None:
    bench = Bench()
    bench.topics.sockets = 2
    ann = await bench.join("a")
    ben = await bench.join("a", "b")
    assert len(bench.sockets) == 3 and bench.shared.opened == 1
    bench.sockets[2].waiting.put_nowait(None)
    for each in (ann, ben):
        with pytest.raises(StreamError):
            await each.lost
        await each.abort()
    assert [socket.ended for socket in bench.sockets[:2]] == [["aborted", "aborted"]] * 2


async def test_who_is_fed_by_a_stream_stays_with_it_if_the_next_has_not_all_its_sockets() -> None:
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("a")
    bench.topics.sockets = 2

    def refuse(number: int) -> None:
        if number == 2:
            raise CallError(Failure(kind="unavailable", message="No."))

    bench.at_socket = refuse
    with pytest.raises(CallError):
        await bench.join("a", former=ann)
    assert [socket.ended for socket in bench.sockets] == [[], ["aborted"]]
    assert ben.carrier is ann.carrier and not ben.lost.done()
    assert bench.shared.opened == 1
    for each in (ann, ben):
        await each.abort()
    assert bench.sockets[0].ended == ["aborted"]


async def test_who_is_fed_by_a_stream_stays_with_it_if_the_next_is_lost_before_it_has_all_its_sockets() -> (
    None
):
    bench = Bench()
    ann, ben = await bench.join("a"), await bench.join("a")
    bench.topics.sockets = 2
    bench.opening_turns = 5

    def lose(number: int) -> None:
        if number == 2:
            bench.sockets[1].waiting.put_nowait(None)

    bench.at_socket = lose
    with pytest.raises(StreamError):
        await bench.join("a", former=ann)
    assert bench.sockets[0].ended == [] and bench.sockets[2].ended == ["aborted"]
    assert ben.carrier is ann.carrier and not ben.lost.done()
    assert bench.shared.opened == 1
    for each in (ann, ben):
        await each.abort()
