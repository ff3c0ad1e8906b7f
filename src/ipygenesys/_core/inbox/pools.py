"""The figures of all conversations, kept up to date at O(log n): values pooled, never means of means.

Each is kept for all, for each queue and for each agent. Sorted lists are of ``sortedcontainers``: pure Python, without
dependencies, and the one that the field uses for this; its lists find, add and remove at O(log n) and give the value at a
place, which is what a median is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from sortedcontainers import SortedList

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.figures import DEFINITIONS, Kpi, Kpis, Unit
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.measures.response_times import quantile

Scope = tuple[Literal["all", "queue", "agent"], str]
ALL: Scope = ("all", "")


class Share(NamedTuple):
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


class Pools:
    """All values, sorted."""

    def __init__(self) -> None:
        self.targets_ms: dict[str, int] = {}
        """By queue: how long a customer is to wait at most."""
        self._values: defaultdict[tuple[str, Scope], SortedList] = defaultdict(SortedList)
        """Milliseconds; of what grows by itself, since when."""
        self._totals: Counter[tuple[str, Scope]] = Counter()

    def change(self, old: Share, new: Share) -> None:
        """A conversation adds something else than it did."""
        for value, sign in _changes(old.values, new.values):
            self._pool(value.name, value.ms, _scopes(value.queue_id, value.user_id), sign)
        if old[:-1] != new[:-1]:
            self._count(old, -1)
            self._count(new, 1)

    def kpis(self, now_ms: int, scope: Scope = ALL) -> Kpis:
        """All figures at a moment, of one queue's or agent's conversations, or of all."""
        return Kpis(
            time_ms=now_ms,
            live=self._counted("live", scope),
            waiting=self._counted("waiting", scope),
            wait_s=self._growing("wait_s", scope, now_ms),
            unanswered=self._counted("unanswered", scope),
            unanswered_s=self._growing("unanswered_s", scope, now_ms),
            unread=self._counted("unread", scope),
            undelivered=self._counted("undelivered", scope),
            first_response_s=self._pooled("first_response_s", scope),
            handover_first_response_s=self._pooled("handover_first_response_s", scope),
            response_time_s=self._pooled("response_time_s", scope),
            handover_response_time_s=self._pooled("handover_response_time_s", scope),
            bot_response_time_s=self._pooled("bot_response_time_s", scope),
            time_to_engage_s=self._pooled("time_to_engage_s", scope),
            handle_time_s=self._pooled("handle_time_s", scope),
            sla=self._sla(scope, now_ms),
            incomplete=self._totals["incomplete", scope],
        )

    @property
    def incomplete(self) -> int:
        """Conversations that are not fully known yet."""
        return self._totals["incomplete", ALL]

    # --- changes ------------------------------------------------------------------------------------------

    def _pool(self, name: str, ms: int, scopes: Iterable[Scope], sign: int) -> None:
        for scope in scopes:
            values = self._values[name, scope]
            if sign > 0:
                values.add(ms)
            else:
                values.remove(ms)
            self._totals[name, scope] += sign * ms

    def _count(self, share: Share, sign: int) -> None:
        scopes = _scopes(share.queue_id, share.user_id)
        counted = {
            "live": share.is_live,
            "waiting": share.is_waiting,
            "unanswered": share.unanswered_since_ms is not None,
            "unread": share.unread,
            "undelivered": share.undelivered,
            "incomplete": not share.is_complete,
        }
        for name, count in counted.items():
            for scope in scopes if count else ():
                self._totals[name, scope] += sign * count
        if share.waiting_since_ms is not None:
            self._pool("wait_s", share.waiting_since_ms, scopes, sign)
        if share.unanswered_since_ms is not None:
            self._pool("unanswered_s", share.unanswered_since_ms, scopes, sign)

    # --- figures ------------------------------------------------------------------------------------------

    def _counted(self, name: str, scope: Scope) -> Kpi:
        count = self._totals[name, scope]
        return _kpi(name, "count", float(count), count)

    def _pooled(self, name: str, scope: Scope) -> Kpi:
        values = self._values[name, scope]
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
            mean=self._totals[name, scope] / len(values) / 1000,
        )

    def _growing(self, name: str, scope: Scope, now_ms: int) -> Kpi:
        since = self._values[name, scope]
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
            mean=ago(self._totals[name, scope] / len(since)),
            since_ms=since[0],
        )

    def _sla(self, scope: Scope, now_ms: int) -> Kpi:
        kept = missed = 0
        for queue_id, target_ms in self.targets_ms.items():
            of_queue: Scope = ("queue", queue_id)
            if scope not in (ALL, of_queue):
                continue
            answered = self._values["answered_wait_s", of_queue]
            abandoned = self._values["abandoned_wait_s", of_queue]
            going_on = self._values["wait_s", of_queue]
            in_time = answered.bisect_right(target_ms)
            kept += in_time
            missed += len(answered) - in_time
            missed += len(abandoned) - abandoned.bisect_right(target_ms)
            missed += going_on.bisect_left(now_ms - target_ms)
        n = kept + missed
        return _kpi("sla", "share", kept / n if n else None, n)


def _changes(old: tuple[Value, ...], new: tuple[Value, ...]) -> Iterator[tuple[Value, int]]:
    """Those that are not the same at the beginning or at the end; mostly one has come, somewhere."""
    begin, end = 0, 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    while end < min(len(old), len(new)) - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    yield from ((value, -1) for value in old[begin : len(old) - end])
    yield from ((value, 1) for value in new[begin : len(new) - end])


def _kpi(name: str, unit: Unit, value: float | None, n: int) -> Kpi:
    return Kpi(name=name, definition=DEFINITIONS[name], unit=unit, value=value, n=n)


def _scopes(queue_id: str | None, user_id: str | None) -> tuple[Scope, ...]:
    scopes = [ALL]
    if queue_id is not None:
        scopes.append(("queue", queue_id))
    if user_id is not None:
        scopes.append(("agent", user_id))
    return tuple(scopes)
