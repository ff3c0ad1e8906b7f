"""An agent's page that watches a queue, as a tool captures it: one channel, three conversations, texts by calls."""

from __future__ import annotations

import json
from typing import Any

from tests.recordings.foreign.captures import Line, entry, har, iso, message

URL = "wss://streaming.mypurecloud.ie/channels/streaming-1-0abc"
API = "https://api.mypurecloud.ie"
QUEUE = "v2.routing.queues.0a0a0a0a-1111-4222-8333-444455556666.conversations.messages"
USER_ID = "0b0b0b0b-1111-4222-8333-444455556666"
USERS = f"v2.users.{USER_ID}.conversations.messages"
TYPING = f"v2.users.{USER_ID}.conversations.inbound.typing.event"
PARCEL, REFUND, LOGIN = (f"0{each}0{each}0{each}0{each}-1111-4222-8333-444455556666" for each in "cde")

Said = tuple[str, float, str]
"""Id, seconds into the recording, by whom: customer or agent."""
PARCEL_SAID: list[Said] = [("p1", 1.0, "customer"), ("p2", 4.0, "agent"), ("p3", 6.0, "customer")]
REFUND_SAID: list[Said] = [("r1", 2.0, "customer"), ("r2", 5.0, "agent")]
LOGIN_SAID: list[Said] = [("l1", 3.0, "customer")]
TEXTS = {
    "p1": "My parcel is late.",
    "p2": "Let me look.",
    "p3": "Thank you.",
    "r1": "I want my money back.",
    "r2": "Of course.",
    "l1": "I cannot log in.",
}


def told(second: float, topic: str, body: dict[str, Any]) -> Line:
    frame = {"topicName": topic, "version": "2", "eventBody": body, "metadata": {"CorrelationId": "x"}}
    return ("receive", second, json.dumps(frame), 1)


def heartbeat(second: float) -> Line:
    return told(second, "channel.metadata", {"message": "WebSocket Heartbeat"})


def conversation(id_: str, name: str, said: list[Said]) -> dict[str, Any]:
    """The body of a notification: all that was said so far, and no word of it."""

    def of(purpose: str) -> list[dict[str, Any]]:
        return [
            {"message": {"id": each}, "messageTime": iso(second), "messageStatus": "delivery-success"}
            for each, second, who in said
            if who == purpose
        ]

    customer = {"id": f"{id_}-c", "purpose": "customer", "name": name, "state": "connected"}
    agent = {
        "id": f"{id_}-a",
        "purpose": "agent",
        "name": "Ann",
        "state": "connected",
        "user": {"id": USER_ID},
    }
    return {
        "id": id_,
        "participants": [{**customer, "messages": of("customer")}, {**agent, "messages": of("agent")}],
    }


def as_they_came(id_: str, name: str, said: list[Said], topic: str = QUEUE) -> list[Line]:
    return [
        told(second + 0.1, topic, conversation(id_, name, said[:number]))
        for number, (_, second, _) in enumerate(said, start=1)
    ]


def called(second: float, method: str, path: str, answer: Any) -> dict[str, Any]:
    return {
        "startedDateTime": iso(second),
        "time": 50.0,
        "request": {"method": method, "url": API + path, "headers": []},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": json.dumps(answer)}},
        "_resourceType": "fetch",
    }


def content(id_: str, of: str) -> dict[str, Any]:
    """A message as REST has it."""
    said = {each: (second, who) for each, second, who in (*PARCEL_SAID, *REFUND_SAID, *LOGIN_SAID)}
    second, who = said[id_]
    return {
        "id": id_,
        "conversationId": of,
        "direction": "inbound" if who == "customer" else "outbound",
        "timestamp": iso(second),
        "normalizedMessage": {"id": id_, "type": "Text", "text": TEXTS[id_]},
    }


def fetched(second: float, id_: str, *ids: str) -> dict[str, Any]:
    path = f"/api/v2/conversations/messages/{id_}/messages/bulk"
    return called(second, "POST", path, {"entities": [content(each, id_) for each in ids]})


ME = called(0.02, "GET", "/api/v2/users/me", {"id": USER_ID, "name": "Ann"})
CALLS = [
    fetched(1.2, PARCEL, "p1"),
    fetched(6.2, PARCEL, "p2", "p3"),
    fetched(2.2, REFUND, "r1"),
    called(5.2, "GET", f"/api/v2/conversations/messages/{REFUND}/messages/r2", content("r2", REFUND)),
]
"""What the page has asked for: in bulk, and one by itself; of the third conversation nothing."""


def lines() -> list[Line]:
    found = [
        heartbeat(0.5),
        told(0.7, f"v2.users.{USER_ID}.presence", {"source": "PURECLOUD"}),
        told(0.8, "v2.analytics.queues.0a0a0a0a-1111-4222-8333-444455556666.observations", {"results": []}),
        *as_they_came(PARCEL, "Bea", PARCEL_SAID),
        *as_they_came(REFUND, "Cid", REFUND_SAID),
        *as_they_came(LOGIN, "Dan", LOGIN_SAID),
        heartbeat(7.0),
    ]
    return sorted(found, key=lambda line: line[1])


def socket(said: list[Line], started: float = 0.05, url: str = URL, **more: Any) -> dict[str, Any]:
    return entry(url, iso(started), [message(line) for line in said], **more)


def queue() -> bytes:
    """The whole of it."""
    return har(ME, *CALLS, socket(lines()))
