"""Whoever leads owns a conversation: its connection to the platform, what is published of it, viewers' commands.

Theory of operation. The conversation is a gateway like any other; what passes it is heard by its tap. Each step becomes a
publication that is written with what it keeps, so what is remembered of a send is there before anybody is told of it, and
before a message goes to the platform Redis has confirmed that we lead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.inputs import Connect, Disconnect
from ipygenesys._core.model.kept import DurableState, Keep
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.relay.commands import Command
from ipygenesys._core.relay.entries import message_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.publisher import Publication, Publisher
from ipygenesys._core.relay.rights import Right, Rights
from ipygenesys._core.relay.serving import Asker, Serving, Work
from ipygenesys._core.relay.writing import changed, kept_anew, reply_of
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.redis.leases import Taken
from ipygenesys._io.relay.taking import Taking
from ipygenesys._io.relay.writer import AGAIN_S, Writer
from ipygenesys._recordings.entries import AnyEntry, InputTaken


class Owner:
    """Of one conversation, from when we lead until somebody else does.

    Args:
        protocol: which conversation, where, and as whom.
        redis: where it is published.
        keys: of the conversation.
        rights: who may do what.
        taken: the lease.
        state: what an earlier leader has left behind.
        writer: what writes to Redis.
        clock: the time and the dice.
    """

    def __init__(
        self,
        protocol: Any,
        redis: Redis,
        keys: Keys,
        rights: Rights,
        *,
        taken: Taken,
        state: DurableState,
        writer: Writer[Publication],
        clock: SystemClock | None = None,
    ) -> None:
        self.state = state
        """What is under way."""
        self._redis, self._keys, self._writer = redis, keys, writer
        self.gateway = Gateway(protocol, clock=clock, store=self)
        self._publisher = Publisher(self.gateway.session, taken.run)
        self._serving = Serving(self.gateway.session, self._publisher)
        self.taking = Taking(
            keys,
            rights,
            writer,
            self._carry_out,
            start=self.gateway.spawn,
            on_bug=self.gateway.report_bug,
        )
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.gateway.tap.add(self._passed)
        self.begin(taken)

    def start(self) -> None:
        """Connect."""
        self.gateway.bind(self._loop)
        self.gateway.post(Connect())

    def begin(self, taken: Taken) -> None:
        """We lead, for the first time or again, and nobody else did meanwhile."""
        self.taking.epoch = taken.epoch
        self._writer.begin(taken.epoch, self._publisher.begin(taken.run), kept_anew(self.state, self._keys))
        self.connect()

    def connect(self) -> None:
        """Be connected, for the first time or again."""
        self.gateway.post(Connect())

    def rest(self) -> None:
        """Nobody knows whether we lead: others may need the stream."""
        self.gateway.post(Disconnect())

    async def aclose(self, sends_for_s: float = 0.0) -> None:
        """Leave the platform; what is under way is kept for whoever leads next."""
        if self._timer is not None:
            self._timer.cancel()
        await self.gateway.close(sends_for_s=sends_for_s)

    # --- as the gateway's store -----------------------------------------------------------------------------

    def keep(self, change: Keep) -> None:
        """It was published with the step that it belongs to."""

    async def until_written(self) -> None:
        """Until Redis has confirmed all so far.

        Raises:
            CallError: it has not.
        """
        await self._writer.until_written()

    async def close(self) -> None:
        """Nothing is open."""

    # --- what happens ---------------------------------------------------------------------------------------

    def _passed(self, entry: AnyEntry, effects: Sequence[Effect]) -> None:
        if not isinstance(entry, InputTaken):
            return
        published = self._publisher.took(entry.input, effects)
        for change in published.keeps:
            self.state = changed(self.state, change)
        work = self._serving.stepped(entry.input, effects)
        self._writer.add(published, [reply_of(reply, self._keys) for reply in work.replies])
        for input_ in work.inputs:  # Not now: the step that asks for it is not over.
            self._loop.call_soon(self.gateway.take, input_)

    def _do(self, work: Work) -> None:
        for input_ in work.inputs:
            self.gateway.take(input_)
        self._writer.add(also=[reply_of(reply, self._keys) for reply in work.replies])
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._serving.next_deadline()) is not None:
            delay = max(deadline - self.gateway.clock.monotonic(), 0.0)
            self._timer = self._loop.call_later(delay, self._tick)

    def _tick(self) -> None:
        self._do(self._serving.tick(self.gateway.clock.monotonic()))

    # --- commands -------------------------------------------------------------------------------------------

    async def _carry_out(self, asker: Asker, command: Command, rights: frozenset[Right]) -> None:
        remembered = None
        if isinstance(command.wanted, PostMessage):
            remembered = await self._remembered(command.wanted.draft_id)
        now = self.gateway.clock.monotonic()
        self._do(self._serving.take(asker.user, command, now, rights=rights, remembered=remembered))

    async def _remembered(self, draft_id: str) -> MessageArrived | None:
        """What a message that was sent before has become; asked until Redis answers."""
        while True:
            try:
                (id_,) = await self._redis.get(self._keys.sent(draft_id))
                if id_ is None:
                    return None
                found = await self._redis.messages(self._keys, [id_.decode()])
            except RedisError:
                await asyncio.sleep(AGAIN_S)
            else:
                message = (
                    message_of(found[0]) if found else MessageArrived(id=id_.decode(), has_content=False)
                )
                return msgspec.structs.replace(message, draft_id=draft_id)
