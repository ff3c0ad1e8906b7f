"""A chat whose gateway is fed by hand: from its inbox to the pixel all is real, there is no socket and no server."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

import ipygenesys as ig
from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.inputs import Connect, FrameReceived, MarkAllRead, StreamOpened
from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.operations import Operation
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._protocols.base import Endpoints
from ipygenesys._protocols.flow import Flow

T = TypeVar("T")

GENERATION = 1
ROLES: dict[str, Role] = {"Customer": "customer", "Agent Ana": "agent", "Bot": "bot"}


class NoServer:
    """A protocol that can receive, and nothing else; nothing of it is ever called on a stream that is never opened."""

    endpoints = Endpoints(rest_url="http://127.0.0.1:9", token_url="http://127.0.0.1:9/token")
    profile = Profile(own_role="customer", capabilities=frozenset({"send"}), is_send_idempotent=False)
    credentials = None
    scopes: tuple[str, ...] = ()
    title = "Agent Ana"

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        raise NotImplementedError

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        raise NotImplementedError

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        raise NotImplementedError

    def decode_error(self, body: bytes) -> ErrorDetails:
        raise NotImplementedError


class FedChat:
    """A conversation that seems connected, with some messages that have been read."""

    def __init__(self, seeds: Iterable[tuple[str, str]] = ()) -> None:
        self.chat = ig.Chat(NoServer(), remember_read=False)
        self.chat._ensure_running()
        self._gateway = self.chat._gateway
        self._time_ms = int(time.time() * 1000) - 1_000_000_000
        frame = self._frame(seeds)
        self._on_gateway(lambda: self._open(frame))

    def append(self, text: str, sender: str) -> None:
        """A message lies in the gateway's inbox, as if a socket had brought it."""
        frame = self._frame(((sender, text),))
        self._gateway.call_soon(lambda: self._gateway.take(frame))

    def counts(self) -> dict[str, int]:
        """What the kernel knows once all that lay in the inbox is done."""
        return self._on_gateway(lambda: {"total": len(self.chat.messages), "unread": self.chat.unread_count})

    def close(self) -> None:
        self.chat.close()

    def _open(self, frame: FrameReceived) -> None:
        # Past the gateway: what the session wants done about a stream is not done.
        session, now = self._gateway.session, self._gateway.clock.now
        for input_ in (Connect(by_call=True), StreamOpened(GENERATION), frame, MarkAllRead()):
            session.step(input_, now())
        self._gateway.settle()

    def _frame(self, messages: Iterable[tuple[str, str]]) -> FrameReceived:
        return FrameReceived(GENERATION, tuple(self._arrived(sender, text) for sender, text in messages))

    def _arrived(self, sender: str, text: str) -> MessageArrived:
        self._time_ms += 1000
        return MessageArrived(
            id=str(uuid.uuid4()),
            text=text,
            sender=sender,
            role=ROLES[sender],
            participant_id=sender,
            time_ms=self._time_ms,
        )

    def _on_gateway(self, work: Callable[[], T]) -> T:
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except Exception as error:
                done.set_exception(error)

        self._gateway.call_soon(run)
        return done.result(300)
