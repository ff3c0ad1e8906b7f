"""Good frames and bodies to make bad ones of.

They are what the three servers say in a lively run, the documents' examples, and what a page says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.conformance import examples
from tests.simulation.network import Connection, Reply
from tests.simulation.schedule import Action, Schedule
from tests.simulation.virtual_http import VirtualHttp
from tests.simulation.world import World

_ACTIONS = (
    "we send", "other says", "other types", "we type", "other reads", "we see", "other says", "other stops typing",
    "we send", "reset", "other says", "load older", "we mark all read", "we send a file", "quiet",
)  # fmt: skip
VIEW_MESSAGES: tuple[dict[str, Any], ...] = (
    {"kind": "hello", "client": "v", "seq": 1, "protocolVersion": 1, "pageSize": 50},
    {"kind": "keystroke-noted", "client": "v", "seq": 2},
    {"kind": "composing-stopped", "client": "v", "seq": 3, "reason": "blurred"},
    {"kind": "send-requested", "client": "v", "seq": 4, "draftId": "d-v", "text": "hello"},
    {"kind": "messages-seen", "client": "v", "seq": 5, "ids": ["a", "b"]},
    {
        "kind": "page-requested",
        "client": "v",
        "seq": 6,
        "requestId": "r",
        "beforeIndex": 3,
        "revision": 2,
        "limit": 9,
    },
    {"kind": "text-requested", "client": "v", "seq": 7, "id": "a"},
    {"kind": "retry-requested", "client": "v", "seq": 8, "draftId": "d-v"},
    {"kind": "discard-requested", "client": "v", "seq": 9, "draftId": "d-v"},
    {"kind": "view-heartbeat", "client": "v", "seq": 10},
    {"kind": "reconnect-requested", "client": "v", "seq": 11},
    {"kind": "goodbye", "client": "v", "seq": 12},
)


@dataclass
class Corpus:
    """Of one protocol."""

    protocol: str
    frames: list[bytes] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    """By the last words of their path: good answers, one each."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """By class: what a guest's requests on the socket are answered with."""


def record(protocol: str) -> Corpus:
    """Listen to a run without faults, and add the examples of the documents."""
    corpus = Corpus(protocol)
    actions = tuple(Action(float(at), kind, 2, 10.0) for at, kind in enumerate(_ACTIONS, 1))
    say, settle = Connection.say, VirtualHttp._arrive

    def listen(self: Connection, frame: Any, *, is_answer: bool = False) -> None:
        data = json.dumps(frame).encode()
        corpus.frames.append(data)
        if isinstance(frame, dict) and "class" in frame:
            corpus.answers[frame["class"]] = data
        say(self, frame, is_answer=is_answer)

    def overhear(self: VirtualHttp, outcome: Any, method: str, url: str, parts: dict[str, Any]) -> None:
        server = self._network.server
        answer = server.answer

        def kept(*call: Any) -> Reply:
            reply = answer(*call)
            if isinstance(reply.body, dict):
                corpus.bodies[name_of(method, url)] = json.dumps(reply.body).encode()
            return reply

        with patch.object(server, "answer", kept):
            settle(self, outcome, method, url, parts)

    with patch.object(Connection, "say", listen), patch.object(VirtualHttp, "_arrive", overhear):
        violations = World(Schedule(1, protocol, actions, before=3, page=3)).run()
    assert not violations, violations
    corpus.frames = _one_of_each_shape(corpus.frames)
    corpus.frames += [json.dumps(example.json).encode() for example in _examples_of(protocol)]
    return corpus


def _examples_of(protocol: str) -> list[examples.Example]:
    return {"guest": examples.FRAMES, "agent": examples.AGENT}.get(protocol, [])


def name_of(method: str, url: str) -> str:
    words = [word for word in url.split("/") if word.isalpha() or "." in word]
    return f"{method} {'/'.join(words[-2:])}"


def _one_of_each_shape(frames: list[bytes]) -> list[bytes]:
    """The newest of each: a run has many that differ in nothing but their words."""
    found = {str(_shape(json.loads(frame))): frame for frame in frames}
    return list(found.values())


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value[:1]]
    is_word = isinstance(value, str) and len(value) < 32 and value.replace("_", "").isalpha()
    return value if is_word else type(value).__name__


def shape_of(data: bytes) -> str:
    """A document without its content: what a failure may show."""
    try:
        shape = str(_outline(json.loads(data), 4))
    except (ValueError, RecursionError):
        shape = "no JSON"
    return f"{len(data)} bytes, {shape[:300]}"


def _outline(value: Any, depth: int) -> Any:
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {key[:24]: _outline(each, depth - 1) for key, each in list(value.items())[:8]}
    if isinstance(value, list):
        return [_outline(each, depth - 1) for each in value[:2]]
    return type(value).__name__
