"""Plays a schedule: clients in one process, one server, the network between them and the people on both sides."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest.mock import patch

from ipygenesys._core.model.inputs import LoadOlder, StartNew
from ipygenesys._core.session import wake
from ipygenesys._io.platform import account
from ipygenesys._wire import agent_messaging
from tests.simulation.agent_bodies import PER_AGENT, account_of
from tests.simulation.agent_server import AgentServer
from tests.simulation.checker import CANARY, check, check_log
from tests.simulation.guest_server import GuestServer
from tests.simulation.network import Network
from tests.simulation.protocols import SERVERS
from tests.simulation.schedule import Action, Schedule
from tests.simulation.servers import GARBAGE
from tests.simulation.tutorial_server import TutorialServer
from tests.simulation.user import User
from tests.simulation.virtual_http import installed
from tests.simulation.virtual_time import Stuck, VirtualClock, VirtualLoop
from tests.simulation.witness import Witness

CALM_S = 130.0
"""Longer than the client may take to notice that a frame was lost (``catch_up.RECONCILE_S``)."""
OLDER_S = 1200.0
"""Longer than a guest takes to read all there ever is, at the pages that she is given a minute."""
SETTLED_S = 20.0
"""Longer than what follows from the last pages of history: receipts, and typing that runs out."""
EACH_S = 1.5
"""More, for each conversation that shares a budget of calls with others: together they may make a few a second."""


@contextmanager
def listening(lines: list[str]) -> Iterator[None]:
    """Gather what the client logs, down to the least important."""
    logger, handler = logging.getLogger("ipygenesys"), logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    former = logger.level, logger.propagate
    where_from = patch.object(logging, "_srcfile", None)  # Nobody asks from which line.
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        with where_from:
            yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = former


async def _end_of(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


class World:
    """One run."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.dice = random.Random(f"{schedule.seed}/world")
        self.clock = VirtualClock(random.Random(f"{schedule.seed}/jitter"))
        self.loop = VirtualLoop(self.clock)
        self.server = SERVERS[schedule.protocol](
            self.clock,
            random.Random(f"{schedule.seed}/server"),
            page=schedule.page,
            token_life_s=schedule.token_life_s,
            conversations=schedule.conversations,
        )
        self.server.time_step_ms = schedule.time_step_ms
        match self.server:
            case TutorialServer():
                self.server.has_batch_read = schedule.has_batch_read
            case GuestServer():
                self.server.signs_in = schedule.credentials == "login"
            case AgentServer():
                self.server.credentials = schedule.credentials
                self.server.names_creators = schedule.names_creators
                self.server.shares_logins = schedule.seed % 4 > 0
                self.server.channel_life_s = schedule.channel_life_s
            case _:
                raise NotImplementedError
        dice = random.Random(f"{schedule.seed}/network")
        self.network = Network(self.loop, self.server, dice, tells_time=schedule.tells_time)
        self.server.network = self.network
        self.users = [User(self, truth) for truth in self.server.truths]
        self.violations: list[str] = []
        self.log: list[str] = []
        """What the clients have logged, and how their events show themselves."""
        self._texts = 0

    # --- the run

    def run(self) -> list[str]:
        """Play all; the invariants that were violated."""
        with ExitStack() as stack:
            rotate_s = self.schedule.channel_life_s - 3.0
            stack.enter_context(patch.object(agent_messaging, "ROTATE_AFTER_S", rotate_s))
            stack.enter_context(patch.object(wake, "LOOK_EVERY_S", self.schedule.looks_every_s))
            stack.enter_context(installed(self.network, random.Random(f"{self.schedule.seed}/ids")))
            stack.enter_context(listening(self.log))
            asyncio.events.set_event_loop(None)
            try:
                self.loop.run_until_complete(self._play())
            finally:
                self._clean_up()
        self.violations += [f"I8: {problem}" for problem in self.loop.problems]
        check_log(self.log, self.server.secrets, self.report)
        return self.violations

    def _clean_up(self) -> None:
        """What a broken client has left behind must not come to light in another run."""
        leftovers = asyncio.all_tasks(self.loop)
        for task in leftovers:
            task.cancel()
        with suppress(Stuck):
            self.loop.run_until_complete(_end_of(leftovers))
        self.loop.close()

    async def _play(self) -> None:
        for user in self.users:
            for _ in range(self.schedule.before):
                self.server.say(user.truth, self.text("before"), is_ours=self.dice.random() < 0.3)
        await self.boot()
        began = self.loop.time()
        for action in self.schedule.actions:
            await self._until(began + action.at)
            await self._act(action)
        await self._calm()
        check(self)
        await self._close()
        await asyncio.sleep(5.0)
        self._check_nothing_is_left()

    async def boot(self) -> None:
        if isinstance(self.server, AgentServer):
            self.server.logins.clear()
        for user in self.users:
            user.boot()
        await asyncio.sleep(0)

    async def _close(self) -> None:
        await asyncio.gather(*(user.client.close() for user in self.users))

    async def _until(self, at: float) -> None:
        if (wait := at - self.loop.time()) > 0:
            await asyncio.sleep(wait)

    async def _calm(self) -> None:
        """Everything works again, and there is time enough to mend what was broken."""
        self.network.weather.clear()
        sharing = {"tutorial": len(self.users), "guest": 1, "agent": min(len(self.users), PER_AGENT)}
        more_s = EACH_S * (sharing[self.schedule.protocol] - 1)
        await asyncio.sleep(40.0 + more_s)
        for user in self.users:
            user.come_back()
        await asyncio.sleep(CALM_S + more_s)
        await self._begin_anew(CALM_S + more_s)
        end = self.loop.time() + OLDER_S
        while self.loop.time() < end:
            waiting = [user for user in self.users if user.client.gateway.session.catch_up.has_older]
            if not waiting:
                break
            for user in waiting:
                user.take(LoadOlder(200))
            await asyncio.sleep(0.5 + 0.1 * len(waiting))
        await asyncio.sleep(SETTLED_S + more_s)
        await self._between_channels()
        for user in self.users:
            user.client.check_typing()

    async def _between_channels(self) -> None:
        """Where channels live for a minute only, one may have ended at this very moment."""
        for _ in range(30 if self.schedule.channel_life_s < 60.0 else 0):
            if all(user.client.status != "reconnecting" for user in self.users):
                break
            await asyncio.sleep(1.0)

    async def _begin_anew(self, calm_s: float) -> None:
        """Guests whose session is over or goes on elsewhere, which some only learn now."""
        late = [user for user in self.users if user.is_left_behind]
        if late and isinstance(self.server, GuestServer):
            for user in late:
                user.take(StartNew())
            await asyncio.sleep(calm_s)

    def _check_nothing_is_left(self) -> None:
        tasks = asyncio.all_tasks(self.loop) - {asyncio.current_task(self.loop)}
        if tasks:
            self.report("I8", f"{len(tasks)} tasks are left: {sorted(task.get_name() for task in tasks)}")
        if self.network.connections:
            self.report("I8", f"{len(self.network.connections)} sockets are left")
        for user in self.users:
            if user.client.gateway._alarm.is_set:
                self.report("I8", "a timer is left")

    def report(self, invariant: str, words: str) -> None:
        self.violations.append(f"{invariant}: {words}")

    def text(self, who: str) -> str:
        """Words that nobody has said yet."""
        self._texts += 1
        return f"{who} {CANARY} {self._texts}"

    def is_garbage(self, data: bytes) -> bool:
        return data in GARBAGE

    def is_refused_typing(self, data: bytes) -> bool:
        return any(tracing_id.encode() in data for tracing_id in self.server.typed)

    # --- actions

    async def _act(self, action: Action) -> None:
        user = self.users[action.who % len(self.users)]
        act = getattr(self, "_" + action.kind.replace(" ", "_"), None)
        if act is None:
            if not user.act(action):
                self.network.weather.turn(action.kind, action.value, action.seconds)
        elif inspect.iscoroutinefunction(act):
            await act(action, user)
        else:
            act(action, user)

    def _other_says(self, action: Action, user: User) -> None:
        for _ in range(int(action.value) if self.server.is_there(user.truth) else 0):
            form = "bare" if self.dice.random() < 0.3 else "full"
            self.server.other_says(user.truth, self.text("their"), form=form)

    def _other_types(self, action: Action, user: User) -> None:
        self.server.other_types(user.truth, True)

    def _other_stops_typing(self, action: Action, user: User) -> None:
        self.server.other_types(user.truth, False)

    def _other_reads(self, action: Action, user: User) -> None:
        self.server.other_reads(user.truth)

    def _conversation_ends(self, action: Action, user: User) -> None:
        if self.server.is_there(user.truth):
            self.server.end(user.truth)

    def _conversation_goes_on(self, action: Action, user: User) -> None:
        self.server.go_on(user.truth)

    def _session_expires(self, action: Action, user: User) -> None:
        self.server.expire_session(user.truth)

    def _we_sign_in_elsewhere(self, action: Action, user: User) -> None:
        self.server.sign_in_elsewhere(user.truth)

    def _whose(self, user: User) -> set[Witness] | None:
        """What hits sockets hits all of them at once, or one client's; an agent's conversations may share theirs."""
        if self.dice.random() < 0.5:
            return None
        if not isinstance(self.server, AgentServer):
            return {user.client.witness}
        agent = account_of(user.truth.number)
        return {each.client.witness for each in self.users if account_of(each.truth.number) == agent}

    def _reset(self, action: Action, user: User) -> None:
        self.network.sever(owners=self._whose(user))

    def _half_open(self, action: Action, user: User) -> None:
        self.network.freeze(self._whose(user))

    def _socket_is_closed(self, action: Action, user: User) -> None:
        self.network.sever(int(action.value), self._whose(user))

    def _garbage(self, action: Action, user: User) -> None:
        self.server.speak_garbage(GARBAGE[int(action.value)])

    def _tokens_expire(self, action: Action, user: User) -> None:
        self.server.expire_tokens()

    def _clock_jumps(self, action: Action, user: User) -> None:
        self.clock.wall_offset_s += action.value

    async def _kernel_restarts(self, action: Action, user: User) -> None:
        await self._close()
        await self.boot()

    async def _kernel_is_killed(self, action: Action, user: User) -> None:
        await asyncio.sleep(0)
        self.network.sever()
        for task in asyncio.all_tasks(self.loop) - {asyncio.current_task(self.loop)}:
            task.cancel()
        for each in self.users:
            each.client.kill()
        account._accounts.pop(self.loop, None)  # Nothing that was in memory is left.
        await asyncio.sleep(1.0)
        await self.boot()

    async def _a_day_passes(self, action: Action, user: User) -> None:
        """Channels rotate; sessions in which nobody says anything are over."""
        await asyncio.sleep(action.seconds)

    async def _quiet(self, action: Action, user: User) -> None:
        await asyncio.sleep(action.seconds)

    def _socket_closing(self, action: Action, user: User) -> None:
        if isinstance(self.server, AgentServer):
            self.server.announce_closing(1.0 + 8 * action.value)

    def _no_longer_subscribed(self, action: Action, user: User) -> None:
        if isinstance(self.server, AgentServer):
            self.server.end_subscriptions()

    def _channel_taken(self, action: Action, user: User) -> None:
        if isinstance(self.server, AgentServer):
            self.server.take_channels()
