"""What a message costs, counted: bytes in the browser's WebSocket, comm messages, calls and memory in the kernel."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import comm
import pytest
from jupyter_client.session import Session as JupyterSession
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from ipygenesys import AccessToken, MessagingEvents
from ipygenesys._core.machines.inbound_queue import MAX_TOGETHER
from ipygenesys._core.model.inputs import FrameReceived, Now
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._core.view.protocol import MAX_BATCH_DELTAS
from ipygenesys._io.conversation import gateway
from ipygenesys._io.host.clock import SystemClock
from tests import examples as eg
from tests.benchmarks.inbox import GENERATION, FedChat
from tests.widget.browser import RecordedComm, View
from tests.wire import named

SENTENCE = "Thanks, the parcel came this morning and all is well."
FEW, MANY = 100, 100_000
BURST = 1_000


class StillClock(SystemClock):
    """Time passes only when a test says so."""

    at_s = 1_000.0

    def now(self) -> Now:
        return Now(self.at_s, int(self.at_s * 1000), 0.5)

    def monotonic(self) -> float:
        return self.at_s


class Kernel:
    """A widget with so many messages, a page that looks at it, and a clock that the test moves."""

    def __init__(self, held: int) -> None:
        self.fed = FedChat()
        self.gateway = self.fed._gateway
        assert isinstance(self.gateway.clock.own, StillClock)
        self.clock = self.gateway.clock.own
        timeline = self.gateway.session.conversation.timeline
        for number in range(held):
            timeline.place(eg.message(number, status="read", time_ms=number))
        assert isinstance(self.fed.chat.comm, RecordedComm)
        self.comm = self.fed.chat.comm
        self.view = View(self.comm)
        self.view.hello()
        self.on_gateway(self.rest)

    def on_gateway(self, work: Callable[[], Any]) -> Any:
        return self.fed._on_gateway(work)

    def rest(self, seconds: float = 1.0) -> None:
        self.clock.at_s += seconds
        self.gateway.settle()

    def arrive(self) -> None:
        """A message comes, on the gateway's thread."""
        self.gateway.take(self.fed._frame([("Agent Ana", SENTENCE)]))

    def sent(self, work: Callable[[], object]) -> list[dict[str, Any]]:
        """The data of the comm messages that this brings about."""
        before = len(self.comm.sent)
        self.on_gateway(work)
        sent = [(kind, data) for kind, _, _, data in self.comm.sent[before:]]
        assert {kind for kind, _ in sent} <= {"comm_msg"}
        return [data for _, data in sent]


@pytest.fixture(scope="module")
def kernels() -> Iterator[tuple[Kernel, Kernel]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comm, "create_comm", RecordedComm)
        patch.setattr(gateway, "SystemClock", StillClock)
        both = Kernel(FEW), Kernel(MANY)
    yield both
    for kernel in both:
        kernel.fed.close()


def frame_of(data: dict[str, Any]) -> bytes:
    """The frame that JupyterLab gets for a comm message; tests/widget/test_real_kernel.py has a real one."""
    session = JupyterSession(username="username", key=b"key")
    sent = session.msg("comm_msg", {"data": data, "comm_id": "0" * 32})
    _, parts = session.feed_identities(session.serialize(sent))
    frame: bytes = serialize_msg_to_ws_v1(parts[1:], "iopub")
    return frame


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called, Python's and C's."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that are newly held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_lone_message_is_one_frame_of_at_most_600_bytes_however_long_the_conversation(
    kernels: tuple[Kernel, Kernel],
) -> None:
    sizes = []
    for kernel in kernels:
        kernel.on_gateway(kernel.rest)
        (data,) = kernel.sent(kernel.arrive)
        assert data["method"] == "custom"
        sizes.append(len(frame_of(data)))
    assert max(sizes) <= 600, sizes
    assert sizes[1] - sizes[0] <= len(str(MANY)), "only the position may have more digits"


