"""An inbox by a relay, on a real Redis: a busy hour's queues, one upstream for any number of viewers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from ipygenesys import AgentQueue, Client, Relay
from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._io.inbox import source  # noqa: F401 - as the thread does before its loop runs
from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys._io.relay.inbox.owner import InboxOwner
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.io.relay.test_relay import Rights
from tests.io.test_inbox import (
    app,
    as_it_is,
    channels,
    dialogues_are_read,  # noqa: F401 - a fixture
    organisation,
    queues,
    text_of,
)
from tests.io.watch import connections, eventually
from tests.tools.redis import RedisServer

PATIENCE_S = 30.0
NAME = "support"


def service(redis: RedisServer, simulator: Simulator, **options: Any) -> Service:
    queue = AgentQueue(base_url=simulator.base_url, queue_id=queues(simulator), credentials=app(simulator))
    return Service(redis.url, {inbox_name(NAME): queue}, **options)


@asynccontextmanager
async def watching(redis: RedisServer, **options: Any) -> AsyncIterator[InboxGateway]:
    inbox = InboxGateway(Relay(redis.url, inbox=NAME, **options))
    inbox.bind(asyncio.get_running_loop())
    try:
        yield inbox
    finally:
        await inbox.close()


def owned(relay: Service) -> InboxGateway:
    owner = relay.upstreams[inbox_name(NAME)].owner
    assert owner is not None and isinstance(owner.gateway, InboxGateway)
    return owner.gateway


def figures(inbox: InboxGateway) -> dict[str, tuple[Any, ...]]:
    """Those that do not grow by themselves."""
    kpis: Kpis = inbox.kpis()
    return {kpi.name: (kpi.n, kpi.since_ms, kpi.median if not kpi.since_ms else 0) for kpi in kpis}


async def test_any_number_of_viewers_sees_the_queues_as_they_are_by_one_channel(
    redis_server: RedisServer,
) -> None:
    async with (
        organisation() as simulator,
        service(redis_server, simulator) as relay,
        watching(redis_server) as one,
        watching(redis_server) as other,
    ):
        for each in (one, other):
            await eventually(partial(as_it_is, each, simulator), PATIENCE_S)
        await eventually(lambda: figures(one) == figures(other) == figures(owned(relay)), PATIENCE_S)
        assert any(kpi.n for kpi in one.kpis() if kpi.unit == "seconds")
        assert (len(connections(simulator, "opened")), channels(simulator)) == (1, 1)


async def test_a_text_comes_once_for_all_and_first_where_somebody_looks(redis_server: RedisServer) -> None:
    async with (
        organisation(conversations=12) as simulator,
        service(redis_server, simulator) as relay,
        watching(redis_server) as one,
        watching(redis_server) as other,
    ):
        await eventually(partial(as_it_is, one, simulator), PATIENCE_S)
        some = next(id_ for id_, row in one.rows.items() if row.is_live and row.last is not None)
        one.selected(some)
        await eventually(lambda: one.rows[some].is_selected and one.rows[some].unread == 0, PATIENCE_S)
        await eventually(
            lambda: text_of(one, some) and text_of(one, some) == text_of(other, some), PATIENCE_S
        )
        assert not other.rows[some].is_selected and not owned(relay).rows[some].is_selected
        in_sight = owned(relay).session.fetches.in_sight  # type: ignore[attr-defined]
        assert in_sight[0] == some


async def test_a_conversation_of_it_is_opened_on_the_same_stream_and_closed_when_nobody_wants_it(
    redis_server: RedisServer,
) -> None:
    async with (
        organisation() as simulator,
        service(redis_server, simulator) as relay,
        watching(redis_server) as inbox,
    ):
        await eventually(partial(as_it_is, inbox, simulator), PATIENCE_S)
        some = next(id_ for id_, row in inbox.rows.items() if row.is_live and row.last is not None)
        opened = Relay(redis_server.url, inbox=NAME).opened(some)
        async with Client(opened) as one, Client(opened) as other:
            await one.connect()
            await other.connect()
            await eventually(lambda: one.messages and len(one.messages) == len(other.messages), PATIENCE_S)
            assert relay.metrics.upstreams == 2 and channels(simulator) == 1
        owner = relay.upstreams[inbox_name(NAME)].owner
        assert isinstance(owner, InboxOwner)
        owner._do(owner._serving.tick(float("inf")))
        await eventually(lambda: relay.metrics.upstreams == 1, PATIENCE_S)


async def test_another_relay_takes_over_and_knows_what_has_ended_before(redis_server: RedisServer) -> None:
    async with organisation(conversations=6, speed=4) as simulator, watching(redis_server) as viewer:
        async with service(redis_server, simulator):
            await eventually(lambda: viewer.rows and viewer.kpis().handle_time_s.n, PATIENCE_S)
            ended = {id_ for id_, row in viewer.rows.items() if not row.is_live}
            handled = viewer.kpis().handle_time_s.n
        await eventually(lambda: viewer.status == "reconnecting", PATIENCE_S)
        async with service(redis_server, simulator):
            await eventually(lambda: viewer.status == "connected", PATIENCE_S)
            await eventually(lambda: as_it_is(viewer, simulator), PATIENCE_S)
            assert ended <= {id_ for id_, row in viewer.rows.items() if not row.is_live}
            await eventually(lambda: viewer.kpis().handle_time_s.n >= handled, PATIENCE_S)


async def test_who_may_not_see_it_is_refused_and_without_a_relay_it_says_so(
    redis_server: RedisServer,
) -> None:
    async with watching(redis_server) as inbox:
        await eventually(lambda: "connection" in inbox.problems, PATIENCE_S)
        assert "No relay leads this inbox" in inbox.problems["connection"].message
        async with (
            organisation(conversations=3) as simulator,
            service(redis_server, simulator, rights=Rights()),
        ):
            await eventually(lambda: inbox.status == "failed", PATIENCE_S)
            assert "does not let 'default' see this inbox" in inbox.problems["connection"].message
