"""What has hit one client, and whether it said so (I10): each failed exchange, each lost stream, each unreadable frame.

The network tells what went wrong while the client was waiting for it; the client's own steps tell what became of it. The
shells may swallow nothing: a call whose last exchange failed must come to the session as failed. Nor may the session: a
failed call shows as an event, in a counter or as a draft's state, and a lost stream as a status.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ipygenesys._core.model.effects import CloseStream, Effect, Emit
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, Input, Now, StreamLost
from ipygenesys._core.model.operations import FetchHistory, MarkReadUpTo, PostMessage
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._protocols.base import Adapter
from tests.simulation.odd_fields import is_odd

if TYPE_CHECKING:
    from ipygenesys._io.conversation.gateway import Gateway

OWNER: ContextVar[Any] = ContextVar("OWNER", default=None)
"""The witness of the client that is at work."""
RENEWAL_FAILED = "The token could not be refreshed"
"""How the log begins to tell of a token that could not be renewed ahead of time."""
Report = Callable[[str, str], None]


class Witness:
    """Of one client, from its beginning to its end.

    Args:
        gateway: the client.
        report: takes a violation.
        is_unreadable: whether nobody can read a frame.
        is_refused_typing: whether a frame refuses typing, to which no call is waiting for an answer.
        on_typing: hears of each frame that says that somebody types.
        on_page: hears of each page of history, once it is in its place.
    """

    def __init__(
        self,
        gateway: Gateway,
        report: Report,
        *,
        is_unreadable: Callable[[bytes], bool],
        is_refused_typing: Callable[[bytes], bool],
        on_typing: Callable[[], object],
        on_page: Callable[[], object],
    ) -> None:
        self.counts: Counter[str] = Counter()
        """Faults that were felt, and what became of them."""
        self._gateway = gateway
        self._report = report
        self._is_unreadable = is_unreadable
        self._is_refused_typing = is_refused_typing
        self._on_typing = on_typing
        self._on_page = on_page
        self._failed: set[asyncio.Task[Any]] = set()
        """Tasks whose last exchange came to nothing."""
        self._told: set[asyncio.Task[Any]] = set()
        """Those that have told the session of a failure."""
        self._step = gateway.session.step
        protocol = gateway._protocol
        assert isinstance(protocol, Adapter)
        self._decode = protocol.decode_frame
        gateway.session.step = self._stepped  # type: ignore[method-assign]
        protocol.decode_frame = self._read  # type: ignore[assignment,method-assign]

    # --- what the network tells

    def exchanged(self, *, is_done: bool) -> None:
        """A call of the task that is running was answered, or was not."""
        task = asyncio.current_task()
        assert task is not None
        if is_done:
            self._failed.discard(task)
            return
        self.counts["exchanges failed"] += 1
        if task.get_coro().__name__ == "keep_fresh":  # type: ignore[union-attr]
            self.counts["renewals failed"] += 1
        elif task not in self._failed:
            self._failed.add(task)
            task.add_done_callback(self._ended)

    def stream_ended(self) -> None:
        """A socket was closed or reset, and not by the client."""
        self.counts["sockets ended"] += 1

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task in self._failed and task not in self._told and not task.cancelled():
            self._report("I10", "a failed call has left no trace")
        self._failed.discard(task)
        self._told.discard(task)

    # --- what the client does about it

    def _read(self, data: bytes) -> tuple[PlatformEvent, ...]:
        """What a stream says that counts."""
        self.counts["unreadable"] += self._is_unreadable(data)
        self.counts["typing refused"] += self._is_refused_typing(data)
        self.counts["odd fields"] += is_odd(data)
        if b"yping" in data and (b"true" in data or b'"On"' in data):
            self._on_typing()
        return self._decode(data)

    def _stepped(self, input_: Input, now: Now) -> list[Effect]:
        session = self._gateway.session
        is_expected = isinstance(input_, CallFailed) and self._is_nothing(input_)
        before = session.conversation.counters.total() if isinstance(input_, CallFailed) else 0
        effects = self._step(input_, now)
        self.counts["streams closed"] += sum(isinstance(effect, CloseStream) for effect in effects)
        match input_:
            case CallFailed(operation):
                self._tell()
                is_counted = session.conversation.counters.total() > before
                if not (is_counted or is_expected or any(isinstance(effect, Emit) for effect in effects)):
                    self._report("I10", f"a failed {type(operation).__name__} shows nowhere")
            case CallSucceeded(operation) if asyncio.current_task() in self._failed:
                self._report("I10", f"a {type(operation).__name__} that failed passes for done")
            case CallSucceeded(FetchHistory()):
                self._on_page()
            case StreamLost():
                self._tell()
                self.counts["streams lost"] += 1
                if session.connection.status == "connected" and not session.connection.is_open:
                    self._report("I10", "shown as connected without a stream")
            case _:
                pass
        return effects

    def _tell(self) -> None:
        if (task := asyncio.current_task()) in self._failed:
            self._told.add(task)

    def _is_nothing(self, failed: CallFailed) -> bool:
        """Nobody is the worse for it: what was asked for is known by now, or is not wanted any more."""
        session = self._gateway.session
        match failed.operation:
            case PostMessage(draft_id):
                return draft_id not in session.outbox
            case MarkReadUpTo():
                return failed.failure.kind in ("not_found", "unsupported")  # Each is marked alone instead.
            case FetchHistory() as fetch:
                return any(call is fetch for call in session.catch_up._void)
            case _:
                return False

    # --- in the end

    def check(self) -> None:
        """Each fault that was felt must have left its own trace."""
        counts, said = self.counts, self._gateway.session.conversation.counters
        if counts["sockets ended"] > counts["streams lost"] + counts["streams closed"]:
            self._report("I10", "a stream was lost, and nobody said so")
        # What a stream said in its last moment is not taken any more, as all of it is not once another one counts.
        ends = counts["streams lost"] + counts["streams closed"]
        if counts["unreadable"] > said["malformed"] + said["unknown_event"] + said["unknown_value"] + ends:
            self._report("I10", "a frame that nobody can read was not counted")
        # Where the content can be fetched, a message with an odd field is taken for one that brings none.
        if counts["odd fields"] > said["odd_field"] + said["malformed"] + said["other_conversation"] + ends:
            self._report("I10", "an odd field was not counted")
        if counts["typing refused"] > said["typing_refused"] + ends:
            self._report("I10", "a refusal of typing was not counted")


def check_renewals(witnesses: list[Witness], log: list[str], report: Report) -> None:
    """Tokens are renewed in the background, for nobody in particular: the log tells."""
    failed = sum(witness.counts["renewals failed"] for witness in witnesses)
    if failed > sum(line.startswith(RENEWAL_FAILED) for line in log):
        report("I10", "a token could not be renewed, and the log has no word of it")
