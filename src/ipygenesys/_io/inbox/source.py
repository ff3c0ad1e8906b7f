"""The platform as an inbox's source: a stream for all conversations, and its calls, each in a task of its own."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ipygenesys._core.inbox.inputs import Ask, InboxEffect, Refused, Told
from ipygenesys._core.inbox.operations import InboxOperation
from ipygenesys._core.model.effects import Call, CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import TokenRenewed
from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.inbox.watches import Watches
from ipygenesys._io.platform.access import Platform
from ipygenesys._io.platform.calls import Calls
from ipygenesys._io.platform.streams import Streams
from ipygenesys._io.stream.source import Fed
from ipygenesys._protocols.flow import CallError

_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class InboxSource:
    """Feeds an inbox from where its protocol says.

    Args:
        inbox: is fed.
        protocol: which conversations, where, and as whom we come.
        clock: learns the server's time from each answer.
        take: takes the answers of calls.
    """

    def __init__(
        self,
        inbox: Fed,
        protocol: Watches,
        clock: ServerClock,
        take: Callable[[Told | Refused], object],
    ) -> None:
        self._inbox = inbox
        self._protocol = protocol
        self._take = take
        self._platform = Platform(
            protocol,
            clock,
            on_delayed=lambda: inbox.count("calls_delayed"),
            on_renewed=lambda: inbox.take(TokenRenewed()),
            on_bug=inbox.report_bug,
            on_progress=lambda *_: None,
            on_odd_field=lambda: inbox.count("odd_field"),
            tap=inbox.tap,
        )
        self._streams = Streams(inbox, protocol, self._platform, clock)
        self._calls = Calls(inbox, protocol, self._platform, link=lambda: self._streams.link)

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""
        return not self._streams

    def perform(self, effect: InboxEffect) -> None:
        """Begin to do what the inbox wants."""
        match effect:
            case Ask(operation, is_again):
                _ = self._inbox.spawn(self._ask(operation, is_again=is_again))
            case Call(operation, is_again):
                self._calls.start(operation, is_again=is_again)
            case OpenStream(generation, fresh_token):
                self._streams.open(generation, fresh_token=fresh_token)
            case CloseStream(generation):
                self._streams.close(generation)
            case _:
                raise AssertionError(f"An inbox does not {type(effect).__name__}.")

    async def _ask(self, operation: InboxOperation, *, is_again: bool) -> None:
        runner = self._platform.runner(link=self._streams.link, lane="backfill", is_again=is_again)
        try:
            events = await runner.run(self._protocol.ask(operation))
        except CallError as error:
            self._take(Refused(operation, error.failure))
        except _UNREADABLE:
            words = f"{type(operation).__name__}: the server's answer is not of this protocol."
            self._take(Refused(operation, Failure(kind="lost", message=words)))
        except Exception as error:  # A bug of ours must not leave the operation under way for ever.
            self._inbox.report_bug(type(operation).__name__, error)
            words = f"{type(operation).__name__}: internal error ({type(error).__name__})."
            self._take(Refused(operation, Failure(kind="lost", message=words)))
        else:
            if self._streams.link is not None:
                self._streams.link.topics = self._protocol.topics
            self._take(Told(operation, events))

    async def aclose(self) -> None:
        """Leave no connection."""
        await self._platform.aclose()
