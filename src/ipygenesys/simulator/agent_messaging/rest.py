"""Speaks the agent's REST wire: conversations and messages, typing, sends, states, wrap-up."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import BASE, TYPING_DURATION_MS, bodies_of
from ipygenesys.simulator.agent_messaging.participants import communication_id
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.conversation import Conversation, LegState, UnknownMessage
from ipygenesys.simulator.state.guest_errors import GuestError

REPEAT_WITHIN_S = 60.0
"""Equal sends of one token in this time are counted: an SDK may have repeated a POST."""


class _AdditionalMessage(msgspec.Struct, rename="camel"):
    text_body: str | None = None
    media_ids: list[str] | None = None
    messaging_template: Any = None


class _TypingEvent(msgspec.Struct, rename="camel"):
    typing: wire.NormalizedTyping
    date_sent: str | None = None


class _State(msgspec.Struct):
    state: str | None = None
    wrapup: Any = None


def _conversation(hub: Hub, call: Call) -> Conversation:
    return hub.platform.conversation(call.params["conversation_id"])


def _listing(entities: list[dict[str, Any]]) -> dict[str, Any]:
    return {"entities": entities, "pageSize": 25, "pageNumber": 1, "total": len(entities), "pageCount": 1}


def _active(hub: Hub, call: Call) -> list[Conversation]:
    return [
        c
        for c in hub.platform.conversations.values()
        if (_has_part(c, call) if c.parts else c.leg != "disconnected")
    ]


def _has_part(c: Conversation, call: Call) -> bool:
    """Whether the token's user takes part in it now."""
    user_id = call.token and call.token.user_id
    return any(p.user_id == user_id and p.ended_s is None for p in c.parts)


# --- reading


def _conversations(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, _listing([bodies_of(hub).conversation(c) for c in _active(hub, call)]))


def _message_conversations(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, _listing([bodies_of(hub).message_conversation(c) for c in _active(hub, call)]))


def _one_conversation(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, bodies_of(hub).conversation(_conversation(hub, call)))


def _one_message_conversation(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, bodies_of(hub).message_conversation(_conversation(hub, call)))


def _message(hub: Hub, call: Call, now: float) -> Answer:
    message = hub.platform.message(call.params["message_id"])
    if message.conversation_id != call.params.get("conversation_id", message.conversation_id):
        raise UnknownMessage(message.id)
    return Answer(200, bodies_of(hub).message(message))


def _bulk(hub: Hub, call: Call, now: float) -> Answer:
    conversation = _conversation(hub, call)
    ids = call.decode(list[str]) if call.body else []
    if len(ids) > wire.MAX_BULK:
        raise ApiError(400, "bad.request", f"At most {wire.MAX_BULK} message ids are allowed.")
    found = [m for m in (hub.platform.find_message(i) for i in ids) if m is not None]
    entities = [bodies_of(hub).message(m) for m in found if m.conversation_id == conversation.id]
    return Answer(200, {"entities": entities}, ({"kind": "bulk", "count": len(ids)},))


def _settings(hub: Hub, call: Call, now: float) -> Answer:
    deployment = hub.deployment
    setting = {
        "id": hub.identity.deployment_id,
        "name": "Simulated messaging setting",
        "version": "1",
        "event": {
            "typing": {
                "on": {
                    "inbound": _enabled(deployment.show_user_typing_indicator),
                    "outbound": _enabled(deployment.show_agent_typing_indicator),
                }
            }
        },
        "selfUri": f"{BASE}/messaging/settings/{hub.identity.deployment_id}",
    }
    return Answer(200, _listing([setting]))


def _enabled(on: bool) -> str:
    return "Enabled" if on else "Disabled"


# --- typing and sending


def check_communication(hub: Hub, call: Call, *, is_active: bool = True) -> Conversation:
    """The conversation, if the path names the agent's own part of it.

    Raises:
        ApiError: 404, or it is not connected.
    """
    conversation = _conversation(hub, call)
    is_own = not conversation.parts or not is_active or _has_part(conversation, call)
    if not is_own or call.params["communication_id"] != communication_id(conversation.agent):
        raise ApiError(404, "not.found", "The communication does not exist.")
    if is_active and conversation.leg != "connected":
        status = wire.Unverified.NOT_CONNECTED_STATUS
        raise ApiError(status, "bad.request", "The communication is not connected.")
    return conversation


def _typing(hub: Hub, call: Call, now: float) -> Answer:
    conversation = check_communication(hub, call)
    typing = call.decode(_TypingEvent).typing
    if typing.type != "On":
        raise ApiError(400, "invalid.value", "typing.type must be On.")
    hub.agent_types(conversation, (typing.duration or TYPING_DURATION_MS) / 1000)
    action = {"kind": "typing", "typing": True, "conversation_id": conversation.id}
    return Answer(wire.Unverified.TYPING_STATUS, actions=(action,))


def _describe_typing(call: Call) -> dict[str, Any] | None:
    return {"kind": "typing", "typing": True, "conversation_id": call.params["conversation_id"]}


