"""Calls that several make at the same time: how often they are made, and who hears of what becomes of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.platform.shared_calls import SharedCalls
from ipygenesys._protocols.flow import CallError, Request

BULK = Request(method="POST", path="/messages/bulk", body=b'["m1"]', what="Fetching messages")
OTHER = Request(method="POST", path="/messages/bulk", body=b'["m2"]', what="Fetching messages")
FAILURE = Failure(kind="unavailable", message="Not now.")


class Server:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.calls: list[asyncio.Future[bytes]] = []

    async def call(self) -> bytes:
        self.calls.append(asyncio.get_running_loop().create_future())
        return await self.calls[-1]


async def begun(shared: SharedCalls, server: Server, *requests: Request) -> list[asyncio.Task[bytes]]:
    """Each by somebody else, all under way."""
    tasks = [asyncio.create_task(shared.answer(request, server.call)) for request in requests]
    await asyncio.sleep(0)
    return tasks


async def test_the_same_call_at_the_same_time_is_made_once() -> None:
    shared, server = SharedCalls(), Server()
    asking = await begun(shared, server, BULK, OTHER, BULK, BULK)
    [bulk, other] = server.calls
    bulk.set_result(b"one")
    other.set_result(b"two")

    assert await asyncio.gather(*asking) == [b"one", b"two", b"one", b"one"]


async def test_what_was_answered_before_is_asked_for_again() -> None:
    shared, server = SharedCalls(), Server()
    for answer in (b"then", b"now"):
        [asking] = await begun(shared, server, BULK)
        server.calls[-1].set_result(answer)
        assert await asking == answer


async def test_all_hear_that_it_failed_and_the_next_try_is_a_call() -> None:
    shared, server = SharedCalls(), Server()
    asking = await begun(shared, server, BULK, BULK)
    server.calls[0].set_exception(CallError(FAILURE))
    for each in asking:
        with pytest.raises(CallError) as caught:
            await each
        assert caught.value.failure == FAILURE

    [again] = await begun(shared, server, BULK)
    server.calls[1].set_result(b"now")
    assert await again == b"now"


@pytest.mark.parametrize("gone", [0, 1])
async def test_who_goes_takes_no_answer_from_the_others(gone: int) -> None:
    shared, server = SharedCalls(), Server()
    asking = await begun(shared, server, BULK, BULK, BULK)
    asking[gone].cancel()
    with suppress(asyncio.CancelledError):
        await asking[gone]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.calls[-1].set_result(b"one")

    assert len(server.calls) == (2 if gone == 0 else 1)
    assert await asyncio.gather(*(each for each in asking if not each.cancelled())) == [b"one"] * 2
