"""Answers what a session asks for from the calls that a file holds: the protocols' own flows, played back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, Input
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, FetchMessages, Operation
from ipygenesys._core.model.platform_events import History
from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Exchange, Flow, GetTime, InTurn, NewId, Request
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.tolerant import decode
from ipygenesys._protocols.web_messaging.content import message_of
from ipygenesys._recordings.foreign.capture import UNREADABLE, Call
from ipygenesys._wire import agent_messaging as agents
from ipygenesys._wire import web_messaging as guests

_NOT_THERE = Failure(kind="not_found", message="The recording has no answer to this call.")
_API = "/api/"
_BULK = "/messages/bulk"


class Calls:
    """The calls of a capture, by where they went."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.all = [call for call in calls if call.at_s is not None and _API in call.url]
        self._by_path: dict[str, list[Call]] = {}
        for call in self.all:
            self._by_path.setdefault(path_of(call), []).append(call)

    def to(self, path: str) -> Sequence[Call]:
        """In the order of the file."""
        return self._by_path.get(path, ())

    def below(self, path: str) -> Iterable[Call]:
        """To anything under it."""
        return (
            call for each, calls in self._by_path.items() if each.startswith(f"{path}/") for call in calls
        )

    def about(self, conversation_id: str) -> list[Call]:
        """Those that are about no other conversation."""
        head = f"{agents.ANY_CONVERSATIONS_PATH}/"
        return [call for call in self.all if head not in call.url or conversation_id in call.url]


def path_of(call: Call) -> str:
    """Where a call went, below whatever stands before the platform."""
    path = urlsplit(call.url).path
    return path[max(path.find(_API), 0) :]


class Answers:
    """To one conversation's session.

    Args:
        protocol: its codec.
        calls: what the file holds.
        user_id: whose page it was, if the calls do not tell.
    """

    def __init__(self, protocol: Adapter, calls: Calls, user_id: str | None = None) -> None:
        self._protocol = protocol
        self._calls = calls
        self._user_id = user_id
        self._content: dict[str, msgspec.Raw] | None = None
        if isinstance(protocol, AgentMessaging):
            with suppress(CallError, *UNREADABLE):
                self._run(protocol.learn_user(), 0.0)

    def to(self, operation: Operation, now_s: float) -> Input:
        """What became of it. What a message says has to be in the file; typing, receipts and the like just worked."""
        if not isinstance(operation, FetchMessage | FetchMessages):
            return CallSucceeded(operation)
        try:
            return CallSucceeded(operation, self._run(self._protocol.perform(operation), now_s))
        except (CallError, *UNREADABLE):
            return CallFailed(operation, _NOT_THERE)

    def history_in(self, call: Call, body: str | None, now_s: float) -> History | None:
        """A page of history, if the call was for one."""
        if body is None or call.method != "GET":
            return None
        path, protocol = path_of(call), self._protocol
        try:
            if path == guests.HISTORY_PATH:
                page = decode(body, guests.HistoryPage)
                messages = (message_of(entity) for entity in reversed(page.entities))
                return History.listed(
                    (message for message in messages if message is not None), has_more=False
                )
            if isinstance(protocol, MessagingEvents) and path == protocol.request(FetchHistory()).path:
                answer = protocol.decode_answer(FetchHistory(), body.encode())
                return answer if isinstance(answer, History) else None
            if isinstance(protocol, AgentMessaging) and path == _path_of(protocol):
                answer = self._run(protocol.perform(FetchHistory()), now_s, {path: body.encode()})
                return answer if isinstance(answer, History) else None
        except (CallError, *UNREADABLE):
            pass
        return None

    def _run(self, flow: Flow[Any], now_s: float, known: dict[str, bytes] | None = None) -> Any:
        answer: Any = None
        try:
            while True:
                match flow.send(answer):
                    case Request() as request:
                        answer = (known or {}).get(request.path) or self._body_for(request)
                    case GetTime():
                        answer = now_s
                    case NewId():
                        answer = "recorded"
                    case InTurn(other):
                        answer = self._run(other, now_s)
                    case Exchange():
                        raise CallError(_NOT_THERE)
                    case _:
                        answer = None
        except StopIteration as done:
            return done.value

    def _body_for(self, request: Request) -> bytes:
        if request.path.endswith(_BULK):
            return self._contents(request.path.removesuffix(_BULK), request.body or b"[]")
        for call in self._calls.to(request.path):
            query = parse_qs(urlsplit(call.url).query)
            is_asked = all(query.get(name, [value])[0] == value for name, value in request.query.items())
            if call.method == request.method and is_asked and (body := call.read()) is not None:
                return body.encode()
        if request.path == agents.ME_PATH and self._user_id is not None:
            return msgspec.json.encode(agents.UserBody(id=self._user_id))
        raise CallError(_NOT_THERE)

    def _contents(self, path: str, wanted: bytes) -> bytes:
        """What the file holds of some messages of an agent's conversation, however the page has asked for them."""
        if self._content is None:
            self._content = dict(
                each for call in self._calls.below(path) for each in _messages_in(call.read())
            )
        ids = msgspec.json.decode(wanted, type=list[str])
        return msgspec.json.encode({"entities": [self._content[id_] for id_ in ids if id_ in self._content]})


def _path_of(protocol: AgentMessaging) -> str:
    return f"{agents.CONVERSATIONS_PATH}/{protocol.conversation_id}"


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    normalized_message: dict[str, Any]


class _Bulk(msgspec.Struct, frozen=True):
    entities: list[msgspec.Raw]


def _messages_in(body: str | None) -> Iterator[tuple[str, msgspec.Raw]]:
    """By id, of a bulk answer, or of one that is a message: what was fetched by itself, or sent."""
    raws = []
    with suppress(*UNREADABLE):
        raws = [msgspec.Raw((body or "").encode())]
        raws = msgspec.json.decode(body or "", type=_Bulk).entities
    for raw in raws:
        with suppress(*UNREADABLE):
            yield msgspec.json.decode(raw, type=_Message).id, raw
