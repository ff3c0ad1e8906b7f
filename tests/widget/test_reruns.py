"""A cell that is run again, in a real kernel: how many of its Chats live, and what becomes of the others."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from ipygenesys._core.view.protocol import VIEW_PROTOCOL_VERSION
from ipygenesys.simulator import Simulator
from tests.widget.browser import eventually

PATIENCE_S = 45.0
RUNS = 22

SETUP = """\
import logging, ipygenesys as ig
class Told(logging.Handler):
    lines = []
    def emit(self, record):
        self.lines.append(record.getMessage())
logging.getLogger("ipygenesys").addHandler(Told())
logging.getLogger("ipygenesys").setLevel("INFO")
chats, heard, make = [], [], lambda: {protocol}
"""
CELL = """\
chat = ig.Chat(make())
chats.append(chat)
_ = chat.on_message(lambda message, number=len(chats): heard.append(number))
print(chat.comm.comm_id)
"""


def protocol_of(kind: str, simulator: Simulator) -> str:
    """What makes it, in a cell."""
    at = f"base_url={simulator.base_url!r}, conversation_id={simulator.conversation_id!r}"
    match kind:
        case "messaging-events":
            app = f"ig.ClientCredentials({simulator.client_id!r}, {simulator.client_secret!r})"
            return f"ig.MessagingEvents({at}, credentials={app})"
        case "agent-messaging":
            return f"ig.AgentMessaging({at}, credentials=ig.AccessToken({simulator.agent_access_token()!r}))"
        case _:
            where = f"base_url={simulator.base_url!r}, deployment_id={simulator.deployment_id!r}"
            return f"ig.WebMessaging({where})"


class Notebook:
    """A page and its kernel."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client
        self._seq = itertools.count(1)

    def begin(self, cell: str, code: str) -> str:
        """Have it run; the request's id."""
        request = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = self._client.session.msg("execute_request", request, metadata={"cellId": cell})
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def printed(self, request: str) -> str:
        """What it has printed, once it is done."""
        words = ""
        while True:
            try:
                heard = self._client.get_iopub_msg(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"the kernel was not done within {PATIENCE_S} s") from None
            if heard["parent_header"].get("msg_id") != request:
                continue
            content = heard["content"]
            if heard["msg_type"] == "stream":
                words += content["text"]
            elif heard["msg_type"] == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif content.get("execution_state") == "idle":
                return words.strip()

    def run(self, code: str, cell: str = "another") -> str:
        return self.printed(self.begin(cell, code))

    def say(self, comm: str, kind: str) -> None:
        """A page of the widget says hello or goodbye."""
        hello = {"protocolVersion": VIEW_PROTOCOL_VERSION} if kind == "hello" else {}
        content = {"kind": kind, "client": f"page of {comm}", "seq": next(self._seq), **hello}
        data = {"comm_id": comm, "data": {"method": "custom", "content": content}}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", data))

    def show(self, cell: str, before: str | None = None, code: str = CELL) -> str:
        """Run a cell that makes a Chat, which takes the output's place as JupyterLab does it; its comm."""
        request = self.begin(cell, code)
        if before is not None:
            self.say(before, "goodbye")
        comm = self.printed(request)
        self.say(comm, "hello")
        return comm

    def until(self, condition: str) -> None:
        """Something becomes true in the kernel."""
        eventually(lambda: self.run(f"print({condition})") == "True", PATIENCE_S)


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(kernel: BlockingKernelClient) -> Iterator[Notebook]:
    made = Notebook(kernel)
    yield made
    made.run("for each in chats: each.close()")


def opened(simulator: Simulator) -> list[dict[str, Any]]:
    return [each for each in simulator.log()["connections"] if each["kind"] == "opened"]


def streams(simulator: Simulator) -> int:
    """Open ones."""
    kinds = [each["kind"] for each in simulator.log()["connections"]]
    return kinds.count("opened") - kinds.count("closed")


def made_channels(simulator: Simulator) -> int:
    calls = [(each["method"], each["path"]) for each in simulator.requests()]
    return calls.count(("POST", "/api/v2/notifications/channels"))


def begun(notebook: Notebook, simulator: Simulator, kind: str = "messaging-events") -> str:
    """A Chat that a cell has made, that is shown and connected; its comm."""
    notebook.run(SETUP.format(protocol=protocol_of(kind, simulator)))
    comm = notebook.show("first")
    notebook.until("chat.status == 'connected'")
    return comm


def statuses(notebook: Notebook) -> str:
    return notebook.run("print(*(each.status for each in chats))")


@pytest.mark.parametrize("kind", ["messaging-events", "agent-messaging", "web-messaging"])
def test_22_runs_of_a_cell_leave_one_stream_and_the_last_ones_handlers(
    notebook: Notebook, simulator: Simulator, kind: str
) -> None:
    comm = begun(notebook, simulator, kind)
    for run in range(2, RUNS + 1):
        comm = notebook.show("first", comm)
        notebook.until(f"len(chats) == {run} and chat.status == 'connected'")
    notebook.until("[each.status for each in chats] == ['closed'] * 21 + ['connected']")
    eventually(lambda: streams(simulator) == 1)
    # One login has one stream: whoever comes before the last one has left joins it.
    if kind == "agent-messaging":
        assert len(opened(simulator)) <= RUNS
    else:
        assert len(opened(simulator)) == RUNS
    assert made_channels(simulator) == (1 if kind == "agent-messaging" else 0)  # It is handed over.

    (simulator.customer_say if kind == "agent-messaging" else simulator.agent_say)("hello")

    notebook.until("bool(heard)")
    assert notebook.run("print(heard, *(len(each.messages) for each in chats[:-1]))") == "[22]" + " 0" * 21


