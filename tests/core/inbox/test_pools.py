from __future__ import annotations

import random

import msgspec
import pytest

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.figures import Kpi
from ipygenesys._core.inbox.pools import NOTHING, Answered, Pools, Share
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.measures.response_times import summary


def values(
    *ms: int, name: str = "response_time_s", user: str | None = "u1", queue: str = "sales"
) -> tuple[Value, ...]:
    return tuple(Value(name, each, user, queue) for each in ms)


def of(**more: object) -> Share:
    is_waiting = "waiting_since_ms" in more
    return msgspec.structs.replace(NOTHING, is_live=True, is_waiting=is_waiting, queue_id="sales", **more)


def test_seconds_are_pooled_over_conversations_queues_and_agents() -> None:
    pools = Pools()
    pools.change(NOTHING, of(values=values(1000, 3000)))
    pools.change(NOTHING, of(values=values(9000, user="u2", queue="tech")))

    everything = pools.kpis(0).response_time_s
    assert (everything.n, everything.median, everything.max, everything.mean) == (3, 3.0, 9.0, 13 / 3)
    assert everything.value == everything.median
    assert everything.p90 == pytest.approx(7.8)
    assert pools.kpis(0, ("queue", "tech")).response_time_s.max == 9.0
    assert pools.kpis(0, ("agent", "u1")).response_time_s.n == 2
    assert pools.kpis(0, ("agent", "nobody")).response_time_s.value is None


def test_any_sequence_of_changes_leaves_what_the_last_one_says() -> None:
    chance = random.Random(7)
    pools, shares = Pools(), [NOTHING] * 20
    for _ in range(2000):
        place = chance.randrange(20)
        kept = shares[place].values[: chance.randrange(4)]
        more = values(*(chance.randrange(50) * 1000 for _ in range(chance.randrange(3))))
        share = of(
            values=chance.choice([(*kept, *more), (*more, *kept), (*kept[:1], *more, *kept[1:])]),
            unread=chance.randrange(3),
            unanswered_since_ms=chance.choice([None, 1000, 2000]),
        )
        pools.change(shares[place], share)
        shares[place] = share

    kpis = pools.kpis(5000)
    pooled = summary(value.ms / 1000 for share in shares for value in share.values)
    figure = kpis.response_time_s
    assert pooled is not None
    assert (figure.n, figure.median, figure.max) == (pooled.n, pooled.median, pooled.max)
    assert figure.p90 == pytest.approx(pooled.p90)
    assert figure.mean == pytest.approx(pooled.mean)
    assert kpis.unread.value == sum(share.unread for share in shares)
    assert kpis.unanswered.n == sum(share.unanswered_since_ms is not None for share in shares)
    for share in shares:
        pools.change(share, NOTHING)
    assert [kpi.n for kpi in pools.kpis(5000)] == [0] * len(list(kpis))


def test_what_grows_by_itself_is_told_for_the_moment_and_since_when() -> None:
    pools = Pools()
    for since_ms in (1000, 4000, 9000):
        pools.change(NOTHING, of(waiting_since_ms=since_ms))

    wait = pools.kpis(10_000).wait_s
    assert (wait.n, wait.median, wait.max, wait.since_ms) == (3, 6.0, 9.0, 1000)
    assert wait.mean == pytest.approx(16 / 3)
    assert pools.kpis(10_000).waiting.value == 3
    assert pools.kpis(0).wait_s.max == 0.0


def test_each_wait_is_held_against_its_own_queues_target() -> None:
    pools = Pools()
    pools.targets_ms |= {"sales": 10_000, "tech": 60_000}
    pools.change(NOTHING, of(values=values(9000, 10_000, 11_000, name="answered_wait_s", user=None)))
    pools.change(NOTHING, of(values=values(3000, 12_000, name="abandoned_wait_s", user=None)))
    pools.change(NOTHING, of(waiting_since_ms=0))
    pools.change(NOTHING, of(values=values(50_000, name="answered_wait_s", user=None, queue="tech")))

    def shown(kpi: Kpi) -> tuple[float | None, int]:
        return kpi.value, kpi.n

    assert shown(pools.kpis(5000, ("queue", "sales")).sla) == (2 / 4, 4)
    assert shown(pools.kpis(10_001, ("queue", "sales")).sla) == (2 / 5, 5)
    assert shown(pools.kpis(10_001).sla) == (3 / 6, 6)
    assert shown(pools.kpis(0, ("agent", "u1")).sla) == (None, 0)


def test_conversations_that_are_not_fully_known_are_counted() -> None:
    pools = Pools()
    pools.change(NOTHING, of(is_complete=False, undelivered=2))

    assert pools.kpis(0).incomplete == 1
    assert pools.kpis(0).undelivered.value == 2
    assert pools.kpis(0).live.value == 1


def test_answers_are_told_apart_by_who_has_given_them() -> None:
    pools = Pools()
    bot = Value("bot_response_time_s", 500, None, "sales")
    pools.change(NOTHING, of(values=(*values(1000, 3000), bot), unanswered_since_ms=7))
    pools.change(NOTHING, of(values=(*values(9000, user="u2"), *values(2000, user="u3"))))
    pools.change(
        NOTHING, of(values=(*values(4000, user=None), *values(8000, name="handle_time_s", user="u4")))
    )
    rows = [
        Row(conversation_id="1", agent_id="u1", agent="Lee"),
        Row(conversation_id="2", agent_id="u3", agent="Lee"),
        Row(conversation_id="3", agent_id="u2"),
    ]
    answered = pools.answered(rows)

    assert answered.agents == [1.0, 2.0, 3.0, 4.0, 9.0]
    assert answered.by_agent == {"Lee": [1.0, 3.0, 2.0], "u2": [9.0]}
    assert (answered.bots, answered.unanswered) == ([0.5], 1)
    assert Pools().answered([]) == Answered([], {}, [], 0)
