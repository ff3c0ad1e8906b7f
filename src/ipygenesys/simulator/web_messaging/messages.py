"""Performs a guest's ``onMessage``: texts, answers to quick replies, typing, presence, receipts."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.state.conversation import Conversation, Origin
from ipygenesys.simulator.state.guest_errors import BAD_REQUEST, FORBIDDEN, READ_ONLY, GuestError
from ipygenesys.simulator.state.guests import Session
from ipygenesys.simulator.web_messaging.frames import envelope, presence_body
from ipygenesys.simulator.web_messaging.request import GuestRequest
from ipygenesys.simulator.web_messaging.stream import GuestStream, streams_of

TYPING_OFF = "Turn on the Feature Toggle or fix the configuration."
CLEAR_OFF = "Presence events Conversation Clear are not supported"
"""Source of both: T's tests."""


def on_message(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> dict[str, Any] | None:
    """One onMessage; what else the log should keep of it.

    Raises:
        GuestError: it is refused.
    """
    session = hub.guests.session(request.token, now)
    hub.guests.admit_message(session, now)
    entry = _perform(hub, stream, request, session, hub.conversation(session.conversation_id), now)
    hub.guests.touch(session, now)
    hub.wake()
    return entry


def _perform(
    hub: Hub,
    stream: GuestStream,
    request: GuestRequest,
    session: Session,
    conversation: Conversation,
    now: float,
) -> dict[str, Any] | None:
    match request.kind:
        case "send":
            return _send(hub, stream, request, session, conversation, now)
        case "typing":
            if not hub.deployment.show_user_typing_indicator:
                raise GuestError(FORBIDDEN, TYPING_OFF)
            _check_writable(session)
            hub.take_part("customer", conversation)
            hub.customer_typing(conversation, True, lasts_s=wire.TYPING_DURATION_S)
            return None
        case "join":
            hub.arrive("customer", conversation)
            _echo_presence(hub, stream, request, session, "Join", now)
            return None
        case "clear":
            _clear(hub, stream, request, session, now)
            hub.set_conversation(conversation, "disconnected")
            return None
        case "receipt":
            if wire.Unverified.RECEIPTS_ARE_REFUSED:
                raise GuestError(BAD_REQUEST, "Request failed.")
            return {"message_id": (request.message or {}).get("id")}
        case _:
            raise GuestError(BAD_REQUEST, "Request failed.")


def _check_writable(session: Session) -> None:
    if session.is_read_only:
        raise GuestError(READ_ONLY, "The session is read-only.")


def _send(
    hub: Hub,
    stream: GuestStream,
    request: GuestRequest,
    session: Session,
    conversation: Conversation,
    now: float,
) -> dict[str, Any]:
    _check_writable(session)
    message = request.message or {}
    text = message.get("text") or ""
    content = message.get("content") or []
    if not (
        isinstance(text, str) and isinstance(content, list) and all(isinstance(c, dict) for c in content)
    ):
        raise GuestError(BAD_REQUEST, "Request failed.")
    if not text and not content:
        raise GuestError(4020, "Missing parameter: text")
    if len(text.encode("utf-8", "replace")) > (most := hub.guests.limits.max_text_bytes):
        raise GuestError(4011, f"Message too long. Maximum size: {most} bytes")
    attributes = _custom_attributes(request)
    attachments = [
        hub.uploads.take(part["attachment"].get("id"), now, stream.base_url)
        for part in content
        if part.get("contentType") == "Attachment" and isinstance(part.get("attachment"), dict)
    ]
    others = [part for part in content if part.get("contentType") != "Attachment"]
    hub.take_part("customer", conversation)
    hub.set_conversation(conversation, "connected")
    hub.arrive("customer", conversation)
    try:
        sent, _ = hub.customer_says(
            conversation,
            text,
            attachments=attachments,
            content=others,
            metadata=attributes,
            origin=Origin(stream.number, request.tracing_id),
        )
    except UnicodeEncodeError:
        raise GuestError(BAD_REQUEST, "Request failed.") from None
    return {"message_id": sent.id, "custom_attributes": attributes}


def _custom_attributes(request: GuestRequest) -> dict[str, Any]:
    """From ``message.channel``, or from the deprecated place beside the message."""
    for channel in ((request.message or {}).get("channel"), request.channel):
        match channel:
            case {"metadata": {"customAttributes": dict(attributes)}}:
                if len(msgspec.json.encode(attributes)) > wire.MAX_CUSTOM_ATTRIBUTES_BYTES:
                    raise GuestError(4013, "Custom attributes are too large")
                return attributes
            case _:
                pass
    return {}


def _echo_presence(
    hub: Hub, stream: GuestStream, request: GuestRequest, session: Session, kind: str, now: float
) -> None:
    body = presence_body(hub.guests.record(session, kind, now, is_inbound=True))
    for connection in streams_of(hub, session):
        tracing_id = request.tracing_id if connection is stream else None
        connection.send_frame("presence", envelope("StructuredMessage", body, tracing_id=tracing_id))


def _clear(hub: Hub, stream: GuestStream, request: GuestRequest, session: Session, now: float) -> None:
    if not hub.deployment.conversation_clear:
        raise GuestError(FORBIDDEN, CLEAR_OFF)
    _echo_presence(hub, stream, request, session, "Clear", now)
    for connection in streams_of(hub, session):
        connection.tell("SessionClearedEvent", {})
        connection.close_connection()
    hub.guests.end(session)
