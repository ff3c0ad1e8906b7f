"""A recording in place of the platform."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ipygenesys import Client, DeliveryFailed, GenesysError, Simulator, WebMessaging
from ipygenesys._io.recordings.cassette import Cassette

BOT = {
    "start": "a",
    "nodes": {
        "a": [
            {"collect": "greeting", "ask": "Hello."},
            {"collect": "name", "ask": "Who are you?"},
            {"ask": "Hello {name}. Which?", "quick_replies": {"Red": "red", "Blue": "red"}},
        ],
        "red": [{"say": "Red it is."}],
    },
}


async def talk(protocol: object, path: Path | None = None) -> list[str | None]:
    async with Client(protocol) as client:  # type: ignore[arg-type]
        if path is not None:
            client.record(path)
        await client.connect()
        await client.next_message(after=client.send("hi"), matching="Who are you")
        offer = await client.next_message(after=client.send("Ann"), matching="Which")
        await client.next_message(after=client.answer(offer.quick_replies[0]), matching="Red it is")
        return [message.text for message in client.messages]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str | None]]:
    path = tmp_path_factory.mktemp("recorded") / "talk.jsonl"
    with Simulator(bot=BOT, speed=20) as simulator:
        guest = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
        return path, asyncio.run(talk(guest, path))


async def test_a_conversation_is_had_again_without_a_platform(
    recorded: tuple[Path, list[str | None]],
) -> None:
    path, texts = recorded
    cassette = Cassette(path)
    assert await talk(cassette) == texts
    assert await talk(cassette) == texts
    assert cassette.problems == []
    assert repr(cassette) == "<Cassette talk.jsonl>"


async def test_nothing_is_said_before_it_was_asked_for(recorded: tuple[Path, list[str | None]]) -> None:
    async with Client(Cassette(recorded[0])) as client:
        await client.connect()
        await client.next_message(after=client.send("hi"), matching="Who are you")
        await asyncio.sleep(0.05)
        assert [message.text for message in client.messages if message.is_own] == ["hi"]


async def test_what_is_not_in_it_is_refused_and_its_words_are_kept_out_of_the_error(
    recorded: tuple[Path, list[str | None]],
) -> None:
    cassette = Cassette(recorded[0])
    async with Client(cassette) as client:
        await client.connect()
        with pytest.raises(DeliveryFailed, match=r"talk.jsonl does not hold this \(message 1\)") as caught:
            await client.send("hello")
        assert "hello" not in str(caught.value)
        await client.send("hi")
        with pytest.raises(GenesysError):
            await client.send("Bob")
    assert cassette.problems == [
        "talk.jsonl: 'hello' is said where 'hi' was said then.",
        "talk.jsonl: 'Bob' is said where 'Ann' was said then.",
    ]


async def test_after_its_end_nothing_more_is_said(recorded: tuple[Path, list[str | None]]) -> None:
    cassette = Cassette(recorded[0])
    async with Client(cassette) as client:
        await client.connect()
        await client.send("hi")
        name = client.send("Ann")  # Sooner than then.
        await name
        offer = await client.next_message(after=name)
        await client.answer(offer.quick_replies[0])
        with pytest.raises(DeliveryFailed):
            await client.send("more")
    assert cassette.problems == ["talk.jsonl: 'more' is said, and nothing more was said then."]


def test_a_recording_that_begins_in_the_middle_or_is_none_cannot_stand_in(tmp_path: Path) -> None:
    async def recorded_late(guest: WebMessaging) -> None:
        async with Client(guest) as client:
            await client.connect()
            with client.record(tmp_path / "late.jsonl"):
                await client.send("hi")

    with Simulator(speed=20) as simulator:
        asyncio.run(
            recorded_late(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
        )
    with pytest.raises(ValueError, match="begins in the middle"):
        Cassette(tmp_path / "late.jsonl")
    (tmp_path / "none.jsonl").write_text("{}")
    with pytest.raises(ValueError, match="no recording"):
        Cassette(tmp_path / "none.jsonl")
