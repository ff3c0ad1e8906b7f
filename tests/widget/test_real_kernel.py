"""The widget in a kernel of its own: what a message is when ipykernel has put it on the wire."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from ipygenesys._core.view.protocol import VIEW_PROTOCOL_VERSION
from tests.benchmarks import control
from tests.tools.paths import ROOT
from tests.wire import named

CHAT = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.benchmarks import control
from tests.benchmarks.inbox import FedChat
fed = FedChat(control.seeds(100))
print(fed.chat.comm.comm_id)"""

PATIENCE_S = 45.0
MAX_BYTES = 640
"""Of texts of 70 to 120 bytes: what is measured in the benchmark."""


class Heard(NamedTuple):
    """One message of the kernel, as read and as the frame that Jupyter Server would make of it."""

    kind: str
    parent: dict[str, Any]
    content: dict[str, Any]
    frame: bytes


class Page:
    """What hears all that the kernel publishes, and has said hello."""

    def __init__(self, client: BlockingKernelClient, iopub: Any) -> None:
        self._client = client
        self._iopub = iopub
        self.run(CHAT)
        self.comm_id = self.hear(lambda each: each.kind == "stream").content["text"].strip()
        hello = {"client": "page", "seq": 1, "protocolVersion": VIEW_PROTOCOL_VERSION}
        self.say({"kind": "hello", **hello})
        self.hear(lambda each: each.kind == "comm_msg" and shown(each)["kind"] == "snapshot")

    def say(self, content: dict[str, Any]) -> None:
        data = {"method": "custom", "content": content}
        message = self._client.session.msg("comm_msg", {"comm_id": self.comm_id, "data": data})
        self._client.shell_channel.send(message)

    def run(self, code: str) -> None:
        self._client.execute(code)

    def hear(self, wanted: Callable[[Heard], bool]) -> Heard:
        end = time.monotonic() + PATIENCE_S
        while self._iopub.poll(max(0.0, end - time.monotonic()) * 1000):
            _, parts = self._client.session.feed_identities(self._iopub.recv_multipart())
            header, parent, _, content = (json.loads(part) for part in parts[1:5])
            frame: bytes = serialize_msg_to_ws_v1(parts[1:], "iopub")
            if wanted(heard := Heard(header["msg_type"], parent, content, frame)):
                return heard
        raise AssertionError(f"the kernel did not say it within {PATIENCE_S} s")


def shown(heard: Heard) -> dict[str, Any]:
    content: dict[str, Any] = named(heard.content["data"]["content"])
    return content


def is_of(page: Page, name: str) -> Callable[[Heard], bool]:
    """The message that brings a text to the view."""
    return lambda heard: heard.kind == "comm_msg" and f"«{name}:" in str(heard.content)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    manager, client = start_new_kernel(kernel_name="python3")
    iopub = manager.connect_iopub()
    iopub.linger = 0
    yield Page(client, iopub)
    iopub.close()
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_lone_message_is_one_frame_of_at_most_640_bytes_with_jupyters_envelope(page: Page) -> None:
    sizes = []
    for number in range(len(control.LINES)):
        time.sleep(0.05)  # Else they would be a burst.
        name = f"m{number}"
        page.run(f"fed.append({control.text_of(name, int(time.time() * 1e6))!r}, 'Agent Ana')")
        heard = page.hear(is_of(page, name))
        assert [delta["kind"] for delta in shown(heard)["deltas"]] == ["message-placed", "unread"]
        sizes.append(len(heard.frame))
    assert max(sizes) <= MAX_BYTES, sizes


def test_what_the_view_hears_answers_no_cell_and_what_a_handler_prints_still_does(page: Page) -> None:
    page.run("fed.chat.on_message(lambda message: print('heard'))")
    page.run(f"fed.append({control.text_of('m7')!r}, 'Bot')")
    assert page.hear(is_of(page, "m7")).parent == {}
    printed = page.hear(lambda each: each.kind == "stream")
    assert printed.content["text"].strip() == "heard"
    assert printed.parent["msg_type"] == "execute_request"
