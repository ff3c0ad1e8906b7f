"""What becomes of what an agent asks for: awaited, waited for, or left alone."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import Future
from typing import Any

import pytest

from ipygenesys import AccessToken, AgentMessaging, Chat, GenesysError
from ipygenesys.outcome import Outcome
from ipygenesys.simulator import Simulator


def allow(_: str) -> None:
    """This thread may block."""


def refuse(instead: str) -> None:
    raise RuntimeError(instead)


def test_it_can_be_waited_for() -> None:
    future = Future[None]()
    outcome = Outcome(future, allow)
    assert (outcome.is_done, repr(outcome)) == (False, "<Outcome under way>")
    with pytest.raises(TimeoutError, match=r"within 0.01 s"):
        outcome.wait(0.01)
    future.set_result(None)
    outcome.wait()
    assert (outcome.is_done, repr(outcome)) == (True, "<Outcome done>")


def test_a_failure_is_raised_each_time() -> None:
    future = Future[None]()
    future.set_exception(GenesysError("no"))
    outcome = Outcome(future, allow)
    for _ in range(2):
        with pytest.raises(GenesysError, match="no"):
            outcome.wait()
    assert repr(outcome) == "<Outcome failed>"


def test_where_waiting_would_stop_the_conversation_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match="await it"):
        Outcome(Future[None](), refuse).wait()


async def test_who_stops_awaiting_does_not_stop_it() -> None:
    future = Future[None]()
    outcome = Outcome(future, allow)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await outcome
    future.set_result(None)
    await outcome


async def test_what_fails_after_nobody_waits_any_more_is_no_noise() -> None:
    noise: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: noise.append(context))
    future = Future[None]()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Outcome(future, allow)

    future.set_exception(GenesysError("no"))
    await asyncio.sleep(0)
    gc.collect()

    assert noise == []


async def test_what_was_given_up_is_so_for_who_waits() -> None:
    future = Future[None]()
    asyncio.get_running_loop().call_soon(future.cancel)
    with pytest.raises(asyncio.CancelledError):
        await Outcome(future, allow)


def test_a_widgets_agent_leaves_and_wraps_up_in_plain_cells() -> None:
    with Simulator(scenario="manual") as simulator:
        protocol = AgentMessaging(
            base_url=simulator.base_url,
            conversation_id=simulator.conversation_id,
            credentials=AccessToken(simulator.agent_access_token()),
        )
        with Chat(protocol) as chat:
            chat.send("goodbye").wait(10)
            chat.disconnect().wait(10)
            chat.wrap_up("solved").wait(10)
            assert chat.status == "read_only"
            with pytest.raises(ValueError, match="code"):
                chat.wrap_up(" ").wait()
            with pytest.raises(TypeError):
                chat.wrap_up(7)  # type: ignore[arg-type, unused-awaitable]
            with pytest.raises(TypeError):
                chat.wrap_up("solved", 7)  # type: ignore[arg-type, unused-awaitable]


def test_what_is_under_way_at_the_close_has_failed() -> None:
    with Simulator(scenario="manual") as simulator:
        protocol = AgentMessaging(
            base_url=simulator.base_url,
            conversation_id=simulator.conversation_id,
            credentials=AccessToken(simulator.agent_access_token()),
        )
        chat = Chat(protocol, connect=True)
        simulator.fault("delay", ms=10_000)
        outcome = chat.disconnect()
        chat.close()
        with pytest.raises(GenesysError):
            outcome.wait(5)
