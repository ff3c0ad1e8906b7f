"""The true figures of an organisation at any moment, looked up anew only where something has happened since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from sortedcontainers import SortedList

from ipygenesys._core.measures.response_times import quantile, summary
from ipygenesys.simulator.org.busy_hour import BusyHour
from ipygenesys.simulator.org.figures import TrueRow, Truth, Value
from ipygenesys.simulator.org.truth import truth

Figures = dict[str, object]
"""By name; of pooled seconds n, median, p90 and max."""
POOLED: dict[str, Callable[[Truth], list[Value]]] = {
    "first_response_s": lambda true: true.first_response,
    "handover_first_response_s": lambda true: true.handover_first_response,
    "response_time_s": lambda true: true.response,
    "handover_response_time_s": lambda true: true.handover_response,
    "bot_response_time_s": lambda true: true.bot_response,
    "time_to_engage_s": lambda true: true.time_to_engage,
    "handle_time_s": lambda true: true.handle_time,
}
Share = tuple[str, str | None, int]
"""What a conversation adds: to which figure, of which queue, and what. Of what grows by itself, since when."""


class TrueFigures:
    """``truth`` of each conversation by itself, added up; ``whole`` is all of it at once, from nothing."""

    def __init__(self, org: BusyHour) -> None:
        self._org = org
        self._targets_ms = {queue.id: round(queue.target_s * 1000) for queue in org.plan.queues}
        self._changed = set(org.platform.conversations)
        self._shares: dict[str, Counter[Share]] = {}
        self._pools: defaultdict[tuple[str, str | None], SortedList] = defaultdict(SortedList)
        self._known: dict[tuple[str, str | None], object] = {}
        """What these come to, until one of their values changes."""
        self.touched: set[str | None] = set()
        """Queues of which something has changed; whoever has compared them takes them out."""
        self.rows: dict[str, TrueRow] = {}

    def happened(self, conversation_id: str) -> None:
        """Something has, in this conversation."""
        if conversation_id in self._org.platform.conversations:
            self._changed.add(conversation_id)

    def renew(self, now: float) -> set[str]:
        """Look at what has changed; the conversations that had."""
        changed, self._changed = self._changed, set()
        for id_ in changed:
            conversations = [self._org.platform.conversations[id_]]
            true = truth(conversations, lambda c: c.parts, self._org.plan.queues, now)
            self.rows.update({row.conversation_id: row for row in true.rows})
            old, new = self._shares.get(id_, Counter()), Counter(_shares(true))
            self._shares[id_] = new
            self._add((old - new).elements(), SortedList.remove)
            self._add((new - old).elements(), SortedList.add)
        return changed

    def _add(self, shares: Iterable[Share], how: Callable[[SortedList, int], object]) -> None:
        for name, queue_id, value in shares:
            for scope in {None, queue_id}:
                how(self._pools[name, scope], value)
                self._known.pop((name, scope), None)
                self.touched.add(scope)

    def at(self, now: float, queue_id: str | None) -> Figures:
        """The figures at a moment, by what has been looked at."""
        now_ms = round(now * 1000)

        def count(name: str) -> int:
            return len(self._pools[name, queue_id])

        def longest(name: str) -> int | None:
            since = self._pools[name, queue_id]
            return now_ms - since[0] if since else None

        missed = count("missed") + sum(
            self._pools["goes on", id_].bisect_left(now_ms - target_ms)
            for id_, target_ms in self._targets_ms.items()
            if queue_id in (None, id_)
        )
        figures: Figures = {
            "live": count("live"),
            "waiting": count("waiting"),
            "longest wait": longest("waiting"),
            "unanswered": count("unanswered"),
            "longest unanswered": longest("unanswered"),
            "undelivered": count("undelivered"),
            "sla": (count("met"), count("met") + missed),
        }
        for name in POOLED:
            if (name, queue_id) not in self._known:
                self._known[name, queue_id] = self._pooled(self._pools[name, queue_id])
            figures[name] = self._known[name, queue_id]
        return figures

    def _pooled(self, ms: SortedList) -> object:
        return _rounded(len(ms), quantile(ms, 0.5), quantile(ms, 0.9), ms[-1]) if ms else None

    def whole(self, now: float, queue_id: str | None) -> Figures:
        """The same, from the history of all conversations."""
        true = truth(
            self._org.platform.conversations.values(),
            lambda c: c.parts,
            self._org.plan.queues,
            now,
            queue_ids=None if queue_id is None else {queue_id},
        )
        figures: Figures = {
            "live": true.live,
            "waiting": true.waiting,
            "longest wait": true.longest_wait_ms,
            "unanswered": true.unanswered,
            "longest unanswered": true.longest_unanswered_ms,
            "undelivered": true.undelivered,
            "sla": (true.sla_met, true.sla_met + true.sla_missed),
        }
        for name, values in POOLED.items():
            pooled = summary(value.ms for value in values(true))
            figures[name] = (
                None if pooled is None else _rounded(pooled.n, pooled.median, pooled.p90, pooled.max)
            )
        return figures


def _shares(true: Truth) -> Iterator[Share]:
    for name, values in POOLED.items():
        for value in values(true):
            yield name, value.queue_id, value.ms
    for wait in true.waits:
        if wait.outcome == "waiting":
            yield "goes on", wait.queue_id, true.time_ms - wait.ms
        elif wait.is_late:
            yield "missed", wait.queue_id, 0
        elif wait.outcome == "answered":
            yield "met", wait.queue_id, 0
    for row in true.rows:
        if row.state == "ended":
            continue
        yield "live", row.queue_id, 0
        if row.state == "waiting":
            yield "waiting", row.queue_id, row.since_ms
        if row.unanswered_since_ms is not None:
            yield "unanswered", row.queue_id, row.unanswered_since_ms
        for _ in range(row.undelivered):
            yield "undelivered", row.queue_id, 0


def _rounded(n: int, *ms: float) -> tuple[float, ...]:
    return n, *(round(value / 1000, 4) for value in ms)
