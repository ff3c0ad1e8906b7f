"""Serves the control plane: makes the other side act, sets faults, tells the truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from ipygenesys.simulator.dialogue import Actions, load_dialogue, parse_turns
from ipygenesys.simulator.hub import Hub
from ipygenesys.simulator.platform import Role, UnknownMessage

PREFIX = "/control"
MAX_BURST = 200_000


class _Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the bodies; a misspelt field is an error."""


class TypingOrder(_Order, frozen=True, kw_only=True):
    """``POST /agent/typing``; another ``name`` makes another participant type."""

    typing: bool
    name: str | None = None
    role: Role = "agent"


class SayOrder(_Order, frozen=True, kw_only=True):
    """``POST /agent/say``; with ``count`` above 1 the texts are ``text 1``, ``text 2``, and so on."""

    text: Annotated[str, msgspec.Meta(min_length=1)]
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_BURST)] = 1
    rate_per_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    name: str | None = None
    role: Role = "agent"
    attachments: list[dict[str, Any]] = []


class ReadOrder(_Order, frozen=True, kw_only=True):
    """``POST /agent/read``; without an id all messages of the customer."""

    message_id: str | None = None


class LeaveOrder(_Order, frozen=True, kw_only=True):
    """``POST /agent/leave``."""

    name: str | None = None
    role: Role = "agent"


class DialogueOrder(_Order, frozen=True, kw_only=True):
    """``POST /dialogue``: ``turns``, or the ``name`` of a packaged dialogue or a file."""

    turns: list[Any] | None = None
    name: str | None = None
    speed: Annotated[float, msgspec.Meta(gt=0)] | None = None
    actions: Actions = "skip"


class ConversationOrder(_Order, frozen=True, kw_only=True):
    """``POST /conversation``."""

    state: Literal["connected", "disconnected"]


def perform(hub: Hub, method: str, path: str, body: bytes) -> Any:
    """Does one control call and returns its answer; the Python methods of the simulator come this way too.

    Raises:
        ValueError: the body is wrong.
        LookupError: there is no such call or message.
    """
    match method, path:
        case "POST", "/agent/typing":
            typing = _decode(body, TypingOrder)
            hub.agent_typing(typing.typing, name=typing.name, role=typing.role)
            return {}
        case "POST", "/agent/say":
            return _say(hub, _decode(body, SayOrder))
        case "POST", "/agent/read":
            return {"message_ids": hub.agent_read(_decode(body, ReadOrder).message_id)}
        case "POST", "/agent/leave":
            leave = _decode(body, LeaveOrder)
            hub.agent_leave(name=leave.name, role=leave.role)
            return {}
        case "POST", "/dialogue":
            return _play(hub, _decode(body, DialogueOrder))
        case "GET", "/dialogue":
            return _dialogue(hub)
        case "POST", "/conversation":
            hub.set_conversation(_decode(body, ConversationOrder).state)
            return {}
        case "POST", "/faults":
            hub.fault(_decode(body, dict[str, Any]))
            return {}
        case "GET", "/log":
            return hub.truth.snapshot()
        case "GET", "/requests":
            return {"requests": hub.truth.requests()}
        case "POST", "/reset":
            hub.reset()
            return {}
        case _:
            raise LookupError(f"no control call {method} {path}")


def _say(hub: Hub, order: SayOrder) -> dict[str, Any]:
    options: dict[str, Any] = {"name": order.name, "role": order.role, "attachments": order.attachments}
    if order.count == 1:
        return {"message_ids": [hub.agent_say(order.text, **options).id], "count": 1}
    message_ids = hub.agent_burst(order.text, order.count, order.rate_per_s, **options)
    return {"message_ids": message_ids, "count": order.count}


def _play(hub: Hub, order: DialogueOrder) -> dict[str, Any]:
    if (order.turns is None) == (order.name is None):
        raise ValueError("give either turns or name")
    turns = load_dialogue(order.name) if order.name is not None else order.turns or []
    hub.play(parse_turns(turns, actions=order.actions), order.speed)
    return _dialogue(hub)


def _dialogue(hub: Hub) -> dict[str, Any]:
    state = hub.dialogue()
    if state is None:
        return {"playing": False}
    return {"playing": not state.done, **dataclasses.asdict(state), "mismatches": list(state.mismatches)}


def _decode(body: bytes, kind: Callable[..., Any]) -> Any:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None


def add_control(app: web.Application, hub: Hub) -> None:
    """Adds the control plane to the server."""

    async def control(request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        try:
            answer = perform(hub, request.method, path, await request.read())
        except UnknownMessage:
            return _json(404, {"error": "no such message"})
        except LookupError as error:
            return _json(404, {"error": str(error)})
        except ValueError as error:
            return _json(400, {"error": str(error)})
        return _json(200, answer)

    app.router.add_route("*", PREFIX + "/{path:.*}", control)


def _json(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
