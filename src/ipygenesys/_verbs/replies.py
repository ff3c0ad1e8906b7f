"""Waiting for what others say: the next message, one that matches, all that is said to a question."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import re
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from ipygenesys._core.machines.turn import EARLY_MS, Turn, is_known, said_after, said_from
from ipygenesys._core.model.content import Option
from ipygenesys._core.model.events import Event, MessageReceived
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.model.messages import Message
from ipygenesys._verbs.calling import to_await
from ipygenesys._verbs.listening import Listening, news_from_now_on
from ipygenesys.delivery import Delivery
from ipygenesys.outcome import seconds_to_wait

if TYPE_CHECKING:
    from ipygenesys._core.machines.conversation.timeline import Timeline

Matching = str | re.Pattern[str] | Callable[[Message], object]
"""What a message's text must hold, as a regular expression; or a function that takes the message and says whether."""
Known = Message | Delivery


class Replies(Listening):
    """Part of a conversation: what others say, waited for."""

    def _say(self, said: str | Option) -> Delivery:
        """Send a text, or pick an option."""
        raise NotImplementedError

    @to_await
    async def next_message(
        self,
        timeout: float | None = 30.0,
        *,
        after: Known | None = None,
        matching: Matching | None = None,
        since: dt.datetime | Known | None = None,
    ) -> Message:
        """The next message that somebody else sends: from now on, or among those that are there already.

        Args:
            timeout: seconds; None waits for ever.
            after: what to look for the answer to, which may have come by now: a message, or what ``send`` returned. What
                the server took before it, such as a greeting that was on its way, is no answer.
            matching: only a message whose text this regular expression is found in (``"(?i)parcel"`` for any case), or
                for which this function, given the message, returns something true.
            since: those that are there already count from this moment on: a time with a time zone, by the server's clock
                as in ``message.time``, or a message.

        Raises:
            TimeoutError: nobody wrote in time, or nothing that matches.
            DeliveryFailed: what the answer was waited for was not sent.
            GenesysError: the connection failed for good.
            TypeError: an argument is something else.
            ValueError: ``matching`` is no regular expression, or ``since`` has no time zone.
        """
        limit_s = seconds_to_wait(timeout)
        wanted = _Wanted(self._gateway.session.conversation.timeline, after, matching, since)
        future = self._next(wanted)
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise TimeoutError(f"{wanted.in_vain} within {timeout} s.{self._hindrance()}") from None

    def wait_for_message(
        self,
        timeout: float | None = 30.0,
        *,
        after: Known | None = None,
        matching: Matching | None = None,
        since: dt.datetime | Known | None = None,
    ) -> Message:
        """The same, for a plain cell: blocks until somebody else has written. See ``next_message``.

        Raises:
            TimeoutError: nobody wrote in time, or nothing that matches.
            DeliveryFailed: what the answer was waited for was not sent.
            GenesysError: the connection failed for good.
            TypeError: an argument is something else.
            ValueError: ``matching`` is no regular expression, or ``since`` has no time zone.
            RuntimeError: called in a handler, or on a running event loop of the conversation's own.
        """
        self._check_may_block("await next_message()")
        limit_s = seconds_to_wait(timeout)
        wanted = _Wanted(self._gateway.session.conversation.timeline, after, matching, since)
        future = self._next(wanted)
        try:
            return future.result(limit_s)
        except FutureTimeoutError:
            raise TimeoutError(f"{wanted.in_vain} within {timeout} s.{self._hindrance()}") from None
        finally:
            future.cancel()

    def _next(self, wanted: _Wanted) -> Future[Message]:
        wanted.news = news_from_now_on(self._gateway)
        self._command(Connect())
        future = self._first(wanted.of_event, wanted.of_what_is_there)
        if isinstance(wanted.after, Delivery):
            wanted.after.pass_failure_to(future)
        return future

    async def _ask(self, said: str | Option, quiet: float, timeout: float | None) -> list[Message]:
        """What ``ask`` does, on any loop."""
        if isinstance(quiet, bool) or not isinstance(quiet, int | float):
            raise TypeError(f"quiet must be a number of seconds, not {type(quiet).__name__}.")
        limit_s = seconds_to_wait(timeout)
        conversation, loop = self._gateway.session.conversation, asyncio.get_running_loop()
        changed, turn = asyncio.Event(), Turn(quiet)
        delivery = self._say(said)
        wanted = _Wanted(conversation.timeline, delivery)

        def wake() -> None:
            with suppress(RuntimeError):  # The loop has ended, and who waited with it.
                loop.call_soon_threadsafe(changed.set)

        def is_over() -> bool:
            replies = wanted.there()
            is_going_on = bool(conversation.typing_names) or not all(map(is_known, replies))
            return turn.is_over(len(replies), loop.time(), is_going_on=is_going_on)

        self._gateway.add_listener(wanted.hear)
        try:
            with self._watch(is_over, wake) as look:
                async with asyncio.timeout(limit_s):
                    await delivery
                    while not look():
                        with suppress(TimeoutError):
                            async with asyncio.timeout(turn.rest_s(loop.time())):
                                await changed.wait()
                        changed.clear()
        except TimeoutError:
            if not any(map(is_known, wanted.there())):
                raise TimeoutError(f"Nobody answered within {timeout} s.{self._hindrance()}") from None
        finally:
            self._gateway.remove_listener(wanted.hear)
        return [reply for reply in wanted.there() if is_known(reply)]


