"""One short guest conversation as each tool would write it: two sockets, a typing, an echo check, bytes, four messages."""

from __future__ import annotations

import json
from typing import Any

START_MS = 1_796_018_700_000
START = "2026-11-30T06:05:00.000Z"
TOKEN = "0f0e0d0c-1111-4222-8333-44445555fake"
DEPLOYMENT = "00000000-0000-4000-8000-00000000000a"
HEALTH = "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ="
TEXTS = ["My parcel is late 📦", "Let me look.", "I am back.", "Welcome back."]

Line = tuple[str, float, str | None, int]
"""Direction, seconds into the conversation, data, opcode."""


def iso(second: float) -> str:
    return f"2026-11-30T06:05:{second:06.3f}Z"


def ours(second: float, **fields: Any) -> Line:
    return ("send", second, json.dumps({"token": TOKEN, **fields}), 1)


def theirs(second: float, class_: str = "StructuredMessage", **body: Any) -> Line:
    return ("receive", second, json.dumps({"type": "message", "class": class_, "code": 200, "body": body}), 1)


def text(second: float, number: int, direction: str, words: str, **more: Any) -> Line:
    channel = {"time": iso(second), "type": "Private", "messageId": f"m{number}"}
    return theirs(
        second, type="Text", text=words, direction=direction, id=f"m{number}", channel=channel,
        originatingEntity="Human", **more,
    )  # fmt: skip


def typing(second: float) -> Line:
    events = [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}]
    channel = {"time": iso(second)}
    return theirs(second, type="Event", direction="Outbound", id=f"t{second}", channel=channel, events=events)


FIRST: list[Line] = [
    ours(0.1, action="configureSession", deploymentId=DEPLOYMENT),
    theirs(0.2, "SessionResponse", connected=True, newSession=True, readOnly=False),
    ours(
        0.5,
        action="onMessage",
        message={"type": "Event", "events": [{"eventType": "Typing", "typing": {"type": "On"}}]},
    ),
    ours(1.0, action="onMessage", message={"type": "Text", "text": TEXTS[0]}),
    text(1.1, 1, "Inbound", TEXTS[0]),
    typing(1.5),
    text(3.0, 2, "Outbound", TEXTS[1]),
    ("send", 3.2, "AAEC/f7/", 2),
    ("receive", 3.3, "//4ACg0=", 2),
    text(3.4, 99, "Outbound", "ping", metadata={"customMessageId": HEALTH}),
]
SECOND: list[Line] = [
    ours(6.0, action="configureSession", deploymentId=DEPLOYMENT, startNew=False),
    theirs(6.1, "SessionResponse", connected=True, newSession=False, readOnly=False),
    text(7.0, 3, "Inbound", TEXTS[2]),
    text(7.0, 4, "Outbound", TEXTS[3]),
]
URL = f"ws://127.0.0.1:8804/v1?deploymentId={DEPLOYMENT}"


def message(line: Line, unit: float = 1.0, time: float | None = None) -> dict[str, Any]:
    direction, second, data, opcode = line
    at = (START_MS / 1000 + second) * unit if time is None else time
    return {"type": direction, "time": at, "opcode": opcode, "data": data}


def entry(url: str, started: Any, messages: list[dict[str, Any]] | None, **more: Any) -> dict[str, Any]:
    found = {
        "startedDateTime": started,
        "time": 4_000.5,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "Cookie", "value": "sid=c00k1e-value; theme=dark"}],
            "cookies": [{"name": "sid", "value": "c00k1e-value"}],
        },
        "response": {"status": 101, "content": {"size": 0, "mimeType": "x-unknown"}},
        "_resourceType": "websocket",
    }
    return {**found, **({} if messages is None else {"_webSocketMessages": messages}), **more}


def history(second: float, *lines: Line) -> dict[str, Any]:
    entities = [json.loads(line[2] or "")["body"] for line in reversed(lines)]
    body = json.dumps({"entities": entities, "pageSize": 25})
    return {
        "startedDateTime": iso(second),
        "time": 100.0,
        "request": {
            "method": "GET",
            "url": "http://127.0.0.1:8804/api/v2/webmessaging/messages?pageNumber=1&pageSize=25",
            "headers": [{"name": "Authorization", "value": "Bearer FAKE.JWT.value"}],
        },
        "response": {"status": 200, "content": {"size": 10, "mimeType": "application/json", "text": body}},
        "_resourceType": "fetch",
    }


