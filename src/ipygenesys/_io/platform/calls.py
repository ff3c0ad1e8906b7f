"""Calls: an operation of the session, or an action of the user, is carried out and becomes an input again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from ipygenesys._core.machines.rest_budget import lane_of
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, FrameReceived
from ipygenesys._core.model.operations import Action, Operation, PostMessage
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._io.platform.access import Platform
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.stream.source import Fed
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._protocols.base import Adapter, CanAct
from ipygenesys._protocols.flow import CallError
from ipygenesys.errors import error_from

_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class Calls:
    """What is asked of the platform, each in a task of its own.

    Args:
        conversation: takes what became of them.
        protocol: knows how they are made.
        platform: what they are made with.
        link: what goes by stream goes by this.
    """

    def __init__(
        self,
        conversation: Fed,
        protocol: Adapter,
        platform: Platform,
        *,
        link: Callable[[], Subscription | None],
    ) -> None:
        self._conversation = conversation
        self._protocol = protocol
        self._platform = platform
        self._link = link
        self._sends: dict[str, FlowRunner] = {}
        """By draft id: the sends under way."""

    def start(self, operation: Operation, *, is_again: bool) -> None:
        """Carry out an operation of the session."""
        runner = self._platform.runner(link=self._link(), lane=lane_of(operation), is_again=is_again)
        if isinstance(operation, PostMessage):
            self._sends[operation.draft_id] = runner
        _ = self._conversation.spawn(self._call(operation, runner))

    def cancel_send(self, draft_id: str) -> None:
        """Stop a send whose file is still on its way."""
        self._sends[draft_id].cancel()

    async def _call(self, operation: Operation, runner: FlowRunner) -> None:
        take = self._conversation.take
        try:
            result = await self._carried_out(operation, runner)
        except CallError as error:
            take(CallFailed(operation, error.failure))
        except _UNREADABLE:
            # The call was carried out, but its answer cannot be read: for a send that means "unknown".
            take(CallFailed(operation, _unreadable(operation)))
        except Exception as error:  # A bug of ours must not leave the operation under way for ever.
            self._conversation.report_bug(type(operation).__name__, error)
            words = f"{type(operation).__name__}: internal error ({type(error).__name__})."
            take(CallFailed(operation, Failure(kind="lost", message=words)))
        else:
            take(CallSucceeded(operation, result))

    async def _carried_out(self, operation: Operation, runner: FlowRunner) -> MessageArrived | History | None:
        try:
            if isinstance(operation, PostMessage):
                await self._conversation.written_down()
            return await runner.run(self._protocol.perform(operation))
        finally:
            if isinstance(operation, PostMessage):
                del self._sends[operation.draft_id]

    def act(self, protocol: CanAct, action: Action, outcome: Future[None]) -> None:
        """Do what the user asks for; the outcome is theirs, what was learned by it is the session's."""
        _ = self._conversation.spawn(self._act(protocol, action, outcome))

    async def _act(self, protocol: CanAct, action: Action, outcome: Future[None]) -> None:
        try:
            learned = await self._platform.runner(link=self._link()).run(protocol.act(action))
        except CallError as error:
            outcome.set_exception(error_from(error.failure))
        except _UNREADABLE:
            outcome.set_exception(error_from(_unreadable(action)))
        else:
            if (active := self._conversation.session.connection.active) is not None:
                self._conversation.take(FrameReceived(active, learned))
            outcome.set_result(None)
        finally:
            if not outcome.done():
                failure = Failure(kind="lost", message="The conversation was closed.")
                outcome.set_exception(error_from(failure))


def _unreadable(what: Operation | Action) -> Failure:
    words = f"{type(what).__name__}: the server's answer is not of this protocol."
    return Failure(kind="lost", message=words)
