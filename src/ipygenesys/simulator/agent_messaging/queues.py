"""Answers what is asked of queues: which there are, who is in them now, as the analytics service lists it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.participants import communication_id
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.org.observing import LONGEST, METRICS, Observed
from ipygenesys.simulator.org.plan import Queue
from ipygenesys.simulator.serving.errors import ApiError, malformed
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.clock import rfc3339

MEDIA_TYPE = "message"
_KNOWN = (*METRICS, *LONGEST)
_TOO_WIDE = "At least one queueId is needed."

Test = Callable[[Observed], bool]


class _Predicate(msgspec.Struct):
    dimension: str
    value: str | None = None
    type: str = "dimension"
    operator: str = "matches"


class _Clause(msgspec.Struct):
    predicates: list[_Predicate]
    type: str = "and"


class _Filter(msgspec.Struct):
    type: str = "and"
    clauses: list[_Clause] = []
    predicates: list[_Predicate] = []


class _ObservationsQuery(msgspec.Struct, rename="camel"):
    filter: _Filter
    metrics: list[str]
    detail_metrics: list[str] = []


class _ActivityMetric(msgspec.Struct):
    metric: str
    details: bool = False


class _ActivityQuery(msgspec.Struct, rename="camel"):
    metrics: list[_ActivityMetric]
    filter: _Filter | None = None
    group_by: list[str] = []
    order: str = "asc"


# --- queues


def _queues(hub: Hub, call: Call, now: float) -> Answer:
    name = call.query.get("name", "").lower()
    found = [q for q in hub.queues if name in q.name.lower()]
    size, number = _page(call)
    page = found[(number - 1) * size : number * size]
    body = {
        "entities": [_queue(hub, q) for q in page],
        "pageSize": size,
        "pageNumber": number,
        "total": len(found),
        "pageCount": max(1, math.ceil(len(found) / size)),
        "selfUri": wire.QUEUES_PATH,
    }
    return Answer(200, body)


def _one_queue(hub: Hub, call: Call, now: float) -> Answer:
    queue = next((q for q in hub.queues if q.id == call.params["queue_id"]), None)
    if queue is None:
        raise ApiError(404, "not.found", "The queue does not exist.")
    return Answer(200, _queue(hub, queue))


def _queue(hub: Hub, queue: Queue) -> dict[str, Any]:
    level = {"percentage": queue.percentage, "durationMs": round(queue.target_s * 1000)}
    return {
        "id": queue.id,
        "name": queue.name,
        "division": {"id": hub.identity.organization_id, "name": "Home"},
        "memberCount": hub.members[queue.id],
        "mediaSettings": {"message": {"serviceLevel": level, "alertingTimeoutSeconds": 20}},
        "selfUri": f"{wire.QUEUES_PATH}/{queue.id}",
    }


def _page(call: Call) -> tuple[int, int]:
    try:
        size, number = (
            int(call.query.get(name, default)) for name, default in (("pageSize", 25), ("pageNumber", 1))
        )
    except ValueError:
        raise malformed("pageSize") from None
    if not 1 <= size <= wire.MAX_PAGE or number < 1:
        raise ApiError(400, "bad.request", f"pageSize must be 1 to {wire.MAX_PAGE}, pageNumber at least 1.")
    return size, number


# --- who is there now


def _observations(hub: Hub, call: Call, now: float) -> Answer:
    query = call.decode(_ObservationsQuery)
    _check([*query.metrics, *query.detail_metrics])
    test = _test(query.filter, ("queueId", "mediaType"))
    queue_ids = _named(query.filter)
    if not queue_ids:
        raise ApiError(400, "bad.request", _TOO_WIDE)
    observed, limit = [o for o in hub.observed() if test(o)], hub.agent_api.max_observations
    results = []
    for queue_id in queue_ids:
        here = [o for o in observed if o.part.queue_id == queue_id]
        data = [
            _metric(name, here, now, limit if name in query.detail_metrics else 0) for name in query.metrics
        ]
        results.append({"group": {"queueId": queue_id, "mediaType": MEDIA_TYPE}, "data": data})
    return Answer(200, {"results": results})


def _metric(name: str, here: Sequence[Observed], now: float, limit: int) -> dict[str, Any]:
    found = [o for o in here if o.metric == LONGEST.get(name, name)]
    body: dict[str, Any] = {"metric": name, "stats": {"count": len(found), **_longest(name, found, now)}}
    if limit:
        is_cut = len(found) > limit
        half = limit // 2
        listed = [*found[:half], *found[half - limit :]] if is_cut else found
        body |= {"truncated": is_cut, "observations": [_observation(o) for o in listed]}
    return body


def _longest(name: str, found: Sequence[Observed], now: float) -> dict[str, int]:
    """Of an ``oLongest…``, the age of the oldest in milliseconds. Chosen: no source says what this value is."""
    return (
        {"calculatedMetricValue": round((now - found[0].since_s) * 1000)} if name in LONGEST and found else {}
    )


def _observation(o: Observed) -> dict[str, Any]:
    body = {
        "observationDate": rfc3339(o.since_s),
        "conversationId": o.conversation.id,
        "sessionId": communication_id(o.part.who),
        "participantName": o.conversation.customer.name,
        "direction": "inbound",
        "requestedRoutings": ["Standard"],
    }
    return body if o.part.user_id is None else {**body, "userId": o.part.user_id, "usedRouting": "Standard"}


def _activity(hub: Hub, call: Call, now: float) -> Answer:
    query = call.decode(_ActivityQuery)
    _check([m.metric for m in query.metrics])
    test = _test(query.filter or _Filter(), ("queueId", "mediaType", "conversationId", "userId"))
    if strange := [name for name in query.group_by if name not in ("queueId", "mediaType")]:
        raise malformed(f"groupBy.{strange[0]}")
    size, number = _page(call)
    observed = [o for o in hub.observed() if test(o)]
    groups: dict[tuple[str, ...], list[Observed]] = {} if query.group_by else {(): []}
    for o in observed:
        groups.setdefault(tuple(_value(o, name) for name in query.group_by), []).append(o)
    detailed = {LONGEST.get(m.metric, m.metric) for m in query.metrics if m.details}
    results = []
    for key, found in groups.items():
        entities = [_entity(o) for o in found if o.metric in detailed]
        if query.order.lower() == "desc":
            entities.reverse()
        data = [
            {"metric": m.metric, "count": sum(o.metric == LONGEST.get(m.metric, m.metric) for o in found)}
            for m in query.metrics
        ]
        results.append(
            {
                "group": dict(zip(query.group_by, key, strict=True)),
                "data": data,
                "truncated": len(entities) > number * size,
                "entities": entities[(number - 1) * size : number * size],
            }
        )
    return Answer(200, {"results": results})


def _entity(o: Observed) -> dict[str, Any]:
    body = {
        "activityDate": rfc3339(o.since_s),
        "metric": o.metric,
        "conversationId": o.conversation.id,
        "sessionId": communication_id(o.part.who),
        "participantName": o.conversation.customer.name,
        "queueId": o.part.queue_id,
        "mediaType": MEDIA_TYPE,
        "direction": "inbound",
    }
    return body if o.part.user_id is None else {**body, "userId": o.part.user_id}


# --- filters


def _check(metrics: Sequence[str]) -> None:
    if not metrics:
        raise malformed("metrics")
    if strange := [name for name in metrics if name not in _KNOWN]:
        raise malformed(f"metrics.{strange[0]}")


def _named(query: _Filter) -> list[str]:
    """The queues that a filter names, each once."""
    predicates = [*query.predicates, *(p for clause in query.clauses for p in clause.predicates)]
    return list(dict.fromkeys(p.value for p in predicates if p.dimension == "queueId" and p.value))


def _test(query: _Filter, dimensions: Sequence[str]) -> Test:
    tests = [_of(p, dimensions) for p in query.predicates]
    for clause in query.clauses:
        tests.append(_joined(clause.type, [_of(p, dimensions) for p in clause.predicates]))
    return _joined(query.type, tests)


def _joined(kind: str, tests: Sequence[Test]) -> Test:
    if kind.lower() not in ("and", "or"):
        raise malformed("filter.type")
    join = any if kind.lower() == "or" and tests else all
    return lambda o: join(test(o) for test in tests)


def _of(predicate: _Predicate, dimensions: Sequence[str]) -> Test:
    if predicate.dimension not in dimensions:
        raise malformed(f"filter.predicates.{predicate.dimension}")
    return lambda o: _value(o, predicate.dimension) == predicate.value


def _value(o: Observed, dimension: str) -> str:
    match dimension:
        case "queueId":
            return o.part.queue_id or ""
        case "userId":
            return o.part.user_id or ""
        case "conversationId":
            return o.conversation.id
        case _:
            return MEDIA_TYPE


def _route(method: str, path: str, handle: Any, permissions: tuple[str, ...]) -> Route:
    return Route(method, path, handle, protocol=PROTOCOL, permissions=permissions)


ROUTES = [
    _route("GET", wire.QUEUES_PATH, _queues, wire.PERMISSIONS_QUEUES),
    _route("GET", f"{wire.QUEUES_PATH}/{{queue_id}}", _one_queue, wire.PERMISSIONS_QUEUES),
    _route("POST", wire.OBSERVATIONS_PATH, _observations, wire.PERMISSIONS_OBSERVE),
    _route("POST", wire.ACTIVITY_PATH, _activity, wire.PERMISSIONS_OBSERVE),
]
