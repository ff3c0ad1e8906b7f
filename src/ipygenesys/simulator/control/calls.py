"""Serves the control plane: makes the other side act, sets faults, tells the truth."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from ipygenesys.simulator.control.orders import (
    ConversationOrder,
    CustomerSayOrder,
    CustomerTypingOrder,
    DialogueOrder,
    LeaveOrder,
    ReadOrder,
    SayOrder,
    TokenOrder,
    TruthOrder,
    TypingOrder,
    WhichOrder,
    WithdrawOrder,
)
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.person.dialogue import packaged_dialogue, parse_turns
from ipygenesys.simulator.person.rich_content import sample
from ipygenesys.simulator.state.conversation import Conversation, LegState, Message, UnknownMessage

PREFIX = "/control"


def perform(hub: Hub, method: str, path: str, body: bytes) -> Any:
    """Does one control call and returns its answer; the Python methods of the simulator come this way too.

    Raises:
        ValueError: the body is wrong.
        LookupError: there is no such call or message.
    """
    match method, path:
        case "POST", "/agent/typing":
            typing = _decode(body, TypingOrder)
            hub.agent_typing(_which(hub, typing), typing.typing, name=typing.name, role=typing.role)
            return {}
        case "POST", "/agent/say":
            return _say(hub, _decode(body, SayOrder))
        case "POST", "/agent/read":
            read = _decode(body, ReadOrder)
            return {"message_ids": hub.agent_read(_which(hub, read), read.message_id)}
        case "POST", "/agent/leave":
            leave = _decode(body, LeaveOrder)
            hub.agent_leave(_which(hub, leave), name=leave.name, role=leave.role)
            return {}
        case "POST", "/customer/typing":
            types = _decode(body, CustomerTypingOrder)
            hub.customer_typing(_which(hub, types), types.typing)
            return {}
        case "POST", "/customer/say":
            return _customer_say(hub, _decode(body, CustomerSayOrder))
        case "POST", "/customer/read":
            read = _decode(body, ReadOrder)
            return {"message_ids": hub.report_read(_which(hub, read), read.message_id)}
        case "POST", "/customer/withdraw":
            hub.customer_withdraws(_decode(body, WithdrawOrder).message_id)
            return {}
        case "POST", "/dialogue":
            return _play(hub, _decode(body, DialogueOrder))
        case "GET", "/dialogue":
            return _dialogue(hub, _which(hub, _decode(body, WhichOrder)))
        case "POST", "/conversation":
            order = _decode(body, ConversationOrder)
            _set_conversation(hub, _which(hub, order), order.state)
            return {}
        case "GET", "/conversations":
            return {"conversations": [_listed(c) for c in hub.platform.conversations.values()]}
        case "POST", "/conversations":
            return _listed(hub.open_conversation())
        case "POST", "/agent/token":
            return hub.agent_token(_decode(body, TokenOrder).user_id)
        case "GET", "/queues":
            return {
                "queues": [{"queue_id": q.id, "name": q.name, "target_s": q.target_s} for q in hub.queues],
                "agents": [{"user_id": user_id, "name": name} for user_id, name in hub.agents.items()],
            }
        case "POST", "/guest/session":
            return hub.guest_session()
        case "POST", ("/deployment" | "/guest_limits" | "/agent_api") as group:
            return hub.change(group[1:], _decode(body, dict[str, Any]))
        case "POST", "/faults":
            hub.fault(_decode(body, dict[str, Any]))
            return {}
        case "GET", "/log":
            which = _decode(body, WhichOrder)
            return hub.truth.snapshot(_which(hub, which).id if which.conversation_id else None)
        case "GET", "/truth":
            order = _decode(body, TruthOrder)
            return hub.true_now(order.queue_ids, order.since).as_dict()
        case "GET", "/requests":
            return {"requests": hub.truth.requests()}
        case "POST", "/reset":
            hub.reset()
            return {}
        case _:
            raise LookupError(f"no control call {method} {path}")


def _say(hub: Hub, order: SayOrder) -> dict[str, Any]:
    if not (order.text or order.attachments or order.content):
        raise ValueError("give a text, content or attachments")
    content, conversation = order.content, _which(hub, order)
    options: dict[str, Any] = {
        "name": order.name,
        "role": order.role,
        "attachments": order.attachments,
        "content": sample(content, hub.clock.now()) if isinstance(content, str) else content,
    }
    if order.count == 1:
        return {"message_ids": [hub.agent_say(conversation, order.text, **options).id], "count": 1}
    message_ids = hub.burst(
        order.text, order.count, order.rate_per_s, lambda text: hub.agent_say(conversation, text, **options)
    )
    return {"message_ids": message_ids, "count": order.count}


def _customer_say(hub: Hub, order: CustomerSayOrder) -> dict[str, Any]:
    conversation = _which(hub, order)

    def say(text: str) -> Message:
        parts: dict[str, Any] = {"attachments": order.attachments, "content": order.content}
        return hub.customer_says(conversation, text, **parts)[0]

    if order.count == 1:
        return {"message_ids": [say(order.text).id], "count": 1}
    return {"message_ids": hub.burst(order.text, order.count, order.rate_per_s, say), "count": order.count}


def _set_conversation(hub: Hub, conversation: Conversation, state: LegState) -> None:
    if state != "alerting":
        hub.set_conversation(conversation, state)
    hub.set_leg(conversation, state)


def _which(hub: Hub, order: WhichOrder) -> Conversation:
    return hub.conversation(order.conversation_id)


def _listed(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "guest_id": conversation.guest_id,
        "customer": conversation.customer.name,
        "state": conversation.state,
        "messages": len(conversation.messages),
    }


def _play(hub: Hub, order: DialogueOrder) -> dict[str, Any]:
    if (order.turns is None) == (order.name is None):
        raise ValueError("give either turns or name")
    turns = packaged_dialogue(order.name) if order.name is not None else order.turns or []
    conversation = _which(hub, order)
    hub.play(conversation, parse_turns(turns, actions=order.actions), order.speed, order.person)
    return _dialogue(hub, conversation)


def _dialogue(hub: Hub, conversation: Conversation) -> dict[str, Any]:
    state = hub.stage.dialogue(conversation.id)
    if state is None:
        return {"playing": False}
    return {"playing": not state.done, **dataclasses.asdict(state), "mismatches": list(state.mismatches)}


def _decode(body: bytes, kind: Callable[..., Any]) -> Any:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None


def add_control(app: web.Application, hub: Hub, secret: str) -> None:
    """Adds the control plane to the server; who does not know the secret in its address is refused.

    Any program and any page on this machine can reach the port.
    """

    async def control(request: web.Request) -> web.Response:
        if not secrets.compare_digest(request.match_info["secret"].encode(), secret.encode()):
            return _json(
                403, {"error": "the address of the control plane is control_url, with a secret in it"}
            )
        try:
            body = await request.read()
            if request.method == "GET" and request.query:
                body = msgspec.json.encode(dict(request.query))
            answer = perform(hub, request.method, request.match_info["path"], body)
        except UnknownMessage:
            return _json(404, {"error": "no such message"})
        except LookupError as error:
            return _json(404, {"error": str(error)})
        except ValueError as error:
            return _json(400, {"error": str(error)})
        return _json(200, answer)

    app.router.add_route("*", PREFIX + "/{secret:[^/]*}{path:.*}", control)


def _json(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
