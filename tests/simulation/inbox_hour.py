"""A busy hour of an organisation on virtual time, watched by an inbox: its figures against the ground truth, each second.

Frames are those of the simulator, decoded by the product's codec; they come late and twice, and streams are lost, by seed.
``python -m tests.simulation.inbox_hour --seeds 1000``.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from ipygenesys import AgentQueue, ClientCredentials
from ipygenesys._core.inbox import operations
from ipygenesys._core.inbox.figures import Kpi, Kpis
from ipygenesys._core.inbox.inputs import Ask, InboxEffect, InboxInput, Refused, Told
from ipygenesys._core.inbox.pools import ALL, Scope
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.inbox.told import ConversationListed, InboxEvent, ListEnded, QueueTold, TextsTold
from ipygenesys._core.model.effects import CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Connect, FrameReceived, Now, StreamLost, StreamOpened, Tick
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._protocols.agent_messaging.inbox.conversations import told_of
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.told import Telling
from ipygenesys.simulator.org.figures import TrueRow
from ipygenesys.simulator.org.observing import observe
from ipygenesys.simulator.state.conversation import Event
from ipygenesys.simulator.state.settings import Identity, Settings
from tests.simulation.true_figures import POOLED, Figures, TrueFigures
from tests.simulator.org.hours import BEGIN, hour

LATE_S = 3.0
HELD = ("agent", "parked")
"""States in which an agent has it; whoever is only alerted has not."""
TINY_S = 1e-6
"""Seconds since 1970 are no finer: a deadline would be met too early."""
WHOLE_EVERY_S = 300
"""About so often, at random, all is compared with the whole history; in between all queues together, and those that changed."""


class Hour:
    """One seed's.

    Args:
        seed: decides what happens, and what goes wrong.
        seconds: how long it is watched.
        conversations: how many are there at the same time.
        losses: streams that are lost on the way.
    """

    def __init__(self, seed: int, *, seconds: int = 600, conversations: int = 20, losses: int = 3) -> None:
        self.compared = self.losses = 0
        """Seconds whose figures were compared; streams lost."""
        self._seconds = seconds
        self._chance = Random(f"{seed}/faults")
        self._org = hour(conversations, seed=seed)
        self._queues = tuple(queue.id for queue in self._org.plan.queues)
        self._bodies = Bodies(Identity.of(Settings(seed=seed)), self._org.platform.conversation)
        credentials = ClientCredentials("client", "secret")
        self._protocol = AgentQueue(
            base_url="http://127.0.0.1:1", queue_id=self._queues, credentials=credentials
        )
        self._topics = frozenset(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=each) for each in self._queues)
        self.session = InboxSession(self._protocol.profile, self._queues)
        self._true = TrueFigures(self._org)
        self._changed: set[str] = set()
        """Conversations whose rows have not been compared since."""
        self._open: set[int] = set()
        self._due: list[tuple[float, int, Callable[[], InboxInput | None]]] = []
        self._number = self._due_frames = 0
        self._now = BEGIN
        for _ in range(losses):
            self._at(BEGIN + self._chance.uniform(20, max(seconds - 60, 21)), self._lose)
        self._step(Connect(), BEGIN)

    # --- the world ----------------------------------------------------------------------------------------

    def differences(self) -> Iterator[str]:
        """What is not as it truly is, second by second, wherever the inbox says that it has caught up."""
        for second in range(1, self._seconds + 1):
            while (at := self._org.next_deadline()) is not None and at <= BEGIN + second:
                self._run_until(at)
                for event in self._org.step():
                    self._true.happened(event.conversation_id)
                    self._tell(event, at)
            self._run_until(BEGIN + second)
            if not self.session.is_catching_up and not self._due_frames:
                self.compared += 1
                yield from self._compared(BEGIN + second)

    def _tell(self, event: Event, at: float) -> None:
        for topic, _, body in Telling(event, self._bodies, at).to(self._topics):
            frame = b'{"topicName":%b,"eventBody":%b}' % (json.dumps(topic).encode(), body)
            for generation in self._open:
                times = 2 if self._chance.random() < 0.05 else 1
                for _ in range(times):
                    late_s = self._chance.uniform(0, LATE_S) if self._chance.random() < 0.05 else 0.0
                    self._due_frames += 1
                    self._at(at + late_s, partial(self._arrives, generation, frame))

    def _arrives(self, generation: int, frame: bytes) -> InboxInput | None:
        self._due_frames -= 1
        if generation not in self._open:
            return None
        return FrameReceived(generation, self._protocol.decode_frame(frame))

    def _lose(self) -> InboxInput | None:
        if not self._open:
            return None
        self.losses += 1
        generation = max(self._open)
        self._open.discard(generation)
        return StreamLost(generation, StreamLoss(close_code=1006))

    def _at(self, at: float, what: Callable[[], InboxInput | None]) -> None:
        self._number += 1
        heapq.heappush(self._due, (at, self._number, what))

    def _run_until(self, until: float) -> None:
        while True:
            deadline = self.session.next_deadline()
            tick = until + 1 if deadline is None else max(BEGIN + deadline + TINY_S, self._now)
            if self._due and self._due[0][0] <= min(until, tick):
                at, _, what = heapq.heappop(self._due)
                if (input_ := what()) is not None:
                    self._step(input_, at)
            elif tick <= until:
                self._step(Tick(), tick)
            else:
                return

    def _step(self, input_: InboxInput, at: float) -> None:
        self._now = max(self._now, at)
        monotonic = self._now - BEGIN
        now = Now(monotonic, round(self._now * 1000), self._chance.random(), round(self._now * 1000))
        for effect in self.session.step(input_, now):
            self._perform(effect)

    def _perform(self, effect: InboxEffect) -> None:
        answers_s = self._chance.uniform(0.05, 0.4)
        match effect:
            case OpenStream(generation):
                self._at(self._now + answers_s, lambda: self._opened(generation))
            case CloseStream(generation):
                self._open.discard(generation)
            case Ask(operation):
                self._at(self._now + answers_s, lambda: self._answered(operation))
            case _:
                pass

    def _opened(self, generation: int) -> InboxInput:
        self._open.add(generation)
        return StreamOpened(generation)

    # --- the platform's answers ---------------------------------------------------------------------------

    def _answered(self, operation: operations.InboxOperation) -> InboxInput:
        if self._chance.random() < 0.02:
            return Refused(operation, Failure(kind="rate_limited", message="Too many.", retry_after_s=3.0))
        match operation:
            case operations.ListConversations():
                return Told(operation, (*self._listed(), ListEnded()))
            case operations.ReadQueues():
                targets = {queue.id: round(queue.target_s * 1000) for queue in self._org.plan.queues}
                return Told(
                    operation, tuple(QueueTold(queue_id=id_, target_ms=ms) for id_, ms in targets.items())
                )
            case operations.ReadConversation(conversation_id):
                conversation = self._org.platform.conversations[conversation_id]
                body = json.dumps(self._bodies.message_conversation(conversation)).encode()
                told = told_of(body)
                return Told(operation, () if told is None else (told,))
            case operations.FetchTexts(conversation_id, message_ids):
                return Told(operation, (TextsTold(conversation_id, dict.fromkeys(message_ids, "…")),))
            case operations.FollowTyping():
                return Told(operation, ())

    def _listed(self) -> Iterator[InboxEvent]:
        for seen in observe(self._org.platform.conversations.values(), lambda c: c.parts):
            is_served = seen.metric == "oInteracting"
            yield ConversationListed(
                conversation_id=seen.conversation.id,
                state="agent" if is_served else "waiting",
                since_ms=round(seen.since_s * 1000),
                queue_id=seen.part.queue_id,
            )

    # --- figures ------------------------------------------------------------------------------------------

    def _compared(self, now: float) -> Iterator[str]:
        desk, true, second = self.session.desk, self._true, f"second {now - BEGIN:.0f}"
        self._changed |= true.renew(now) | set(desk.take_changed())
        for id_ in self._changed & true.rows.keys():
            for what in unlike(told_in(desk.rows.get(id_)), true_of(true.rows[id_])):
                yield f"{second}, conversation {id_}: {what}"
        is_whole = self._chance.random() * WHOLE_EVERY_S < 1
        touched = true.touched | {desk.rows[id_].queue_id for id_ in self._changed & desk.rows.keys()}
        for queue_id in (None, *(each for each in self._queues if is_whole or each in touched)):
            scope: Scope = ALL if queue_id is None else ("queue", queue_id)
            figures = true.at(now, queue_id)
            if is_whole:
                assert figures == true.whole(now, queue_id), "what was added up is not the truth"
            for what in unlike(figures_of(desk.pools.kpis(round(now * 1000), scope)), figures):
                yield f"{second}, {queue_id or 'all'}: {what}"
        self._changed.clear()
        true.touched.clear()


def unlike(ours: Figures, true: Figures) -> Iterator[str]:
    for name, value in true.items():
        if ours[name] != value:
            yield f"{name} is {ours[name]}, and truly {value}"


def figures_of(kpis: Kpis) -> Figures:
    """An inbox's, as ``TrueFigures`` has them."""
    figures: Figures = {
        "live": kpis.live.n,
        "waiting": kpis.waiting.n,
        "longest wait": _ms(kpis.wait_s),
        "unanswered": kpis.unanswered.n,
        "longest unanswered": _ms(kpis.unanswered_s),
        "undelivered": kpis.undelivered.n,
        "sla": (round((kpis.sla.value or 0) * kpis.sla.n), kpis.sla.n),
    }
    for name in POOLED:
        kpi = getattr(kpis, name)
        seconds = (round(value or 0.0, 4) for value in (kpi.median, kpi.p90, kpi.max))
        figures[name] = (kpi.n, *seconds) if kpi.n else None
    return figures


