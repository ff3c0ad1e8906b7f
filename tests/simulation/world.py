"""Plays a schedule: one client, one server, the network between them and the people on both sides."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from unittest.mock import patch

import ipygenesys as ig
from ipygenesys._core import wake
from ipygenesys._core.inputs import (
    Clear,
    Connect,
    Discard,
    Disconnect,
    LoadOlder,
    MarkAllRead,
    ReconnectNow,
    Retry,
    Send,
    StopComposing,
)
from ipygenesys._core.model import Message
from ipygenesys._io.durable_store import DurableStore
from ipygenesys._io.read_positions import ReadPositions
from ipygenesys._protocols.base import Adapter
from ipygenesys._wire import agent_messaging
from tests.simulation import agent_server, guest_server, tutorial_server
from tests.simulation.agent_server import AgentServer
from tests.simulation.checker import CANARY, check, check_log
from tests.simulation.guest_server import GuestServer
from tests.simulation.kernel import Kernel, Positions, Store
from tests.simulation.network import BASE_URL, Network, installed
from tests.simulation.schedule import Action, Schedule
from tests.simulation.servers import BaseServer
from tests.simulation.tutorial_server import TutorialServer
from tests.simulation.virtual_time import Stuck, VirtualClock, VirtualLoop

CALM_S = 130.0
"""Longer than the client may take to notice that a frame was lost (``catch_up.RECONCILE_S``)."""
SETTLED_S = 20.0
"""Longer than what follows from the last pages of history: receipts, and typing that runs out."""
GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"nil",
    b'{"event_type": 7}',
    b"\xff\xfe",
    b'{"topicName": []}',
    b'{"class": {}}',
)
_SERVERS: dict[str, type[BaseServer]] = {
    "tutorial": TutorialServer,
    "guest": GuestServer,
    "agent": AgentServer,
}


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
        self.server = _SERVERS[schedule.protocol](
            self.clock,
            random.Random(f"{schedule.seed}/server"),
            page=schedule.page,
            token_life_s=schedule.token_life_s,
        )
        if isinstance(self.server, TutorialServer):
            self.server.has_batch_read = schedule.has_batch_read
        if isinstance(self.server, AgentServer):
            self.server.channel_life_s = schedule.channel_life_s
        self.network = Network(self.loop, self.server, random.Random(f"{schedule.seed}/network"))
        self.server.network = self.network
        self.positions = Positions()
        self.store = Store()
        self.violations: list[str] = []
        self.seen: set[str] = set()
        """What was displayed, or acknowledged by the user, in any life."""
        self.acknowledged_up_to_ms = 0
        """The user has marked all read, those that had not arrived yet included."""
        self.sent: Counter[str] = Counter()
        """Sends that the user has asked for, by text, in any life."""
        self.insisted: Counter[str] = Counter()
        """The user's retries of what may have been sent already, by text."""
        self.discarded: set[str] = set()
        self.kernels: list[Kernel] = []
        self.log: list[str] = []
        """What the client has logged, and how its events show themselves."""
        self._texts = 0

    # --- the run

    def run(self) -> list[str]:
        """Play all; the invariants that were violated."""
        ids = random.Random(f"{self.schedule.seed}/ids")
        rotation = patch.object(agent_messaging, "ROTATE_AFTER_S", self.schedule.channel_life_s - 3.0)
        looks = patch.object(wake, "LOOK_EVERY_S", self.schedule.looks_every_s)
        with installed(self.network, ids), rotation, looks, listening(self.log):
            asyncio.events.set_event_loop(None)
            try:
                self.loop.run_until_complete(self._play())
            finally:
                self._clean_up()
        self.violations += [f"I8: {problem}" for problem in self.loop.problems]
        check_log(self)
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
        for _ in range(self.schedule.before):
            self.server.say(self._text("before"), is_ours=self.dice.random() < 0.3)
        self.boot()
        await asyncio.sleep(0)
        began = self.loop.time()
        for action in self.schedule.actions:
            await self._until(began + action.at)
            await self._act(action)
        await self._calm()
        check(self)
        await self.kernel.close()
        await asyncio.sleep(5.0)
        self._check_nothing_is_left()

    async def _until(self, at: float) -> None:
        if (wait := at - self.loop.time()) > 0:
            await asyncio.sleep(wait)

    async def _calm(self) -> None:
        """Everything works again, and there is time enough to mend what was broken."""
        self.network.weather.clear()
        self.kernel.browser.is_muted = False
        await asyncio.sleep(40.0)
        self.kernel.browser.mount()
        self.take(Connect())
        self.take(StopComposing())
        await asyncio.sleep(CALM_S)
        session = self.kernel.gateway.session
        for _ in range(200):
            if not session.catch_up.has_older:
                break
            self.take(LoadOlder(200))
            await asyncio.sleep(0.5)
        await asyncio.sleep(SETTLED_S)
        self.kernel.check_typing()

    def _check_nothing_is_left(self) -> None:
        tasks = asyncio.all_tasks(self.loop) - {asyncio.current_task(self.loop)}
        if tasks:
            self.report("I8", f"{len(tasks)} tasks are left: {sorted(task.get_name() for task in tasks)}")
        if self.network.connections:
            self.report("I8", f"{len(self.network.connections)} sockets are left")
        if (timer := self.kernel.gateway._timer) is not None and not timer.cancelled():
            self.report("I8", "a timer is left")

    def report(self, invariant: str, words: str) -> None:
        self.violations.append(f"{invariant}: {words}")

    # --- kernels

    @property
    def kernel(self) -> Kernel:
        return self.kernels[-1]

    def boot(self) -> None:
        positions = cast("ReadPositions", self.positions)
        number = len(self.kernels)
        store = cast("DurableStore", self.store) if self.schedule.is_durable else None
        kernel = Kernel(
            self.network, self._protocol(), positions, number, self.report, self.log.append, store
        )
        self.kernels.append(kernel)
        self.loop.call_soon(self.kernel.browser.mount)
        self.loop.call_soon(self.take, Connect())

    def _protocol(self) -> Adapter:
        match self.server:
            case TutorialServer():
                secret = self.server.new_secret()
                credentials = ig.ClientCredentials(client_id="app", client_secret=secret)
                return ig.MessagingEvents(
                    conversation_id=tutorial_server.CONVERSATION, base_url=BASE_URL, credentials=credentials
                )
            case AgentServer():
                return ig.AgentMessaging(
                    conversation_id=agent_server.CONVERSATION,
                    base_url=BASE_URL,
                    credentials=ig.AccessToken(self.server.token),
                )
            case _:
                former = self.kernels[-1].protocol if self.kernels else None
                token = former.session_token if isinstance(former, ig.WebMessaging) else None
                return ig.WebMessaging(
                    deployment_id=guest_server.DEPLOYMENT, base_url=BASE_URL, session_token=token
                )

    def take(self, command: Any) -> None:
        self.kernel.gateway.take(command)

    # --- actions

    async def _act(self, action: Action) -> None:
        name = "_" + action.kind.replace(" ", "_")
        act = getattr(self, name, None)
        if act is None:
            self.network.weather.turn(action.kind, action.value, action.seconds)
        elif inspect.iscoroutinefunction(act):
            await act(action)
        else:
            act(action)

    def _text(self, who: str) -> str:
        self._texts += 1
        return f"{who} {CANARY} {self._texts}"

    def _other_says(self, action: Action) -> None:
        for _ in range(int(action.value)):
            self.server.other_says(self._text("their"), form="bare" if self.dice.random() < 0.3 else "full")

    def _other_types(self, action: Action) -> None:
        self.server.other_types(True)

    def _other_stops_typing(self, action: Action) -> None:
        self.server.other_types(False)

    def _other_reads(self, action: Action) -> None:
        self.server.other_reads()

    def _we_type(self, action: Action) -> None:
        for number in range(int(action.value)):
            self.loop.call_later(0.3 * number, self.kernel.browser.key)

    def _we_stop_typing(self, action: Action) -> None:
        self.take(StopComposing())

    def _we_send(self, action: Action) -> None:
        self._send(self._text("our"))

    def _we_send_the_same_again(self, action: Action) -> None:
        texts = list(self.kernel.drafts.values())
        self._send(texts[-1] if texts else self._text("our"))

    def _send(self, text: str) -> None:
        draft_id = f"d{len(self.kernels)}-{len(self.kernel.drafts)}"
        self.kernel.drafts[draft_id] = text
        self.sent[text] += 1
        self.take(Send(draft_id, text))

    def _we_see(self, action: Action) -> None:
        """The newest few of what the page shows were in sight for long enough."""
        shown = self.kernel.browser.messages[-1 - int(action.value) :]
        ids = tuple(message.id for message in shown if not message.is_own and message.text is not None)
        self._note_seen(ids)
        self.kernel.browser.see(ids)

    def _we_mark_all_read(self, action: Action) -> None:
        self._note_seen(self.kernel.gateway.session.conversation.timeline.unread_ids())
        newest = max((said.time_ms for said in self.server.truth.messages), default=0)
        self.acknowledged_up_to_ms = max(self.acknowledged_up_to_ms, newest)
        self.take(MarkAllRead())

    def _note_seen(self, ids: tuple[str, ...]) -> None:
        self.seen.update(ids)
        self.kernel.seen.update(ids)

    def _undelivered(self) -> Message | None:
        """The oldest message that the user may decide about."""
        drafts = (message for message in self.kernel.timeline if message.is_draft)
        return next((draft for draft in drafts if draft.status in ("failed", "unknown")), None)

    def _we_retry(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self.insisted[draft.text or ""] += draft.status == "unknown"
            self.take(Retry(draft.id))

    def _we_discard(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self.discarded.add(draft.text or "")
            self.take(Discard(draft.id))

    def _we_clear(self, action: Action) -> None:
        self.take(Clear())

    def _load_older(self, action: Action) -> None:
        self.take(LoadOlder(1 + int(action.value)))

    def _reconnect_now(self, action: Action) -> None:
        self.take(ReconnectNow())

    def _disconnect(self, action: Action) -> None:
        self.take(Disconnect())

    def _connect(self, action: Action) -> None:
        self.take(Connect())

    def _view_reloads(self, action: Action) -> None:
        self.kernel.browser.mount()

    def _view_misses(self, action: Action) -> None:
        browser = self.kernel.browser
        browser.is_muted = True

        def hears_again() -> None:
            browser.is_muted = False

        self.loop.call_later(action.seconds, hears_again)

    def _reset(self, action: Action) -> None:
        self.network.sever()

    def _half_open(self, action: Action) -> None:
        self.network.freeze()

    def _close(self, action: Action) -> None:
        self.network.sever(int(action.value))

    def _garbage(self, action: Action) -> None:
        self.server.speak_garbage(GARBAGE[int(action.value)])

    def _tokens_expire(self, action: Action) -> None:
        if not isinstance(self.server, AgentServer):
            self.server.expire_tokens()

    def _clock_jumps(self, action: Action) -> None:
        self.clock.wall_offset_s += action.value

    async def _kernel_restarts(self, action: Action) -> None:
        await self.kernel.close()
        self.boot()
        await asyncio.sleep(0)

    async def _kernel_is_killed(self, action: Action) -> None:
        await self.kernel.kill()
        await asyncio.sleep(1.0)
        self.boot()
        await asyncio.sleep(0)

    async def _quiet(self, action: Action) -> None:
        await asyncio.sleep(action.seconds)

    def _socket_closing(self, action: Action) -> None:
        if isinstance(self.server, AgentServer):
            self.server.announce_closing(1.0 + 8 * action.value)

    def _no_longer_subscribed(self, action: Action) -> None:
        if isinstance(self.server, AgentServer):
            self.server.end_subscriptions()

    def _channel_taken(self, action: Action) -> None:
        if isinstance(self.server, AgentServer):
            self.server.take_channels()