def har(*entries: dict[str, Any], tool: str = "WebInspector", **log: Any) -> bytes:
    creator = {"name": tool, "version": "1"}
    document = {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": list(entries), **log}}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def chrome() -> bytes:
    return har(
        {
            "startedDateTime": START,
            "request": {"method": "GET", "url": "http://127.0.0.1:8804/"},
            "response": {"status": 200},
        },
        entry(URL, iso(0.05), [message(line) for line in FIRST]),
        entry(URL, iso(5.9), [message(line) for line in SECOND]),
    )


def playwright() -> bytes:
    """Milliseconds."""
    return har(
        entry(URL, iso(0.05), [message(line, 1000) for line in FIRST]),
        entry(URL, iso(5.9), [message(line, 1000) for line in SECOND]),
        tool="Playwright",
    )


def minimal() -> bytes:
    """No times at all but those in the messages."""
    return har(
        entry(URL, iso(0.05), [message(line, time=-1) for line in FIRST], time=-1),
        entry(URL, iso(5.9), [message(line, time=-1) for line in SECOND], time=-1),
        tool="Playwright",
    )


def mitmproxy() -> bytes:
    """The address of a call, no pages, more digits, a time zone."""
    url = URL.replace("ws://", "http://")
    return har(
        entry(url, "2026-11-30T06:05:00.050696+00:00", [message(line) for line in FIRST]),
        entry(url, "2026-11-30T06:05:05.900001+00:00", [message(line) for line in SECOND]),
        tool="mitmproxy",
    )


def attached() -> dict[str, bytes]:
    """A HAR with its files, by name."""
    files = {}
    entries = []
    for name, started, lines in (("a1.jsonl", 0.05, FIRST), ("b2.jsonl", 5.9, SECOND)):
        files[name] = b"\n".join(json.dumps(message(line, 1000)).encode() for line in lines)
        found = entry(URL, iso(started), None)
        found["response"]["content"]["_file"] = name
        entries.append(found)
    return {"recording.har": har(*entries, tool="Playwright"), **files}


def devtools() -> bytes:
    """Events of the protocol: a monotonic clock, and once the wall clock."""
    lines: list[dict[str, Any]] = [{"method": "Page.frameNavigated", "params": {"frame": {}}}]
    for id_, started, said, ended in (("7.1", 0.05, FIRST, 4.0), ("7.2", 5.9, SECOND, 8.0)):
        wall = START_MS / 1000 + started
        handshake = {
            "timestamp": 1400 + started,
            "wallTime": wall,
            "request": {"headers": {"Cookie": "sid=c00k1e-value"}},
        }
        lines.append({"method": "Network.webSocketCreated", "params": {"requestId": id_, "url": URL}})
        lines.append(
            {"method": "Network.webSocketWillSendHandshakeRequest", "params": {"requestId": id_, **handshake}}
        )
        for direction, second, data, opcode in said:
            what = "Network.webSocketFrame" + ("Sent" if direction == "send" else "Received")
            response = {"opcode": opcode, "mask": False, "payloadData": data}
            params = {"requestId": id_, "timestamp": 1400 + second, "response": response}
            lines.append({"method": what, "params": params})
        lines.append(
            {"method": "Network.webSocketClosed", "params": {"requestId": id_, "timestamp": 1400 + ended}}
        )
    return b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"


def activity(second: float, kind: str, who: str, words: str | None = None, **more: Any) -> dict[str, Any]:
    other = {"bot": "user", "user": "bot"}[who]
    return {
        "type": kind,
        "id": f"a{second}",
        "timestamp": iso(second),
        "from": {"id": who, "name": {"bot": "Robo", "user": "Bea"}[who], "role": who},
        "recipient": {"id": other, "role": other},
        **({} if words is None else {"text": words}),
        **more,
    }


def bot_framework() -> bytes:
    actions = [{"type": "imBack", "title": "Track it", "value": "track"}]
    activities = [
        activity(0.0, "conversationUpdate", "user"),
        activity(1.0, "message", "user", TEXTS[0]),
        activity(1.5, "typing", "bot"),
        activity(3.0, "message", "bot", TEXTS[1], suggestedActions={"actions": actions}),
        activity(3.5, "trace", "bot", "internal"),
        activity(7.0, "message", "user", TEXTS[2]),
        {**activity(7.0, "message", "bot", TEXTS[3], id="a7b"), "from": {"id": "bot", "name": "Robo"}},
    ]
    return json.dumps(activities, ensure_ascii=False).encode()
