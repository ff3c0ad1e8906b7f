"""Turns: one at a time, and nobody tries for the second time what has just failed for all."""

from __future__ import annotations

import asyncio

import pytest

from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.platform.turns import Turns
from ipygenesys._io.stream.websocket import StreamError
from ipygenesys._protocols.flow import CallError
from tests import examples as eg

LOST = StreamError(StreamLoss(close_code=1006))


class Several:
    """Some who want the same at once; who has a turn fails, if there is an error left."""

    def __init__(self, *errors: Exception) -> None:
        self.turns = Turns()
        self.errors = list(errors)
        self.tries: list[int] = []

    async def want(self, number: int) -> None:
        async with self.turns.taken():
            self.tries.append(number)
            await asyncio.sleep(0)
            if self.errors:
                raise self.errors.pop(0)

    async def all(self, count: int) -> list[BaseException | None]:
        return await asyncio.gather(*(self.want(n) for n in range(count)), return_exceptions=True)


async def test_they_come_one_after_the_other_in_order() -> None:
    several = Several()
    assert await several.all(3) == [None] * 3
    assert several.tries == [0, 1, 2]


@pytest.mark.parametrize("error", [LOST, CallError(eg.failure("unreachable"))])
async def test_a_failure_of_the_network_is_that_of_all_who_wait(error: Exception) -> None:
    several = Several(error)
    assert await several.all(3) == [error] * 3
    assert several.tries == [0]
    assert await several.all(2) == [None] * 2, "who comes later tries"


async def test_a_refusal_is_that_of_one() -> None:
    refused = CallError(eg.failure("permission"))
    several = Several(refused)
    assert await several.all(3) == [refused, None, None]


async def test_who_gives_up_passes_its_turn_on() -> None:
    several = Several()
    waiting = [asyncio.create_task(several.want(number)) for number in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert several.tries == [0, 1]
