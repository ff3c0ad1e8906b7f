"""One upstream of one relay: it is led while the lease is ours, and waited for while it is another relay's."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.kept import DurableState
from ipygenesys._core.relay.entries import sign_of_life
from ipygenesys._core.relay.inbox.entries import row_of
from ipygenesys._core.relay.inbox.writing import writes_of as rows_writes_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.lease import RETRY_S, Lease
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.revival import Revival
from ipygenesys._core.relay.rights import Rights
from ipygenesys._core.relay.writing import MAX_ENTRIES, kept_in, writes_of
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.inbox.watches import Watches
from ipygenesys._io.relay.inbox.owner import InboxOwner, Opens
from ipygenesys._io.relay.owner import Owner
from ipygenesys._io.relay.reader import Reader
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.redis.leases import AGE_S, Empty, Taken
from ipygenesys._io.relay.taking import AT_ONCE
from ipygenesys._io.relay.writer import P, Writer, WritesOf
from ipygenesys._protocols.flow import CallError

DRAIN_S = 5.0
"""Chosen: what is being sent gets this long when a relay is ended."""


class Options(NamedTuple):
    """How much is kept in Redis."""

    max_entries: int = MAX_ENTRIES
    """The newest entries of each conversation, more or less."""
    max_age_s: int = AGE_S
    """Of what nobody leads any more."""


class Upstream:
    """One conversation, or one inbox, as one relay sees it.

    Args:
        name: see ``Keys``.
        protocol: which conversation, where, and as whom.
        redis: shared by all of this relay.
        reader: reads viewers' commands.
        rights: who may do what.
        tasks: where its work runs.
        clock: the time and the dice.
        options: how much is kept.
        opens: relays the conversations that viewers of an inbox open.
    """

    def __init__(
        self,
        name: str,
        protocol: Any,
        redis: Redis,
        reader: Reader,
        rights: Rights,
        tasks: Tasks,
        clock: SystemClock,
        options: Options,
        opens: Opens,
    ) -> None:
        self.keys = Keys(name)
        self.owner: Owner | InboxOwner | None = None
        """While we lead, or may lead."""
        self.lease = Lease()
        self.takeovers = 0
        self._protocol, self._redis, self._reader = protocol, redis, reader
        self._rights, self._tasks, self._clock = rights, tasks, clock
        self._options, self._opens = options, opens
        self._relay = uuid.uuid4().hex
        self.writer: Writer[Any] | None = None
        """Of who leads now, or has led last."""
        self._running: asyncio.Task[None]
        self._writing: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_over = False
        self._revival = Revival()
        self._unfollow: dict[str, Callable[[], None]] = {}
        """By user."""

    @property
    def is_leading(self) -> bool:
        """Nobody else can be."""
        return self.lease.is_certain(self._clock.monotonic())

    def start(self) -> None:
        """Wait for the lease, or have it."""
        self._running = self._tasks.start(self._run())

    async def _run(self) -> None:
        while not self._is_over:
            self._wake.clear()
            wait_s = self.lease.next_deadline() - self._clock.monotonic()
            if wait_s > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._wake.wait()
            if not self._is_over:
                await self._ask()

    async def aclose(self) -> None:
        """Let what is being sent finish, then let another one lead at once."""
        if (owner := self.owner) is not None:
            await owner.aclose(sends_for_s=DRAIN_S)
            with suppress(CallError):
                if self.writer is not None:
                    await self.writer.until_written()
        # A question that is under way may be granted after it was given up, and nobody would give the lease back.
        self._is_over = True
        self._wake.set()
        await asyncio.wait([self._running])
        await self._stop()
        with suppress(RedisError):
            await self._redis.give_lease_back(self.keys, self._relay)

    async def _ask(self) -> None:
        now = self._clock.monotonic()
        self.lease.asking(now)
        try:
            if self.lease.wish == "renew" and self.owner is not None:
                await self._renew(self.owner)
            else:
                await self._take()
        except RedisError:
            self.lease.unreachable(now)
            if self.owner is not None and self.lease.is_too_long_alone(now):
                self.owner.rest()

    async def _renew(self, owner: Owner | InboxOwner) -> None:
        assert self.writer is not None
        is_ours = await self._redis.renew_lease(
            self.keys,
            self._relay,
            self.lease.epoch,
            self._options.max_age_s,
            users=self._rights.users(),
            sign=sign_of_life(self.writer.at),
        )
        if not (is_ours and self.lease.is_ours):
            self.lease.lost()  # Perhaps meanwhile: what writes waits for another epoch then.
            return
        self.lease.granted(self.lease.epoch)
        if self._revival.is_due(owner.gateway.session.connection, self._clock.monotonic()):
            owner.connect()

    async def _take(self) -> None:
        above, run, now = self.lease.epoch, uuid.uuid4().hex, self._clock.monotonic()
        begins, has_deferred = self.lease.begins(now), self.lease.has_deferred(now)
        try:
            taken = await self._redis.take_lease(
                self.keys,
                self._relay,
                above,
                run,
                self._options.max_age_s,
                begins=begins,
                has_deferred=has_deferred,
            )
        except Empty:
            self.lease.deferred(self._clock.monotonic())
            return
        if taken is None:
            self.lease.refused(self._clock.monotonic())
            await self._stop()
            return
        if self._is_over:
            return  # It is given back.
        self.lease.granted(taken.epoch)
        if self.owner is not None and taken.former <= above:
            self.owner.begin(taken)  # Redis has lost it or went back, or we were late: nobody else has led.
        else:
            await self._stop()
            await self._lead(taken)
        self._follow()

    async def _lead(self, taken: Taken) -> None:
        self.takeovers += 1
        self.owner = await (self._inbox if isinstance(self._protocol, Watches) else self._conversation)(taken)
        assert self.writer is not None
        self._writing = self._tasks.start(self.writer.run())
        self.owner.start()

    async def _conversation(self, taken: Taken) -> Owner:
        try:
            state = kept_in(await self._redis.fields(self.keys.kept))
        except msgspec.DecodeError:
            state = DurableState()  # A newer version's: what it has sent shows in history.
        writer = self.writer = self._new_writer(writes_of)
        redis, clock = self._redis, self._clock
        return Owner(
            self._protocol,
            redis,
            self.keys,
            self._rights,
            taken=taken,
            state=state,
            writer=writer,
            clock=clock,
        )

    async def _inbox(self, taken: Taken) -> InboxOwner:
        left_behind = []
        for body in (await self._redis.fields(self.keys.rows)).values():
            with suppress(msgspec.DecodeError):  # A newer version's: the platform is asked for what goes on.
                left_behind.append(row_of(body).recalled)
        writer = self.writer = self._new_writer(rows_writes_of)
        return InboxOwner(
            self._protocol,
            self.keys,
            self._rights,
            taken=taken,
            left_behind=left_behind,
            writer=writer,
            opens=self._opens,
            clock=self._clock,
        )

    def _follow(self) -> None:
        self._unfollow_all()
        for user in self._rights.users():
            _ = self._tasks.start(self._follow_user(user))

    async def _follow_user(self, user: str) -> None:
        """What was put before somebody else, then what is put before us."""
        stream, owner, last = self.keys.commands(user), self.owner, str(Position(0, 0))
        while True:
            try:
                backlog = await self._redis.backlog(stream, last, AT_ONCE)
            except RedisError:
                self._lost(user, None)
                return
            if owner is None or owner is not self.owner:
                return
            if not backlog:
                break
            owner.taking.asked(user, backlog, is_backlog=True)
            last = backlog[-1].id
        self._unfollow.pop(user, lambda: None)()
        self._unfollow[user] = self._reader.follow(
            stream, last, partial(owner.taking.asked, user), partial(self._lost, user)
        )

    def _lost(self, user: str, failure: Failure | None) -> None:
        async def again() -> None:
            await asyncio.sleep(RETRY_S)
            if self.owner is not None:
                await self._follow_user(user)

        _ = self._tasks.start(again())

    def _new_writer(self, writes_of: WritesOf[P]) -> Writer[P]:
        most = self._options.max_entries
        return Writer(self._redis, self.keys, writes_of, self._was_refused, max_entries=most)

    def _was_refused(self) -> None:
        self.lease.lost()
        self._wake.set()

    def _unfollow_all(self) -> None:
        for unfollow in self._unfollow.values():
            unfollow()
        self._unfollow.clear()

    async def _stop(self) -> None:
        """Somebody else leads."""
        owner, self.owner = self.owner, None
        writing, self._writing = self._writing, None
        self._unfollow_all()
        if writing is not None:
            writing.cancel()
        if owner is not None:
            await owner.aclose()
