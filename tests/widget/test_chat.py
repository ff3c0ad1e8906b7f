"""The widget: what it puts on its comm, on which thread, when it connects, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import comm
import nbconvert
import nbformat
import pytest
from anywidget import AnyWidget
from ipywidgets.widgets import widget as ipywidgets_widget
from traitlets import TraitError

import ipygenesys as ig
from ipygenesys import (
    AgentMessaging,
    Chat,
    ClientCredentials,
    DeliveryFailed,
    GenesysError,
    Message,
    PermissionDenied,
)
from ipygenesys._core.model.inputs import Tick
from ipygenesys._core.view.protocol import KERNEL_HEARTBEAT_S, VIEW_SILENCE_S
from ipygenesys._core.view.protocol.locale import LANGUAGES
from ipygenesys._io.conversation import gateway
from ipygenesys._io.host.handler_thread import THREAD_NAME as HANDLER_THREAD
from ipygenesys._io.host.loop_thread import THREAD_NAME as GATEWAY_THREAD
from ipygenesys._verbs.verbs import Verbs
from ipygenesys._widget.languages import view_words
from ipygenesys._widget.observers import THREAD_NAME as OBSERVERS_THREAD
from ipygenesys.simulator import Simulator
from tests.io import watch
from tests.widget.browser import MovableClock, RecordedComm, View, eventually, threads
from tests.widget.conftest import Bench


def held(chat: Chat) -> list[tuple[Any, ...]]:
    return [
        (message.id, message.text, message.is_own, message.status, message.draft_id)
        for message in chat.messages
    ]


def pass_time(chat: Chat, seconds: float) -> None:
    """Move the widget's clock on and let it look at it."""
    clock = chat._gateway.clock.own
    assert isinstance(clock, MovableClock)
    clock.offset_s += seconds
    done = threading.Event()

    def look() -> None:
        chat._gateway.take(Tick())
        done.set()

    chat._gateway.call_soon(look)
    assert done.wait(5)


# --- connecting -------------------------------------------------------------------------------------------


def test_a_widget_that_nobody_looks_at_does_not_connect(bench: Bench) -> None:
    chat = bench.chat()

    assert chat.status == "idle"
    assert list(threads()) == []
    assert bench.simulator.log()["connections"] == []


def test_the_first_hello_of_a_page_connects(bench: Bench) -> None:
    chat = bench.chat()

    view = bench.view(chat)
    eventually(lambda: chat.status == "connected")

    eventually(lambda: view.status["status"] == "connected")


@pytest.mark.parametrize(
    "call",
    [
        lambda chat: chat.connect(),
        lambda chat: chat.send("hello"),
        lambda chat: chat.mark_read(),
        lambda chat: chat.set_typing(True),
        lambda chat: chat.load_older(),
    ],
)
def test_the_first_call_that_needs_the_stream_connects(bench: Bench, call: Any) -> None:
    chat = bench.chat()

    call(chat)

    eventually(lambda: chat.status == "connected")


def test_connect_true_connects_at_once(bench: Bench) -> None:
    chat = bench.chat(connect=True)

    eventually(lambda: chat.status == "connected")


def test_two_widgets_share_one_gateway_thread(bench: Bench) -> None:
    first, second = bench.connected(), bench.connected()

    assert len(list(threads(GATEWAY_THREAD))) == 1
    first.close()
    assert len(list(threads(GATEWAY_THREAD))) == 1
    assert second.status == "connected"


# --- what a page sees -------------------------------------------------------------------------------------


def test_a_page_that_applies_snapshot_and_deltas_shows_what_the_kernel_holds(bench: Bench) -> None:
    chat, simulator = bench.connected(), bench.simulator
    simulator.agent_say("early", count=3)
    view = bench.view(chat)

    simulator.agent_typing(True)
    simulator.fault("reorder", event_type="message", hold_s=0.05)
    simulator.agent_say("m", count=40)
    chat.send("mine").wait(5)
    simulator.fault("clear")
    simulator.agent_read()
    simulator.fault("error", status=422, path="/messages", method="POST", count=2)
    failed, discarded = chat.send("refused"), chat.send("thrown away")
    for delivery in (failed, discarded):
        with pytest.raises(DeliveryFailed):
            delivery.wait(5)
    chat.discard(discarded)
    chat.mark_read()

    eventually(lambda: chat.unread_count == 0 and len(chat.messages) == 45)
    eventually(lambda: view.shown == held(chat) and view.unread_count == 0)
    assert view.gaps == 0


def test_two_pages_of_one_widget_see_the_same(bench: Bench) -> None:
    chat = bench.connected()
    first, second = bench.view(chat), bench.view(chat)

    bench.simulator.agent_say("m", count=10)
    second.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text="from the second page")

    eventually(lambda: len(chat.messages) == 11 and chat.messages[-1].status == "sent")
    eventually(lambda: first.shown == second.shown == held(chat))


