"""Whoever leads owns an inbox: its one stream, what is published of its rows, what viewers look at and open.

Theory of operation. The inbox is a gateway like any other, and what is published is its view: after each step the rows that
have changed. A conversation that a viewer opens becomes an upstream of its own, on the same stream and with the same token,
for as long as somebody wants it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from ipygenesys._core.inbox.inputs import Recalled
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.model import inputs
from ipygenesys._core.model.inputs import Connect, Disconnect
from ipygenesys._core.relay.commands import Command, OpenConversation
from ipygenesys._core.relay.inbox.publisher import RowsPublication, RowsPublisher
from ipygenesys._core.relay.inbox.serving import RowsServing, RowsWork
from ipygenesys._core.relay.keys import Keys, inbox_of, name_of_opened
from ipygenesys._core.relay.rights import Right, Rights
from ipygenesys._core.relay.serving import Asker
from ipygenesys._core.relay.writing import reply_of
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys._io.inbox.watches import Watches
from ipygenesys._io.relay.redis.leases import Taken
from ipygenesys._io.relay.taking import Taking
from ipygenesys._io.relay.writer import Writer


class Opens(Protocol):
    """Relays single conversations besides those that are configured."""

    def open(self, name: str, protocol: Any) -> None:
        """From now on; doing it twice is fine."""

    def close(self, name: str) -> None:
        """No more."""


class InboxOwner:
    """Of one inbox, from when we lead until somebody else does.

    Args:
        protocol: which conversations, where, and as whom.
        keys: of the inbox.
        rights: who may do what.
        taken: the lease.
        left_behind: the rows of an earlier leader.
        writer: what writes to Redis.
        opens: relays the conversations that viewers open.
        clock: the time and the dice.
    """

    def __init__(
        self,
        protocol: Watches,
        keys: Keys,
        rights: Rights,
        *,
        taken: Taken,
        left_behind: Iterable[Recalled],
        writer: Writer[RowsPublication],
        opens: Opens,
        clock: SystemClock | None = None,
    ) -> None:
        self._keys, self._writer, self._opens = keys, writer, opens
        self.gateway = InboxGateway(protocol, clock=clock)
        assert isinstance(self.gateway.session, InboxSession)
        self._publisher = RowsPublisher(self.gateway.session, taken.run, left_behind)
        self._serving = RowsServing()
        self._opened: set[str] = set()
        self._changed: dict[str, None] = {}
        self.taking = Taking(
            keys,
            rights,
            writer,
            self._carry_out,
            start=self.gateway.spawn,
            on_bug=self.gateway.report_bug,
        )
        self.gateway.changes.add(self._note)
        self.gateway.add_views(self)
        self.begin(taken)

    def start(self) -> None:
        """Connect."""
        self.gateway.bind(asyncio.get_running_loop())

    def begin(self, taken: Taken) -> None:
        """We lead, for the first time or again, and nobody else did meanwhile."""
        self.taking.epoch = taken.epoch
        self._writer.begin(taken.epoch, self._publisher.begin(taken.run), [])
        self.connect()

    def connect(self) -> None:
        """Be connected, for the first time or again."""
        self.gateway.call_soon(lambda: self.gateway.take(Connect()))

    def rest(self) -> None:
        """Nobody knows whether we lead: others may need the stream."""
        self.gateway.call_soon(lambda: self.gateway.take(Disconnect()))

    async def aclose(self, sends_for_s: float = 0.0) -> None:
        """Leave the platform, and what was opened."""
        for name in self._opened:
            self._opens.close(name)
        self._opened.clear()
        await self.gateway.close(sends_for_s=sends_for_s)

    # --- as a view of the gateway ---------------------------------------------------------------------------

    def commands(self) -> list[inputs.Command]:
        """Looks of those who are not heard of any more are over."""
        self._do(self._serving.tick(self.gateway.clock.monotonic()))
        return []

    def renew(self) -> None:
        """What is published says so itself."""

    def _note(self, conversation_id: str) -> None:
        self._changed[conversation_id] = None

    def flush(self) -> None:
        """Publish what has become of the step."""
        if (recall := self._publisher.recall()) is not None:
            self.gateway.step(recall)  # Before all rows are told: whoever leads after us finds these, too.
        changed, self._changed = self._changed, {}
        self._writer.add(self._publisher.took(changed, self.gateway.clock.monotonic()))

    def next_deadline(self) -> float | None:
        """When something is due next, in monotonic seconds."""
        deadlines = (self._publisher.next_deadline(), self._serving.next_deadline())
        return min((at for at in deadlines if at is not None), default=None)

    # --- commands -------------------------------------------------------------------------------------------

    async def _carry_out(self, asker: Asker, command: Command, rights: frozenset[Right]) -> None:
        if isinstance(command.wanted, OpenConversation):
            name = name_of_opened(self._inbox, command.wanted.conversation_id)
            rights = await self.taking.rights_of(asker, command, name)
        now, rows = self.gateway.clock.monotonic(), self.gateway.rows
        self._do(self._serving.take(asker.user, command, now, rights=rights, rows=rows))
        self.gateway.settle()

    def _do(self, work: RowsWork) -> None:
        for input_ in work.inputs:
            self.gateway.step(input_)
        self._open_and_close()
        self._writer.add(also=[reply_of(reply, self._keys) for reply in work.replies])

    def _open_and_close(self) -> None:
        wanted = {name_of_opened(self._inbox, id_): id_ for id_ in self._serving.opened}
        for name in self._opened - wanted.keys():
            self._opens.close(name)
        for name in wanted.keys() - self._opened:
            self._opens.open(name, self.gateway.protocol.opened(wanted[name]))
        self._opened = set(wanted)

    @property
    def _inbox(self) -> str:
        return inbox_of(self._keys.name)
