"""When a connection that has failed is tried again without anybody's asking."""

from __future__ import annotations

from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay.revival import FIRST_S, LONGEST_S, Revival
from tests import examples as eg


def failed(failure: Failure | None = None) -> Connection:
    connection = Connection()
    connection.connect()
    loss = StreamLoss(failure=failure) if failure else StreamLoss(close_code=1002)
    connection.stream_lost(connection.newest, loss, 0.0, 0.5)
    assert connection.status == "failed"
    return connection


def test_a_connection_that_failed_for_now_is_tried_again_after_a_while_each_time_longer() -> None:
    revival, connection, now = Revival(), failed(), 100.0
    for wait_s in (FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S, LONGEST_S, LONGEST_S):
        assert not revival.is_due(connection, now)
        assert not revival.is_due(connection, now + wait_s - 0.01)
        assert revival.is_due(connection, now := now + wait_s)


def test_once_it_was_open_it_begins_with_short_waits() -> None:
    revival, connection = Revival(), failed()
    revival.is_due(connection, 100.0)
    assert revival.is_due(connection, 100.0 + FIRST_S)
    connection.connect()
    connection.stream_opened(connection.newest, 200.0)
    assert not revival.is_due(connection, 200.0)
    connection.stream_lost(connection.newest, StreamLoss(close_code=1002), 201.0, 0.5)
    assert not revival.is_due(connection, 300.0)
    assert revival.is_due(connection, 300.0 + FIRST_S)


def test_what_a_person_has_to_mend_stays_as_it_is_and_so_does_what_was_not_lost() -> None:
    revival = Revival()
    for connection in (failed(eg.failure("permission")), Connection()):
        assert not revival.is_due(connection, 100.0)
        assert not revival.is_due(connection, 100.0 + LONGEST_S)