def _ms(kpi: Kpi) -> int | None:
    return None if kpi.max is None else round(kpi.max * 1000)


def told_in(row: Row | None) -> Figures:
    """What a row shows of what is true of its conversation."""
    if row is None:
        return defaultdict(lambda: None)
    return {
        "row": row.conversation_id,
        "customer": row.customer,
        "state": row.state,
        "since": row.since_ms,
        "queue": row.queue_id,
        "agent": (row.agent_id, row.agent) if row.state in HELD else None,
        "last": None if row.last is None else (row.last.time_ms, row.last.role),
        "unanswered since": row.unanswered_since_ms,
        "undelivered": row.undelivered,
        "due": row.sla_due_ms,
        "closes": row.closes_at_ms,
    }


def true_of(row: TrueRow) -> Figures:
    """The same, as it truly is."""
    return {
        "row": row.conversation_id,
        "customer": row.customer,
        "state": row.state,
        "since": row.since_ms,
        "queue": row.queue_id,
        "agent": (row.user_id, row.agent) if row.state in HELD else None,
        "last": None if row.last_ms is None else (row.last_ms, row.last_role),
        "unanswered since": row.unanswered_since_ms,
        "undelivered": row.undelivered,
        "due": row.due_ms,
        "closes": row.inactive_at_ms,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="An inbox's figures against the ground truth of busy hours.")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--conversations", type=int, default=20)
    given = parser.parse_args()
    compared = losses = wrong = 0
    for seed in range(given.first, given.first + given.seeds):
        watched = Hour(seed, seconds=given.seconds, conversations=given.conversations)
        found = list(watched.differences())
        compared, losses, wrong = compared + watched.compared, losses + watched.losses, wrong + len(found)
        for difference in found[:3]:
            sys.stdout.write(f"seed {seed}: {difference}\n")
    sys.stdout.write(
        f"{given.seeds} seeds, {losses} streams lost, {compared} seconds compared, {wrong} differences\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