def _send(hub: Hub, call: Call, now: float) -> Answer:
    conversation = check_communication(hub, call)
    body = call.decode(_AdditionalMessage)
    given = [v for v in (body.text_body, body.media_ids, body.messaging_template) if v]
    if len(given) != 1:
        message = "Exactly one of textBody, mediaIds and messagingTemplate must be given."
        raise ApiError(400, "bad.request", message)
    if body.messaging_template is not None:
        raise ApiError(400, "bad.request", "The simulator has no messaging templates.")
    text = body.text_body or ""
    if len(text) > wire.Unverified.MAX_TEXT_CHARACTERS:
        raise ApiError(
            400, "bad.request", f"textBody exceeds {wire.Unverified.MAX_TEXT_CHARACTERS} characters."
        )
    try:
        attachments = [hub.uploads.take(i, now, call.base_url) for i in body.media_ids or ()]
    except GuestError as error:
        raise ApiError(400, "bad.request", error.text) from None
    sent = hub.agent_sends(conversation, text, attachments=attachments)
    action = {
        **(_describe_send(call) or {}),
        "message_id": sent.id,
        "repeats": hub.truth.repeats(now, call.path, call.body, within_s=REPEAT_WITHIN_S),
    }
    return Answer(wire.Unverified.SEND_STATUS, bodies_of(hub).message(sent), (action,))


def _describe_send(call: Call) -> dict[str, Any] | None:
    return {"kind": "send", "text": call.fields().get("textBody")}


# --- states


def _patch(hub: Hub, call: Call, now: float) -> Answer:
    conversation, participant_id = _conversation(hub, call), call.params["participant_id"]
    if participant_id not in conversation.participants:
        raise ApiError(404, "not.found", "The participant does not exist.")
    if "communication_id" in call.params:
        participant = conversation.participants[participant_id]
        if call.params["communication_id"] != communication_id(participant):
            raise ApiError(404, "not.found", "The communication does not exist.")
    kind = "patch"
    match call.decode(_State).state:
        case ("connected" | "disconnected") as state:
            kind = "answer" if state == "connected" else "disconnect"
            _set_state(hub, conversation, participant_id, state)
        case None:
            pass
        case _:
            raise ApiError(400, "invalid.value", "state must be connected or disconnected.")
    return Answer(202, {}, ({"kind": kind, "participant_id": participant_id},))


def _set_state(hub: Hub, conversation: Conversation, participant_id: str, state: LegState) -> None:
    if state == "disconnected":
        hub.take_part("agent", conversation)
        hub.set_leg(conversation, "disconnected")
    elif participant_id == conversation.agent.id and conversation.state == "connected":
        hub.take_part("agent", conversation)
        hub.set_leg(conversation, "connected")
    else:
        raise ApiError(400, "bad.request", "The conversation has ended.")


def _wrapup(hub: Hub, call: Call, now: float) -> Answer:
    conversation = check_communication(hub, call, is_active=False)
    wrapup = call.decode(wire.WrapupBody)
    conversation.wrapup = {"code": wrapup.code, **({"notes": wrapup.notes} if wrapup.notes else {})}
    return Answer(wire.Unverified.WRAPUP_STATUS, actions=({"kind": "wrapup", "code": wrapup.code},))


def _get_wrapup(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, check_communication(hub, call, is_active=False).wrapup or {})


# --- routes

_ALL, _ONE = wire.CONVERSATIONS_PATH, f"{wire.CONVERSATIONS_PATH}/{{conversation_id}}"
COMMUNICATION = f"{_ONE}/communications/{{communication_id}}"
_PART = f"{_ONE}/participants/{{participant_id}}"
_PART_COMMUNICATION = f"{_PART}/communications/{{communication_id}}"


def _route(
    method: str,
    path: str,
    handle: Any,
    permissions: tuple[str, ...] = (),
    *,
    user: bool = False,
    **options: Any,
) -> Route:
    return Route(method, path, handle, protocol=PROTOCOL, permissions=permissions, needs_user=user, **options)


ROUTES = [
    _route("GET", BASE, _conversations, user=True),
    _route("GET", _ALL, _message_conversations, user=True),
    _route("GET", f"{BASE}/messaging/settings", _settings, ("messaging:setting:view",)),
    _route("GET", _ONE, _one_message_conversation),
    _route("GET", f"{BASE}/{{conversation_id}}", _one_conversation, wire.PERMISSIONS_WATCH),
    _route("GET", f"{_ALL}/{{message_id}}/details", _message, wire.PERMISSIONS_VIEW),
    _route("POST", f"{_ONE}/messages/bulk", _bulk, wire.PERMISSIONS_VIEW),
    _route("GET", f"{_ONE}/messages/{{message_id}}", _message, wire.PERMISSIONS_VIEW),
    _route(
        "POST",
        f"{COMMUNICATION}/typing",
        _typing,
        wire.PERMISSIONS_SEND,
        user=True,
        describe=_describe_typing,
    ),
    _route(
        "POST", f"{COMMUNICATION}/messages", _send, wire.PERMISSIONS_SEND, user=True, describe=_describe_send
    ),
    _route("PATCH", _PART, _patch, wire.PERMISSIONS_STATE, user=True),
    _route("PATCH", _PART_COMMUNICATION, _patch, user=True),
    _route("POST", f"{_PART_COMMUNICATION}/wrapup", _wrapup, ("conversation:participant:wrapup",), user=True),
    _route("GET", f"{_PART_COMMUNICATION}/wrapup", _get_wrapup, user=True),
]
