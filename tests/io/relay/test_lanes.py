"""Work in order for each who asks, side by side for different ones; whom a slow answer to who they are does not hold up."""

from __future__ import annotations

import asyncio

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.commands import Command, Greet, encoded
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.rights import ALL_RIGHTS, Everybody, Right
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay import taking
from ipygenesys._io.relay.asking import Asking
from ipygenesys._io.relay.hub import hub_of
from ipygenesys._io.relay.lanes import Lanes
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys.credentials import Secret
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import service, viewer
from tests.io.watch import eventually
from tests.tools.redis import RedisServer


def bug(where: str, error: BaseException) -> None:
    raise AssertionError(where) from error


async def test_each_is_served_in_order_and_waits_for_nobody_else() -> None:
    done: list[str] = []
    may_end = asyncio.Event()

    async def do(who: str, work: str) -> None:
        if work == "slow":
            await may_end.wait()
        done.append(f"{who} {work}")

    tasks = Tasks(bug)
    lanes = Lanes(do, tasks.start)
    for who, work in (("ann", "slow"), ("ann", "2"), ("ben", "1"), ("ben", "2")):
        lanes.put(who, work)
    assert len(lanes) == 4
    await eventually(lambda: len(lanes) == 2)
    assert done == ["ben 1", "ben 2"]
    may_end.set()
    await eventually(lambda: not lanes)
    assert done[2:] == ["ann slow", "ann 2"]
    lanes.put("ann", "3")
    await eventually(lambda: not tasks)
    assert done[4:] == ["ann 3"] and len(lanes) == 0


class SlowToKnow(Everybody):
    """Does not know for long who comes with a token."""

    def __init__(self) -> None:
        super().__init__()
        self.is_known = asyncio.Event()
        self.asked = 0

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        if token is not None:
            self.asked += 1
            await self.is_known.wait()
        return ALL_RIGHTS


async def test_who_is_not_known_yet_holds_nobody_up(simulator: Simulator, redis_server: RedisServer) -> None:
    rights = SlowToKnow()
    async with (
        service(redis_server, simulator, rights=rights),
        viewer(redis_server, simulator, token="whose?") as unknown,
        viewer(redis_server, simulator) as known,
    ):
        await eventually(lambda: rights.asked == 1)
        await known.until_status("connected")
        await asyncio.wait_for(known.send("Nobody holds me up"), 30)
        assert unknown.status != "connected"
        rights.is_known.set()
        await unknown.until_status("connected")


GREETING = len(encoded(Command(viewer="0" * 32, number=1, wanted=Greet(), token="whose?")))


@pytest.mark.parametrize(("limit", "most"), [("MAX_WAITING", 2), ("MAX_WAITING_BYTES", 2 * GREETING)])
async def test_what_is_too_much_is_put_off(
    simulator: Simulator,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
) -> None:
    monkeypatch.setattr(taking, limit, most)
    rights, refused = SlowToKnow(), list[Failure]()
    hub = hub_of(redis_server.url)
    hub.enter()
    async with service(redis_server, simulator, rights=rights) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        asking = Asking(hub, Keys(simulator.conversation_id), Secret("whose?"), refused.append)
        await asking.begin()
        for _ in range(4):
            await asking.tell(Greet())
        await eventually(lambda: len(refused) == 2)
        assert {each.code for each in refused} == {"relay.busy"}
        with pytest.raises(RedisError, match="more to do than it can"):
            await asking.ask(Greet())
        rights.is_known.set()
        await eventually(lambda: rights.asked == 2)
        assert (await asking.ask(Greet())).rights == ALL_RIGHTS
        asking.end()
    await hub.leave()
