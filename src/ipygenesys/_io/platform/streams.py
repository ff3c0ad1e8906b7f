"""Streams: each is opened, read and lost in a task of its own; what it says becomes inputs of the session."""

from __future__ import annotations

import asyncio

from ipygenesys._core.model.inputs import FrameReceived, StreamLost, StreamOpened
from ipygenesys._core.model.platform_events import FrameIgnored, PlatformEvent
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.platform.access import Platform
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.source import Fed
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import StreamError
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Join, Occasion
from ipygenesys._protocols.tolerant import Leftovers

ABNORMAL_CLOSURE = 1006
"""Source: RFC 6455, 7.4.1."""


class Streams:
    """The streams of one conversation, numbered by the session: mostly one; two while it moves.

    Args:
        conversation: takes what they say, and their loss.
        protocol: knows how they are opened and read.
        platform: what they are opened with.
        clock: tells when.
    """

    def __init__(self, conversation: Fed, protocol: Adapter, platform: Platform, clock: ServerClock) -> None:
        self.link: Subscription | None = None
        """To the stream that was opened last."""
        self._conversation = conversation
        self._protocol = protocol
        self._platform = platform
        self._clock = clock
        self._open: dict[int, asyncio.Task[None]] = {}
        """By their numbers: those whose task has not ended yet."""
        self._close_code: int | None = None
        """Of the stream that was lost last."""
        self._close_reason = ""
        self._token_number = 0
        """Of the token that the newest stream was opened with."""

    def __len__(self) -> int:
        return len(self._open)

    def open(self, generation: int, *, fresh_token: bool) -> None:
        """Open a stream."""
        runner = self._opening_runner(generation)
        task = self._conversation.spawn(self._run(generation, runner, fresh_token=fresh_token))
        self._open[generation] = task
        task.add_done_callback(lambda _: self._done(generation))

    def close(self, generation: int) -> None:
        """Close it with a proper close frame; nothing if it is lost already."""
        if (task := self._open.get(generation)) is not None:
            task.cancel()

    def _done(self, generation: int) -> None:
        self._open.pop(generation, None)
        self._conversation.settle()

    async def _run(self, generation: int, runner: FlowRunner, *, fresh_token: bool) -> None:
        try:
            loss = await self._until_lost(generation, runner, fresh_token=fresh_token)
        except Exception as error:  # A bug of ours must not leave the conversation without a stream for ever.
            self._conversation.report_bug("the stream", error)
            loss = StreamLoss(close_code=ABNORMAL_CLOSURE)
        self._close_code = loss.close_code
        if self._conversation.tap:
            self._conversation.tap.closed(generation, loss, self._close_reason)
        self._close_reason = ""
        self._conversation.take(StreamLost(generation, loss))

    async def _until_lost(self, generation: int, runner: FlowRunner, *, fresh_token: bool) -> StreamLoss:
        tokens = self._platform.tokens
        if fresh_token and tokens is not None:
            tokens.expire(self._token_number)
        try:
            try:
                learned = await runner.run(self._protocol.open_stream())
            finally:
                self._token_number = tokens.number if tokens is not None else 0
            assert runner.link is not None
            self.link = runner.link
            if self._conversation.tap and not runner.has_opened:
                self._conversation.tap.opened(generation)
            self._note(learned, None, is_live=False)
            self._conversation.take(FrameReceived(generation, learned))
            self._conversation.take(StreamOpened(generation))
            await runner.link.lost
        except StreamError as error:
            self._close_reason = error.reason
            return error.loss
        except CallError as error:
            return StreamLoss(failure=error.failure, is_tls=error.is_tls)
        except asyncio.CancelledError:
            if runner.link is not None:
                await runner.link.close()
            if self._conversation.tap:
                self._conversation.tap.closed(generation, None)
            raise
        finally:
            if runner.link is not None:
                await runner.link.abort()
        raise AssertionError("a stream ends with a StreamError")

    def _opening_runner(self, generation: int) -> FlowRunner:
        """It begins without a link: what it closes in the end is the stream that it has opened, no other."""
        occasion = Occasion(
            now_s=self._clock.monotonic(),
            is_move=self._conversation.session.connection.is_open,
            close_code=self._close_code,
        )
        account = self._platform.account
        opened_then = 0 if account is None else account.stream.opened
        return self._platform.runner(
            on_opened=lambda url, frames: self._opened(generation, url, frames),
            on_open=lambda stream: Link(stream).feed(self._subscription(generation)),
            join=lambda step: self._join(generation, step, opened_then),
            occasion=occasion,
        )

    def _opened(self, generation: int, url: str, first_frames: tuple[str, ...]) -> None:
        if self._conversation.tap:
            self._conversation.tap.opened(generation, url, first_frames)

    def _said(self, generation: int, frame: str) -> None:
        if self._conversation.tap:
            self._conversation.tap.said(generation, frame)

    def _ponged(self, generation: int, latency_s: float) -> None:
        if self._conversation.tap:
            self._conversation.tap.ponged(generation, latency_s)

    async def _join(self, generation: int, step: Join, opened_then: int) -> Subscription:
        account, subscription = self._platform.account, self._subscription(generation, step)
        assert account is not None
        try:
            await account.stream.join(
                step,
                subscription,
                former=self.link,
                opened_then=opened_then,
                runner=self._platform.runner,
            )
        except BaseException:
            await subscription.abort()
            raise
        return subscription

    def _subscription(self, generation: int, step: Join | None = None) -> Subscription:
        conversation = self._conversation
        return Subscription(
            decode=lambda data: self._decode(generation, data),
            deliver=lambda events: conversation.step(FrameReceived(generation, events)),
            delivered=conversation.settle,
            has_history=lambda: conversation.session.has_history,
            address=None if step is None else step.address,
            topics=() if step is None else step.topics,
            read_every_s=self._protocol.profile.read_every_s,
            on_said=lambda frame: self._said(generation, frame),
            on_pong=lambda latency_s: self._ponged(generation, latency_s),
        )

    def _decode(self, generation: int, data: bytes) -> tuple[PlatformEvent, ...]:
        """What a stream says that does not count any more is not read: protocols remember what they have read."""
        if self._conversation.tap:
            self._conversation.tap.heard(generation, data)
        connection = self._conversation.session.connection
        if not connection.is_current(generation):
            return ()
        with Leftovers() as names:
            events = self._protocol.decode_frame(data)
        if names:
            events = (*events, *(FrameIgnored("odd_field") for _ in names))
        self._note(events, len(data), is_live=connection.active == generation)
        return events

    def _note(self, events: tuple[PlatformEvent, ...], raw_bytes: int | None, *, is_live: bool) -> None:
        clock = self._clock
        self._conversation.noted.heard(
            events, raw_bytes, clock.monotonic(), clock.own.epoch(), is_live=is_live
        )
