"""Answers the tutorial's REST calls: typing, reads, and what extensions offer."""

from __future__ import annotations

import uuid
from typing import Any

from ipygenesys._wire import messaging_events as wire
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.messaging_events.frames import message_body
from ipygenesys.simulator.serving.errors import ApiError, too_many
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.conversation import (
    Message,
    UnknownMessage,
)

USE, READ, WRITE = wire.SCOPES
"""Source: the tutorial asks for USE on the stream and typing, for WRITE on read receipts."""

PROTOCOL = "messaging-events"
MAX_PAGE = 200
DEFAULT_PAGE = 50
MAX_CLIENT_ID_CHARS = 100


# --- typing and reads


def _typing(hub: Hub, call: Call, now: float) -> Answer:
    conversation = hub.platform.conversation(call.params["conversation_id"])
    typing = call.decode(wire.TypingRequest).typing
    if (wait_s := hub.typing_interval.wait_s(conversation.id, now)) > 0:
        raise too_many(wait_s)
    hub.take_part("customer", conversation)
    hub.customer_typing(conversation, typing)
    return Answer(202, actions=(_describe_typing(call) or {},))


def _describe_typing(call: Call) -> dict[str, Any] | None:
    typing, conversation_id = call.fields().get("typing"), call.params["conversation_id"]
    return {"kind": "typing", "typing": typing, "conversation_id": conversation_id}


def _read(hub: Hub, call: Call, now: float) -> Answer:
    message = hub.platform.message(call.params["message_id"])
    if call.decode(dict[str, Any]).get("read") is not True:
        raise ApiError(400, "bad.request", "read must be the JSON boolean true.")
    return Answer(204, actions=(_read_entry(hub, message),))


def _read_entry(hub: Hub, message: Message, **details: Any) -> dict[str, Any]:
    # A repeated read, or one of an own message, changes nothing: it has a kind of its own,
    # so that the entries "read" are one for each message.
    kind = "read" if hub.customer_reads(message) else "read_own" if message.is_inbound else "read_repeated"
    return {"kind": kind, "message_id": message.id, "conversation_id": message.conversation_id, **details}


def _describe_read(call: Call) -> dict[str, Any] | None:
    return {"kind": "read", "message_id": call.params["message_id"]}


def _read_up_to(hub: Hub, call: Call, now: float) -> Answer:
    conversation = hub.platform.conversation(call.params["conversation_id"])
    last = hub.platform.message(call.decode(wire.ReadUpToRequest).up_to_message_id)
    if last.conversation_id != conversation.id:
        raise UnknownMessage(last.id)
    unread = hub.platform.unread_up_to(conversation.id, last, inbound=False)
    return Answer(204, actions=tuple(_read_entry(hub, m, via=last.id) for m in unread))


def _describe_read_up_to(call: Call) -> dict[str, Any] | None:
    last = call.fields().get("up_to_message_id")
    return {"kind": "read", "message_id": last, "via": last}


# --- messages


def _send(hub: Hub, call: Call, now: float) -> Answer:
    conversation = hub.platform.conversation(call.params["conversation_id"])
    request = call.decode(wire.SendRequest)
    if not request.text:
        raise ApiError(400, "bad.request", "text must not be empty.")
    _check_client_id(request.client_message_id)
    if conversation.state != "connected":
        raise ApiError(409, "conversation.not.active", "The conversation is not connected.")
    hub.take_part("customer", conversation)
    message, is_new = hub.customer_says(conversation, request.text, request.client_message_id)
    action = {
        **(_describe_send(call) or {}),
        "message_id": message.id,
        **({} if is_new else {"repeated": True}),
    }
    return Answer(201 if is_new else 200, message_body(message), (action,))


def _describe_send(call: Call) -> dict[str, Any] | None:
    fields = call.fields()
    return {"kind": "send", "text": fields.get("text"), "client_message_id": fields.get("client_message_id")}


def _check_client_id(value: str) -> None:
    try:
        uuid.UUID(value[:MAX_CLIENT_ID_CHARS])
    except ValueError:
        raise ApiError(400, "bad.request", "client_message_id must be a UUID.") from None


def _history(hub: Hub, call: Call, now: float) -> Answer:
    try:
        limit = int(call.query.get("limit", DEFAULT_PAGE))
    except ValueError:
        limit = 0
    if not 1 <= limit <= MAX_PAGE:
        raise ApiError(400, "bad.request", f"limit must be between 1 and {MAX_PAGE}.")
    conversation = hub.platform.conversation(call.params["conversation_id"])
    after, before = call.query.get("after"), call.query.get("before")
    try:
        page = hub.platform.page(conversation.id, after=after, before=before, limit=limit)
    except UnknownMessage:
        raise ApiError(
            400, "message.not.found", "after or before is not a message of this conversation."
        ) from None
    return Answer(
        200, wire.HistoryBody(messages=[message_body(m) for m in page.messages], has_more=page.has_more)
    )


def _message(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, message_body(hub.platform.message(call.params["message_id"])))


def _conversations(hub: Hub, call: Call, now: float) -> Answer:
    listed = [
        {
            "id": c.id,
            "state": c.state,
            "participants": [{"id": p.id, "name": p.name, "role": p.role} for p in c.participants.values()],
            "last_message": message_body(c.messages[-1]) if c.messages else None,
            "unread_count": sum(not m.is_inbound and m.status != "read" for m in c.messages),
        }
        for c in hub.platform.conversations.values()
    ]
    return Answer(200, {"conversations": listed, "cursor": None})


_CONVERSATION = f"{wire.CONVERSATIONS_PATH}/{{conversation_id}}"
_ONE_MESSAGE = f"{wire.MESSAGES_PATH}/{{message_id}}"

ROUTES = [
    Route("POST", f"{_CONVERSATION}/typing", _typing, USE, describe=_describe_typing),
    Route("PUT", f"{_ONE_MESSAGE}/read", _read, WRITE, describe=_describe_read),
    Route("PUT", f"{_CONVERSATION}/read", _read_up_to, WRITE, "read_up_to", describe=_describe_read_up_to),
    Route("POST", f"{_CONVERSATION}/messages", _send, WRITE, "send", ("history",), describe=_describe_send),
    Route("GET", f"{_CONVERSATION}/messages", _history, READ, "history", ("send",)),
    Route("GET", _ONE_MESSAGE, _message, READ, "message"),
    Route("GET", wire.CONVERSATIONS_PATH, _conversations, READ, "conversations"),
]