def test_a_page_that_missed_something_notices_and_recovers(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    dropped: list[Any] = []

    def lose_one(content: dict[str, Any]) -> bool:
        if content["kind"] == "deltas" and len(dropped) < 1:
            dropped.append(content)
            return True
        return False

    view.loses = lose_one
    bench.simulator.agent_say("lost")
    eventually(lambda: dropped)
    bench.simulator.agent_say("seen")

    eventually(lambda: view.gaps == 1 and view.shown == held(chat))


def test_a_reloaded_page_gets_everything_again(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("m", count=5)
    eventually(lambda: len(chat.messages) == 5)
    bench.view(chat).go()

    assert bench.view(chat).shown == held(chat)


def test_a_page_gets_the_newest_messages_and_asks_for_the_older_ones(bench: Bench) -> None:
    bench.simulator.agent_say("m", count=250)
    chat = bench.connected()
    view = bench.view(chat, page_size=50)
    assert [text for _, text, *_ in view.shown] == [f"m {number}" for number in range(201, 251)]
    assert view.has_older

    oldest = view.shown[0][0]
    view.say("page-requested", requestId="r1", where="before", id=oldest, limit=150)
    eventually(lambda: len(view.shown) == 200)
    oldest = view.shown[0][0]
    view.say("page-requested", requestId="r2", where="before", id=oldest, limit=100)
    eventually(lambda: len(view.shown) == 250)

    assert [text for _, text, *_ in view.shown] == [f"m {number}" for number in range(1, 251)]
    assert not view.has_older


@pytest.mark.parametrize(
    ("asked", "languages", "told"),
    [
        (None, [], "en"),
        (None, ["pt", "fr-CA", "en"], "fr-CA"),
        ("de_AT", ["fr"], "de-AT"),
        ("en-GB", ["fr"], "en-GB"),
    ],
)
def test_pages_are_told_the_locale_and_the_words_that_they_do_not_have(
    bench: Bench, asked: str | None, languages: list[str], told: str
) -> None:
    view = bench.view(bench.chat(locale=asked), languages=languages)
    sends = {"fr-CA": "Envoyer", "de-AT": "Senden"}
    assert (view.locale, (view.words or {}).get("send")) == (told, sends.get(told))


def test_there_are_words_for_every_language_but_english() -> None:
    assert {"en", *view_words()} == set(LANGUAGES)


@pytest.mark.parametrize("make", [lambda bench: bench.chat(locale="pt"), lambda _: Chat.demo(locale="pt")])
def test_a_language_that_the_view_does_not_speak_is_refused(bench: Bench, make: Any) -> None:
    with pytest.raises(
        ValueError, match=r"locale='pt' is not known\. The view speaks 'en' \(English\), 'de'"
    ):
        make(bench)
    assert list(threads()) == []


def test_traits_are_given_as_to_every_widget() -> None:
    with Chat.demo(layout={"height": "600px"}, save_content=True, scenario="manual", seed=1) as chat:
        assert (chat.layout.height, chat.save_content) == ("600px", True)
        with pytest.raises(TypeError, match="A Chat is a connection and cannot be pickled"):
            pickle.dumps(chat)
    assert list(threads()) == []


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"heigth": "600px"}, TypeError, r"Chat\(\) has no argument 'heigth'"),
        ({"_esm": ""}, TypeError, r"Chat\(\) has no argument '_esm'"),
        ({"layout": 600}, TraitError, "layout"),
        ({"status": "closed"}, TraitError, "read-only"),
    ],
)
def test_what_no_widget_takes_is_refused_and_nothing_stays_open(
    bench: Bench, tmp_path: Path, given: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Chat(bench.protocol(), durable=tmp_path, **given)
    Chat(bench.protocol(), durable=tmp_path).close()


def test_a_demo_that_cannot_be_shown_leaves_no_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[Simulator] = []
    stop = Simulator.stop

    def stop_and_tell(self: Simulator) -> None:
        stopped.append(self)
        stop(self)

    monkeypatch.setattr(Simulator, "stop", stop_and_tell)
    with pytest.raises(TraitError, match="layout"):
        Chat.demo(layout=600)
    assert len(stopped) == 1


def test_long_text_is_cut_and_the_rest_comes_when_asked_for(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    text = "word " * 20_000
    (message_id,) = bench.simulator.agent_say(text)
    eventually(lambda: view.messages)
    (message,) = view.messages
    assert message is not None
    assert len(message["text"]) < message["fullLength"] == len(text)

    view.say("text-requested", id=message_id)

    eventually(lambda: view.texts.get(message_id) == text)


def test_what_the_page_does_reaches_the_server(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    ids = bench.simulator.agent_say("m", count=3)
    eventually(lambda: len(view.messages) == 3)

    view.say("keystroke-noted")
    eventually(lambda: bench.received("typing"))
    view.say("messages-seen", ids=ids)
    eventually(lambda: chat.unread_count == 0)
    view.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text="hello")
    eventually(lambda: not bench.received("typing")[-1]["typing"])
    eventually(lambda: bench.received("send"))

    *typing, ended = [entry["typing"] for entry in bench.received("typing")]
    assert typing and all(typing) and not ended  # On a slow machine it is refreshed meanwhile.
    assert {entry["message_id"] for entry in bench.received("read")} == set(ids)
    assert [entry["text"] for entry in bench.received("send")] == ["hello"]
    eventually(lambda: view.shown == held(chat))


def test_half_an_emoji_of_the_page_does_not_stop_anything(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)

    view.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text="half \ud83d")

    eventually(lambda: [message.status for message in chat.messages] == ["sent"])
    eventually(lambda: view.shown == held(chat))
    assert chat.messages[0].text == "half ?"


def test_messages_that_two_threads_of_the_host_swap_are_put_in_order(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    texts = [f"message {number}" for number in range(20)]
    contents = [
        view.message("send-requested", draftId=f"00000000-0000-4000-8000-{number:012}", text=text)
        for number, text in enumerate(texts)
    ]
    swapped = [content for pair in zip(contents[1::2], contents[::2], strict=True) for content in pair]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bench.comm(chat).from_browser, swapped))

    eventually(lambda: len(bench.received("send")) == 20)
    assert [entry["text"] for entry in bench.received("send")] == texts


def test_a_message_of_the_page_that_never_arrives_holds_up_the_others_for_a_moment_only(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    view.message("view-heartbeat")  # made, but lost on its way

    view.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text="hello")

    eventually(lambda: bench.received("send"), 2.0)


@pytest.mark.parametrize(
    "content",
    [
        None,
        5,
        "hello",
        [],
        {},
        {"kind": "hello"},
        {"kind": "nonsense", "client": "c", "seq": 1},
        {"kind": "hello", "client": "c", "seq": "1", "protocolVersion": 1},
        {"kind": "hello", "client": "c", "seq": 1, "protocolVersion": 1, "surprise": True},
        {"kind": "hello", "client": "c", "seq": 1, "protocolVersion": 1, "languages": ["en"] * 11},
        {"kind": "hello", "client": "c", "seq": 1, "protocolVersion": 1, "languages": ["e" * 36]},
        {"kind": "hello", "client": "c", "seq": 1, "protocolVersion": 1, "languages": [None]},
        {"kind": "send-requested", "client": "c", "seq": 1, "draftId": "d", "text": 5},
        {"kind": "messages-seen", "client": "c", "seq": 1, "ids": [1]},
        {"kind": "messages-seen", "client": "c", "seq": 1, "ids": "CANARY"},
        {"kind": "composing-stopped", "client": "c", "seq": 1, "reason": "bored"},
    ],
    ids=str,
)
def test_malformed_messages_of_a_page_are_counted_and_ignored(
    bench: Bench, caplog: pytest.LogCaptureFixture, content: Any
) -> None:
    chat = bench.chat()

    bench.comm(chat).from_browser(content)

    assert chat.counters == {"malformed_from_view": 1}
    assert chat.status == "idle"
    assert "CANARY" not in caplog.text


