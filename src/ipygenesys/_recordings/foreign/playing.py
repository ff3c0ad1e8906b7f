"""Captured conversations as entries of recordings: what their sockets said, and calls between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

import msgspec

from ipygenesys._core.model.inputs import (
    CallSucceeded,
    Connect,
    Disconnect,
    FrameReceived,
    NoteKeystroke,
    ReconnectNow,
    StreamLost,
    StreamOpened,
)
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import CapabilitiesLearned, MoveRequested, PlatformEvent
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    Ended,
    FrameIn,
    FrameOut,
    StreamBegan,
    StreamEnded,
)
from ipygenesys._recordings.foreign.answering import Answers, Calls
from ipygenesys._recordings.foreign.capture import Call, Capture, Payload, Socket
from ipygenesys._recordings.foreign.leading import NOT_FROM_A_FILE, Leader
from ipygenesys._recordings.foreign.talks import Talk, talks_in
from ipygenesys._recordings.foreign.timing import Said, is_typing, said_on

ABNORMAL = 1006
"""The close code of a socket of which no tool says how it ended."""


class Told(NamedTuple):
    """A conversation of a file."""

    id: str
    """The platform's, where a page is told it; else its number in the file."""
    entries: Callable[[], Iterator[AnyEntry]]


def conversations_of(name: str, capture: Capture, by: str) -> Sequence[Told]:
    """The conversations of a capture as recordings of ours, the one with most messages first.

    Args:
        name: of the file, for errors.
        capture: what is in it.
        by: who turns it into them.

    Raises:
        NoRecording: there is no conversation in it.
    """
    talks, calls = talks_in(name, capture), Calls(capture.calls)
    by = f"{capture.tool}, read by {by}"

    def told(number: int, talk: Talk) -> Told:
        title = f"{number} of {len(talks)} conversations of the file" if len(talks) > 1 else ""
        return Told(talk.id, lambda: _Playing(talk, calls).entries(by, title))

    return [told(number, talk) for number, talk in enumerate(talks, start=1)]


class _Gone(NamedTuple):
    """A socket has ended."""

    socket: Socket


class _Happening(NamedTuple):
    """Something at a time; of equal times, in the order of the file."""

    at_s: float
    place: int
    what: Socket | Said | _Gone | Call


class _Playing:
    def __init__(self, talk: Talk, calls: Calls) -> None:
        self._talk = talk
        self._protocol: Adapter = talk.protocol
        self._calls = calls.all
        if isinstance(talk.protocol, AgentMessaging):
            self._protocol, self._calls = talk.protocol.fresh(), calls.about(talk.id)
        self._left = len(talk.sockets)
        self._answers = answers = Answers(self._protocol, calls, talk.user_id)
        self._leader = leader = Leader(
            self._protocol.profile,
            next((each.at_s for each in self._happenings(0.0) if each.at_s), 0.0),
            lambda operation: answers.to(operation, leader.now_s),
        )

    def entries(self, by: str, title: str) -> Iterator[AnyEntry]:
        leader = self._leader
        yield leader.header(protocol=type(self._protocol).__name__, by=by, title=title)
        yield from leader.take(leader.start_s, Connect())
        answers = (
            _Happening((call.at_s or 0.0) + call.took_s, place, call)
            for place, call in enumerate(self._calls)
        )
        happenings = self._happenings(leader.start_s)
        for happening in merge(happenings, answers, key=lambda each: (each.at_s, each.place)):
            yield from leader.until(happening.at_s)
            yield from self._happened(happening)
        yield Ended(at_s=leader.now_s)

    def _happenings(self, at_s: float) -> Iterator[_Happening]:
        """What the sockets say, one socket after the other: a page has one at a time."""
        place = len(self._calls)
        for socket in self._talk.sockets:
            at_s = max(at_s, socket.started_s or at_s)
            yield _Happening(at_s, place := place + 1, socket)
            for said in said_on(socket, at_s):
                at_s = said.at_s
                yield _Happening(at_s, place := place + 1, said)
            at_s = max(at_s, socket.ended_s or at_s)
            yield _Happening(at_s, place := place + 1, _Gone(socket))

    def _happened(self, happening: _Happening) -> Iterator[AnyEntry]:
        leader, at_s = self._leader, happening.at_s
        stream = leader.generation
        match happening.what:
            case Socket() as socket:
                yield from self._opened(at_s, socket)
            case _Gone(socket):
                code = socket.code or ABNORMAL
                yield StreamEnded(at_s=leader.now_s, stream=stream, code=code, reason=socket.reason)
                self._left -= 1  # After the last one, the file ends, and nobody tries again.
                loss = StreamLost(stream, StreamLoss(close_code=code))
                yield from leader.take(at_s, loss if self._left else Disconnect())
            case Call() as call:
                yield from self._answered(at_s, happening.place + 1, call)
            case Said(is_ours=True, payload=payload):
                yield FrameOut(
                    at_s=leader.now_s, stream=stream, data=payload.data, is_base64=payload.is_base64
                )
                if is_typing(payload.data):
                    yield from leader.take(at_s, NoteKeystroke())
            case Said(payload=Payload(data, is_base64)):
                yield FrameIn(at_s=leader.now_s, stream=stream, data=data, is_base64=is_base64)
                events = () if is_base64 else self._decoded(data)
                yield from leader.take(at_s, FrameReceived(stream, events))

    def _opened(self, at_s: float, socket: Socket) -> Iterator[AnyEntry]:
        leader = self._leader
        if not leader.session.connection.is_opening:
            yield from leader.take(at_s, ReconnectNow())
        if socket.error is None:
            yield StreamBegan(at_s=leader.now_s, stream=leader.generation, url=socket.url)
            yield from leader.take(at_s, StreamOpened(leader.generation))

    def _answered(self, at_s: float, number: int, call: Call) -> Iterator[AnyEntry]:
        leader, body = self._leader, call.read()
        began_s = max(leader.start_s, at_s - call.took_s)
        yield CallMade(at_s=began_s, call=number, what="", method=call.method, url=call.url)
        yield CallEnded(at_s=leader.now_s, call=number, status=call.status, body=body)
        if (page := self._answers.history_in(call, body, at_s)) is not None:
            yield from leader.take(at_s, CallSucceeded(FetchHistory(), page))

    def _decoded(self, data: str) -> tuple[PlatformEvent, ...]:
        events = self._protocol.decode_frame(data)
        if not isinstance(self._protocol, AgentMessaging):
            return events
        # A page moves from one socket to the next by itself, and asks for what it wants.
        return tuple(
            msgspec.structs.replace(event, capabilities=event.capabilities - NOT_FROM_A_FILE)
            if isinstance(event, CapabilitiesLearned)
            else event
            for event in events
            if not isinstance(event, MoveRequested)
        )
