"""Hellos: each page gets a snapshot, soon if few ask, and so many a second if many do."""

from __future__ import annotations

from ipygenesys._core.view.hellos import BURST, SNAPSHOTS_PER_S, ViewHellos
from ipygenesys._core.view.protocol import Goodbye, Hello, Snapshot
from tests.core.desk import Desk


def hello(client: str, seq: int = 1) -> Hello:
    return Hello(client=client, seq=seq, protocol_version=1)


def test_a_few_are_answered_at_once_and_many_one_after_the_other() -> None:
    hellos, now, answered = ViewHellos(), 0.0, list[str]()
    names = [f"page {number}" for number in range(20)]
    for name in names:
        hellos.said(hello(name))
    answered += [each.client for each in hellos.due(now)]
    assert len(answered) == BURST

    while (deadline := hellos.next_deadline(now)) is not None:
        now = deadline
        answered += [each.client for each in hellos.due(now)]

    assert answered == names
    assert now > (20 - BURST) / SNAPSHOTS_PER_S - 0.01


def test_of_a_page_that_says_hello_again_and_again_the_last_one_counts() -> None:
    hellos = ViewHellos()
    for seq in range(100):
        hellos.said(hello("a", seq))

    assert hellos.due(0.0) == [hello("a", 99)]
    assert hellos.next_deadline(0.0) is None


def test_a_page_that_has_gone_is_not_answered() -> None:
    hellos = ViewHellos()
    hellos.said(hello("a"))
    hellos.said(hello("b"))
    hellos.forget("a")

    assert hellos.due(0.0) == [hello("b")]


def test_a_thousand_hellos_of_a_page_are_a_few_snapshots_and_then_four_a_second() -> None:
    desk = Desk()
    desk.connect()
    for _ in range(1000):
        desk.says(Hello, protocol_version=1)

    desk.flush()
    assert sum(isinstance(message, Snapshot) for message in desk.sent) == BURST
    desk.rest(2.0)
    assert sum(isinstance(message, Snapshot) for message in desk.sent) == BURST + 1


def test_a_page_that_has_said_goodbye_meanwhile_gets_no_snapshot() -> None:
    desk = Desk()
    desk.connect()
    for number in range(int(BURST) + 1):
        desk.says(Hello, f"page {number}", protocol_version=1)
    desk.says(Goodbye, f"page {number}")
    desk.rest(5.0)
    assert sum(isinstance(message, Snapshot) for message in desk.sent) == BURST


def test_when_everything_is_different_each_page_that_is_there_gets_the_whole_again() -> None:
    desk = Desk()
    desk.connect()
    desk.says(Hello, "one", protocol_version=1)
    desk.says(Hello, "two", protocol_version=1)
    desk.says(Hello, "three", protocol_version=1)
    desk.says(Goodbye, "two")
    desk.rest(5.0)
    before, revision = len(desk.sent), desk.hub._deltas.revision
    desk.hub.renew()
    desk.rest(5.0)
    snapshots = [message.to for message in desk.sent[before:] if isinstance(message, Snapshot)]
    assert {"one", "three"} <= set(snapshots) and "two" not in snapshots
    assert all(each.revision > revision for each in desk.sent[before:] if isinstance(each, Snapshot))