def test_a_comm_that_is_gone_does_not_stop_the_conversation(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    bench.comm(chat).is_broken = True
    bench.simulator.agent_say("unseen")
    eventually(lambda: len(chat.messages) == 1)

    bench.comm(chat).is_broken = False
    bench.simulator.agent_say("seen")
    view.hello()

    eventually(lambda: view.shown == held(chat) and len(view.shown) == 2)


# --- threads ----------------------------------------------------------------------------------------------


def test_only_the_gateway_thread_sends_on_the_comm_and_writes_traits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.chat()
    writers: set[str] = set()
    observers: set[str] = set()
    set_trait = chat.set_trait

    def noted(name: str, value: object) -> None:
        writers.add(threading.current_thread().name)
        set_trait(name, value)

    monkeypatch.setattr(chat, "set_trait", noted)
    chat.observe(
        lambda _: observers.add(threading.current_thread().name), ["status", "typing", "unread_count"]
    )
    view = bench.view(chat)
    eventually(lambda: chat.status == "connected")

    bench.simulator.agent_typing(True)
    eventually(lambda: chat.typing == ("Ann",))
    bench.simulator.agent_say("hello")
    eventually(lambda: chat.unread_count == 1)
    chat.send("hi").wait(5)
    view.say("keystroke-noted")
    chat.mark_read()
    eventually(lambda: chat.unread_count == 0)

    assert {thread for thread, *_ in bench.comm(chat).customs()} == {GATEWAY_THREAD}
    assert writers == {GATEWAY_THREAD}
    assert observers == {OBSERVERS_THREAD}
    assert {kind for kind, *_ in bench.comm(chat).sent} == {"comm_open", "comm_msg"}


def test_nothing_is_sent_on_the_comm_but_custom_messages(bench: Bench) -> None:
    chat = bench.connected()
    bench.view(chat)
    bench.simulator.agent_say("hello")
    eventually(lambda: chat.unread_count == 1)

    methods = {data.get("method") for kind, _, _, data in bench.comm(chat).sent if kind == "comm_msg"}
    assert methods == {"custom"}


def test_no_synced_trait_holds_content(bench: Bench) -> None:
    chat = bench.connected()
    bench.view(chat)
    bench.simulator.agent_typing(True, name="CANARY-NAME")
    bench.simulator.agent_say("CANARY-THEIRS")
    chat.send("CANARY-OURS").wait(5)
    eventually(lambda: len(chat.messages) == 2 and chat.typing)

    state = {name: value for name, value in chat.get_state().items() if name not in ("_esm", "_css")}

    assert "CANARY" not in repr(state)
    assert bench.simulator.client_secret not in repr(chat.get_state())
    assert {name for name in chat.keys if not name.startswith("_")} == {"layout", "tabbable", "tooltip"}
    assert not {"status", "typing", "unread_count"} & set(chat.keys)


def test_traits_cannot_be_set_from_outside(bench: Bench) -> None:
    chat = bench.chat()

    for name, value in {"status": "connected", "typing": ("Ann",), "unread_count": 5}.items():
        with pytest.raises(Exception, match="read-only"):
            setattr(chat, name, value)


def test_the_replies_go_to_the_shell_that_asked(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    class Comm74(RecordedComm):
        def _reply_subshell_for(self, data: Any, default: Any) -> Any:
            return "main"

    monkeypatch.setattr(comm, "create_comm", Comm74)
    chat = bench.chat()

    assert chat.comm._reply_subshell_for({}, "subshell-1") == "subshell-1"


def test_a_burst_of_5000_stays_within_the_kernels_budget_for_all_widgets_together(bench: Bench) -> None:
    count = 2_500  # for each of the two
    chats = [bench.connected(), bench.connected()]
    views = [bench.view(chat) for chat in chats]
    began = time.monotonic()

    bench.simulator.agent_say("m", count=count)
    eventually(lambda: all(len(view.messages) == count for view in views), 40)
    took = time.monotonic() - began

    times = sorted(at for chat in chats for _, at, _ in bench.comm(chat).customs() if at >= began)
    busiest = max(sum(1 for at in times if start <= at < start + 1) for start in times)
    assert busiest <= 30 + 4  # a burst of three may follow a quiet moment
    assert all(view.gaps == 0 for view in views)
    assert took < 30
    for view, chat in zip(views, chats, strict=True):
        # Each message is either told, at its place, or counted as skipped.
        whole = held(chat)
        assert view.told + view.skipped == count == len(whole) == len(view.messages)
        assert view.messages.count(None) == view.skipped > 0
        assert [(at, each) for at, each in enumerate(view.shown_in_place) if each != whole[at]] == [
            (at, None) for at, each in enumerate(view.messages) if each is None
        ]
        assert view.shown_in_place[-1] == whole[-1]
        assert view.unread_count == chat.unread_count == count
        # And what was skipped is there when it is asked for, in the order of the kernel.
        view.fill()
        assert view.shown == whole


# --- the pages' life --------------------------------------------------------------------------------------


def test_a_lone_event_goes_out_at_once(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    time.sleep(0.1)

    began = time.monotonic()
    bench.simulator.agent_say("now")
    eventually(lambda: view.messages)

    assert time.monotonic() - began < 5.0, "it waits for nothing, such as a heartbeat"


def test_pages_hear_a_heartbeat(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)

    pass_time(chat, KERNEL_HEARTBEAT_S + 0.1)

    eventually(lambda: view.heard["kernel-heartbeat"] == 1)


def test_pages_are_told_a_name_of_the_conversation_that_is_the_same_in_the_next_chat(bench: Bench) -> None:
    def told(chat: Chat) -> str:
        bench.view(chat)
        messages = [content for _, _, content in bench.comm(chat).customs()]
        return str(next(each for each in messages if each["kind"] == "snapshot")["conversation"])

    name = told(bench.chat())

    assert told(bench.chat()) == name
    assert told(bench.chat(conversation_id="another")) != name
    assert bench.simulator.conversation_id not in name


def test_pages_are_told_the_servers_time_whatever_ours_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.connected()
    clock = chat._gateway.clock
    clock.learn({"Date": "Mon, 21 Sep 2026 14:13:20 GMT"})
    monkeypatch.setattr(clock, "learn", lambda _: None)
    view = bench.view(chat)
    pass_time(chat, KERNEL_HEARTBEAT_S + 0.1)
    eventually(lambda: view.heard["kernel-heartbeat"] == 1)

    told = {content["kind"]: content.get("timeMs", 0) for _, _, content in bench.comm(chat).customs()}
    assert 1_790_000_000_000 <= told["snapshot"] < 1_790_000_100_000
    assert KERNEL_HEARTBEAT_S * 1_000 <= told["kernel-heartbeat"] - told["snapshot"] < 100_000


def test_a_widget_that_was_only_shown_stops_when_its_pages_have_been_silent(bench: Bench) -> None:
    chat = bench.chat()
    view = bench.view(chat)
    eventually(lambda: chat.status == "connected")

    pass_time(chat, VIEW_SILENCE_S - 1)
    view.say("view-heartbeat")
    pass_time(chat, 0)
    pass_time(chat, VIEW_SILENCE_S - 1)
    assert chat.status == "connected"

    pass_time(chat, 2)
    pass_time(chat, 0)
    eventually(lambda: chat.status == "idle")

    view.hello()
    eventually(lambda: chat.status == "connected")


def test_a_widget_that_was_connected_by_a_call_goes_on_without_pages(bench: Bench) -> None:
    chat = bench.connected()
    bench.view(chat).say("goodbye")

    pass_time(chat, VIEW_SILENCE_S + 1)
    pass_time(chat, VIEW_SILENCE_S + 1)

    assert chat.status == "connected"


def test_a_page_that_says_goodbye_ends_its_typing_at_once(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    view.say("keystroke-noted")
    eventually(lambda: bench.received("typing"))

    view.say("goodbye")

    eventually(lambda: [entry["typing"] for entry in bench.received("typing")] == [True, False])


def test_nothing_is_sent_to_pages_that_are_not_there(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("m", count=100)
    eventually(lambda: len(chat.messages) == 100)

    assert bench.comm(chat).customs() == []
    assert bench.view(chat).shown == held(chat)


# --- handlers ---------------------------------------------------------------------------------------------


def test_handlers_run_in_order_on_a_thread_of_their_own(bench: Bench) -> None:
    chat = bench.connected()
    heard: list[tuple[str | None, str]] = []
    stop = chat.on_message(lambda message: heard.append((message.text, threading.current_thread().name)))

    bench.simulator.agent_say("m", count=50)
    eventually(lambda: len(heard) == 50)
    stop()
    bench.simulator.agent_say("unheard")
    eventually(lambda: len(chat.messages) == 51)

    assert heard == [(f"m {number}", HANDLER_THREAD) for number in range(1, 51)]


def test_a_failing_handler_is_shown_in_the_view_and_logged_without_words(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    chat = bench.connected()
    view = bench.view(chat)

    def failing(message: Message) -> None:
        raise ValueError(message.text)

    chat.on_message(failing)
    bench.simulator.agent_say("CANARY")

    eventually(lambda: view.errors)
    assert view.errors[0]["code"] == "handler-failed"
    line = failing.__code__.co_firstlineno + 1
    assert f"ValueError in failing, line {line}." in view.errors[0]["message"]
    assert "CANARY" not in str(view.errors)
    assert "in failing" in caplog.text
    assert "CANARY" not in caplog.text


def test_a_failing_handler_of_a_chat_that_is_not_displayed_is_said_on_stderr(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.connected()
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)

    def failing(message: Message) -> None:
        raise ValueError(message.text)

    chat.on_message(failing)
    bench.simulator.agent_say("CANARY")

    eventually(said.getvalue)
    assert said.getvalue().startswith("A handler of yours failed: ValueError in failing, line ")
    assert "CANARY" not in said.getvalue()


def test_a_handler_that_takes_no_argument_is_told_what_it_is_called_with(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    chat.on_message(lambda: None)  # type: ignore[arg-type,misc]

    bench.simulator.agent_say("hello")

    eventually(lambda: view.errors)
    assert "TypeError (it is called with one argument)" in view.errors[0]["message"]


def test_a_handler_that_could_never_run_is_refused_at_once(bench: Bench) -> None:
    chat = bench.chat()

    for each in (5, "print", None):
        for listen in (chat.on_message, chat.on_event):
            with pytest.raises(TypeError, match="handler must be a function of one argument, not"):
                listen(each)  # type: ignore[arg-type]


def test_handlers_and_observers_run_in_the_context_of_who_registered_them(bench: Bench) -> None:
    """The kernel keeps there which cell it is whose output a print belongs to."""
    chat = bench.connected()
    cell = ContextVar("cell", default="none")
    heard: list[tuple[str, str]] = []
    cell.set("first")
    chat.on_message(lambda _: heard.append(("message", cell.get())))
    cell.set("second")
    chat.on_event(lambda _: heard.append(("event", cell.get())))
    chat.observe(lambda _: heard.append(("trait", cell.get())), "unread_count")
    cell.set("third")

    bench.simulator.agent_say("hello")

    eventually(lambda: {kind for kind, _ in heard} == {"message", "event", "trait"})
    assert set(heard) == {("message", "first"), ("event", "second"), ("trait", "second")}


def test_a_slow_handler_stops_neither_the_stream_nor_the_view(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    release = threading.Event()
    chat.on_message(lambda _: release.wait(10))

    bench.simulator.agent_say("m", count=20)
    eventually(lambda: len(view.messages) == 20)
    chat.send("still here").wait(5)

    release.set()


def test_waiting_in_a_handler_is_refused_with_the_way_out(bench: Bench) -> None:
    chat = bench.connected()
    errors: list[str] = []

    def handler(_: Message) -> None:
        waits: list[Callable[[], object]] = [
            lambda: chat.wait_for_message(1),
            lambda: chat.send("hi").wait(1),
            lambda: chat.wait_until(lambda: True),
        ]
        for wait in waits:
            try:
                wait()
            except RuntimeError as error:
                errors.append(str(error))

    chat.on_message(handler)
    bench.simulator.agent_say("hello")

    eventually(lambda: len(errors) == 3)
    assert "await next_message() instead" in errors[0]
    assert "await the delivery instead" in errors[1]
    assert "await until() instead" in errors[2]


def test_a_handler_may_answer(bench: Bench) -> None:
    chat = bench.connected()
    chat.on_message(lambda message: chat.send(f"You said: {message.text}"))

    bench.simulator.agent_say("hello")

    eventually(lambda: [entry["text"] for entry in bench.received("send")] == ["You said: hello"])


def test_events_are_told_to_handlers_too(bench: Bench) -> None:
    chat = bench.connected()
    kinds: list[str] = []
    chat.on_event(lambda event: kinds.append(type(event).__name__))

    bench.simulator.agent_typing(True)
    bench.simulator.agent_say("hello")

    eventually(lambda: {"TypingChanged", "MessagePlaced", "MessageReceived", "UnreadChanged"} <= set(kinds))


# --- waiting ----------------------------------------------------------------------------------------------


def test_a_plain_cell_can_wait_for_the_next_message(bench: Bench) -> None:
    chat = bench.connected()
    threading.Timer(0.05, lambda: bench.simulator.agent_say("hello")).start()

    assert chat.wait_for_message(timeout=5).text == "hello"


def test_an_answer_that_came_meanwhile_is_found_after_what_it_answers(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("before")
    eventually(lambda: len(chat.messages) == 1)
    question = chat.send("a question")
    said = question.wait(5)
    bench.simulator.agent_say("the answer")
    bench.simulator.agent_say("more of it")
    eventually(lambda: len(chat.messages) == 4)

    assert chat.wait_for_message(timeout=5, after=question).text == "the answer"
    answer = chat.wait_for_message(timeout=5, after=said)
    assert chat.wait_for_message(timeout=5, after=answer).text == "more of it"
    with pytest.raises(TimeoutError):
        chat.wait_for_message(timeout=0.05, after=chat.messages[-1])
    with pytest.raises(TypeError, match="after must be a Message or a Delivery, not str"):
        chat.wait_for_message(after="a question")  # type: ignore[arg-type]


def test_connecting_can_be_waited_for_and_says_what_prevents_it(bench: Bench) -> None:
    chat = bench.chat()
    connecting = chat.connect()
    connecting.wait(5)

    assert chat.status == "connected"
    chat.connect().wait(0)

    bench.simulator.fault("refuse", status=403)
    refused = bench.chat().connect()
    with pytest.raises(PermissionDenied):
        refused.wait(5)


async def test_connecting_can_be_awaited(bench: Bench) -> None:
    chat = bench.chat()

    await chat.connect()

    assert chat.status == "connected"


def test_who_watches_is_connected_and_may_not_write_and_the_end_is_told_to_observers(bench: Bench) -> None:
    app = ClientCredentials(bench.simulator.client_id, bench.simulator.client_secret)
    where: dict[str, Any] = {
        "base_url": bench.simulator.base_url,
        "conversation_id": bench.simulator.conversation_id,
    }
    taking_part = bench.connected()
    told: list[tuple[str, bool]] = []
    taking_part.observe(lambda change: told.append((change.name, change.new)), "can_send")
    with Chat(AgentMessaging(credentials=app, **where)) as watcher:
        assert watcher.wait_until(lambda: watcher.status == "connected", timeout=10)
        assert (taking_part.can_send, watcher.can_send) == (True, False)
        with pytest.raises(DeliveryFailed, match="only watch"):
            watcher.send("Hello").wait(10)
        bench.simulator.set_conversation("disconnected")
        assert watcher.wait_until(lambda: watcher.status == "read_only", timeout=10)
        with pytest.raises(TimeoutError, match=r"The conversation is over"):
            watcher.wait_until(lambda: watcher.status == "connected", timeout=0.05)
    eventually(lambda: told == [("can_send", False)])
    assert not taking_part.can_send


def test_who_watches_has_nothing_unread_and_the_customers_name_as_the_title(bench: Bench) -> None:
    with Simulator(scenario="manual", speed=20, customer_name="Crystal Minh") as simulator:
        app = ClientCredentials(simulator.client_id, simulator.client_secret)
        protocol = AgentMessaging(
            base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=app
        )
        by_default, named = Chat(protocol), Chat(protocol, title="Line 3", count_unread=True)
        bench.chats += [by_default, named]
        views = [bench.view(by_default), bench.view(named)]
        assert [view.title for view in views] == [f"…{simulator.conversation_id[-8:]}", "Line 3"]
        eventually(lambda: by_default.status == named.status == "connected")
        simulator.customer_say("Is anybody there?")
        eventually(lambda: all(view.shown and view.shown[-1][1] for view in views))
        eventually(lambda: views[0].title == "Crystal Minh")
        assert (by_default.unread_count, views[0].unread_count) == (0, 0)
        eventually(lambda: (named.unread_count, views[1].unread_count) == (1, 1))
        assert views[1].title == "Line 3"
        assert "Crystal" not in str(by_default.get_state())
        for chat in (by_default, named):
            chat.close()


def test_waiting_ends_in_time(bench: Bench) -> None:
    chat = bench.connected()
    before = len(chat._gateway._listeners)

    with pytest.raises(TimeoutError, match=r"within 0\.05 s"):
        chat.wait_for_message(timeout=0.05)

    assert len(chat._gateway._listeners) == before


def test_a_plain_cell_can_wait_until_somebody_types_and_until_nobody_does(bench: Bench) -> None:
    chat = bench.connected()
    assert chat.wait_until(lambda: not chat.typing, timeout=0)
    threading.Timer(0.05, lambda: bench.simulator.agent_typing(True)).start()

    assert chat.wait_until(lambda: chat.typing, timeout=5) == chat.typing
    bench.simulator.agent_typing(False)
    assert chat.wait_until(lambda: not chat.typing, timeout=5)


async def test_an_async_cell_can_wait_until_something_is_so(bench: Bench) -> None:
    chat = bench.connected()
    waiting = asyncio.ensure_future(
        chat.until(lambda: chat.unread_count == 2 and chat.messages[1], timeout=5)
    )
    await asyncio.sleep(0.02)

    bench.simulator.agent_say("hello")
    bench.simulator.agent_say("again")

    message = await waiting
    assert isinstance(message, Message)
    assert message.text == "again"


async def test_waiting_for_what_never_is_so_ends_in_time_and_leaves_nothing_behind(bench: Bench) -> None:
    chat = bench.connected()
    before = len(chat._gateway._listeners)

    with pytest.raises(TimeoutError, match=r"within 0\.05 s"):
        await chat.until(lambda: chat.typing, timeout=0.05)
    stop = threading.Event()
    busy = threading.Thread(target=lambda: _says_until(bench, stop))
    busy.start()
    with pytest.raises(TimeoutError, match=r"within 0\.05 s"):
        await asyncio.to_thread(chat.wait_until, lambda: False, 0.05)
    stop.set()
    busy.join()
    with pytest.raises(ZeroDivisionError):
        chat.wait_until(lambda: 1 / 0)
    for condition in (True, None, asyncio.sleep):
        with pytest.raises(TypeError, match="condition must be a function"):
            _ = chat.wait_until(condition)  # type: ignore[arg-type]

    assert len(chat._gateway._listeners) == before


def _says_until(bench: Bench, stop: threading.Event) -> None:
    while not stop.is_set():
        bench.simulator.agent_say("and more")


def test_waiting_until_something_is_so_ends_with_the_conversation(bench: Bench) -> None:
    chat = bench.connected()
    threading.Timer(0.05, chat.close).start()
    with pytest.raises(GenesysError, match="closed"):
        chat.wait_until(lambda: chat.typing, timeout=5)

    failing = bench.chat()
    bench.simulator.fault("refuse", status=403)
    with pytest.raises(PermissionDenied):
        failing.wait_until(lambda: failing.typing, timeout=5)
    bench.simulator.fault("clear")
    assert failing.wait_until(lambda: failing.status == "connected", timeout=5), "it connects anew"


async def test_an_async_cell_can_await_the_next_message_on_its_own_loop(bench: Bench) -> None:
    chat = bench.connected()
    waiting = asyncio.ensure_future(chat.next_message(timeout=5))
    await asyncio.sleep(0.02)

    bench.simulator.agent_say("hello")

    assert (await waiting).text == "hello"


async def test_an_async_cell_can_listen_to_everything_until_the_end(bench: Bench) -> None:
    chat = bench.connected()
    seen: list[str] = []

    async def listen() -> None:
        async for event in chat.events():
            seen.append(type(event).__name__)

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.02)
    bench.simulator.agent_say("hello")
    await asyncio.to_thread(eventually, lambda: "MessageReceived" in seen)
    await chat.aclose()

    await asyncio.wait_for(listener, 30)


def test_a_consumer_whose_loop_has_ended_is_forgotten(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    chat = bench.connected()
    loop = asyncio.new_event_loop()
    events = chat.events()

    async def one() -> object:
        return await anext(events)

    first = loop.create_task(one())
    loop.run_until_complete(asyncio.sleep(0))
    bench.simulator.agent_typing(True)
    loop.run_until_complete(first)
    loop.close()

    bench.simulator.agent_say("hello")
    eventually(lambda: len(chat.messages) == 1)

    assert "Internal error" not in caplog.text


def test_a_delivery_can_be_waited_for_in_a_plain_cell(bench: Bench) -> None:
    chat = bench.connected()

    delivery = chat.send("hello")
    message = delivery.wait(5)

    assert message.text == "hello"
    assert delivery.status == "sent"
    assert repr(delivery) == "<Delivery sent>"


async def test_a_delivery_can_be_awaited_by_many_and_one_may_leave(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.fault("delay", ms=100)
    delivery = chat.send("hello")

    async def wait() -> Message:
        return await delivery

    impatient, patient = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    impatient.cancel()

    assert (await patient).text == "hello"
    assert impatient.cancelled()
    assert (await delivery).text == "hello"


def test_waiting_for_a_delivery_ends_in_time_and_the_message_goes_on(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.fault("delay", ms=200)
    delivery = chat.send("hello")

    with pytest.raises(TimeoutError, match="still sending"):
        delivery.wait(0.01)

    assert delivery.wait(5).text == "hello"


def test_a_refused_delivery_says_why(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.fault(
        "error", status=403, path="/messages", method="POST", message="You need messaging:write"
    )

    delivery = chat.send("hello")
    with pytest.raises(DeliveryFailed, match="messaging:write") as caught:
        delivery.wait(5)

    assert (delivery.status, caught.value.status) == ("failed", 403)


def test_a_forgotten_delivery_is_delivered_all_the_same(bench: Bench) -> None:
    chat = bench.connected()

    _ = chat.send("hello")
    gc.collect()

    eventually(lambda: bench.received("send"))


@pytest.mark.parametrize("text", [5, None, b"x", "", "  "])
def test_what_is_no_text_is_refused_at_once(bench: Bench, text: Any) -> None:
    chat = bench.chat()

    with pytest.raises((TypeError, ValueError)):
        _ = chat.send(text)
    assert chat.status == "idle"


def test_set_typing_holds_until_a_message_is_sent(bench: Bench) -> None:
    chat = bench.connected()

    chat.set_typing(True)
    eventually(lambda: bench.received("typing"))
    chat.send("done").wait(5)

    eventually(lambda: [entry["typing"] for entry in bench.received("typing")] == [True, False])


# --- the end ----------------------------------------------------------------------------------------------


def is_clean(bench: Bench) -> bool:
    """Nothing is left; what comes by a relay leaves that one's connection."""
    opened = [entry for entry in bench.simulator.log()["connections"] if entry["kind"] == "opened"]
    closed = [entry for entry in bench.simulator.log()["connections"] if entry["kind"] == "closed"]
    return (watch.by is not watch.itself or len(opened) == len(closed)) and not list(threads())


def test_close_ends_typing_stream_threads_and_comm(bench: Bench) -> None:
    chat = bench.connected()
    recorded = bench.comm(chat)
    chat.on_message(lambda _: None)
    bench.simulator.agent_say("hello")
    eventually(lambda: list(threads(HANDLER_THREAD)))
    chat.set_typing(True)
    eventually(lambda: bench.received("typing"))

    chat.close()

    assert list(threads()) == []
    assert chat.status == "closed"
    eventually(lambda: is_clean(bench))
    assert [entry["typing"] for entry in bench.received("typing")] == [True, False]
    assert [entry["code"] for entry in bench.simulator.log()["connections"] if entry["kind"] == "closed"] == [
        1000
    ]
    assert recorded.sent[-1][0] == "comm_close"


def test_closing_twice_and_without_ever_connecting_is_fine(bench: Bench) -> None:
    chat = bench.chat()
    chat.close()
    chat.close()

    connected = bench.connected()
    connected.close()
    connected.close()

    assert list(threads()) == []


def test_closing_from_many_threads_is_fine(bench: Bench) -> None:
    chat = bench.connected()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: chat.close(), range(8)))

    eventually(lambda: is_clean(bench))


def test_a_handler_may_close(bench: Bench) -> None:
    chat = bench.connected()
    chat.on_message(lambda _: chat.close())

    bench.simulator.agent_say("hello")

    eventually(lambda: is_clean(bench))
    assert chat.comm is None


def test_an_observer_may_close(bench: Bench) -> None:
    chat = bench.connected()
    chat.observe(lambda _: chat.close(), "unread_count")

    bench.simulator.agent_say("hello")

    eventually(lambda: is_clean(bench))


def test_after_the_close_verbs_say_so_and_pages_are_not_heard(bench: Bench) -> None:
    chat = bench.connected()
    view = bench.view(chat)
    recorded = bench.comm(chat)
    chat.close()
    sent = len(recorded.sent)

    for verb in (lambda: chat.send("x"), chat.connect, chat.mark_read, lambda: chat.wait_for_message(1)):
        with pytest.raises(GenesysError, match="closed"):
            verb()
    chat._on_page_message(chat, view.message("view-heartbeat"), [])

    assert len(recorded.sent) == sent
    assert list(threads()) == []


def test_with_connects_and_closes(bench: Bench) -> None:
    with bench.chat() as chat:
        eventually(lambda: chat.status == "connected")

    eventually(lambda: is_clean(bench))


async def test_async_with_connects_and_closes_without_stopping_the_loop(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "CLOSE_S", 0.3)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    beating = asyncio.create_task(beat())
    async with bench.chat() as chat:
        await asyncio.to_thread(eventually, lambda: chat.status == "connected")
        bench.simulator.fault("half_open")  # so that closing takes its time
        before = beats
    beating.cancel()

    assert beats - before > 5
    bench.simulator.fault("clear")
    await asyncio.to_thread(eventually, lambda: is_clean(bench))


def test_closing_is_bounded_however_dead_the_server_is(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.fault("half_open")
    bench.simulator.fault("delay", ms=60_000)
    _ = chat.send("never answered")
    began = time.monotonic()

    chat.close()

    assert time.monotonic() - began < 20.0, "the server answers after a minute"
    bench.simulator.fault("clear")


def used_and_closed(bench: Bench) -> weakref.ref[Chat]:
    chat = bench.connected()
    bench.view(chat)
    chat.on_message(lambda _: None)
    bench.simulator.agent_say("m", count=5)
    eventually(lambda: len(chat.messages) == 5)
    chat.close()
    bench.chats.clear()
    return weakref.ref(chat)


def test_a_closed_widget_is_freed_with_all_its_messages(bench: Bench) -> None:
    gone = used_and_closed(bench)

    eventually(lambda: [gc.collect()] and gone() is None)


def used_and_forgotten(bench: Bench) -> weakref.ref[Chat]:
    """ipywidgets and the comm manager keep every open widget alive; here both have forgotten it."""
    chat = bench.connected()
    recorded = bench.comm(chat)
    bench.view(chat)
    chat.on_message(lambda _: None)
    chat.on_event(lambda _: None)
    chat.observe(lambda _: None, "unread_count")
    bench.simulator.agent_say("hello")
    eventually(lambda: {HANDLER_THREAD, OBSERVERS_THREAD} <= {thread.name for thread in threads()})
    ipywidgets_widget._instances.pop(chat.model_id)
    comm.get_comm_manager().comms.pop(recorded.comm_id)
    recorded.close = lambda *_, **__: None  # type: ignore[method-assign]
    bench.chats.clear()
    return weakref.ref(chat)


def test_the_garbage_collector_closes_what_ipywidgets_has_forgotten(bench: Bench) -> None:
    gone = used_and_forgotten(bench)

    eventually(lambda: [gc.collect()] and gone() is None)

    eventually(lambda: is_clean(bench))


EXIT = """
import sys
from ipygenesys import Chat, ClientCredentials, MessagingEvents
base_url, conversation_id, client_id, secret = sys.argv[1:]
chat = Chat(MessagingEvents(base_url=base_url, conversation_id=conversation_id,
                            credentials=ClientCredentials(client_id, secret)), connect=True)
chat.send("hello").wait(60)
chat.set_typing(True)
sys.stdin.read()
"""


def test_the_interpreters_end_closes_the_stream_and_stops_typing(bench: Bench) -> None:
    simulator = bench.simulator
    arguments = [simulator.base_url, simulator.conversation_id, simulator.client_id, simulator.client_secret]

    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-W", "error", "-c", EXIT, *arguments]
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        eventually(lambda: bench.received("typing"), 60)
        out, errors = process.communicate(timeout=60)

    assert (process.returncode, out, errors) == (0, "", "")
    eventually(lambda: is_clean(bench))
    assert [entry["typing"] for entry in bench.received("typing")] == [True, False]
    assert [entry["code"] for entry in simulator.log()["connections"] if entry["kind"] == "closed"] == [1000]


def test_a_constructor_that_fails_leaves_nothing_and_says_nothing_else(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(TypeError):
        Chat("no protocol")  # type: ignore[arg-type]
    gc.collect()

    assert list(threads()) == []
    assert caplog.records == []


# --- demo and looks ---------------------------------------------------------------------------------------


def test_the_demo_brings_its_own_other_side_and_takes_it_along(bench: Bench) -> None:
    before = threading.active_count()
    chat = Chat.demo(scenario="manual", seed=3)
    bench.chats.append(chat)
    _ = chat.connect()
    eventually(lambda: chat.status == "connected")
    chat.simulator.agent_say("hello")
    eventually(lambda: len(chat.messages) == 1)

    chat.close()

    eventually(lambda: threading.active_count() == before)


def test_only_a_demo_has_a_simulator(bench: Bench) -> None:
    with pytest.raises(AttributeError, match=r"Only Chat\.demo"):
        _ = bench.chat().simulator


def test_its_repr_and_its_mimebundle_show_no_content(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("CANARY")
    eventually(lambda: chat.unread_count == 1)

    bundle = chat._repr_mimebundle_()

    assert bundle is not None
    assert repr(chat) == "<Chat connected, 1 messages, 1 unread>"
    assert "application/vnd.jupyter.widget-view+json" in bundle[0]
    assert "CANARY" not in repr(bundle)


def test_without_a_widget_manager_it_says_what_it_is(bench: Bench) -> None:
    data, _ = bench.chat()._repr_mimebundle_()

    assert data["text/plain"].startswith("Genesys Cloud conversation (ipygenesys): run the cell in Jupyter")
    assert "text/html" not in data


def test_what_stands_beside_a_chat_says_the_same_where_it_does_not_show(bench: Bench) -> None:
    chat = bench.chat()
    for widget in (chat, ig.timeline(chat), ig.response_times(chat), ig.Inspector(chat)):
        (data, _) = widget._repr_mimebundle_()
        assert "run the cell" in data["text/plain"] and "trust the notebook" in data["text/plain"]
        assert data["text/plain"].endswith(repr(widget))
        widget.close()


_HTML: Any = nbconvert.HTMLExporter(template_name="basic")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("keeps", [False, True])
def test_an_exported_notebook_without_the_state_of_widgets_shows_words(bench: Bench, keeps: bool) -> None:
    """nbviewer exports like this, and so does nbconvert what JupyterLab has saved."""
    chat = bench.connected()
    bench.simulator.agent_say("CANARY <b>")
    eventually(lambda: chat.unread_count == 1)
    chat.save_content = keeps
    data, metadata = chat._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, metadata=metadata)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("chat", outputs=[output])])

    page, _ = _HTML.from_notebook_node(notebook)

    assert ("CANARY &lt;b&gt;" in page) is keeps
    assert ("run the cell in Jupyter to connect" in page) is not keeps


def copied(chat: Chat) -> str:
    return repr(chat.get_state()["_saved_content"])


def test_content_is_saved_only_when_asked_for_and_taken_out_again(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("CANARY <b>")
    eventually(lambda: chat.unread_count == 1)
    assert copied(chat) == "None"

    chat.save_content = True
    eventually(lambda: "CANARY" in copied(chat))
    bench.simulator.agent_say("ANOTHER")
    eventually(lambda: "ANOTHER" in copied(chat))
    html = chat._repr_mimebundle_()[0]["text/html"]
    assert "CANARY &lt;b&gt;" in html

    chat._gateway.call_soon(
        lambda: time.sleep(0.1)
    )  # It is busy, and the notebook is saved in the next line.
    chat.save_content = False
    assert copied(chat) == "None"
    assert "CANARY" not in repr(chat._repr_mimebundle_())


def test_what_was_said_last_is_in_the_copy_of_a_closed_conversation(bench: Bench) -> None:
    chat = bench.chat()
    chat.save_content = True  # Before anything runs.
    _ = chat.connect()
    chat.send("last words").wait(5)

    sent = bench.comm(chat)
    chat.close()

    assert "last words" in repr(sent.sent[-5:])


def test_widgets_log_states_and_kinds_only(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chat = bench.connected()
    view: View = bench.view(chat)
    view.say("send-requested", draftId="00000000-0000-4000-8000-000000000001", text="CANARY")
    eventually(lambda: bench.received("send"))

    assert "SendRequested" in caplog.text
    assert "CANARY" not in caplog.text


def test_the_verbs_hide_nothing_of_the_widgets_own_but_send() -> None:
    hidden = {name for name in vars(Verbs) if hasattr(AnyWidget, name) and not name.startswith("__")}

    assert hidden == {"send"}


def test_a_demo_that_plays_a_dialogue_tells_the_page_whose_turn_it_is_and_what_is_said(bench: Bench) -> None:
    turns = [["customer", "Hello, I need help"], ["agent", "Sure"], ["customer", "My CANARY order"]]
    chat = Chat.demo(dialogue=turns, speed=50)
    bench.chats.append(chat)
    view = bench.view(chat)
    assert view.hint == "Hello, I need help"
    _ = chat.send("hello")
    eventually(lambda: view.hint == "My CANARY order")
    assert bench.view(chat).hint == "My CANARY order", "a page that comes later is told too"
    _ = chat.send("my order")
    eventually(lambda: view.hint == "")
    assert "CANARY" not in str(chat.get_state())
