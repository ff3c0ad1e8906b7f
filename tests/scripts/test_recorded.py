"""A conversation that was recorded is a scenario: played again it passes, and what has changed shows."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import Client, Script, Simulator, WebMessaging
from ipygenesys._core.model.content import Answer, FormEntry
from ipygenesys._core.model.messages import Attachment
from ipygenesys._scripts.files.recorded import scenario
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.steps import Expect, Pick, Say, Upload, Wanted
from tests import examples as eg
from tests.simulator.person.test_flow import SHOP

Factory = functools.partial[WebMessaging]


def guest_of(simulator: Simulator) -> Factory:
    return functools.partial(WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id)


@pytest.fixture
def guest() -> Iterator[Factory]:
    with Simulator(bot=SHOP, speed=20) as simulator:
        yield guest_of(simulator)


def test_what_was_clicked_once_is_a_test(guest: Factory, tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"

    async def talk() -> None:
        async with Client(guest()) as client:
            client.record(file)
            [*_, question] = await client.ask("hello", quiet=0.3)
            await client.ask(question.quick_replies[0], quiet=0.3)
            await client.ask("12345", quiet=0.3)

    asyncio.run(talk())
    script = Script.from_recording(file)
    [recorded] = script.scenarios
    said = [step for step in recorded.steps if not isinstance(step, Expect)]
    assert [type(step) for step in said] == [Say, Pick, Say]
    assert (script.name, recorded.name) == ("talk.jsonl", "talk.jsonl")
    run = script.run(guest)
    assert run.passed, [result.words for result in run.scenarios]

    other = {**SHOP, "nodes": {**SHOP["nodes"]}}
    start = other["nodes"][SHOP["start"]]
    other["nodes"][SHOP["start"]] = [{"say": "We are closed today."}, *start[1:]]
    with Simulator(bot=other, speed=20) as simulator:
        assert not script.run(guest_of(simulator), timeout=2).passed


def test_each_message_is_a_step_and_braces_are_no_variables() -> None:
    picture = Attachment(name="a.png", media_type="image/png", size_bytes=3)
    said = [
        eg.message(1, text="Hi {you}", role="bot"),
        eg.own_message(2, text="my {order}"),
        eg.own_message(3, text="Yes", content=(Answer(text="Yes", titles=("Yes",), type="quick-reply"),)),
        eg.own_message(4, text="see", attachments=(picture, picture)),
        eg.message(5, text="Goodbye has been said.", role="system"),
        eg.own_message(6, text="", is_withdrawn=True),
        eg.draft_message(1),
        eg.message(7, text="", role="agent", attachments=(picture,)),
        eg.message(8, text=" ", role="agent"),
    ]
    assert scenario(said, "talk.jsonl").steps == (
        Expect(Wanted(equals="Hi {{you}}")),
        Say("my {{order}}"),
        Pick(("Yes",)),
        Upload("a.png", "see"),
        Upload("a.png"),
        Expect(Wanted(files=("a.png",))),
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], "no customer says anything"),
        ([eg.message(1)], "no customer says anything"),
        (
            [
                eg.own_message(
                    1,
                    content=(
                        Answer(text="", type="form", entries=(FormEntry(field="f", text="t", payload="p"),)),
                    ),
                )
            ],
            "fills in a form",
        ),
    ],
)
def test_what_cannot_be_played_is_told(said: list[Any], words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        scenario(said, "talk.jsonl")
