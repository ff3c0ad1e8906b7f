"""Waiting for a conversation: for its connection, whatever can be seen, everything that happens."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from ipygenesys._core.machines.news import said_since
from ipygenesys._core.model.events import Event, MessageReceived, StatusChanged
from ipygenesys._core.model.inputs import Command, Connect
from ipygenesys._core.model.messages import Capability, Message
from ipygenesys._verbs.calling import to_await
from ipygenesys.errors import ConnectionFailed, GenesysError, error_from
from ipygenesys.outcome import seconds_to_wait

if TYPE_CHECKING:
    from ipygenesys._io.conversation.gateway import Gateway

T = TypeVar("T")

MAX_WAITING_EVENTS = 10_000
"""For one consumer of ``events()``; beyond that the oldest are dropped and counted."""


class Listening:
    """What Client and Chat can wait for; they give the gateway and know how to start it."""

    _gateway: Gateway

    # --- what the host provides ---------------------------------------------------------------------------

    def _ensure_running(self) -> None:
        """Have the gateway running; raises if the conversation was closed."""
        raise NotImplementedError

    def _check_may_block(self, instead: str) -> None:
        """Raise if this thread must not wait."""
        raise NotImplementedError

    def _command(self, command: Command) -> None:
        raise NotImplementedError

    def _check_has(self, capability: Capability, words: str) -> None:
        """Raise where the protocol does not know this; a server may lack it all the same."""
        if capability not in self._gateway.session.profile.capabilities:
            raise TypeError(f"This protocol has no {words}, see chat.capabilities.")

    # --- whatever can be seen -----------------------------------------------------------------------------

    @to_await
    async def until(self, condition: Callable[[], T], timeout: float | None = 30.0) -> T:
        """Wait until something is so, such as ``lambda: chat.typing``; what the condition then returns.

        Args:
            condition: looked at now, and again after whatever happens in the conversation. It must not wait itself.
            timeout: seconds; None waits for ever.

        Raises:
            TimeoutError: it was not so in time.
            GenesysError: the connection failed for good, or was closed.
            TypeError: ``condition`` cannot be called, or is async; or ``timeout`` is no number of seconds.
        """
        limit_s, loop, changed = seconds_to_wait(timeout), asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # The loop has ended, and who waited with it.
                loop.call_soon_threadsafe(changed.set)

        with self._watch(condition, wake) as look:
            try:
                async with asyncio.timeout(limit_s):
                    while not (found := look()):
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                raise TimeoutError(f"It was not so within {timeout} s.{self._hindrance()}") from None
        return found

    def wait_until(self, condition: Callable[[], T], timeout: float | None = 30.0) -> T:
        """The same, for a plain cell: blocks until it is so.

        Raises:
            TimeoutError: it was not so in time.
            GenesysError: the connection failed for good, or was closed.
            TypeError: ``condition`` cannot be called, or is async; or ``timeout`` is no number of seconds.
            RuntimeError: called in a handler, or on a running event loop of the conversation's own.
        """
        self._check_may_block("await until()")
        limit_s, changed = seconds_to_wait(timeout), threading.Event()
        ends_at = None if limit_s is None else time.monotonic() + limit_s
        with self._watch(condition, changed.set) as look:
            while not (found := look()):
                left_s = None if ends_at is None else max(ends_at - time.monotonic(), 0.0)
                if not changed.wait(left_s) or left_s == 0.0:
                    raise TimeoutError(f"It was not so within {timeout} s.{self._hindrance()}")
                changed.clear()
        return found

    @contextmanager
    def _watch(self, condition: Callable[[], T], wake: Callable[[], object]) -> Iterator[Callable[[], T]]:
        """Looks at a condition where it is waited for; ``wake`` is told, on any thread, when to look again."""
        _check_is_condition(condition)
        ends: list[GenesysError] = []

        def hear(event: Event) -> None:
            if isinstance(event, StatusChanged) and event.status in ("failed", "closed"):
                ends.append(self._why_it_ended())
            wake()

        def look() -> T:
            has_ended = bool(ends)  # First: what is true at the end counts.
            if not (found := condition()) and has_ended:
                raise ends[0]
            return found

        self._gateway.add_listener(hear)
        # What is only counted is told by no event.
        settled = self._gateway.awaited.add(lambda: bool(wake()))
        try:
            self._command(Connect())
            yield look
        finally:
            settled.cancel()
            self._gateway.remove_listener(hear)

    # --- connected ----------------------------------------------------------------------------------------

    def _connected(self) -> Future[bool]:
        gateway = self._gateway
        connection, catch_up = gateway.session.connection, gateway.session.catch_up

        def is_there() -> bool:
            has_history = catch_up.knows_the_first_page or not connection.is_wanted
            return connection.status in ("connected", "read_only") and has_history

        future: Future[bool] = self._first(lambda _: None, lambda: is_there() or None)
        there = gateway.awaited.add(lambda: future.done() or is_there())

        def pass_on(_: Future[bool]) -> None:
            with suppress(InvalidStateError):
                future.set_result(True)

        there.add_done_callback(pass_on)
        gateway.call_soon(gateway.awaited.look)
        return future

    def _first(self, pick: Callable[[Event], T | None], already: Callable[[], T | None]) -> Future[T]:
        """What ``pick`` makes of the first event that it takes, unless there is something already.

        It fails where the connection does.
        """
        future: Future[T] = Future()

        def hear(event: Event) -> None:
            with suppress(InvalidStateError):  # Whoever waited has gone.
                if isinstance(event, StatusChanged) and event.status in ("failed", "closed"):
                    future.set_exception(self._why_it_ended())
                    return
                try:
                    picked = pick(event)
                except Exception as error:  # The user's own: where it is waited for it can be seen.
                    future.set_exception(error)
                    return
                if picked is not None:
                    future.set_result(picked)

        self._gateway.add_listener(hear)
        future.add_done_callback(lambda _: self._gateway.remove_listener(hear))
        if (found := already()) is not None:  # After listening has begun, so that nothing falls in between.
            with suppress(InvalidStateError):
                future.set_result(found)
        return future

    def _hindrance(self) -> str:
        """What was in the way, for whoever has waited in vain; nothing where the conversation goes on."""
        connection = self._gateway.session.connection
        why = "." if connection.failure is None else f": {connection.failure.message}"
        match connection.status:
            case "connected":
                return ""
            case "read_only":
                return f" The conversation is over{why}"
            case "connecting" if connection.failure is None:
                return " The connection is still being opened."
            case _:
                return f" There is no connection{why}"

    def _why_it_ended(self) -> GenesysError:
        failure = self._gateway.session.connection.failure
        return error_from(failure) if failure else ConnectionFailed("The conversation was closed.")

    # --- everything ---------------------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event]:
        """Everything that happens, from now on, until the conversation is closed."""
        loop = asyncio.get_running_loop()
        waiting: deque[Event] = deque(maxlen=MAX_WAITING_EVENTS)
        ready = asyncio.Event()
        counters = self._gateway.session.conversation.counters

        def hear(event: Event) -> None:
            if len(waiting) == MAX_WAITING_EVENTS:
                counters["events_dropped"] += 1
            waiting.append(event)
            try:
                loop.call_soon_threadsafe(ready.set)
            except RuntimeError:  # The consumer's loop has ended, and the consumer with it.
                self._gateway.remove_listener(hear)

        self._gateway.add_listener(hear)
        try:
            self._command(Connect())
            while True:
                await ready.wait()
                ready.clear()
                while waiting:
                    event = waiting.popleft()
                    yield event
                    if isinstance(event, StatusChanged) and event.status == "closed":
                        return
        finally:
            self._gateway.remove_listener(hear)


def news_from_now_on(gateway: Gateway) -> Callable[[Event], Message | None]:
    """The message that an event brings to whoever listens from now on; None for what was said before.

    That has to be told only of what history brings while the stream is opening.
    """
    since = gateway.clock.now()

    def news(event: Event) -> Message | None:
        if not isinstance(event, MessageReceived):
            return None
        message = event.message
        is_live = not gateway.session.was_missed_by_the_stream(message.id)
        return message if is_live or said_since(message.time_ms, since, gateway.clock.now()) else None

    return news


def _check_is_condition(given: object) -> None:
    if not callable(given) or inspect.iscoroutinefunction(given):
        raise TypeError("condition must be a function that is not async, such as: lambda: chat.typing")