class _Wanted:
    """Which message is waited for, among those that are there and those that come."""

    def __init__(
        self,
        timeline: Timeline,
        after: Known | None = None,
        matching: Matching | None = None,
        since: dt.datetime | Known | None = None,
    ) -> None:
        if not isinstance(after, Message | Delivery | None):
            raise TypeError(f"after must be a Message or a Delivery, not {type(after).__name__}.")
        if not isinstance(since, dt.datetime | Message | Delivery | None):
            raise TypeError(f"since must be a datetime or a Message, not {type(since).__name__}.")
        if isinstance(since, dt.datetime) and since.tzinfo is None:
            raise ValueError("since must have a time zone, such as datetime.now(timezone.utc).")
        self._timeline = timeline
        self.after = after
        self._since = since
        self._matches = _matcher(matching)
        self._others: set[str] = set()
        """Messages that do not match."""
        self._heard: set[str] = set()
        """What was told of after the server had what is to be answered."""
        self.news: Callable[[Event], Message | None] = lambda _: None

    def hear(self, event: Event) -> None:
        """Note what comes after the server has what is to be answered."""
        known = self.after
        if isinstance(event, MessageReceived) and known is not None:
            message = self._timeline.get(_id_of(known))
            if message is not None and not message.is_draft:
                self._heard.add(event.message.id)

    def of_event(self, event: Event) -> Message | None:
        """What an event brings."""
        self.hear(event)
        if self.after is not None or self._since is not None:
            return self.of_what_is_there()
        message = self.news(event)
        return message if message is not None and self._is_wanted(message) else None

    def of_what_is_there(self) -> Message | None:
        """The first one that is there and known; none before one that is not known yet."""
        for message in self.there():
            if not is_known(message):
                return None
            if self._is_wanted(message):
                return message
        return None

    def there(self) -> tuple[Message, ...]:
        """What is there by now and may be it, oldest first."""
        since_ms = self._since_ms()
        if self.after is None:
            return () if since_ms is None else said_from(self._from(since_ms), since_ms)
        known = self._timeline.get(_id_of(self.after))
        messages = () if known is None else self._from(known.time_ms - EARLY_MS)
        said = said_after(messages, _id_of(self.after), self._heard)
        if self._since is None:
            return said
        return () if since_ms is None else said_from(said, since_ms)

    def _since_ms(self) -> int | None:
        """None: no moment was given, or the server does not have what it is that of."""
        if isinstance(self._since, dt.datetime):
            return int(self._since.timestamp() * 1000)
        first = None if self._since is None else self._timeline.get(_id_of(self._since))
        return None if first is None or first.is_draft else first.time_ms

    def _from(self, time_ms: int) -> tuple[Message, ...]:
        return self._timeline.slice(self._timeline.index_at(time_ms), len(self._timeline))

    def _is_wanted(self, message: Message) -> bool:
        if message.id in self._others:
            return False
        if not self._matches(message):
            self._others.add(message.id)
            return False
        return True

    @property
    def in_vain(self) -> str:
        """How to say that nothing was found; without a word of what came."""
        number = len(self._others)
        came = f" (of {number} message{'s' * (number != 1)} none did)" if number else ""
        return f"Nothing came that matches{came}" if number else "Nobody wrote"


def _id_of(known: Known) -> str:
    return known.draft_id if isinstance(known, Delivery) else known.id


def _matcher(matching: Any) -> Callable[[Message], object]:
    if matching is None:
        return lambda _: True
    if inspect.iscoroutinefunction(matching):
        raise TypeError("matching must be a function that is not async.")
    if callable(matching):
        return cast("Callable[[Message], object]", matching)
    if not isinstance(matching, str | re.Pattern):
        name = type(matching).__name__
        raise TypeError(f"matching must be a regular expression or a function, not {name}.")
    try:
        pattern = re.compile(matching)
    except re.error as error:
        raise ValueError(f"matching is no regular expression: {error}.") from None
    return lambda message: pattern.search(message.text or "")
