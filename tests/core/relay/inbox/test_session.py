from __future__ import annotations

from ipygenesys._core.inbox.inputs import Select, SetInSight, Told
from ipygenesys._core.inbox.operations import ListConversations
from ipygenesys._core.model import inputs
from ipygenesys._core.model.effects import CloseStream, Emit, OpenStream
from ipygenesys._core.model.events import ErrorRaised, StatusChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay.commands import LOOK_S, LookAt
from ipygenesys._core.relay.inbox.entries import InboxState, RowGone, RowTyping
from ipygenesys._core.relay.inbox.session import SPACING_S
from ipygenesys._core.relay.inbox.viewing import RowsRead
from tests.core.inbox.examples import agent, customer, queue, told
from tests.core.relay.inbox.relays import Leader, Viewer, row, row_told

NO = Failure(kind="permission", message="No.")


def status(effects: list[object]) -> list[str]:
    events = [each.event for each in effects if isinstance(each, Emit)]
    return [each.status for each in events if isinstance(each, StatusChanged)]


def looks(effects: list[object]) -> list[LookAt]:
    return [each for each in effects if isinstance(each, LookAt)]


def is_behind(on: Viewer) -> bool:
    return on.session.is_catching_up


def viewer(*rows: str) -> Viewer:
    viewer = Viewer()
    viewer.opened(InboxState(run="run"), RowsRead(tuple(row_told(1, id_) for id_ in rows)))
    return viewer


def test_it_connects_reads_and_shows_what_the_relay_shows() -> None:
    leader, on = Leader(), Viewer()
    assert OpenStream(1) in on.effects and is_behind(on)
    leader.hears(told(customer(1), queue(0)))
    leader.listed()
    assert leader.state is not None
    on.opened(leader.state, RowsRead(tuple(leader.rows.values())))
    assert "connected" in status(on.effects) and not is_behind(on)
    on.reads(*leader.hears(told(customer(1, 2), queue(0, 3), agent(3, 4, 5))).events)
    assert on.session.desk.rows == leader.session.desk.rows
    assert on.session.desk.pools.kpis(9000) == leader.session.desk.pools.kpis(9000)
    on.reads(RowGone("1"))
    assert not on.session.desk.rows


def test_what_does_not_work_at_the_relay_is_said_once_here() -> None:
    on = viewer()
    first = on.reads(InboxState(run="run", problems={"texts": NO}, targets_ms={"sales": 1}))
    again = on.reads(InboxState(run="run", problems={"texts": NO}))
    raised = [each for each in (*first, *again) if isinstance(each, Emit)]
    assert [each.event for each in raised if isinstance(each.event, ErrorRaised)] == [ErrorRaised(NO)]
    assert on.session.problems == {"texts": NO}
    on.reads(InboxState(run="run"))
    assert not on.session.problems


def test_a_lost_stream_leaves_the_rows_and_nobody_typing() -> None:
    on = viewer("1")
    on.reads(RowTyping("1", ("Ada",)))
    assert on.session.desk.rows["1"].typing == ("Ada",)
    effects = on.step(inputs.StreamLost(1, StreamLoss(failure=Failure(kind="unreachable", message="Gone."))))
    assert status(effects) == ["reconnecting"]
    assert on.session.desk.rows == {"1": row()}
    on.step(inputs.ReconnectNow())
    assert OpenStream(2) in on.effects
    on.reads(RowGone("1"))
    assert "1" in on.session.desk.rows, "that stream does not count any more"
    on.step(inputs.StreamOpened(7))
    assert is_behind(on)


def test_a_relay_that_falls_silent_is_left() -> None:
    on = viewer("1")
    for at_s in range(1, 14):
        on.step(inputs.Tick(), at=float(at_s))
    assert CloseStream(1) in on.effects


def test_the_relay_hears_what_somebody_looks_at_soon_and_again_while_they_do() -> None:
    on = viewer("1", "2")
    assert looks(on.step(Select("1"))) == [LookAt("1")]
    assert on.session.desk.rows["1"].is_selected
    assert looks(on.step(SetInSight(("1", "2")))) == [], "not at each turn of the wheel"
    assert on.session.next_deadline() == SPACING_S
    assert looks(on.step(inputs.Tick(), at=SPACING_S)) == [LookAt("1", ("1", "2"))]
    again_at = 2 * SPACING_S + LOOK_S / 3
    on.reads(at=again_at - 5)
    assert looks(on.effects)[-1] == LookAt("1", ("1", "2"))
    assert looks(on.reads(at=again_at)) == [LookAt("1", ("1", "2"))]
    on.step(SetInSight(()))
    assert looks(on.step(Select(None), at=again_at + SPACING_S)) == [LookAt()]
    assert looks(on.reads(at=again_at + LOOK_S)) == [], "nothing is nothing for ever"


def test_a_new_stream_is_told_what_is_looked_at() -> None:
    on = viewer("1")
    on.step(Select("1"))
    on.step(inputs.StreamLost(1, StreamLoss(failure=Failure(kind="unreachable", message="Gone."))), at=5.0)
    on.step(inputs.ReconnectNow())
    assert looks(on.step(inputs.StreamOpened(2))) == [LookAt("1")]


def test_it_ends_when_it_is_told_to_and_asks_the_platform_nothing() -> None:
    on = viewer("1")
    assert on.step(Told(ListConversations(), ())) == []
    assert status(on.step(inputs.Disconnect())) == ["closed"]
    on.step(FrameReceived(1, ()))
    assert not on.session.has_history
