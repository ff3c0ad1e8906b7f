"""The figures of all conversations, kept up to date at O(log n): values pooled, never means of means.

Each is kept for all, for each queue and for each agent. Sorted lists are of ``sortedcontainers``: pure Python, without
dependencies, and the one that the field uses for this; its lists find, add and remove at O(log n) and give the value at a
place, which is what a median is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from sortedcontainers import SortedList

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.figures import DEFINITIONS, Kpi, Kpis, Unit
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.measures.response_times import quantile

Scope = tuple[Literal["all", "queue", "agent"], str]
ALL: Scope = ("all", "")


class Share(msgspec.Struct, frozen=True, gc=False):
    """What one conversation adds to the figures now."""

    is_live: bool
    is_waiting: bool
    is_complete: bool
    waiting_since_ms: int | None
    """None: it does not wait, or nobody has told since when."""
    unanswered_since_ms: int | None
    unread: int
    undelivered: int
    queue_id: str | None
    user_id: str | None
    values: tuple[Value, ...]


NOTHING = Share(False, False, True, None, None, 0, 0, None, None, ())


def share_of(row: Row, values: tuple[Value, ...]) -> Share:
    """What a conversation adds whose row is this, and which has come to these values."""
    return Share(
        is_live=row.is_live,
        is_waiting=row.state == "waiting",
        is_complete=row.is_complete,
        waiting_since_ms=row.since_ms if row.state == "waiting" else None,
        unanswered_since_ms=row.unanswered_since_ms if row.is_live else None,
        unread=row.unread if row.is_live else 0,
        undelivered=row.undelivered if row.is_live else 0,
        queue_id=row.queue_id,
        user_id=row.agent_id,
        values=values,
    )


class Answered(msgspec.Struct, frozen=True):
    """How long answers took, in seconds."""

    agents: list[float]
    """Of all of them."""
    by_agent: dict[str, list[float]]
    """By their names; by their ids where no row names them."""
    bots: list[float]
    unanswered: int
    """Live conversations whose customer still waits for one."""


class _Pool:
    """The values and counts of one scope."""

    def __init__(self) -> None:
        self.values: defaultdict[str, SortedList] = defaultdict(SortedList)
        """Milliseconds; of what grows by itself, since when."""
        self.sums: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def add(self, name: str, ms: int) -> None:
        self.values[name].add(ms)
        self.sums[name] += ms

    def remove(self, name: str, ms: int) -> None:
        self.values[name].remove(ms)
        self.sums[name] -= ms

    def seconds(self, name: str) -> list[float]:
        return [ms / 1000 for ms in self.values.get(name, ())]


class Pools:
    """All values, sorted."""

    def __init__(self) -> None:
        self.targets_ms: dict[str, int] = {}
        """By queue: how long a customer is to wait at most."""
        self._pools: defaultdict[Scope, _Pool] = defaultdict(_Pool)

    def change(self, old: Share, new: Share) -> None:
        """A conversation adds something else than it did."""
        for value, is_new in _changes(old.values, new.values):
            for pool in self._of(value.queue_id, value.user_id):
                (pool.add if is_new else pool.remove)(value.name, value.ms)
        if old.queue_id == new.queue_id and old.user_id == new.user_id:
            _recount(self._of(new.queue_id, new.user_id), old, new)
        else:
            _recount(self._of(old.queue_id, old.user_id), old, NOTHING)
            _recount(self._of(new.queue_id, new.user_id), NOTHING, new)

    def kpis(self, now_ms: int, scope: Scope = ALL) -> Kpis:
        """All figures at a moment, of one queue's or agent's conversations, or of all."""
        pool = self._pools.get(scope) or _Pool()
        return Kpis(
            time_ms=now_ms,
            live=_counted(pool, "live"),
            waiting=_counted(pool, "waiting"),
            wait_s=_growing(pool, "wait_s", now_ms),
            unanswered=_counted(pool, "unanswered"),
            unanswered_s=_growing(pool, "unanswered_s", now_ms),
            unread=_counted(pool, "unread"),
            undelivered=_counted(pool, "undelivered"),
            first_response_s=_pooled(pool, "first_response_s"),
            handover_first_response_s=_pooled(pool, "handover_first_response_s"),
            response_time_s=_pooled(pool, "response_time_s"),
            handover_response_time_s=_pooled(pool, "handover_response_time_s"),
            bot_response_time_s=_pooled(pool, "bot_response_time_s"),
            time_to_engage_s=_pooled(pool, "time_to_engage_s"),
            handle_time_s=_pooled(pool, "handle_time_s"),
            sla=self._sla(scope, now_ms),
            incomplete=pool.counts["incomplete"],
        )

    def answered(self, rows: Iterable[Row]) -> Answered:
        """How long answers took, by who has given them.

        Args:
            rows: name the agents.
        """
        names = {row.agent_id: row.agent for row in rows if row.agent}
        by_agent: defaultdict[str, list[float]] = defaultdict(list)
        for (kind, id_), pool in self._pools.items():
            if kind == "agent" and (seconds := pool.seconds("response_time_s")):
                by_agent[names.get(id_, id_)] += seconds
        everybody = self._pools[ALL]
        return Answered(
            agents=everybody.seconds("response_time_s"),
            by_agent=dict(by_agent),
            bots=everybody.seconds("bot_response_time_s"),
            unanswered=self.unanswered,
        )

    @property
    def incomplete(self) -> int:
        """Conversations that are not fully known yet."""
        return self._pools[ALL].counts["incomplete"]

    @property
    def unanswered(self) -> int:
        """Live conversations whose customer has said something that no agent has answered."""
        return self._pools[ALL].counts["unanswered"]

    def _of(self, queue_id: str | None, user_id: str | None) -> list[_Pool]:
        """Those that a queue's and an agent's values are in."""
        pools = [self._pools[ALL]]
        if queue_id is not None:
            pools.append(self._pools["queue", queue_id])
        if user_id is not None:
            pools.append(self._pools["agent", user_id])
        return pools

    def _sla(self, scope: Scope, now_ms: int) -> Kpi:
        kept = missed = 0
        for queue_id, target_ms in self.targets_ms.items():
            of_queue: Scope = ("queue", queue_id)
            if scope not in (ALL, of_queue):
                continue
            values = self._pools[of_queue].values
            answered, abandoned = values["answered_wait_s"], values["abandoned_wait_s"]
            in_time = answered.bisect_right(target_ms)
            kept += in_time
            missed += len(answered) - in_time
            missed += len(abandoned) - abandoned.bisect_right(target_ms)
            missed += values["wait_s"].bisect_left(now_ms - target_ms)
        n = kept + missed
        return _kpi("sla", "share", kept / n if n else None, n)


def _recount(pools: Iterable[_Pool], old: Share, new: Share) -> None:
    if (before := _counts(old)) != (after := _counts(new)):
        for name, was, now in zip(_COUNTED, before, after, strict=True):
            for pool in pools if was != now else ():
                pool.counts[name] += now - was
    for name, since_ms, now_since_ms in (
        ("wait_s", old.waiting_since_ms, new.waiting_since_ms),
        ("unanswered_s", old.unanswered_since_ms, new.unanswered_since_ms),
    ):
        if since_ms == now_since_ms:
            continue
        for pool in pools:
            if since_ms is not None:
                pool.remove(name, since_ms)
            if now_since_ms is not None:
                pool.add(name, now_since_ms)


_COUNTED = ("live", "waiting", "unanswered", "unread", "undelivered", "incomplete")


def _counts(share: Share) -> tuple[int, ...]:
    is_unanswered = share.unanswered_since_ms is not None
    return (
        share.is_live,
        share.is_waiting,
        is_unanswered,
        share.unread,
        share.undelivered,
        not share.is_complete,
    )


def _changes(old: tuple[Value, ...], new: tuple[Value, ...]) -> Iterator[tuple[Value, bool]]:
    """Those that are not the same at the beginning or at the end, and which are new; mostly one has come, somewhere."""
    if old is new:
        return
    begin, end = 0, 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    while end < min(len(old), len(new)) - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    yield from ((value, False) for value in old[begin : len(old) - end])
    yield from ((value, True) for value in new[begin : len(new) - end])


def _counted(pool: _Pool, name: str) -> Kpi:
    count = pool.counts[name]
    return _kpi(name, "count", float(count), count)


def _pooled(pool: _Pool, name: str) -> Kpi:
    values = pool.values[name]
    if not values:
        return _kpi(name, "seconds", None, 0)
    median = quantile(values, 0.5) / 1000
    return Kpi(
        name=name,
        definition=DEFINITIONS[name],
        unit="seconds",
        value=median,
        n=len(values),
        median=median,
        p90=quantile(values, 0.9) / 1000,
        max=values[-1] / 1000,
        mean=pool.sums[name] / len(values) / 1000,
    )


def _growing(pool: _Pool, name: str, now_ms: int) -> Kpi:
    since = pool.values[name]
    if not since:
        return _kpi(name, "seconds", None, 0)

    def ago(since_ms: float) -> float:
        return max(now_ms - since_ms, 0) / 1000

    median = ago(quantile(since, 0.5))
    return Kpi(
        name=name,
        definition=DEFINITIONS[name],
        unit="seconds",
        value=median,
        n=len(since),
        median=median,
        p90=ago(quantile(since, 0.1)),
        max=ago(since[0]),
        mean=ago(pool.sums[name] / len(since)),
        since_ms=since[0],
    )


def _kpi(name: str, unit: Unit, value: float | None, n: int) -> Kpi:
    return Kpi(name=name, definition=DEFINITIONS[name], unit=unit, value=value, n=n)
