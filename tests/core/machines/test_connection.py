"""The connection machine: every way to lose a stream, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ipygenesys._core.machines.breaker import MAX_FAILURES
from ipygenesys._core.machines.connection import (
    MAX_MOVES,
    MAX_SUSPECTS,
    MOVES_WINDOW_S,
    POISON_WINDOW_S,
    STABLE_S,
    Connection,
)
from ipygenesys._core.model.effects import CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.stream_loss import StreamLoss
from tests import examples as eg


def status_of(connection: Connection) -> str:
    return connection.status


def closed(code: int | None) -> StreamLoss:
    return StreamLoss(close_code=code)


def refused(kind: FailureKind, **changes: object) -> StreamLoss:
    return StreamLoss(failure=eg.failure(kind, **changes))


def connected(now: float = 100.0) -> Connection:
    connection = Connection()
    connection.connect()
    connection.stream_opened(1, now)
    return connection


# --- opening ----------------------------------------------------------------------------------------------


def test_nothing_is_opened_before_somebody_asks() -> None:
    connection = Connection()
    assert status_of(connection) == "idle"
    assert connection.next_deadline() is None
    assert connection.tick(100.0) == []
    assert connection.renew(100.0) == []
    assert connection.reconnect_now() == []


def test_connecting_opens_one_stream_however_often_it_is_asked() -> None:
    connection = Connection()
    assert connection.connect() == [OpenStream(1)]
    assert connection.connect() == []
    assert status_of(connection) == "connecting"
    assert not connection.is_open
    assert connection.stream_opened(1, 100.0) == []
    assert status_of(connection) == "connected"
    assert connection.is_open


def test_a_stream_that_nobody_waits_for_is_closed_again() -> None:
    connection = connected()
    assert connection.stream_opened(7, 101.0) == [CloseStream(7)]
    assert connection.is_current(1)
    assert not connection.is_current(7)


def test_a_stream_that_opens_after_the_close_is_closed_again() -> None:
    connection = Connection()
    connection.connect()
    assert connection.close() == [CloseStream(1)]
    assert status_of(connection) == "closed"
    assert connection.stream_opened(1, 101.0) == [CloseStream(1)]
    assert connection.stream_lost(1, closed(1006), 101.0, 0.5) == []
    assert connection.next_deadline() is None


def test_it_can_be_connected_again_after_a_close() -> None:
    connection = connected()
    connection.close()
    assert connection.connect() == [OpenStream(2)]


# --- losing -----------------------------------------------------------------------------------------------


def test_a_lost_stream_is_opened_again_after_a_jittered_wait() -> None:
    connection = connected()
    assert connection.stream_lost(1, closed(1006), 150.0, 0.5) == []
    assert status_of(connection) == "reconnecting"
    assert connection.failure is not None
    assert connection.retry_at == 151.5
    assert connection.tick(151.4) == []
    assert connection.tick(151.5) == [OpenStream(2)]
    assert connection.next_deadline() is None
    connection.stream_opened(2, 152.0)
    assert status_of(connection) == "connected"
    assert connection.failure is None


def test_until_the_first_stream_has_opened_it_is_connecting() -> None:
    connection = Connection()
    connection.connect()
    connection.stream_lost(1, refused("unreachable"), 100.0, 0.5)
    assert status_of(connection) == "connecting"


def test_the_wait_grows_while_streams_do_not_last() -> None:
    connection, now, waits = connected(), 100.0, list[float]()
    for generation in range(1, 9):
        now += STABLE_S - 0.1
        connection.stream_lost(generation, refused("unreachable"), now, 1.0)
        assert connection.retry_at is not None
        waits.append(connection.retry_at - now)
        now = connection.retry_at
        connection.tick(now)
        connection.stream_opened(generation + 1, now)
    assert waits == pytest.approx([3, 3, 3, 4, 8, 16, 30, 30])


def test_a_stream_that_lasted_starts_the_backoff_anew() -> None:
    connection, now = connected(), 100.0
    for generation in range(1, 8):
        now += 1
        connection.stream_lost(generation, refused("unreachable"), now, 1.0)
        now = connection.retry_at or now
        connection.tick(now)
        connection.stream_opened(generation + 1, now)
    connection.stream_lost(8, closed(1006), now + STABLE_S, 1.0)
    assert connection.retry_at == now + STABLE_S + 3.0


def thrown_out(times: int, connection: Connection, now: float = 100.0) -> float:
    """Let in and thrown out this often, as fast as it may be; when it happened last."""
    for number in range(times):
        generation = connection.newest
        connection.stream_opened(generation, now)
        connection.stream_lost(generation, closed(1013), now, 0.5)
        if number < times - 1:
            now = connection.retry_at or now
            connection.tick(now)
    return now


def test_a_server_that_lets_us_in_and_throws_us_out_is_left_alone_for_a_minute_and_tried_once() -> None:
    connection = Connection()
    connection.connect()
    now = thrown_out(MAX_FAILURES - 1, connection)
    assert connection.retry_at is not None
    assert connection.retry_at - now < 5.0
    assert "too often" not in (connection.failure.message if connection.failure else "")
    connection.tick(now := connection.retry_at)
    thrown_out(1, connection, now)
    assert connection.retry_at == now + 60.0
    assert status_of(connection) == "connecting" or status_of(connection) == "reconnecting"
    assert connection.failure is not None
    assert connection.failure.message.startswith("The event stream was closed (1013).")
    assert "too often" in connection.failure.message
    assert connection.tick(now + 59.9) == []
    assert len(connection.tick(now + 60.0)) == 1
    thrown_out(1, connection, now + 60.0)
    assert connection.retry_at == now + 120.0


def test_a_stream_that_lasts_closes_the_breaker() -> None:
    connection = Connection()
    connection.connect()
    now = thrown_out(MAX_FAILURES, connection) + 60.0
    connection.tick(now)
    connection.stream_opened(connection.newest, now)
    connection.stream_lost(connection.newest, closed(1006), now + STABLE_S, 0.5)
    assert connection.retry_at == now + STABLE_S + 1.5
    assert connection.failure is not None
    assert "too often" not in connection.failure.message


def test_a_server_that_cannot_be_reached_is_no_case_for_the_breaker() -> None:
    connection, now = connected(), 100.0
    for generation in range(1, 20):
        connection.stream_lost(generation, refused("unreachable"), now, 0.5)
        assert connection.retry_at is not None
        assert connection.retry_at - now <= 15.0
        connection.tick(now := connection.retry_at)


def test_a_longer_retry_after_counts_though_the_breaker_is_open() -> None:
    connection = Connection()
    connection.connect()
    now = thrown_out(MAX_FAILURES, connection) + 60.0
    connection.tick(now)
    connection.stream_lost(connection.newest, refused("rate_limited", retry_after_s=100.0), now, 0.0)
    assert connection.retry_at == now + 100.0


def test_the_user_may_try_though_the_breaker_is_open_and_begins_anew_after_an_end() -> None:
    connection = Connection()
    connection.connect()
    now = thrown_out(MAX_FAILURES, connection)
    assert len(connection.reconnect_now()) == 1
    thrown_out(1, connection, now + 1.0)
    assert connection.retry_at == now + 61.0
    connection.close()
    connection.connect()
    now = thrown_out(1, connection, now + 2.0)
    assert connection.retry_at is not None
    assert connection.retry_at - now <= 3.0


def test_a_session_that_expires_at_once_over_and_over_opens_the_breaker_too() -> None:
    connection = Connection()
    connection.connect()
    now, opened = 100.0, 0
    while now < 3700.0:
        opened += 1
        connection.stream_opened(connection.newest, now)
        if not connection.stream_lost(connection.newest, closed(4001), now, 0.5):
            connection.tick(now := connection.retry_at or now)
    assert opened <= 70


def test_a_frame_that_is_too_large_is_left_behind_once_and_then_it_is_an_end() -> None:
    connection = connected()
    assert connection.stream_lost(1, closed(1009), 200.0, 0.5) == []
    assert status_of(connection) == "reconnecting"
    connection.tick(connection.retry_at or 0.0)
    connection.stream_opened(2, 202.0)
    connection.stream_lost(2, closed(1009), 202.0 + POISON_WINDOW_S - 3.0, 0.5)
    assert status_of(connection) == "failed"
    assert connection.failure is not None
    assert "too large (1009)" in connection.failure.message
    connection.reconnect_now()
    connection.stream_opened(3, 900.0)
    connection.stream_lost(3, closed(1009), 901.0, 0.5)
    assert status_of(connection) == "reconnecting"


def test_frames_that_are_too_large_once_in_a_while_are_not_the_same_frame() -> None:
    connection = connected()
    for generation in range(1, 5):
        now = 200.0 + generation * POISON_WINDOW_S
        connection.stream_lost(generation, closed(1009), now, 0.5)
        assert status_of(connection) == "reconnecting"
        connection.tick(connection.retry_at or 0.0)
        connection.stream_opened(generation + 1, now + 10.0)


def test_the_servers_retry_after_is_a_floor() -> None:
    connection = connected()
    connection.stream_lost(1, refused("unavailable", retry_after_s=40.0), 100.0, 0.0)
    assert connection.retry_at == 140.0


def test_a_throttled_handshake_waits_a_second_at_least() -> None:
    connection = connected()
    connection.stream_lost(1, refused("rate_limited"), 100.0, 0.0)
    assert connection.retry_at == 101.0


def test_the_user_need_not_wait_for_the_next_try() -> None:
    connection = connected()
    assert connection.reconnect_now() == []
    connection.stream_lost(1, closed(1006), 100.0, 0.9)
    assert connection.reconnect_now() == [OpenStream(2)]
    assert connection.reconnect_now() == []
    assert connection.next_deadline() is None


@pytest.mark.parametrize("loss", [closed(1002), refused("permission"), StreamLoss(is_tls=True)])
def test_a_fatal_loss_stops_until_the_user_tries_again(loss: StreamLoss) -> None:
    connection = connected()
    assert connection.stream_lost(1, loss, 100.0, 0.5) == []
    assert status_of(connection) == "failed"
    assert connection.failure is not None
    assert connection.next_deadline() is None
    assert connection.tick(10_000.0) == []
    assert connection.reconnect_now() == [OpenStream(2)]
    assert status_of(connection) == "connecting"
    assert connection.failure is None


def test_three_suspect_closes_within_a_minute_are_fatal() -> None:
    connection, now = connected(), 100.0
    for generation in range(1, MAX_SUSPECTS + 1):
        connection.stream_lost(generation, closed(1008), now, 0.5)
        now += 20
        connection.tick(now)
        connection.stream_opened(generation + 1, now)
    assert status_of(connection) == "failed"


def test_suspect_closes_over_a_longer_time_are_not() -> None:
    connection, now = connected(), 100.0
    for generation in range(1, 10):
        connection.stream_lost(generation, closed(4000), now, 0.5)
        now += 40
        connection.tick(now)
        connection.stream_opened(generation + 1, now)
    assert status_of(connection) == "connected"


# --- tokens -----------------------------------------------------------------------------------------------


def test_an_expired_session_reconnects_at_once_with_a_fresh_token() -> None:
    connection = connected()
    assert connection.stream_lost(1, closed(4001), 200.0, 0.5) == [OpenStream(2, fresh_token=True)]
    assert status_of(connection) == "reconnecting"


def test_a_second_expired_session_in_a_row_waits_and_takes_another_token() -> None:
    connection = connected()
    connection.stream_lost(1, closed(4001), 200.0, 0.5)
    connection.stream_opened(2, 200.1)
    assert connection.stream_lost(2, closed(4001), 200.2, 0.5) == []
    assert connection.retry_at is not None
    assert connection.retry_at > 200.2
    assert connection.tick(connection.retry_at) == [OpenStream(3, fresh_token=True)]


@pytest.mark.parametrize("loss", [closed(4401), refused("authentication")])
def test_a_refused_token_is_replaced_once_and_then_it_is_fatal(loss: StreamLoss) -> None:
    connection = Connection()
    connection.connect()
    assert connection.stream_lost(1, loss, 100.0, 0.5) == [OpenStream(2, fresh_token=True)]
    assert connection.stream_lost(2, loss, 101.0, 0.5) == []
    assert status_of(connection) == "failed"
    assert connection.failure is not None
    assert connection.failure.kind == "authentication"


def test_a_refused_token_long_after_the_last_one_is_replaced_again() -> None:
    connection = Connection()
    connection.connect()
    connection.stream_lost(1, closed(4401), 100.0, 0.5)
    connection.stream_opened(2, 101.0)
    assert connection.stream_lost(2, closed(4401), 5000.0, 0.5) == [OpenStream(3, fresh_token=True)]


def test_a_renewed_token_moves_to_a_new_stream_before_the_old_one_closes() -> None:
    connection = connected()
    assert connection.renew(100.0) == [OpenStream(2)]
    assert connection.renew(100.0) == []
    assert connection.is_current(1)
    assert connection.is_current(2)
    assert status_of(connection) == "connected"
    assert connection.stream_opened(2, 200.0) == [CloseStream(1)]
    assert not connection.is_current(1)
    assert connection.stream_lost(1, closed(1000), 200.1, 0.5) == []
    assert status_of(connection) == "connected"


def test_a_deaf_stream_that_no_other_takes_the_place_of_is_lost() -> None:
    connection = connected()
    assert connection.renew(100.0, is_deaf=True) == [OpenStream(2)]
    assert status_of(connection) == "connected"
    loss = StreamLoss(failure=eg.failure("unavailable", retry_after_s=30.0))
    assert connection.stream_lost(2, loss, 101.0, 0.0) == [CloseStream(1)]
    assert status_of(connection) == "reconnecting"
    assert connection.failure == loss.failure
    assert connection.retry_at == 131.0
    assert connection.stream_lost(1, closed(1000), 102.0, 0.5) == []
    assert connection.tick(131.0) == [OpenStream(3)]
    connection.stream_opened(3, 132.0)
    assert connection.renew(140.0) == [OpenStream(4)]
    assert connection.stream_lost(4, loss, 141.0, 0.0) == []
    assert status_of(connection) == "connected"


def test_a_deaf_stream_that_another_takes_the_place_of_was_a_move() -> None:
    connection = connected()
    connection.renew(100.0, is_deaf=True)
    assert connection.stream_opened(2, 101.0) == [CloseStream(1)]
    connection.renew(110.0)
    assert connection.stream_lost(3, refused("unavailable"), 111.0, 0.0) == []
    assert status_of(connection) == "connected"


def test_a_renewal_that_fails_is_tried_again_while_the_old_stream_goes_on() -> None:
    connection = connected()
    connection.renew(100.0)
    assert connection.stream_lost(2, refused("permission"), 200.0, 0.5) == []
    assert status_of(connection) == "connected"
    assert connection.is_open
    assert connection.retry_at == 201.5
    assert connection.tick(201.5) == [OpenStream(3)]
    assert connection.stream_opened(3, 202.0) == [CloseStream(1)]
    assert connection.failure is None


def test_a_renewal_asked_for_while_an_earlier_one_waits_goes_out_at_once() -> None:
    connection = connected()
    connection.renew(100.0)
    connection.stream_lost(2, refused("unreachable"), 200.0, 0.9)
    assert connection.renew(200.1) == [OpenStream(3)]
    assert connection.next_deadline() is None


def moved(connection: Connection, now: float) -> bool:
    """Whether a move that is asked for now is made now; then its stream opens."""
    opened = connection.renew(now)
    for stream in opened:
        connection.stream_opened(stream.generation, now + 0.1)
    return bool(opened)


def test_only_so_many_moves_are_made_in_a_while_whoever_asks_for_them() -> None:
    connection = connected()
    assert all(moved(connection, 200.0 + number) for number in range(MAX_MOVES))
    assert not moved(connection, 230.0)
    assert not moved(connection, 231.0)
    assert connection.next_deadline() == 200.0 + MOVES_WINDOW_S
    assert connection.tick(199.9 + MOVES_WINDOW_S) == []
    active = connection.newest
    assert connection.tick(200.0 + MOVES_WINDOW_S) == [OpenStream(active + 1)]
    assert connection.stream_opened(active + 1, 200.1 + MOVES_WINDOW_S) == [CloseStream(active)]
    assert not moved(connection, 200.9 + MOVES_WINDOW_S)
    assert moved(connection, 201.0 + MOVES_WINDOW_S)


def test_a_move_that_is_due_sooner_anyhow_is_not_put_off() -> None:
    connection = connected()
    for number in range(MAX_MOVES):
        moved(connection, 200.0 + number)
    connection.renew_at(250.0)
    assert not moved(connection, 230.0)
    assert connection.next_deadline() == 250.0
    assert connection.tick(250.0) == []
    assert connection.next_deadline() == 200.0 + MOVES_WINDOW_S


# --- sleep ------------------------------------------------------------------------------------------------


def test_after_a_sleep_another_stream_is_opened_and_the_old_one_goes_on_until_then() -> None:
    connection = connected()
    assert connection.woken(200.0) == [OpenStream(2)]
    assert status_of(connection) == "connected"
    assert connection.woken(200.0) == []
    assert connection.stream_opened(2, 201.0) == [CloseStream(1)]
    assert sum(moved(connection, 205.0) for _ in range(MAX_MOVES)) == MAX_MOVES - 1, "it counts as a move"


def test_after_a_sleep_the_next_try_is_made_at_once() -> None:
    connection = connected()
    connection.stream_lost(1, closed(1006), 200.0, 0.9)
    assert connection.woken(200.1) == [OpenStream(2)]
    assert connection.next_deadline() is None


@pytest.mark.parametrize("end", ["never", "closed", "failed"])
def test_a_sleep_does_not_begin_what_nobody_wants(end: str) -> None:
    connection = Connection() if end == "never" else connected()
    if end == "closed":
        connection.close()
    if end == "failed":
        connection.stream_lost(1, closed(1002), 200.0, 0.5)
    assert not connection.is_wanted
    assert connection.woken(300.0) == []


def test_a_close_during_a_renewal_closes_both_streams() -> None:
    connection = connected()
    connection.renew(100.0)
    assert connection.close("idle") == [CloseStream(1), CloseStream(2)]
    assert status_of(connection) == "idle"


# --- read-only --------------------------------------------------------------------------------------------


def test_a_conversation_that_is_over_is_read_only_until_it_is_open_again() -> None:
    connection = connected()
    connection.set_read_only(True)
    assert status_of(connection) == "read_only"
    connection.set_read_only(True)
    connection.set_read_only(False)
    assert status_of(connection) == "connected"
    connection.set_read_only(False)
    assert status_of(connection) == "connected"


def test_a_read_only_conversation_stays_so_over_a_reconnect() -> None:
    connection = connected()
    connection.set_read_only(True)
    connection.stream_lost(1, closed(1006), 150.0, 0.5)
    assert status_of(connection) == "read_only"
    connection.tick(160.0)
    connection.stream_opened(2, 160.0)
    assert status_of(connection) == "read_only"


def why_of(connection: Connection) -> Failure | None:
    return connection.failure


def test_why_it_is_read_only_is_told_again_by_the_next_stream_and_is_forgotten_once_it_is_open_again() -> (
    None
):
    why = eg.failure("rejected")
    connection = connected()
    connection.stream_lost(1, closed(1006), 150.0, 0.5)
    connection.tick(160.0)
    connection.set_read_only(True, why)
    connection.stream_opened(2, 160.0)
    assert why_of(connection) == why
    connection.stream_lost(2, closed(1006), 180.0, 0.5)
    assert why_of(connection) == why, "it concerns the user more than what became of the stream"
    connection.tick(190.0)
    connection.stream_opened(3, 190.0)
    assert why_of(connection) == why
    connection.set_read_only(False)
    assert why_of(connection) is None
    connection.set_read_only(True, why)
    connection.start_over()
    connection.stream_opened(4, 200.0)
    assert why_of(connection) is None


def test_a_conversation_that_opens_again_while_the_stream_is_down_is_reconnecting() -> None:
    connection = connected()
    connection.set_read_only(True)
    connection.stream_lost(1, closed(1006), 150.0, 0.5)
    connection.set_read_only(False)
    assert status_of(connection) == "reconnecting"
    assert why_of(connection) is not None
    connection.tick(160.0)
    connection.stream_opened(2, 160.0)
    assert why_of(connection) is None


def test_a_closed_conversation_does_not_become_read_only() -> None:
    connection = connected()
    connection.close()
    connection.set_read_only(True)
    assert status_of(connection) == "closed"


class ConnectionMachine(RuleBasedStateMachine):
    """Commands, openings and losses in any order, against the streams that a shell would hold."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = Connection()
        self.now = 1000.0
        self.streams: dict[int, bool] = {}
        """By generation: whether it has opened."""
        self.newest = 0

    def perform(self, effects: Sequence[OpenStream | CloseStream]) -> None:
        for effect in effects:
            if isinstance(effect, OpenStream):
                assert effect.generation > self.newest, "a generation used twice"
                self.newest = effect.generation
                self.streams[effect.generation] = False
            else:
                self.streams.pop(effect.generation, None)
        assert len(self.streams) <= 2, "more than two streams"
        deadline = self.connection.next_deadline()
        assert deadline is None or deadline >= self.now

    @rule()
    def connect(self) -> None:
        self.perform(self.connection.connect())

    @rule()
    def reconnect_now(self) -> None:
        self.perform(self.connection.reconnect_now())

    @rule()
    def renew(self) -> None:
        self.perform(self.connection.renew(self.now))

    @rule()
    def wake(self) -> None:
        self.perform(self.connection.woken(self.now))

    @rule(status=st.sampled_from(["closed", "idle"]))
    def close(self, status: str) -> None:
        self.perform(self.connection.close(status))  # type: ignore[arg-type]
        assert not self.streams, "a stream left open"

    @rule(is_read_only=st.booleans())
    def read_only(self, is_read_only: bool) -> None:
        self.connection.set_read_only(is_read_only)

    @rule(seconds=st.floats(0.01, 70))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.perform(self.connection.tick(self.now))
        deadline = self.connection.next_deadline()
        assert deadline is None or deadline > self.now, "a deadline that never passes"

    @precondition(lambda self: self.streams)
    @rule(data=st.data())
    def open(self, data: st.DataObject) -> None:
        generation = data.draw(st.sampled_from(sorted(self.streams)))
        self.streams[generation] = True
        self.perform(self.connection.stream_opened(generation, self.now))

    @precondition(lambda self: self.newest)
    @rule(
        data=st.data(),
        code=st.sampled_from([None, 1000, 1006, 1002, 1008, 1009, 4001, 4401, 4999]),
        kind=st.one_of(
            st.none(), st.sampled_from(["unreachable", "permission", "authentication", "rate_limited"])
        ),
        jitter=st.floats(0.01, 0.99),
    )
    def lose(self, data: st.DataObject, code: int | None, kind: FailureKind | None, jitter: float) -> None:
        generation = data.draw(st.integers(1, self.newest))
        self.streams.pop(generation, None)
        failure = None if kind is None else eg.failure(kind)
        self.perform(
            self.connection.stream_lost(
                generation, StreamLoss(close_code=code, failure=failure), self.now, jitter
            )
        )

    @invariant()
    def it_never_gets_stuck(self) -> None:
        connection = self.connection
        if connection.status in ("connecting", "reconnecting"):
            assert not connection.is_open
            assert self.streams or connection.next_deadline() is not None, "nothing is being tried"
        if connection.status == "read_only":
            assert self.streams or connection.next_deadline() is not None, "nothing is being tried"
        if connection.status in ("idle", "closed", "failed"):
            assert not connection.is_open
            assert connection.next_deadline() is None, "it goes on by itself"
        if connection.status == "connected":
            assert connection.is_open
        if connection.status == "failed":
            assert connection.failure is not None

    @invariant()
    def its_streams_are_the_shells(self) -> None:
        current = {g for g in range(1, self.newest + 1) if self.connection.is_current(g)}
        assert current == set(self.streams)
        assert self.connection.is_open == any(self.streams.values())


