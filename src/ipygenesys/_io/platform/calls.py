"""Calls: an operation of the session, or an action of the user, is carried out and becomes an input again."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING

import msgspec

from ipygenesys._core.machines.rest_budget import lane_of
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, FrameReceived
from ipygenesys._core.model.operations import Action, Operation, PostMessage
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._io.disk.durable_store import StoreError, WriteAhead
from ipygenesys._io.platform.access import Platform
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.platform.streams import Streams
from ipygenesys._protocols.base import Adapter, CanAct
from ipygenesys._protocols.flow import CallError
from ipygenesys.errors import error_from

if TYPE_CHECKING:
    from ipygenesys._io.conversation.gateway import Gateway

_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class Calls:
    """What is asked of the platform, each in a task of its own.

    Args:
        gateway: takes what became of them.
        protocol: knows how they are made.
        platform: what they are made with.
        streams: what goes by stream goes by the newest of them.
        write_ahead: where a message is written down before it goes out; None: nowhere.
    """

    def __init__(
        self,
        gateway: Gateway,
        protocol: Adapter,
        platform: Platform,
        streams: Streams,
        write_ahead: WriteAhead | None,
    ) -> None:
        self._gateway = gateway
        self._protocol = protocol
        self._platform = platform
        self._streams = streams
        self._write_ahead = write_ahead
        self._sends: dict[str, FlowRunner] = {}
        """By draft id: the sends under way."""

    def start(self, operation: Operation, *, is_again: bool) -> None:
        """Carry out an operation of the session."""
        runner = self._platform.runner(link=self._streams.link, lane=lane_of(operation), is_again=is_again)
        if isinstance(operation, PostMessage):
            self._sends[operation.draft_id] = runner
        self._gateway.spawn(self._call(operation, runner))

    def cancel_send(self, draft_id: str) -> None:
        """Stop a send whose file is still on its way."""
        self._sends[draft_id].cancel()

    async def _call(self, operation: Operation, runner: FlowRunner) -> None:
        take = self._gateway.take
        try:
            result = await self._carried_out(operation, runner)
        except CallError as error:
            take(CallFailed(operation, error.failure))
        except _UNREADABLE:
            # The call was carried out, but its answer cannot be read: for a send that means "unknown".
            take(CallFailed(operation, _unreadable(operation)))
        except Exception as error:  # A bug of ours must not leave the operation under way for ever.
            self._gateway.report_bug(type(operation).__name__, error)
            words = f"{type(operation).__name__}: internal error ({type(error).__name__})."
            take(CallFailed(operation, Failure(kind="lost", message=words)))
        else:
            take(CallSucceeded(operation, result))

    async def _carried_out(self, operation: Operation, runner: FlowRunner) -> MessageArrived | History | None:
        try:
            if isinstance(operation, PostMessage):
                await self._written_down()
            return await runner.run(self._protocol.perform(operation))
        finally:
            if isinstance(operation, PostMessage):
                del self._sends[operation.draft_id]

    async def _written_down(self) -> None:
        """Nothing goes to the wire that the next run would not know of."""
        if self._write_ahead is None or self._write_ahead.written is None:
            return
        try:
            await asyncio.shield(self._write_ahead.written)
        except StoreError:
            words = "The message could not be written down first, so it was not sent. Is the disk full?"
            raise CallError(Failure(kind="rejected", message=words)) from None

    def act(self, protocol: CanAct, action: Action, outcome: Future[None]) -> None:
        """Do what the user asks for; the outcome is theirs, what was learned by it is the session's."""
        self._gateway.spawn(self._act(protocol, action, outcome))

    async def _act(self, protocol: CanAct, action: Action, outcome: Future[None]) -> None:
        try:
            learned = await self._platform.runner(link=self._streams.link).run(protocol.act(action))
        except CallError as error:
            outcome.set_exception(error_from(error.failure))
        except _UNREADABLE:
            outcome.set_exception(error_from(_unreadable(action)))
        else:
            if (active := self._gateway.session.connection.active) is not None:
                self._gateway.take(FrameReceived(active, learned))
            outcome.set_result(None)
        finally:
            if not outcome.done():
                failure = Failure(kind="lost", message="The conversation was closed.")
                outcome.set_exception(error_from(failure))


def _unreadable(what: Operation | Action) -> Failure:
    words = f"{type(what).__name__}: the server's answer is not of this protocol."
    return Failure(kind="lost", message=words)
