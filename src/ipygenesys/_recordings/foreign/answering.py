"""Answers what a session asks for from the calls that a file holds: the protocols' own flows, played back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, Input
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, FetchMessages, Operation
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Exchange, GetTime, NewId, Request
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.tolerant import decode
from ipygenesys._protocols.web_messaging.content import message_of
from ipygenesys._recordings.foreign.capture import UNREADABLE, Call
from ipygenesys._wire import web_messaging as wire

_NOT_THERE = Failure(kind="not_found", message="The recording has no answer to this call.")


def answer_of(operation: Operation, protocol: Adapter, calls: Sequence[Call], now_s: float) -> Input:
    """What became of it. What a message says has to be in the file; typing, receipts and the like just worked."""
    if not isinstance(operation, FetchMessage | FetchMessages):
        return CallSucceeded(operation)
    try:
        return CallSucceeded(operation, _performed(operation, protocol, calls, now_s))
    except (CallError, *UNREADABLE):
        return CallFailed(operation, _NOT_THERE)


def _performed(
    operation: Operation, protocol: Adapter, calls: Sequence[Call], now_s: float
) -> MessageArrived | History | None:
    flow = protocol.perform(operation)
    answer: Any = None
    try:
        while True:
            match flow.send(answer):
                case Request() as request:
                    answer = _body_for(request, calls)
                case GetTime():
                    answer = now_s
                case NewId():
                    answer = "recorded"
                case Exchange():
                    raise CallError(_NOT_THERE)
                case _:
                    answer = None
    except StopIteration as done:
        result: MessageArrived | History | None = done.value
        return result


def _body_for(request: Request, calls: Sequence[Call]) -> bytes:
    for call in calls:
        url = urlsplit(call.url)
        query = parse_qs(url.query)
        is_asked = all(query.get(name, [value])[0] == value for name, value in request.query.items())
        is_it = call.method == request.method and url.path.endswith(request.path) and is_asked
        if is_it and (body := call.read()) is not None:
            return body.encode()
    raise CallError(_NOT_THERE)


def history_in(protocol: Adapter, call: Call, body: str | None) -> History | None:
    """A page of history, if the call was for one."""
    if body is None or call.method != "GET":
        return None
    path = urlsplit(call.url).path
    try:
        if path == wire.HISTORY_PATH:
            page = decode(body, wire.HistoryPage)
            messages = (message_of(entity) for entity in reversed(page.entities))
            return History.listed((message for message in messages if message is not None), has_more=False)
        if isinstance(protocol, MessagingEvents) and path == protocol.request(FetchHistory()).path:
            answer = protocol.decode_answer(FetchHistory(), body.encode())
            return answer if isinstance(answer, History) else None
    except UNREADABLE:
        pass
    return None