TestConnection = ConnectionMachine.TestCase


def test_a_fatal_loss_cancels_the_retry_of_a_renewal() -> None:
    connection = connected()
    connection.renew(100.0)
    connection.stream_lost(2, refused("unreachable"), 200.0, 0.5)
    connection.stream_lost(1, closed(1002), 200.1, 0.5)
    assert status_of(connection) == "failed"
    assert connection.next_deadline() is None
    assert connection.tick(300.0) == []


def test_a_stream_lost_during_a_renewal_leaves_the_rest_to_its_successor() -> None:
    connection = connected()
    connection.renew(100.0)
    assert connection.stream_lost(1, closed(1006), 200.0, 0.5) == []
    assert status_of(connection) == "reconnecting"
    assert connection.next_deadline() is None
    assert connection.stream_opened(2, 201.0) == []
    assert status_of(connection) == "connected"


def test_a_read_only_conversation_stays_so_when_its_stream_is_lost_during_a_renewal() -> None:
    connection = connected()
    connection.set_read_only(True)
    connection.renew(100.0)
    connection.stream_lost(1, closed(1006), 200.0, 0.5)
    assert status_of(connection) == "read_only"


def test_a_stream_that_is_reported_open_twice_stays() -> None:
    connection = connected()
    assert connection.stream_opened(1, 101.0) == []
    assert connection.is_open


