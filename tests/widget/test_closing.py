"""Chats that are left while something is being sent, and programs that end with a Chat open."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ipygenesys import Chat, DeliveryFailed, WebMessaging
from tests.widget.browser import eventually
from tests.widget.conftest import Bench


def guest(bench: Bench, close_timeout: float = 5.0) -> Chat:
    simulator = bench.simulator
    protocol = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
    chat = Chat(protocol, close_timeout=close_timeout)
    bench.chats.append(chat)
    return chat


def sent(bench: Bench) -> list[str]:
    return [entry["text"] for entry in bench.received("send")]


@pytest.mark.parametrize("is_connected", [False, True], ids=["not connected yet", "connected"])
@pytest.mark.parametrize("make", [guest, Bench.chat], ids=["guest", "tutorial"])
def test_what_was_sent_last_arrives_though_the_chat_is_left_at_once(
    make: object, is_connected: bool, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    with guest(bench, close_timeout=30.0) if make is guest else bench.chat() as chat:
        if is_connected:
            chat.connect().wait()
        delivery = chat.send("last words")
    assert delivery.status == "sent"
    assert sent(bench) == ["last words"]
    assert capsys.readouterr().err == ""


def test_what_cannot_be_sent_in_time_has_failed_and_is_said_by_its_number(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.simulator.fault("refuse", status=503)
    chat = guest(bench)
    delivery = chat.send("SECRET")
    chat.close(0.1)
    assert delivery.status == "failed"
    with pytest.raises(DeliveryFailed, match="closed before the message was sent"):
        delivery.wait(1)
    eventually(lambda: [message.status for message in chat.messages] == ["failed"])
    assert "1 message was not sent: the conversation was closed before.\n" in capsys.readouterr().err


PROGRAM = """
import ipygenesys as ig
simulator = ig.Simulator(scenario="manual").start()
guest = ig.WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
tutorial = ig.MessagingEvents(base_url=simulator.base_url, conversation_id=simulator.conversation_id,
                              credentials=ig.ClientCredentials(simulator.client_id, simulator.client_secret))
chats = [ig.Chat(tutorial, connect=True), ig.Chat(guest, close_timeout=60)]
{then}
import atexit
atexit.register(lambda: print([entry["text"] for entry in simulator.log()["received"] if entry["kind"] == "send"]))
"""


@pytest.mark.parametrize(
    ("then", "texts"),
    [("", []), ("chats[1].send('last words')", ["last words"]), ("chats[1].connect().wait()", [])],
    ids=["opening", "sending", "connected"],
)
def test_a_program_that_ends_with_chats_open_ends_quietly_and_sends_what_was_said(
    then: str, texts: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(then=then)], capture_output=True, text=True, timeout=200
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{texts}\n")
