"""Reads of several slots at a time: the first with news is told at once, the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from ipygenesys._io.relay.redis.slot_reads import SlotReads, slot_of

ONE, TWO = "ipygenesys:{a}:commands:x", "ipygenesys:{b}:commands:x"


class Server:
    """Answers each read when a test says so."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.cancelled: list[dict[str, str]] = []
        self._answers: dict[str, asyncio.Future[dict[str, list[str]]]] = {}

    async def read(self, after: Mapping[str, str], count: int) -> dict[str, list[str]]:
        self.asked.append(dict(after))
        answer: asyncio.Future[dict[str, list[str]]] = asyncio.get_running_loop().create_future()
        self._answers.update(dict.fromkeys(after, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            self.cancelled.append(dict(after))
            raise

    def answer(self, stream: str, *entries: str) -> None:
        self._answers[stream].set_result({stream: list(entries)})

    def fail(self, stream: str) -> None:
        self._answers[stream].set_exception(ConnectionError())


@pytest.mark.parametrize(
    ("key", "slot"),
    [(ONE, "a"), ("plain", "plain"), ("{}:x", "{}:x"), ("{a", "{a"), ("x{a}{b}", "a"), ("{support/c}:y", "support/c")],
)  # fmt: skip
def test_what_lies_together(key: str, slot: str) -> None:
    assert slot_of(key) == slot


async def test_the_first_with_news_is_told_and_the_others_go_on() -> None:
    server = Server()
    reads = SlotReads(server.read)
    first = asyncio.create_task(reads.read({ONE: "1", TWO: "1"}, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert server.asked == [{ONE: "1"}, {TWO: "1"}]
    server.answer(ONE, "news")
    assert await first == {ONE: ["news"]}
    second = asyncio.create_task(reads.read({ONE: "2", TWO: "1"}, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert server.asked[2:] == [{ONE: "2"}], "the other read is under way still"
    server.answer(TWO, "more")
    assert await second == {TWO: ["more"]}
    await reads.aclose()
    assert server.cancelled == [{ONE: "2"}]


async def test_who_is_cancelled_loses_nothing_and_what_is_wanted_no_more_is_ended() -> None:
    server = Server()
    reads = SlotReads(server.read)
    waiting = asyncio.create_task(reads.read({ONE: "1", TWO: "1"}, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    server.answer(ONE, "came meanwhile")
    assert await reads.read({ONE: "1"}, 10) == {ONE: ["came meanwhile"]}
    assert server.cancelled == [{TWO: "1"}]
    assert len(server.asked) == 2


async def test_an_error_is_told_and_all_are_asked_anew() -> None:
    server = Server()
    reads = SlotReads(server.read)
    waiting = asyncio.create_task(reads.read({ONE: "1", TWO: "1"}, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.fail(ONE)
    server.fail(TWO)
    with pytest.raises(ConnectionError):
        await waiting
    again = asyncio.create_task(reads.read({ONE: "1", TWO: "1"}, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(server.asked) == 4
    server.answer(TWO, "there")
    assert await again == {TWO: ["there"]}
    await reads.aclose()