def test_a_close_while_reconnecting_leaves_no_failure_behind() -> None:
    connection = connected()
    connection.stream_lost(1, closed(1006), 100.0, 0.5)
    connection.close()
    assert connection.failure is None
    assert connection.next_deadline() is None


def test_refused_credentials_are_not_tried_again() -> None:
    connection = Connection()
    (opened,) = connection.connect()
    failure = Failure(kind="credentials", message="refused")
    assert connection.stream_lost(opened.generation, StreamLoss(failure=failure), 0.0, 0.5) == []
    assert (connection.status, connection.retry_at) == ("failed", None)


def test_of_a_retry_and_a_move_the_nearer_one_is_due() -> None:
    connection = connected()
    connection.renew(200.0)
    connection.stream_lost(2, refused("unreachable"), 200.0, 0.5)
    connection.renew_at(300.0)
    assert connection.next_deadline() == 201.5
    connection.renew_at(200.5)
    assert connection.next_deadline() == 200.5


def waits_of(connection: Connection, now: float, count: int) -> list[float]:
    """How long it waits after each try that fails, as long as may be."""
    waits = []
    for _ in range(count):
        connection.stream_lost(connection.newest, refused("unreachable"), now, 1.0)
        assert connection.retry_at is not None
        waits.append(connection.retry_at - now)
        connection.tick(now := connection.retry_at)
    return waits


def test_the_loss_of_a_stream_that_lasted_is_the_first_failure() -> None:
    assert waits_of(connected(), 200.0, 5) == [3.0, 3.0, 3.0, 4.0, 8.0]


def test_an_expired_session_counts_as_a_try() -> None:
    connection = connected()
    connection.stream_lost(1, closed(4001), 200.0, 0.5)
    assert waits_of(connection, 200.0, 3) == [3.0, 3.0, 4.0]


def test_a_failure_names_the_close_code_if_there_was_one() -> None:
    for code, named in ((None, None), (1013, "1013")):
        connection = connected()
        connection.stream_lost(1, closed(code), 200.0, 0.5)
        assert connection.failure is not None
        assert connection.failure.code == named


def test_a_suspect_close_of_a_minute_ago_does_not_count() -> None:
    connection = connected()
    for generation, now in enumerate((200.0, 230.0, 260.0), 1):
        connection.stream_lost(generation, closed(1008), now, 0.5)
        connection.tick(now + 20.0)
        connection.stream_opened(generation + 1, now + 20.0)
    assert status_of(connection) == "connected"
