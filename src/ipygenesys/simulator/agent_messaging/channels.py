"""Answers the notification service's calls: channels, subscriptions, available topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL, streams_of, watch
from ipygenesys.simulator.agent_messaging.topics import TEMPLATES, Verdict, judge
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import ApiError, missing_permissions
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.accounts import Token
from ipygenesys.simulator.state.channels import Channel, TooManyTopics
from ipygenesys.simulator.state.clock import rfc3339

TOPICS_PATH = "/api/v2/notifications/availabletopics"


class _Wish(msgspec.Struct):
    id: str


def _token(call: Call) -> Token:
    assert call.token is not None
    return call.token


def _create(hub: Hub, call: Call, now: float) -> Answer:
    api = hub.agent_api
    channel, evicted = hub.channels.create(
        _token(call), now, life_s=api.channel_life_s, at_most=api.max_channels
    )
    for each in evicted:
        for stream in streams_of(hub, each):
            stream.no_longer_subscribed()
            stream.end("too many channels")
    hub.wake()
    return Answer(200, _body(channel, call), ({"kind": "channel_created", "evicted": len(evicted)},))


def _body(channel: Channel, call: Call) -> dict[str, Any]:
    base_url = call.base_url.replace("http", "ws", 1)
    return {
        "connectUri": f"{base_url}/channels/{channel.id}",
        "id": channel.id,
        "expires": rfc3339(channel.expires_at),
    }


def _list(hub: Hub, call: Call, now: float) -> Answer:
    token = _token(call)
    mine = hub.channels.of(f"{token.client_id}/{token.user_id}", now)
    if call.query.get("includechannels") == "token":
        mine = [c for c in mine if c.token.value == token.value]
    return Answer(200, {"entities": [_body(c, call) for c in mine]})


def _channel(hub: Hub, call: Call, now: float) -> Channel:
    channel = hub.channels.find(call.params["channel_id"], now)
    token = _token(call)
    if channel is None or channel.owner != f"{token.client_id}/{token.user_id}":
        raise ApiError(404, "not.found", "The channel does not exist.")
    return channel


def _get(hub: Hub, call: Call, now: float) -> Answer:
    return Answer(200, _body(_channel(hub, call, now), call))


def _subscriptions(hub: Hub, call: Call, now: float) -> Answer:
    channel = _channel(hub, call, now)
    return Answer(200, _entities(channel, [Verdict(topic) for topic in channel.topics]))


def _append(hub: Hub, call: Call, now: float) -> Answer:
    return _subscribe(hub, call, now, replace=False)


def _put(hub: Hub, call: Call, now: float) -> Answer:
    return _subscribe(hub, call, now, replace=True)


def _subscribe(hub: Hub, call: Call, now: float, *, replace: bool) -> Answer:
    channel = _channel(hub, call, now)
    verdicts = wished(hub, channel, [wish.id for wish in call.decode(list[_Wish])])
    if call.query.get("ignoreErrors", "").lower() != "true":
        _check(verdicts)
    subscribe(hub, channel, verdicts, now, replace=replace)
    actions = tuple({"kind": "subscribe", "topic": v.topic, "permitted": v.reason is None} for v in verdicts)
    return Answer(200, _entities(channel, verdicts), actions)


def wished(hub: Hub, channel: Channel, topics: Iterable[str]) -> list[Verdict]:
    """What becomes of each topic."""
    api = hub.agent_api
    return [
        judge(
            topic, user_id=channel.token.user_id, permissions=api.permissions, forbidden=api.forbidden_topics
        )
        for topic in topics
    ]


def subscribe(
    hub: Hub, channel: Channel, verdicts: Iterable[Verdict], now: float, *, replace: bool = False
) -> None:
    """Subscribes to what is permitted.

    Raises:
        ApiError: 400, too many topics.
    """
    api = hub.agent_api
    permitted = [v.topic for v in verdicts if v.reason is None]
    try:
        hub.channels.subscribe(
            channel, permitted, now, life_s=api.channel_life_s, at_most=api.max_topics, replace=replace
        )
    except TooManyTopics:
        message = f"A channel may have at most {api.max_topics} topics."
        raise ApiError(400, "bad.request", message) from None
    for stream in streams_of(hub, channel):
        watch(hub, stream)
    hub.wake()


def _check(verdicts: Iterable[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.is_known:
            raise ApiError(400, "bad.request", f"The topic {verdict.topic} does not exist.")
        if verdict.reason is not None:
            details = [{"errorCode": "topic.forbidden", "fieldName": "id", "entityName": verdict.topic}]
            raise missing_permissions(verdict.missing, details=details)


def _entities(channel: Channel, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    entities = []
    for verdict in verdicts:
        body: dict[str, Any] = {
            "id": verdict.topic,
            "state": "Permitted" if verdict.reason is None else "Rejected",
            "selfUri": f"{wire.CHANNELS_PATH}/{channel.id}/subscriptions/{verdict.topic}",
        }
        if verdict.reason is not None:
            body |= {"rejectionReason": verdict.reason, "missingPermissions": list(verdict.missing)}
        entities.append(body)
    return {"entities": entities}


def _unsubscribe(hub: Hub, call: Call, now: float) -> Answer:
    hub.channels.subscribe(
        _channel(hub, call, now),
        (),
        now,
        life_s=hub.agent_api.channel_life_s,
        at_most=hub.agent_api.max_topics,
        replace=True,
    )
    return Answer(200, {}, ({"kind": "unsubscribe"},))


def _topics(hub: Hub, call: Call, now: float) -> Answer:
    entities = [
        {
            "id": t.id,
            "description": t.about,
            "requiresPermissions": list(t.permissions),
            "requiresCurrentUserOrPermission": t.is_users_own,
            "enforced": True,
            "visibility": "Public",
            "transports": ["Websocket"],
            "topicParameters": ["id"],
        }
        for t in TEMPLATES
    ]
    return Answer(200, {"entities": entities})


_ONE = f"{wire.CHANNELS_PATH}/{{channel_id}}"
_TOPICS_OF_ONE = f"{_ONE}/subscriptions"


def _route(method: str, path: str, handle: Any) -> Route:
    return Route(method, path, handle, protocol=PROTOCOL)


ROUTES = [
    _route("POST", wire.CHANNELS_PATH, _create),
    _route("GET", wire.CHANNELS_PATH, _list),
    _route("GET", _ONE, _get),
    _route("HEAD", _ONE, _get),
    _route("GET", _TOPICS_OF_ONE, _subscriptions),
    _route("POST", _TOPICS_OF_ONE, _append),
    _route("PUT", _TOPICS_OF_ONE, _put),
    _route("DELETE", _TOPICS_OF_ONE, _unsubscribe),
    _route("GET", TOPICS_PATH, _topics),
]
