"""What others say, waited for: to a question until they are quiet, by what it says, from a moment on."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from ipygenesys import Client, DeliveryFailed, GenesysError, Message, WebMessaging
from ipygenesys._core.model.content import ListItem
from ipygenesys.simulator import Simulator
from tests.io import watch
from tests.io.test_news import protocol
from tests.io.watch import Watched, connected, eventually, protocol_for, received, sent_texts


@pytest.fixture
async def guest(simulator: Simulator) -> AsyncIterator[Client]:
    at: dict[str, Any] = {"base_url": simulator.base_url, "deployment_id": simulator.deployment_id}
    async with Client(watch.by(WebMessaging(**at)), remember_read=False) as client:
        await client.connect()
        await eventually(lambda: client._gateway.session.catch_up.has_completed)
        yield client


async def offered(guest: Client, simulator: Simulator, *labels: str) -> Message:
    coming = asyncio.ensure_future(guest.next_message(20, matching=lambda message: message.options))
    await asyncio.sleep(0)
    simulator.agent_say("Which?", content=[quick_reply(label) for label in labels])
    return await coming


def quick_reply(label: str) -> dict[str, Any]:
    return {"contentType": "QuickReply", "quickReply": {"text": label, "payload": label.upper()}}


# --- ask --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tutorial", "guest", "agent"])
async def test_all_that_is_said_to_a_question_is_collected_until_the_other_side_is_quiet(
    name: str, simulator: Simulator
) -> None:
    is_agent = name == "agent"
    say = simulator.customer_say if is_agent else simulator.agent_say
    async with Client(protocol(name, simulator), remember_read=False) as client:
        await client.connect()
        await client.send("before it")
        say("a greeting")
        await client.next_message(5, matching="greeting", since=client.messages[0])
        asked = asyncio.ensure_future(client.ask("Where is it?", quiet=0.3, timeout=20))
        await eventually(lambda: sent_texts(simulator)[-1:] == ["Where is it?"])
        for line in ("Let me see.", "Here it is.", "Anything else?"):
            await asyncio.sleep(0.1)
            say(line)
        assert [reply.text for reply in await asked] == ["Let me see.", "Here it is.", "Anything else?"]


async def test_who_types_is_not_quiet(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        asked = asyncio.ensure_future(client.ask("Where is it?", quiet=0.2, timeout=20))
        await eventually(lambda: received(simulator, "send"))
        simulator.agent_say("One moment.")
        simulator.agent_typing(True)
        await asyncio.sleep(0.8)
        assert not asked.done()
        simulator.agent_say("Here it is.")
        assert [reply.text for reply in await asked] == ["One moment.", "Here it is."]


async def test_a_greeting_that_was_on_its_way_is_no_answer(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("delay", ms=150)
        simulator.agent_say("Hello!")
        question = client.send("Where is it?")
        waiting = asyncio.ensure_future(client.next_message(20, after=question))
        await question
        simulator.fault("clear")
        await client.until(lambda: client.received == ["Hello!"])
        assert not waiting.done()
        simulator.agent_say("Here.")
        assert (await waiting).text == "Here."


async def test_silence_is_no_answer_and_what_has_come_in_time_is_one(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(TimeoutError, match=r"Nobody answered within 0\.1 s"):
            await client.ask("Where is it?", timeout=0.1)
        asked = asyncio.ensure_future(client.ask("And now?", quiet=30, timeout=0.7))
        await eventually(lambda: len(received(simulator, "send")) == 2)
        simulator.agent_say("Here.")
        assert [reply.text for reply in await asked] == ["Here."]


async def test_asking_what_is_not_sent_says_so_at_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=422, path="/messages", method="POST", count=2)
        with pytest.raises(DeliveryFailed):
            await client.ask("Where is it?", timeout=20)
        with pytest.raises(DeliveryFailed):
            await client.next_message(20, after=client.send("Where is it?"))


async def test_a_question_ends_with_the_conversation() -> None:
    async with Simulator(scenario="manual", speed=20) as simulator:
        client = Watched(protocol_for(simulator))
        async with client:
            await client.until_caught_up()
            asked = asyncio.ensure_future(client.ask("Where is it?", timeout=20))
            await eventually(lambda: received(simulator, "send"))
        with pytest.raises(GenesysError, match="closed"):
            await asked


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("",), ValueError, "must not be empty"),
        ((5,), TypeError, "option must be"),
        (("hi", "1"), TypeError, "quiet must be a number of seconds, not str"),
        (("hi", True), TypeError, "quiet must be"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    arguments: tuple[Any, ...], error: type[Exception], words: str, simulator: Simulator
) -> None:
    async with connected(simulator) as client:
        with pytest.raises(error, match=words):
            await client.ask(*arguments)
    assert received(simulator, "send") == []


# --- by what it says --------------------------------------------------------------------------------------


async def test_a_message_is_waited_for_by_what_it_says(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        by_words = asyncio.ensure_future(client.next_message(20, matching=r"order \w+-\d"))
        by_function = asyncio.ensure_future(
            client.next_message(20, matching=lambda m: "bye" in (m.text or ""))
        )
        await asyncio.sleep(0)
        for text in ("hello", "your order A-1 is here", "bye"):
            simulator.agent_say(text)
        assert [(await by_words).text, (await by_function).text] == ["your order A-1 is here", "bye"]


async def test_what_came_already_is_found_from_a_moment_on(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        for text in ("one", "two", "three"):
            simulator.agent_say(text)
        await client.until(lambda: len(client.received) == 3)
        first, second, _ = client.messages
        for since in (first.time, first, first.time.astimezone(dt.timezone(dt.timedelta(hours=5)))):
            assert (await client.next_message(1, since=since)).text == "one"
        assert (await client.next_message(1, since=first, matching="t")).text == "two"
        assert (await client.next_message(1, after=second, since=first.time)).text == "three"
        mine = client.send("four")
        await mine
        with pytest.raises(TimeoutError, match=r"Nobody wrote within 0\.05 s"):
            await client.next_message(0.05, since=mine)
        later = asyncio.ensure_future(client.next_message(20, since=mine))
        await asyncio.sleep(0)
        simulator.agent_say("five")
        assert (await later).text == "five"


async def test_what_does_not_match_is_counted_and_not_quoted(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        waiting = asyncio.ensure_future(client.next_message(0.3, matching="order"))
        await asyncio.sleep(0)
        simulator.agent_say("SECRET", count=2)
        with pytest.raises(TimeoutError) as caught:
            await waiting
        assert str(caught.value) == "Nothing came that matches (of 2 messages none did) within 0.3 s."


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"matching": "("}, ValueError, "matching is no regular expression"),
        ({"matching": 5}, TypeError, "matching must be a regular expression or a function, not int"),
        ({"matching": asyncio.sleep}, TypeError, "not async"),
        ({"since": dt.datetime(2026, 1, 1)}, ValueError, "must have a time zone"),  # noqa: DTZ001
        ({"since": 5}, TypeError, "since must be a datetime or a Message, not int"),
        ({"after": "m1"}, TypeError, "after must be a Message or a Delivery, not str"),
    ],
)
async def test_what_cannot_be_waited_for_is_refused(
    options: dict[str, Any], error: type[Exception], words: str, simulator: Simulator
) -> None:
    async with connected(simulator) as client:
        with pytest.raises(error, match=words):
            await client.next_message(1, **options)


async def test_what_fails_in_the_function_is_told_where_it_is_waited_for(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        waiting = asyncio.ensure_future(client.next_message(20, matching=lambda m: cast("Any", m).nonsense))
        await asyncio.sleep(0)
        simulator.agent_say("hello")
        with pytest.raises(AttributeError, match="nonsense"):
            await waiting


# --- answering by words -----------------------------------------------------------------------------------


async def test_an_option_is_picked_by_its_label_and_its_answers_are_collected(
    simulator: Simulator, guest: Client
) -> None:
    await offered(guest, simulator, "Yes, please", "No")
    sent = await guest.answer("yes,  PLEASE")
    assert sent.text == "Yes, please"
    with pytest.raises(ValueError, match="answered already"):
        _ = guest.answer("No")
    message = await offered(guest, simulator, "Red", "Green")
    asked = asyncio.ensure_future(guest.ask(message.options[1], quiet=0.1, timeout=20))
    await eventually(lambda: sent_texts(simulator) == ["Yes, please", "Green"])
    simulator.agent_say("A good choice.")
    assert [reply.text for reply in await asked] == ["A good choice."]


async def test_a_label_that_nothing_has_names_what_is_open(simulator: Simulator, guest: Client) -> None:
    with pytest.raises(ValueError, match=r"Nothing that has this label can be picked\.$"):
        _ = guest.answer("Yes")
    await offered(guest, simulator, "Yes", "Order 123456")
    with pytest.raises(ValueError, match=r"These are open: 'Yes', \(12 characters\)\."):
        _ = guest.answer("Perhaps")


async def test_a_label_that_several_have_is_not_guessed(simulator: Simulator, guest: Client) -> None:
    simulator.agent_say("Which?", content=[
        {"contentType": "QuickReply", "quickReply": {"text": "Book", "payload": payload}} for payload in "AB"
    ])  # fmt: skip
    await eventually(lambda: len(guest.messages) == 1)
    with pytest.raises(ValueError, match="2 options of one message have this label"):
        _ = guest.answer("Book")
    assert (await guest.answer(guest.messages[0].options[1])).text == "Book"


async def test_several_items_of_a_list_are_picked_by_their_labels(
    simulator: Simulator, guest: Client
) -> None:
    simulator.agent_say(content="list-picker")
    await eventually(lambda: len(guest.messages) == 1)
    items = [option for option in guest.messages[0].options if isinstance(option, ListItem)]
    several = guest.messages[0].content[0].sections  # type: ignore[union-attr]
    first = next(section for section in several if section.is_multiple)
    labels = [item.label for item in first.items[:2]]
    assert len(items) > 2
    await guest.answer(*labels)
    picked = guest.messages[0].content[0].picked  # type: ignore[union-attr]
    assert len(picked or ()) == 2


async def test_an_old_quick_reply_that_is_pressed_again_answers_nothing_else(
    simulator: Simulator, guest: Client
) -> None:
    old = (await offered(guest, simulator, "Yes", "No")).options[0]
    await guest.answer(old)
    await offered(guest, simulator, "Yes", "No")
    with pytest.raises(ValueError, match="answered already"):
        _ = guest.answer(old)
    await guest.answer("Yes")
    assert sent_texts(simulator) == ["Yes", "Yes"]
