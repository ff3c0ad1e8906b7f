"""Deadlines against the plainest thing that does the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys.simulator.state.deadlines import Deadlines

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abc"), st.none() | st.integers(0, 20)),
        st.tuples(st.just("take"), st.none(), st.integers(0, 20)),
    ),
    max_size=40,
)


@given(STEPS)
def test_each_key_is_due_once_at_the_time_set_last(steps: list[tuple[str, str | None, int | None]]) -> None:
    deadlines: Deadlines[str] = Deadlines()
    plain: dict[str, int] = {}
    for what, key, at in steps:
        if what == "take":
            assert at is not None
            due = [k for k, t in plain.items() if t <= at]
            taken = deadlines.take(at)
            assert sorted(taken) == sorted(due)
            assert [plain[k] for k in taken] == sorted(plain[k] for k in due)
            plain = {k: t for k, t in plain.items() if t > at}
        else:
            assert key is not None
            deadlines.set(key, at)
            plain.pop(key, None)
            plain |= {} if at is None else {key: at}
        assert deadlines.next() == min(plain.values(), default=None)


def test_what_is_put_off_again_and_again_takes_no_more_room() -> None:
    deadlines: Deadlines[str] = Deadlines()
    for at in range(10_000):
        deadlines.set("session", 100.0 + at)
    assert len(deadlines._heap) == 1
    assert deadlines.next() == 10_099