def test_of_a_burst_a_message_costs_at_most_250_bytes_and_the_server_is_not_flooded(
    kernels: tuple[Kernel, Kernel],
) -> None:
    def burst(kernel: Kernel) -> None:
        for _ in range(BURST):
            kernel.arrive()
        for _ in range(BURST // MAX_BATCH_DELTAS + 5):
            kernel.rest(1 / 30)

    for kernel in kernels:
        before = len(kernel.view.messages)
        sent = kernel.sent(lambda kernel=kernel: burst(kernel))  # type: ignore[misc]
        assert len(kernel.view.messages) == before + BURST
        assert sum(len(frame_of(data)) for data in sent) / BURST <= 250
        assert len(sent) <= BURST // MAX_BATCH_DELTAS + 5
        assert all(len(named(data["content"])["deltas"]) <= MAX_BATCH_DELTAS for data in sent)


def test_the_kernels_work_for_a_message_does_not_grow_with_the_conversation(
    kernels: tuple[Kernel, Kernel],
) -> None:
    calls, peaks = [], []
    for kernel in kernels:
        for _ in range(3):  # The first time, caches are filled.
            kernel.on_gateway(kernel.rest)
            kernel.on_gateway(kernel.arrive)
        kernel.on_gateway(kernel.rest)
        calls.append(kernel.on_gateway(lambda kernel=kernel: calls_of(kernel.arrive)))  # type: ignore[misc]
        kernel.on_gateway(kernel.rest)
        peaks.append(kernel.on_gateway(lambda kernel=kernel: peak_of(kernel.arrive)))  # type: ignore[misc]
    assert abs(calls[1] - calls[0]) <= 0.1 * calls[0], calls
    # Lists grow by an eighth now and then; a copy of what is held would be far more than that.
    assert peaks[1] <= peaks[0] + 4 * MANY, peaks


def test_a_snapshot_costs_its_page_however_long_the_conversation(kernels: tuple[Kernel, Kernel]) -> None:
    sizes, calls = [], []
    for kernel in kernels:
        for _ in range(kernel.view.page_size):
            kernel.on_gateway(kernel.rest)
            kernel.on_gateway(kernel.arrive)
        before = len(kernel.comm.sent)
        calls.append(kernel.on_gateway(lambda kernel=kernel: calls_of(kernel.view.hello)))  # type: ignore[misc]
        kernel.on_gateway(kernel.rest)
        snapshot = next(
            d for _, _, _, d in kernel.comm.sent[before:] if named(d["content"])["kind"] == "snapshot"
        )
        sizes.append(len(frame_of(snapshot)))
    assert abs(sizes[1] - sizes[0]) <= 0.1 * sizes[0], sizes
    assert abs(calls[1] - calls[0]) <= 0.1 * calls[0], calls


def test_of_a_flood_an_event_costs_few_calls_and_an_update_of_the_view_is_for_many(
    kernels: tuple[Kernel, Kernel],
) -> None:
    protocol = MessagingEvents(
        base_url="http://127.0.0.1:9", conversation_id="c", credentials=AccessToken("t")
    )
    raw = [
        b'{"event_type": "typing", "conversation_id": "c", "participant_id": "p%d", "payload": {"typing": %s}}'
        % (number % 20, b"true" if number % 3 else b"false")
        for number in range(MAX_TOGETHER)
    ]

    def read() -> list[PlatformEvent]:
        return [event for data in raw for event in protocol.decode_frame(data)]

    frame = FrameReceived(GENERATION, tuple(read()))
    for kernel in kernels:
        step = partial(kernel.gateway.take, frame)
        kernel.on_gateway(kernel.rest)
        assert kernel.on_gateway(partial(calls_of, step)) / len(raw) <= 22
        kernel.on_gateway(kernel.rest)
        assert len(kernel.sent(lambda step=step: [step() for _ in range(50)])) <= 3  # type: ignore[misc]
        kernel.on_gateway(partial(kernel.rest, 60.0))
    assert calls_of(read) / len(raw) <= 13
