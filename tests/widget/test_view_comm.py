"""The comm between a widget and its pages: what is due goes out, whatever becomes of the comm or of a page."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from ipygenesys import Chat, ErrorRaised, Event, export
from ipygenesys._core.view import exports
from tests.widget.browser import View, eventually
from tests.widget.conftest import Bench


def _has_failed(chat: Chat, times: int) -> bool:
    return chat.counters.get("comm_failed", 0) >= times


def _holds(chat: Chat, count: int) -> bool:
    return len(chat.messages) == count


def test_what_a_broken_comm_raises_is_counted_said_once_an_outage_and_makes_no_loop(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    chat = bench.connected()
    view, events = bench.view(chat), list[Event]()
    chat.on_event(events.append)
    for outage in range(1, 3):
        bench.comm(chat).is_broken = True
        bench.simulator.agent_say("unseen")
        eventually(partial(_has_failed, chat, 2 * outage - 1))
        view.hello()  # It is heard, and cannot be answered.
        eventually(partial(_has_failed, chat, 2 * outage))
        bench.simulator.agent_say("unseen too", count=3)
        eventually(partial(_holds, chat, 4 * outage))
        assert not chat._views._hub._presence

        bench.comm(chat).is_broken = False
        view.hello()
        eventually(lambda: len(view.shown) == len(chat.messages))

    assert chat.counters["comm_failed"] == 4
    assert len([record for record in caplog.records if "The comm takes nothing" in record.getMessage()]) == 2
    assert not [event for event in events if isinstance(event, ErrorRaised)]


def test_a_page_that_cannot_be_reached_does_not_keep_the_others_from_what_is_due(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.connected()
    send = chat._views.send

    def send_to_all_but_one(message: Any) -> None:
        if gone.client in message:
            raise OSError("no such page")
        send(message)

    monkeypatch.setattr(chat._views, "send", send_to_all_but_one)
    gone, there = View(bench.comm(chat)), View(bench.comm(chat))
    done = threading.Event()
    chat._gateway.call_soon(lambda: done.wait(5))
    gone.hello()
    there.hello()
    done.set()
    eventually(lambda: there.status)

    assert dict(chat._views._hub._presence.clients).keys() == {there.client}
    assert chat.counters["comm_failed"] == 1


def test_transcripts_are_made_one_at_a_time_however_many_are_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.connected()
    view, go = bench.view(chat), threading.Event()
    running, most = list[str](), list[int]()

    def compressed(_: object, ending: str) -> bytes:
        running.append(ending)
        assert go.wait(10)
        most.append(len(running))
        running.pop()
        return b"1"

    monkeypatch.setattr(export, "compressed", compressed)
    monkeypatch.setattr(exports, "EVERY_S", 0.0)
    for number in range(40):
        view.say("export-requested", requestId=str(number), format="csv")
    chat._gateway.call_soon(go.set)
    eventually(lambda: len(most) == 1 + exports.MAX_WAITING)

    assert max(most) == 1
