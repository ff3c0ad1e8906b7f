"""An inbox over real sockets: an organisation at a busy hour, watched through one channel, as it truly is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ipygenesys import AccessToken, AgentQueue, AgentUser, Client, ClientCredentials
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.model.events import ErrorRaised, Event
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.inbox import source  # noqa: F401 - as the thread does before its loop runs
from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys._io.inbox.watches import IsWatched, Watches
from ipygenesys._io.platform import account
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.org.lines import lines_of
from ipygenesys.simulator.state.organisation import PERMISSIONS
from tests.io import watch
from tests.io.clocks import QuickClock
from tests.io.watch import connections, eventually
from tests.simulator.org.hours import hour

PATIENCE_S = 20.0


@pytest.fixture(autouse=True, scope="module")
def dialogues_are_read() -> None:
    """What customers say comes from files, which nobody is to read while a loop runs."""
    for queue in hour(1).plan.queues:
        lines_of(queue.dialogue)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert not [accounts for accounts in account._accounts.values() if accounts]


@asynccontextmanager
async def organisation(**options: Any) -> AsyncIterator[Simulator]:
    settings: dict[str, Any] = {"scenario": "busy_hour", "conversations": 6, "seed": 4} | options
    async with Simulator(**settings) as simulator:
        yield simulator


@asynccontextmanager
async def watching(simulator: Simulator, *, queue_id: list[str] | None = None) -> AsyncIterator[InboxGateway]:
    protocol = AgentQueue(
        base_url=simulator.base_url, queue_id=queue_id or queues(simulator), credentials=app(simulator)
    )
    async with running(protocol) as inbox:
        yield inbox


@asynccontextmanager
async def running(protocol: AgentQueue | AgentUser) -> AsyncIterator[InboxGateway]:
    inbox = InboxGateway(watch.by(protocol), clock=QuickClock())
    inbox.bind(asyncio.get_running_loop())
    try:
        yield inbox
    finally:
        await inbox.close()


def session(inbox: InboxGateway) -> InboxSession:
    assert isinstance(inbox.session, InboxSession)
    return inbox.session


def watched(inbox: InboxGateway) -> Watches:
    assert not isinstance(inbox.protocol, IsWatched)
    return inbox.protocol


def app(simulator: Simulator) -> ClientCredentials:
    return ClientCredentials(simulator.client_id, simulator.client_secret)


def queues(simulator: Simulator) -> list[str]:
    return sorted({row["queue_id"] for row in simulator.truth()["rows"]})


async def caught_up(inbox: InboxGateway) -> None:
    await eventually(lambda: inbox.rows and not inbox.session.is_catching_up, PATIENCE_S)


def channels(simulator: Simulator) -> int:
    """How many were made."""
    made = [each for each in simulator.requests() if each["path"].endswith(wire.CHANNELS_PATH)]
    return sum(each["method"] == "POST" for each in made)


def as_it_is(inbox: InboxGateway, simulator: Simulator) -> bool:
    """Each live conversation has its row, in its state, and no other seems to live."""
    true = {
        row["conversation_id"]: _shown(row) for row in simulator.truth()["rows"] if row["state"] != "ended"
    }
    return true == {id_: _of(row) for id_, row in inbox.rows.items() if row.is_live}


def _shown(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["customer"],
        row["state"],
        row["since_ms"],
        row["queue_id"],
        row["unanswered_since_ms"],
        row["due_ms"],
    )


def _of(row: Row) -> tuple[Any, ...]:
    return row.customer, row.state, row.since_ms, row.queue_id, row.unanswered_since_ms, row.sla_due_ms


async def test_rows_and_figures_are_as_it_is_and_watching_leaves_no_trace() -> None:
    async with organisation() as simulator, watching(simulator) as inbox:
        await caught_up(inbox)
        await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
        some = next(id_ for id_, row in inbox.rows.items() if row.last is not None)
        inbox.selected(some)
        await eventually(lambda: text_of(inbox, some) is not None)
        kpis, true = inbox.kpis(), simulator.truth()
        assert (kpis.live.n, kpis.waiting.n) == (true["live"], true["waiting"])

        assert channels(simulator) == 1
        assert len(connections(simulator, "opened")) == 1
        asked = {(each["method"], each["path"].rpartition("/")[2]) for each in simulator.requests()}
        assert not [what for what in asked if what[1] in ("monitor", "typing", "communications", "receipts")]
        assert {each["kind"] for each in simulator.log()["received"]} == {
            "channel_created",
            "subscribe",
            "bulk",
        }
        assert {each["status"] for each in simulator.requests()} <= {200}
    assert inbox.session.counters["rate_limited"] == 0


def text_of(inbox: InboxGateway, id_: str) -> str | None:
    last = inbox.rows[id_].last
    return None if last is None else last.text


def token(simulator: Simulator) -> AccessToken:
    return AccessToken(simulator.agent_access_token())


@pytest.mark.parametrize("credentials", [app, token])
async def test_a_conversation_is_opened_on_the_same_token_channel_and_socket(
    credentials: Callable[[Simulator], ClientCredentials | AccessToken],
) -> None:
    async with organisation() as simulator:
        protocol = AgentQueue(
            base_url=simulator.base_url, queue_id=queues(simulator), credentials=credentials(simulator)
        )
        async with running(protocol) as inbox:
            await caught_up(inbox)
            some = next(id_ for id_, row in inbox.rows.items() if row.is_live)
            async with Client(inbox.protocol.opened(some)) as client:
                await eventually(lambda: client.status == "connected" and client.messages, PATIENCE_S)
                assert channels(simulator) == 1
                assert len(connections(simulator, "opened")) == 1


async def test_a_stream_that_is_lost_is_made_up_for() -> None:
    async with organisation(speed=4) as simulator, watching(simulator) as inbox:
        await caught_up(inbox)
        simulator.fault("drop")
        await eventually(lambda: inbox.status != "connected", PATIENCE_S)
        await caught_up(inbox)
        await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)


@pytest.mark.parametrize("kind", ["socket_closing", "no_longer_subscribed"])
async def test_a_stream_that_has_to_be_moved_leaves_no_gap(kind: str) -> None:
    async with organisation() as simulator, watching(simulator) as inbox:
        await caught_up(inbox)
        simulator.fault(kind)
        await eventually(lambda: len(connections(simulator, "opened")) == 2, PATIENCE_S)
        await caught_up(inbox)
        await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)


async def words_without(
    permissions: tuple[str, ...], failure_of: Callable[[InboxGateway], Failure | None]
) -> str:
    """What is said where these are missing."""
    held = [each for each in PERMISSIONS if each not in permissions]
    async with (
        organisation(conversations=3, agent_api={"permissions": held}) as simulator,
        watching(simulator) as inbox,
    ):
        await eventually(lambda: failure_of(inbox), PATIENCE_S)
        failure = failure_of(inbox)
        assert failure is not None
        return failure.message


@pytest.mark.parametrize(
    ("missing", "what"), [(wire.PERMISSIONS_QUEUES, "queues"), (wire.PERMISSIONS_OBSERVE, "list")]
)
async def test_a_permission_that_is_missing_is_named_and_the_rest_goes_on(
    missing: tuple[str, ...], what: str
) -> None:
    words = await words_without(missing, lambda inbox: inbox.problems.get(what) if inbox.rows else None)

    assert missing[0] in words


async def test_without_any_topic_there_is_nothing_to_watch() -> None:
    words = await words_without(
        wire.PERMISSIONS_VIEW,
        lambda inbox: inbox.problems.get("connection") if inbox.status == "failed" else None,
    )

    assert wire.PERMISSIONS_VIEW[0] in words


async def test_a_queue_that_is_unknown_is_said_and_stops_no_other() -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    async with (
        organisation(conversations=3) as simulator,
        watching(simulator, queue_id=[*queues(simulator), unknown]) as inbox,
    ):
        await caught_up(inbox)
        await eventually(lambda: f"queue {unknown}" in inbox.session.problems, PATIENCE_S)
        assert unknown in inbox.session.problems[f"queue {unknown}"].message


async def test_topics_beyond_what_a_channel_takes_have_another_one_and_one_fate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "MAX_TOPICS", 2)
    async with organisation(conversations=8, speed=4) as simulator:
        simulator.set_agent_api(max_topics=2, forbidden_topics=("v2.users.",))
        async with watching(simulator) as inbox:

            def has_as_many_as_it_takes() -> bool:
                """After a loss they are the same ones again; agents who turn up may need more."""
                return channels(simulator) == -(-len(watched(inbox).topics) // 2)

            await eventually(lambda: session(inbox)._followed, PATIENCE_S)
            await caught_up(inbox)
            await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
            assert len(queues(simulator)) == 3
            assert "conversation:message:view" in inbox.problems["typing"].message
            await eventually(has_as_many_as_it_takes, PATIENCE_S)
            assert channels(simulator) >= 2

            simulator.fault("drop")
            await eventually(lambda: inbox.status != "connected", PATIENCE_S)
            await caught_up(inbox)
            await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
            await eventually(has_as_many_as_it_takes, PATIENCE_S)


async def test_a_storm_of_refusals_is_waited_out() -> None:
    async with organisation(conversations=4) as simulator:
        simulator.fault("rate_limit", count=4)
        async with watching(simulator) as inbox:
            await caught_up(inbox)
            await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)


async def test_a_users_own_conversations_are_theirs_alone() -> None:
    async with organisation(conversations=12) as simulator:
        token = AccessToken(simulator.agent_access_token())
        async with running(AgentUser(base_url=simulator.base_url, credentials=token)) as inbox:
            await eventually(
                lambda: inbox.status == "connected" and not inbox.session.is_catching_up, PATIENCE_S
            )
            assert not inbox.session.problems


async def test_what_fails_in_a_listener_stops_nothing() -> None:
    told: list[Event] = []
    async with organisation(conversations=3) as simulator, watching(simulator) as inbox:

        def fails(_id: str) -> None:
            raise KeyError("a secret")

        inbox.changes.add(fails)
        inbox.add_listener(told.append)
        await caught_up(inbox)
        inbox.changes.remove(fails)
        inbox.changes.remove(fails)
    assert any(isinstance(event, ErrorRaised) and "KeyError" in event.failure.message for event in told)
    assert "secret" not in repr(told)
