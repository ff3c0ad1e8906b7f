"""Slow consumers: a handler, an observer or a front end that does not come back costs neither stream nor messages."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from traitlets import Bunch

from ipygenesys import Chat, Client, Message
from ipygenesys._core.model.events import Event, TypingChanged
from ipygenesys._io.host import handler_thread
from ipygenesys._io.stream import websocket as stream
from ipygenesys._widget.observers import Observers
from tests.widget.browser import eventually, threads
from tests.widget.conftest import Bench

COUNT = 20
PINGS = 8
PONG_LIMIT_S = 0.5
"""A slow machine answers sooner than this; a slow consumer takes longer."""

Consumer = Callable[[Any], object]
Subscribe = Callable[[Chat, Consumer], object]

WAYS: dict[str, Subscribe] = {
    "on_message": lambda chat, consumer: chat.on_message(consumer),
    "on_event": lambda chat, consumer: chat.on_event(consumer),
    "observe": lambda chat, consumer: chat.observe(consumer, "unread_count"),
}


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pings come often, and their pongs must come soon; when each was sent."""
    monkeypatch.setattr(stream, "PING_INTERVAL_S", 0.02)
    monkeypatch.setattr(stream, "PING_TIMEOUT_S", PONG_LIMIT_S)
    sent: list[float] = []
    answer = stream.Stream._answer

    async def noted(self: stream.Stream, on_pong: Callable[[float], object]) -> None:
        sent.append(time.monotonic())
        await answer(self, on_pong)

    monkeypatch.setattr(stream.Stream, "_answer", noted)
    return sent


def changed(name: str, old: int, new: int) -> Bunch:
    return Bunch(name=name, old=old, new=new, type="change")


def opened(bench: Bench) -> int:
    """How many streams the server has seen."""
    return len([each for each in bench.simulator.log()["connections"] if each["kind"] == "opened"])


@pytest.mark.parametrize("way", WAYS)
def test_one_that_does_not_come_back_stops_neither_stream_nor_view(
    bench: Bench, pings: list[float], way: str
) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    is_in, may_go = threading.Event(), threading.Event()
    heard: list[Any] = []

    def consumer(what: Any) -> None:
        heard.append(what)
        is_in.set()
        assert may_go.wait(30)

    WAYS[way](chat, consumer)
    bench.simulator.agent_say("first")
    assert is_in.wait(10)
    before = len(pings)
    bench.simulator.agent_say("m", count=COUNT)
    bench.simulator.agent_typing(True)
    eventually(lambda: len(view.shown) == 1 + COUNT)
    eventually(lambda: view.typing)
    eventually(lambda: len(pings) > before + PINGS)

    assert (len(heard), chat.status, chat.unread_count, opened(bench)) == (1, "connected", 1 + COUNT, 1)
    may_go.set()
    if way == "observe":  # A trait is a state: the next thing to hear of is how it is now.
        eventually(lambda: heard[-1].new == 1 + COUNT)
        assert len(heard) == 2
        assert heard[1].old == heard[0].new
    elif way == "on_message":
        eventually(lambda: len(heard) == 1 + COUNT)


def test_a_front_end_to_which_every_message_takes_longer_than_a_pong_may_costs_no_stream(
    bench: Bench, pings: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    publish = bench.comm(chat).publish_msg

    def slowly(*arguments: Any, **options: Any) -> None:
        time.sleep(1.5 * PONG_LIMIT_S)
        publish(*arguments, **options)

    monkeypatch.setattr(bench.comm(chat), "publish_msg", slowly)
    for number in range(2):
        bench.simulator.agent_say(f"{number}")
        eventually(lambda number=number: len(view.shown) == number + 1)  # type: ignore[misc]

    assert ([message.text for message in chat.messages], opened(bench)) == (["0", "1"], 1)


async def test_a_client_whose_handler_blocks_its_loop_for_longer_than_a_pong_may_take_keeps_its_stream(
    bench: Bench, pings: list[float]
) -> None:
    heard: list[str | None] = []

    def slowly(message: Message) -> None:
        heard.append(message.text)
        time.sleep(1.5 * PONG_LIMIT_S)

    async with Client(bench.protocol(), remember_read=False) as client:
        client.on_message(slowly)
        await client.connect()
        await asyncio.to_thread(bench.simulator.agent_say, "m", 2)
        async with asyncio.timeout(30):
            while len(heard) < 2:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.01)
        assert (client.status, opened(bench)) == ("connected", 1)


def test_typing_is_dropped_for_a_handler_that_is_far_behind_and_messages_are_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler_thread, "MAX_WAITING", 5)
    chat = bench.connected()
    is_in, may_go = threading.Event(), threading.Event()
    heard: list[Event] = []

    def consumer(event: Event) -> None:
        heard.append(event)
        is_in.set()
        assert may_go.wait(30)

    chat.on_event(consumer)
    bench.simulator.agent_say("first")
    assert is_in.wait(10)
    bench.simulator.agent_say("m", count=10)
    eventually(lambda: len(chat.messages) == 11)
    for number in range(3):
        bench.simulator.agent_typing(number % 2 == 0)
        eventually(lambda number=number: bool(chat.typing) == (number % 2 == 0))  # type: ignore[misc]

    assert chat.counters["events_dropped"] == 3
    may_go.set()
    eventually(lambda: len([event for event in heard if type(event).__name__ == "MessageReceived"]) == 11)
    assert not [event for event in heard if isinstance(event, TypingChanged)]


def test_nobody_observes_and_no_thread_waits_for_it(bench: Bench) -> None:
    chat = bench.connected()
    chat.observe(lambda _: None, "save_content")
    assert not list(threads("ipygenesys-observers"))
    chat.observe(lambda _: None, "status")
    bench.simulator.agent_say("hello")
    eventually(lambda: chat.unread_count == 1)
    assert len(list(threads("ipygenesys-observers"))) == 1


def test_an_observer_that_fails_is_said_in_the_view_and_hears_of_the_next_change(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    heard: list[int] = []

    def fails(change: Any) -> None:
        heard.append(change.new)
        raise ValueError

    chat.observe(fails, "unread_count")
    bench.simulator.agent_say("one")
    eventually(lambda: view.errors)
    bench.simulator.agent_say("two")
    eventually(lambda: heard == [1, 2])
    assert ({error["code"] for error in view.errors}, chat.status) == ({"handler-failed"}, "connected")


def test_of_changes_that_wait_the_newest_is_told_and_what_came_back_is_not() -> None:
    may_go = threading.Event()
    told: list[tuple[int, int]] = []
    observers = Observers(lambda change: told.append((change.old, change.new)), lambda _: None)
    observers.thread.submit(lambda: may_go.wait(10))
    for old, new in ((0, 1), (1, 2)):
        observers.changed(changed("a", old, new))
    for old, new in ((0, 1), (1, 0)):
        observers.changed(changed("b", old, new))
    may_go.set()
    observers.thread.stop()

    assert told == [(0, 2)]
