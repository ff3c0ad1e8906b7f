"""Mistakes that are easily made are told at once, where they are made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ipygenesys import Client, DeliveryFailed
from ipygenesys.simulator import Simulator
from tests.io.test_news import protocol
from tests.io.watch import connected, eventually, received


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.retry("nobody"), "No message of ours has this id"),
        (lambda client: client.discard("nobody"), "No message of ours has this id"),
        (lambda client: client.retry(client.messages[0]), "No message of ours has this id"),
        (lambda client: client.retry(client.messages[1]), "has not failed: it is sent"),
        (lambda client: client.discard(client.messages[1].id), "has gone out already: it is sent"),
        (lambda client: client.mark_read("nobody"), "No message of this conversation has this id"),
    ],
)
async def test_an_id_that_is_none_and_a_message_that_cannot_be_meant_are_refused(
    call: Any, words: str, simulator: Simulator
) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("hello")
        await client.until(lambda: client.received)
        await client.send("hi")
        with pytest.raises(ValueError, match=words):
            call(client)


async def test_what_has_just_been_sent_and_what_has_failed_is_known(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        delivery = client.send("under way")
        client.discard(delivery)  # nothing is known of it yet, and then it is too late
        assert (await delivery).status == "sent"
        simulator.fault("error", status=422, path="/messages", method="POST", count=1)
        delivery = client.send("refused")
        with pytest.raises(DeliveryFailed):
            await delivery
        client.retry(delivery)
        await eventually(lambda: delivery.status == "sent")


async def test_a_verb_that_the_protocol_lacks_says_so(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = protocol("tutorial", simulator)
    profile = made.profile
    monkeypatch.setattr(
        type(made),
        "profile",
        type(profile)(
            **{**{f: getattr(profile, f) for f in profile.__struct_fields__}, "capabilities": frozenset()}
        ),
    )
    async with Client(made) as client:
        with pytest.raises(TypeError, match="no call for typing"):
            client.set_typing(True)
        with pytest.raises(TypeError, match="no history to load"):
            _ = client.load_all()


async def test_files_are_refused_where_the_protocol_sends_none_before_one_is_looked_at(
    simulator: Simulator,
) -> None:
    async with Client(protocol("tutorial", simulator)) as client:
        with pytest.raises(TypeError, match="This protocol sends no files"):
            _ = client.send_file("there is no such file")


@pytest.mark.parametrize(("given", "error"), [("5", TypeError), (True, TypeError), (-1, ValueError)])
async def test_a_time_to_wait_that_is_none_is_told_before_anything_is_waited_for_or_said(
    given: Any, error: type[Exception], simulator: Simulator
) -> None:
    async with connected(simulator) as client:
        waits: list[Callable[[], Awaitable[object]]] = [
            lambda: Client.until(client, lambda: False, given),
            lambda: client.next_message(timeout=given),
            lambda: client.ask("hello?", timeout=given),
            lambda: asyncio.to_thread(client.send("hi").wait, given),
            lambda: asyncio.to_thread(client.connect().wait, given),
        ]
        for wait in waits:
            with pytest.raises(error, match="timeout must be"):
                await wait()
        await eventually(lambda: received(simulator, "send"))
    assert [entry["text"] for entry in received(simulator, "send")] == ["hi"]


async def test_another_conversation_is_begun_by_guests_alone(simulator: Simulator) -> None:
    async with Client(protocol("tutorial", simulator)) as client:
        for begin in (client.start_new_conversation, client.clear_conversation):
            with pytest.raises(TypeError, match="This protocol is of one conversation"):
                begin()


# --- handlers ---------------------------------------------------------------------------------------------


async def test_an_async_handler_is_awaited_and_may_answer(simulator: Simulator) -> None:
    async with connected(simulator) as client:

        async def answer(message: Any) -> None:
            await client.send(f"you said {message.text}")

        client.on_message(answer)
        simulator.agent_say("hello")
        await eventually(lambda: received(simulator, "send"))
    assert [entry["text"] for entry in received(simulator, "send")] == ["you said hello"]


@pytest.mark.parametrize("show_errors", [False, True])
@pytest.mark.parametrize("is_async", [False, True])
async def test_what_fails_in_a_handler_is_told_with_its_place_and_with_its_words_where_asked(
    is_async: bool, show_errors: bool, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))

    def fail(message: Any) -> None:
        raise ValueError(f"WORDS {message.text}")

    async def fail_later(message: Any) -> None:
        await asyncio.sleep(0)
        fail(message)

    async with connected(simulator) as client:
        client.on_message(fail_later if is_async else fail, show_errors=show_errors)
        simulator.agent_say("hello")
        await eventually(lambda: told)
    assert "test_mistakes.py" in told[0] and "WORDS hello" not in told[0]
    assert ("ValueError: WORDS hello" in capsys.readouterr().err) is show_errors


async def test_what_is_no_handler_is_refused(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(TypeError, match="handler must be a function of one argument, not str"):
            client.on_message("print")  # type: ignore[arg-type]


# --- awaiting ---------------------------------------------------------------------------------------------


async def test_a_forgotten_await_says_what_to_do(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        forgotten = client.next_message(1), client.ask("hello"), Client.until(client, lambda: True)
        assert [repr(each) for each in forgotten] == [
            f"<nothing happens before it is awaited: await ….{name}(…)>"
            for name in ("next_message", "ask", "until")
        ]
        for each in forgotten:
            each.close()
        waiting = asyncio.create_task(client.next_message(20))
        await asyncio.sleep(0)
        simulator.agent_say("hello")
        assert (await waiting).text == "hello"
        cancelled = asyncio.create_task(client.next_message(20))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
