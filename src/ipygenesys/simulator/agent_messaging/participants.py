"""Makes the bodies of participants, in the generic form and in the form of the media; pure."""

from __future__ import annotations

import uuid
from typing import Any

from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import Conversation, Part, Participant

MEDIA = "webmessaging"
PROVIDER = "PureCloud Messaging"

_TIMES = (
    ("connectedTime", "connected_s"),
    ("endTime", "ended_s"),
    ("parkTime", "parked_s"),
    ("resumeTime", "resumed_s"),
    ("startAcwTime", "acw_started_s"),
    ("endAcwTime", "acw_ended_s"),
)


def communication_id(participant: Participant) -> str:
    """The participant's one communication."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, participant.id))


def media_participant(c: Conversation, part: Part, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The participant in the form of the media, where it has messages."""
    who = part.who
    body: dict[str, Any] = {
        "id": who.id,
        "name": who.name,
        "address": who.id,
        "startTime": rfc3339(part.started_s),
        "purpose": part.purpose,
        "state": part.state,
        "direction": _direction(part),
        "held": False,
        "provider": PROVIDER,
        "type": MEDIA,
    }
    for name, attribute in _TIMES:
        if (at := getattr(part, attribute)) is not None:
            body[name] = rfc3339(at)
    if part.disconnect_type is not None:
        body["disconnectType"] = part.disconnect_type
    if part.queue_id is not None:
        body["queue"] = _ref(part.queue_id, part.queue_name)
    if part.user_id is not None:
        body["user"] = _ref(part.user_id, who.name if c.parts else None)
        body["wrapupRequired"] = True
        body |= _wrapup(c, part)
    body["messages"] = messages
    return body


def generic_participant(
    c: Conversation, part: Part, messages: list[dict[str, Any]], attributes: dict[str, str]
) -> dict[str, Any]:
    """The participant in the generic form, where it has communications."""
    who = part.who
    address = {
        "addressRaw": who.id,
        "addressNormalized": who.id,
        "addressDisplayable": who.name,
        "name": who.name,
    }
    communication: dict[str, Any] = {
        "id": communication_id(who),
        "state": part.state,
        "initialState": "connected",
        "direction": _direction(part),
        "held": False,
        "provider": PROVIDER,
        "type": MEDIA,
        "fromAddress" if part.purpose == "customer" else "toAddress": address,
        "messages": messages,
    }
    times = {"disconnectedTime": part.ended_s, "parkTime": part.parked_s, "resumeTime": part.resumed_s}
    communication |= {name: rfc3339(at) for name, at in times.items() if at is not None}
    if part.disconnect_type is not None:
        communication["disconnectType"] = part.disconnect_type
    body: dict[str, Any] = {
        "id": who.id,
        "name": who.name,
        "purpose": part.purpose,
        "address": who.id,
        "attributes": attributes,
        "messages": [communication],
    }
    if part.connected_s is not None:
        body["connectedTime"] = communication["connectedTime"] = rfc3339(part.connected_s)
    for name, attribute in _TIMES[1:2] + _TIMES[4:]:
        if (at := getattr(part, attribute)) is not None:
            body[name] = rfc3339(at)
    if part.queue_id is not None:
        body["queueId"] = part.queue_id
    if part.user_id is not None:
        body |= {"userId": part.user_id, "wrapupRequired": True, **_wrapup(c, part)}
    return body


def _ref(reference_id: str, name: str | None) -> dict[str, str]:
    return {"id": reference_id} if name is None else {"id": reference_id, "name": name}


def _direction(part: Part) -> str:
    return "inbound" if part.purpose == "customer" else "outbound"


def _wrapup(c: Conversation, part: Part) -> dict[str, Any]:
    return {"wrapup": c.wrapup} if c.wrapup and part.who.id == c.agent.id else {}
