from __future__ import annotations

from itertools import permutations

import msgspec
import pytest

from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.told import Part

LIFE = [
    Part(id="a", role="agent", came_ms=1000),
    Part(id="a", came_ms=1000, connected_ms=3000, name="Lee", user_id="u1", queue_id="q1"),
    Part(id="a", parked_ms=5000),
    Part(id="a", parked_ms=5000, resumed_ms=9000),
    Part(id="a", ended_ms=20_000, acw_began_ms=20_000),
    Part(id="a", acw_began_ms=20_000, acw_ended_ms=26_000),
]


def leg_of(*parts: Part) -> Leg:
    leg = Leg("a")
    for part in parts:
        leg.told(part)
    return leg


def test_a_leg_is_what_was_told_of_it_in_whatever_order_and_however_often() -> None:
    in_order = msgspec.structs.asdict(leg_of(*LIFE))

    assert all(msgspec.structs.asdict(leg_of(*order, *order[:2])) == in_order for order in permutations(LIFE))


@pytest.mark.parametrize(
    ("told", "state", "since_ms"),
    [
        (1, "alerted", 1000),
        (2, "connected", 3000),
        (3, "parked", 5000),
        (4, "connected", 9000),
        (5, "over", 20_000),
    ],
)
def test_a_leg_is_alerted_connects_is_parked_and_ends(told: int, state: str, since_ms: int) -> None:
    leg = leg_of(*LIFE[:told])

    assert (leg.state, leg.since_ms) == (state, since_ms)


def test_the_time_to_engage_and_the_time_handled_leave_out_what_was_parked_and_count_the_work_after() -> None:
    leg = leg_of(*LIFE)

    assert leg.engaged_ms == 2000
    assert leg.handled_ms == (20_000 - 3000 - 4000) + 6000
    assert (leg.role, leg.name, leg.user_id, leg.queue_id) == ("agent", "Lee", "u1", "q1")


def test_handling_goes_on_until_the_work_after_the_conversation_is_done() -> None:
    assert leg_of(*LIFE[:5]).handled_ms is None
    assert leg_of(*LIFE[:4]).handled_ms is None
    assert leg_of(*LIFE[:2], Part(id="a", ended_ms=8000)).handled_ms == 5000


def test_who_ends_while_it_is_parked_has_handled_it_until_then() -> None:
    assert leg_of(*LIFE[:3], Part(id="a", ended_ms=8000)).handled_ms == 2000


def test_a_leg_that_is_set_aside_again_was_not_taken_up_again_by_what_was_before() -> None:
    leg = leg_of(*LIFE[:4], Part(id="a", parked_ms=12_000, resumed_ms=9000))

    assert (leg.state, leg.since_ms) == ("parked", 12_000)
    leg.told(Part(id="a", parked_ms=12_000, resumed_ms=15_000))
    assert leg.since_ms == 15_000


def test_where_no_time_says_so_the_state_does() -> None:
    assert leg_of(Part(id="a", came_ms=1000, is_connected=True)).connected_ms == 1000
    assert leg_of(Part(id="a", is_connected=True)).engaged_ms is None
    assert leg_of(Part(id="a", is_over=True)).state == "over"
    assert leg_of(Part(id="a", is_queue=True)).is_queue


def test_who_is_known_to_be_there_but_not_since_when_is_connected_without_a_time() -> None:
    leg = leg_of(Part(id="a", role="agent", is_connected=True), Part(id="a"))

    assert (leg.state, leg.since_ms, leg.connected_ms) == ("connected", None, None)
    assert (leg.engaged_ms, leg.handled_ms) == (None, None)
    leg.told(Part(id="a", parked_ms=5000, resumed_ms=9000))
    assert (leg.state, leg.since_ms) == ("connected", 9000)
