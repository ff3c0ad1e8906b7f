"""What an inbox may be of: the platform, or what brings a session and a source of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from ipygenesys._core.inbox.inputs import InboxInput
from ipygenesys._core.inbox.operations import InboxOperation
from ipygenesys._core.inbox.pools import Pools
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.told import InboxEvent
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys._protocols.flow import Flow


class HasRows(Protocol):
    """Rows, and the figures of them."""

    @property
    def rows(self) -> Mapping[str, Row]:
        """By conversation."""

    @property
    def pools(self) -> Pools:
        """Of all of them."""

    def take_changed(self) -> tuple[str, ...]:
        """The rows that are new, different or gone since this was last asked."""


class Session(Protocol):
    """What decides for an inbox."""

    connection: Connection
    counters: Counter[str]
    problems: dict[str, Failure]

    @property
    def desk(self) -> HasRows:
        """What is known of the conversations."""

    @property
    def has_history(self) -> bool:
        """What a stream has to drop in need can be had again."""

    @property
    def is_catching_up(self) -> bool:
        """What is there is not all known yet."""

    def step(self, input_: InboxInput, now: Now) -> Sequence[object]:
        """Take one input; returns what the shell must do, in this order."""

    def next_deadline(self) -> float | None:
        """When, in monotonic seconds, a ``Tick`` has something to do."""


class Source(Protocol):
    """What feeds an inbox."""

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""

    def perform(self, effect: Any) -> None:
        """Begin to do what the inbox wants."""

    async def aclose(self) -> None:
        """Leave no connection."""


@runtime_checkable
class Watches(Adapter, Protocol):
    """A protocol of many conversations."""

    @property
    def queue_ids(self) -> tuple[str, ...]:
        """The queues that are watched; empty: what is a user's own."""

    @property
    def topics(self) -> tuple[str, ...]:
        """What its stream has to tell of."""

    def fresh(self) -> Watches:
        """The same without its memory."""

    def opened(self, conversation_id: str) -> Adapter:
        """One of its conversations, on the same stream and with the same token."""

    def ask(self, operation: InboxOperation) -> Flow[tuple[InboxEvent, ...]]:
        """Carry out what an inbox wants.

        Raises:
            CallError: it was not carried out, or nobody knows.
            msgspec.DecodeError: the answer is not what this protocol knows.
        """


@runtime_checkable
class IsWatched(Protocol):
    """Many conversations that do not come from the platform: they bring their own session and source, such as a relay."""

    def rows_session(self) -> Session:
        """What decides."""

    def rows_source(self, inbox: Any) -> Source:
        """What feeds this inbox; called once, on the loop's thread."""

    def opened(self, conversation_id: str) -> Adapter | IsFed:
        """One of its conversations."""
