"""A whole conversation with marked secrets and texts: none of the marks turns up where it has no business."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from ipygenesys import Chat, Client, ClientCredentials, GenesysError, Message, MessagingEvents, Secret
from ipygenesys.simulator import Simulator
from tests.log import Everything, everything_logged, found
from tests.widget.browser import View, eventually
from tests.widget.conftest import Bench

SECRET = "CANARY-SECRET-3f9a"
TEXTS = (
    "CANARY-THEIRS-b2c1",
    "CANARY-OURS-77de",
    "CANARY-PAGE-0a4f",
    "CANARY-REFUSED-91be",
    "CANARY-CUT-5c5c",
)
"""By the agent, by Python, by the page, refused by the server, with a lost answer."""


@pytest.fixture
def log() -> Iterator[Everything]:
    """All loggers of the process at DEBUG."""
    with everything_logged() as handler:
        yield handler


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """With a secret that is easy to find."""
    with Simulator(scenario="manual", speed=20, client_secret=SECRET) as running:
        yield running


def tokens(simulator: Simulator) -> set[str]:
    """Those that are alive."""
    assert simulator._server is not None
    return set(simulator._server.hub.accounts._tokens)


def whole_conversation(bench: Bench, chat: Chat, view: View) -> tuple[set[str], list[BaseException]]:
    """Everything that usually happens, and everything that goes wrong; the tokens, and the errors that were raised."""
    simulator, errors = bench.simulator, []
    theirs, ours, of_page, refused, cut = TEXTS
    seen_tokens = tokens(simulator)
    simulator.agent_typing(True)
    simulator.agent_say(theirs)
    eventually(lambda: theirs in [message.text for message in chat.messages])
    chat.send(ours).wait(10)
    view.say("keystroke-noted")
    view.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text=of_page)
    view.say("nonsense", text=of_page)
    eventually(lambda: of_page in [entry["text"] for entry in bench.received("send")])
    simulator.fault(
        "error", status=422, path="/messages", method="POST", message=f"{refused} {SECRET}", code="bad"
    )
    simulator.fault("lose_answer", path="/read")
    delivery = chat.send(refused)
    errors.append(_raised(lambda: delivery.wait(10)))
    simulator.fault("lose_answer", path="/messages", method="POST", count=2)
    chat.send(cut).wait(10)
    chat.mark_read()
    simulator.fault("expire_token")
    eventually(lambda: tokens(simulator))
    eventually(lambda: chat.status == "connected" and chat.unread_count == 0)
    seen_tokens |= tokens(simulator)
    _say_raw(simulator, f'{{"event_type": "message", "payload": {{"text": "{theirs}"')
    _say_raw(simulator, f'{{"event_type": "{theirs}", "conversation_id": "{simulator.conversation_id}"}}')
    simulator.fault("drop", code=1012, reason=theirs)
    eventually(lambda: chat.status == "reconnecting")
    eventually(lambda: chat.status == "connected")
    errors.append(_raised(lambda: chat.wait_for_message(timeout=0.01)))
    return seen_tokens | tokens(simulator), errors


def _raised(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except (GenesysError, TimeoutError) as error:
        return error
    raise AssertionError("it should have failed")


def _say_raw(simulator: Simulator, frame: str) -> None:
    assert simulator._server is not None
    assert simulator._loop is not None
    for stream in list(simulator._server.hub.audience.listening):
        simulator._loop.call_soon_threadsafe(stream.send_raw, frame)


def test_no_mark_turns_up_anywhere(
    bench: Bench, log: Everything, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", thrown.append)
    chat = bench.connected()
    view = bench.view(chat)
    events: list[Any] = []
    heard: list[Message] = []

    def failing(message: Message) -> None:
        heard.append(message)
        raise ValueError(message.text)

    chat.on_message(failing)
    chat.on_event(events.append)

    seen_tokens, errors = whole_conversation(bench, chat, view)

    secrets = {SECRET, *seen_tokens}
    marks = {*secrets, *TEXTS}
    assert len(seen_tokens) >= 2
    assert heard

    # --- logs and streams
    assert log.lines
    assert found(marks, log.lines) == []
    captured = capfd.readouterr()
    assert found(marks, [captured.out, captured.err]) == []

    # --- reprs
    session = chat._gateway.session
    protocol: Any = chat._gateway._protocol
    things: list[Any] = [chat, chat._gateway, protocol, protocol.credentials]
    things += [
        session,
        chat._views,
        chat.messages,
        *chat.messages,
        *events,
        *errors,
        chat.counters,
        chat.capabilities,
    ]
    things += [chat.send("last")]
    assert (
        found(marks, [repr(thing) for thing in [*things, bench.simulator]] + [str(error) for error in errors])
        == []
    )

    # --- what vars() shows, two levels down
    inner = [value for thing in things if hasattr(thing, "__dict__") for value in vars(thing).values()]
    shown = [repr(value) for value in inner if not (isinstance(value, str) and value.startswith("function"))]
    shown += [
        repr(vars(value)) for value in inner if hasattr(value, "__dict__") and not isinstance(value, type)
    ]
    assert found(secrets, shown) == []

    # --- tracebacks, with and without locals
    plain = ["".join(traceback.format_exception(error)) for error in errors]
    with_locals = [
        "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        for error in errors
    ]
    assert found(marks, plain) == []
    assert found(secrets, with_locals) == []

    # --- pickles
    for thing in (chat, protocol, protocol.credentials, Secret(SECRET)):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as refused:
            pickle.dumps(thing)
        assert found(marks, [str(refused.value)]) == []

    # --- what is saved into notebooks
    saved = [repr(chat.get_state()), json.dumps(ipywidgets.Widget.get_manager_state(), default=repr)]
    saved += [repr(chat._repr_mimebundle_()), repr(chat.trait_values())]
    assert found(marks, saved) == []

    chat.close()
    gc.collect()
    assert found(marks, log.lines) == []
    assert thrown == []


def test_the_marks_would_be_found(bench: Bench, log: Everything) -> None:
    """The test above can fail."""
    logging.getLogger("anything").debug("%s", TEXTS[0])

    assert found(set(TEXTS), log.lines)


async def test_no_mark_turns_up_around_a_headless_client(simulator: Simulator, log: Everything) -> None:
    protocol = MessagingEvents(
        base_url=simulator.base_url,
        conversation_id=simulator.conversation_id,
        credentials=ClientCredentials(simulator.client_id, SECRET),
    )
    errors: list[BaseException] = []
    async with Client(protocol) as client:
        await client.send(TEXTS[1])
        await asyncio.to_thread(eventually, lambda: client._gateway.session.catch_up.has_completed)
        waiting = asyncio.ensure_future(client.next_message())
        await asyncio.sleep(0.02)
        simulator.agent_say(TEXTS[0])
        assert (await waiting).text == TEXTS[0]
        simulator.fault("error", status=403, path="/messages", method="POST", message=TEXTS[3])
        try:
            await client.send(TEXTS[3])
        except GenesysError as error:
            errors.append(error)
        seen_tokens = tokens(simulator)
        shown = [repr(thing) for thing in (client, client.messages, *client.messages, vars(client), *errors)]

    assert len(errors) == 1
    assert found({SECRET, *seen_tokens, *TEXTS}, [*log.lines, *shown]) == []


def test_wrong_credentials_are_not_quoted(simulator: Simulator, log: Everything) -> None:
    out = io.StringIO()

    async def try_it() -> None:
        protocol = MessagingEvents(
            base_url=simulator.base_url,
            conversation_id=simulator.conversation_id,
            credentials=ClientCredentials(simulator.client_id, "CANARY-WRONG"),
        )
        async with Client(protocol) as client:
            try:
                await client.next_message(timeout=10)
            except GenesysError as error:
                traceback.print_exception(error, file=out)

    asyncio.run(try_it())

    assert "Invalid OAuth credentials" in out.getvalue()
    assert found({"CANARY-WRONG", SECRET}, [*log.lines, out.getvalue()]) == []
