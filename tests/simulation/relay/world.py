"""Plays a schedule of a relay: relays and viewers in processes of their own, a Redis between them, a platform behind."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import ipygenesys as ig
from ipygenesys._core.machines import catch_up
from ipygenesys._core.model.inputs import LoadOlder
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.session import wake
from ipygenesys._io.platform import account
from ipygenesys._io.relay import asking, hub, leading
from ipygenesys._io.relay.redis import client as redis_client
from ipygenesys._io.rest import gate
from tests.simulation.checker import CANARY, check_log
from tests.simulation.network import BASE_URL, Network
from tests.simulation.protocols import SERVERS
from tests.simulation.relay.checker import left_over, problems
from tests.simulation.relay.hosts import Host
from tests.simulation.relay.links import Link, Links
from tests.simulation.relay.processes import Outside, PerProcess, Process, ProcessLoop
from tests.simulation.relay.schedule import Schedule
from tests.simulation.relay.server import Image, VirtualRedis
from tests.simulation.relay.viewer import Viewer
from tests.simulation.schedule import DAY_S, Action
from tests.simulation.virtual_http import installed
from tests.simulation.virtual_time import Stuck, VirtualClock
from tests.simulation.world import listening

CALM_S = 360.0
"""Longer than it takes to be let in again by a server that has thrown us out five times (``breaker.OPEN_S``), and than it takes
to read all that is said here by the ten pages a minute that a guest is given, be they as small as they are here."""
LOOK_S = 2.0
LASTING_S = 12.0
"""Longer than a lease, and than a viewer waits for a sign of life: what is well for so long stays so."""
ENDED_S = 60.0
"""Longer than a relay takes to drain."""
FORGOTTEN_S = 1.0
"""What Redis may lose at most, where it writes to disk each second."""


async def _end_of(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


class World:
    """One run."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        seed = f"relay {schedule.seed}"
        self.dice = random.Random(f"{seed}/world")
        self.clock = VirtualClock(random.Random(f"{seed}/jitter"))
        self.loop = ProcessLoop(self.clock)
        self.outside = Outside(self.loop)
        self.server = SERVERS[schedule.protocol](
            self.clock, random.Random(f"{seed}/server"), page=schedule.page, token_life_s=DAY_S
        )
        self.truth = self.server.truths[0]
        self.network = Network(cast("Any", self.outside), self.server, random.Random(f"{seed}/network"))
        self.server.network = self.network
        self.redis = VirtualRedis(self.clock, random.Random(f"{seed}/redis"))
        self.links = Links(self.redis, self.outside, random.Random(f"{seed}/links"))
        self.keys = Keys(self.truth.id)
        token = self.server.new_secret()
        self.former = ig.WebMessaging(deployment_id=self.truth.id, base_url=BASE_URL, session_token=token)
        """Whose session each relay goes on with, where guests have one."""
        self.processes: list[Process] = []
        self.hosts: list[Host] = []
        self.viewers: list[Viewer] = []
        self.violations: list[str] = []
        self.log: list[str] = []
        """What was logged, and how the viewers' events show themselves."""
        self.is_over = False
        """What the killed still do is nobody's."""
        self._texts = 0

    # --- the run

    def run(self) -> list[str]:
        """Play all; what was violated."""
        ids = random.Random(f"relay {self.schedule.seed}/ids")
        uuid = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"{ids.getrandbits(128):032x}"))
        with ExitStack() as stack:
            enter = stack.enter_context
            enter(patch.object(redis_client, "client_of", self.links.client_of))
            enter(patch.object(account, "_accounts", PerProcess()))
            enter(patch.object(gate, "_gates", PerProcess()))
            enter(patch.object(hub, "_hubs", PerProcess()))
            enter(patch.object(leading, "uuid", uuid))
            enter(patch.object(asking, "uuid", uuid))
            enter(patch.object(wake, "LOOK_EVERY_S", 60.0))
            # Nothing is lost here between the platform and a relay: whoever finds something by looking has missed it.
            enter(patch.object(catch_up, "RECONCILE_S", DAY_S))
            enter(installed(self.network, ids))
            enter(listening(self.log))
            asyncio.events.set_event_loop(None)
            try:
                self.loop.run_until_complete(self._play())
            finally:
                self._clean_up()
        self.violations += [f"I8: {problem}" for problem in self.loop.problems]
        return self.violations

    def _clean_up(self) -> None:
        """What killed processes have left behind must not come to light in another run."""
        check_log(self.log, self.server.secrets, self.report)
        self.is_over = True
        problems = list(self.loop.problems)
        for process in self.processes:
            process.bury()
        while tasks := asyncio.all_tasks(self.loop):  # Some begin others as they end.
            for task in tasks:
                task.cancel()
            with suppress(Stuck):
                self.loop.run_until_complete(_end_of(tasks))
        self.loop.close()
        self.loop.problems = problems

    async def _play(self) -> None:
        for _ in range(self.schedule.before):
            self.server.say(self.truth, self.text("before"), is_ours=self.dice.random() < 0.3)
        self.hosts += [Host(self, number) for number in range(self.schedule.relays)]
        self.viewers += [Viewer(self, number) for number in range(self.schedule.viewers)]
        began = self.loop.time() + self.dice.choice((0.0, 3.0))
        for action in self.schedule.actions:
            if (wait_s := began + action.at - self.loop.time()) > 0:
                await asyncio.sleep(wait_s)
            await self._act(action)
        await self._calm()
        self.violations += [f"{invariant}: {words}" for invariant, words in problems(self)]
        await self._close()
        self.violations += [f"I8: {words}" for words in left_over(self)]

    async def _calm(self) -> None:
        """Everything works again, and there is time enough to mend what was broken."""
        self.network.weather.clear()
        for link in self.links.all():
            link.weather.clear()
        all_is_there_at = max(link.all_is_there_at for link in self.links.all())
        await asyncio.sleep(max(all_is_there_at - self.loop.time(), 0.0))
        for viewer in self.viewers:
            if viewer.kernel.process.is_stopped:
                viewer.kernel.typing_was_said()  # Nobody could see it meanwhile.
        for process in self.processes:
            process.go_on()
        for viewer in self.viewers:
            if viewer.kernel.process.is_killed:
                viewer.boot()
            else:
                viewer.come_back()
        for host in self.hosts:
            if host.process.is_killed:
                host.boot()
        well_since = began = self.loop.time()
        while self.loop.time() < min(began + CALM_S, well_since + LASTING_S):
            await asyncio.sleep(LOOK_S)
            for viewer in self.viewers:
                if viewer.kernel.gateway.session.catch_up.has_older:
                    viewer.kernel.take(LoadOlder(200))
            if next(problems(self), None) is not None or not all(host.is_up for host in self.hosts):
                well_since = self.loop.time()

    async def _close(self) -> None:
        for viewer in self.viewers:
            await self._end(viewer.kernel.process, viewer.kernel.gateway.close())
        for host in self.hosts:
            await self._end(host.process, host.service.drain())
        await asyncio.sleep(5.0)

    async def _end(self, process: Process, closing: Coroutine[Any, Any, None]) -> None:
        _, late = await asyncio.wait([process.start(closing)], timeout=ENDED_S)
        if late:
            self.report("I8", f"{process.name} does not end")

    def process(self, name: str) -> Process:
        self.processes.append(Process(name, self.loop))
        return self.processes[-1]

    def kill(self, process: Process) -> None:
        """At once: its sockets are closed for it, and nothing else is done."""
        process.kill()
        self.network.sever(owners={process})
        self.links[process.name].kill()

    def report(self, invariant: str, words: str) -> None:
        if not self.is_over:
            self.violations.append(f"{invariant}: {words}")

    def text(self, who: str) -> str:
        """Words that nobody has said yet."""
        self._texts += 1
        return f"{who} {CANARY} {self._texts}"

    # --- actions

    async def _act(self, action: Action) -> None:
        act = getattr(self, "_" + action.kind.replace(" ", "_"), None)
        if act is None:
            if not self._viewer(action).act(action):
                self.network.weather.turn(action.kind, action.value, action.seconds)
        elif inspect.iscoroutinefunction(act):
            await act(action)
        else:
            act(action)

    def _viewer(self, action: Action) -> Viewer:
        return self.viewers[action.who % len(self.viewers)]

    def _host(self, action: Action) -> Host:
        """As a rule one that leads."""
        leaders = [host for host in self.hosts if host.believes_to_lead]
        return leaders[0] if leaders and action.who < 4 else self.hosts[action.who % len(self.hosts)]

    def _link(self, action: Action) -> Link:
        living = [process for process in self.processes if not process.is_killed]
        return self.links[living[action.who % len(living)].name]

    def _other_says(self, action: Action) -> None:
        for _ in range(int(action.value)):
            form = "bare" if self.dice.random() < 0.3 else "full"
            self.server.other_says(self.truth, self.text("their"), form=form)

    def _other_types(self, action: Action) -> None:
        self.server.other_types(self.truth, True)

    def _other_stops_typing(self, action: Action) -> None:
        self.server.other_types(self.truth, False)

    def _other_reads(self, action: Action) -> None:
        self.server.other_reads(self.truth)

    def _relay_is_killed(self, action: Action) -> None:
        self._host(action).kill(action.seconds)

    def _relay_is_stopped(self, action: Action) -> None:
        self._host(action).stop(action.seconds)

    def _relay_is_ended(self, action: Action) -> None:
        self._host(action).end(action.seconds)

    def _relay_is_silent(self, action: Action) -> None:
        self.links[self._host(action).process.name].silence(action.seconds)

    def _relay_is_refused(self, action: Action) -> None:
        self._turn_away(self._host(action).process, action.seconds)

    def _viewer_is_silent(self, action: Action) -> None:
        self.links[self._viewer(action).kernel.process.name].silence(action.seconds)

    def _viewer_is_refused(self, action: Action) -> None:
        self._turn_away(self._viewer(action).kernel.process, action.seconds)

    def _turn_away(self, process: Process, seconds: float) -> None:
        link = self.links[process.name]
        link.weather.turn("refused", 1.0, seconds)
        link.reset()

    def _kernel_is_killed(self, action: Action) -> None:
        viewer = self._viewer(action)
        self.kill(viewer.kernel.process)
        viewer.boot()

    def _kernel_is_stopped(self, action: Action) -> None:
        kernel = self._viewer(action).kernel
        kernel.process.stop()

        def go_on() -> None:
            kernel.typing_was_said()  # Nobody could see it meanwhile.
            kernel.process.go_on()

        self.outside.call_later(action.seconds, go_on)

    def _requests_are_lost(self, action: Action) -> None:
        self._link(action).weather.turn("lose_request", action.value, action.seconds)

    def _answers_are_lost(self, action: Action) -> None:
        self._link(action).weather.turn("lose_answer", action.value, action.seconds)

    def _redis_is_slow(self, action: Action) -> None:
        for link in self.links.all():
            link.weather.turn("slow", action.value, action.seconds)

    def _connections_end(self, action: Action) -> None:
        self._link(action).reset()

    def _listeners_are_forgotten(self, action: Action) -> None:
        self._link(action).freeze_lines()

    def _stream_is_trimmed(self, action: Action) -> None:
        self.redis.execute("XTRIM", self.keys.events, "MAXLEN", int(action.value))

    def _redis_restarts_empty(self, action: Action) -> None:
        self._restart(({}, {}), action.seconds)

    def _redis_restarts(self, action: Action) -> None:
        self._restart(self.redis.image(), action.seconds)

    def _redis_forgets_a_second(self, action: Action) -> None:
        lag_s = self.dice.uniform(0.2, FORGOTTEN_S)
        self.outside.call_later(lag_s, self._restart, self.redis.image(), action.seconds)

    def _redis_is_replaced(self, action: Action) -> None:
        """By a replica, which may be a little behind."""
        self.outside.call_later(self.dice.uniform(0.0, 0.3), self._restart, self.redis.image(), 0.0)

    def _restart(self, image: Image, down_s: float) -> None:
        if not self.redis.is_up:
            return
        self.redis.is_up = False
        for link in self.links.all():
            link.reset(is_server_gone=True)
        self.outside.call_later(down_s, self.redis.restart, image)

    def _reset(self, action: Action) -> None:
        self.network.sever()

    def _socket_is_closed(self, action: Action) -> None:
        self.network.sever(int(action.value))

    def _tokens_expire(self, action: Action) -> None:
        self.server.expire_tokens()

    async def _quiet(self, action: Action) -> None:
        await asyncio.sleep(action.seconds)