def test_the_chat_that_ends_says_why_and_which_one_goes_on(notebook: Notebook, simulator: Simulator) -> None:
    comm = begun(notebook, simulator)
    notebook.run("chat.set_typing(True); chat.on_event(heard.append)")
    eventually(lambda: [each["typing"] for each in simulator.log()["received"]] == [True])
    notebook.show("first", comm)
    notebook.until("chats[0].status == 'closed'")

    number = notebook.run("print(chat._reruns._run.number)")
    words = f"The conversation goes on in the Chat that In[{number}] has made"
    assert words in notebook.run("try: chats[0].send('more')\nexcept ig.GenesysError as error: print(error)")
    assert words in notebook.run("print(*Told.lines)")
    notebook.until("any(getattr(each, 'status', '') == 'closed' for each in heard)")
    assert words in notebook.run(
        "print([each.detail for each in heard if getattr(each, 'status', '') == 'closed'])"
    )
    eventually(lambda: [each["typing"] for each in simulator.log()["received"]] == [True, False])
    notebook.until("chats[0].comm is None")


def test_a_chat_that_a_page_still_shows_stays_and_its_handlers_hear(
    notebook: Notebook, simulator: Simulator
) -> None:
    begun(notebook, simulator)
    notebook.show("first", before=None)
    notebook.until("chat.status == 'connected'")

    simulator.agent_say("hello")

    notebook.until("sorted(heard) == [1, 2]")
    assert statuses(notebook) == "connected connected"
    assert "lives on beside this one: a page shows it." in notebook.run("print(*Told.lines)")


@pytest.mark.parametrize("hold", ["chat.connect()", "chat.__enter__()"])
def test_what_was_connected_by_a_call_stays_until_it_is_closed(
    notebook: Notebook, simulator: Simulator, hold: str
) -> None:
    comm = begun(notebook, simulator)
    notebook.run(f"_ = {hold}")
    notebook.show("first", comm)
    notebook.until("chat.status == 'connected'")

    assert statuses(notebook) == "connected connected"
    assert "Its handlers hear on until close()." in notebook.run("print(*Told.lines)")


def test_another_cells_chat_of_the_same_conversation_stays(notebook: Notebook, simulator: Simulator) -> None:
    comm = begun(notebook, simulator)
    notebook.show("second", comm)
    notebook.until("chat.status == 'connected'")

    assert statuses(notebook) == "connected connected"


def test_another_conversation_of_the_same_cell_stays(notebook: Notebook, simulator: Simulator) -> None:
    comm = begun(notebook, simulator)
    notebook.run(f"make = lambda: {protocol_of('agent-messaging', simulator)}")
    notebook.show("first", comm)
    notebook.until("chat.status == 'connected'")

    assert statuses(notebook) == "connected connected"


def test_a_page_that_is_loaded_again_ends_none_of_the_chats_that_it_shows(
    notebook: Notebook, simulator: Simulator
) -> None:
    older = begun(notebook, simulator)
    newer = notebook.show("first", before=None)
    notebook.until("chat.status == 'connected'")

    notebook.say(older, "goodbye")
    notebook.say(newer, "goodbye")
    notebook.say(newer, "hello")
    notebook.say(older, "hello")

    notebook.until("all(each._views.is_seen() for each in chats)")
    assert statuses(notebook) == "connected connected"


def test_chats_that_were_never_shown_are_left_by_a_run_too(notebook: Notebook, simulator: Simulator) -> None:
    notebook.run(SETUP.format(protocol=protocol_of("messaging-events", simulator)))
    for _ in range(3):
        notebook.run(f"{CELL}chat.send('hello').wait()", cell="first")

    notebook.until("[each.status for each in chats] == ['closed', 'closed', 'connected']")
    eventually(lambda: streams(simulator) == 1)


def test_two_chats_of_one_run_are_two(notebook: Notebook, simulator: Simulator) -> None:
    notebook.run(SETUP.format(protocol=protocol_of("web-messaging", simulator)))
    notebook.run("for _ in range(2): chats.append(ig.Chat(make())); chats[-1].send('hello').wait()")

    assert statuses(notebook) == "connected connected"


def test_a_demo_that_is_run_again_leaves_one_simulator(notebook: Notebook) -> None:
    notebook.run(SETUP.format(protocol="None"))
    demo, comm = CELL.replace("ig.Chat(make())", "ig.Chat.demo()"), None
    for _ in range(3):
        comm = notebook.show("first", comm, demo)
        notebook.until("chat.status == 'connected'")

    notebook.until("[each.status for each in chats] == ['closed', 'closed', 'connected']")
    threads = "[each.name for each in __import__('threading').enumerate()]"
    notebook.until(f"sum('simulator' in name for name in {threads}) == 1")


def test_a_protocol_that_was_made_before_gives_its_guest_to_the_newer_chat(
    notebook: Notebook, simulator: Simulator
) -> None:
    notebook.run(SETUP.format(protocol=protocol_of("web-messaging", simulator)))
    notebook.run("guest = make(); make = lambda: guest")
    comm = notebook.show("first")
    notebook.until("chat.status == 'connected'")
    notebook.run("chat.send('mine').wait()")
    notebook.show("first", comm)

    notebook.until("chat.status == 'connected' and [each.text for each in chat.messages] == ['mine']")
    notebook.until("chats[0].status == 'closed'")
