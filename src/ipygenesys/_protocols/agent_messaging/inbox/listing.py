"""Which conversations are there now: the queries at the start, and what the queues are called and promise."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from ipygenesys._core.inbox.told import ConversationListed, InboxEvent, ListEnded, ProblemFound, QueueTold
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._protocols.agent_messaging.inbox.conversations import told_of
from ipygenesys._protocols.flow import CallError, Flow, Request, asked
from ipygenesys._protocols.tolerant import is_id, name_of, time_ms_of
from ipygenesys._wire import agent_messaging as wire

WAITING, ALERTING, INTERACTING = "oWaiting", "oAlerting", "oInteracting"
METRICS = (WAITING, ALERTING, INTERACTING)
PAGE = 100
MAX_PAGES = 10
"""Chosen: of those that the first answer leaves out; more of them would take the budget of minutes."""

_UNKNOWN = (
    "There is no queue {!r}, or it may not be seen: nothing comes of it. Check queue_id and the region."
)
_WORDS: dict[FailureKind, str] = {
    "not_found": _UNKNOWN,
    "rejected": _UNKNOWN,
    "permission": "The queue {!r} may not be read, while others may: its name and target are missing. "
    "Give the user or the OAuth client's role the queue's division.",
}
"""What keeps one queue from being read and says nothing of the others."""


class _Entities(msgspec.Struct, frozen=True):
    entities: list[msgspec.Raw] = msgspec.field(default_factory=list)


def list_queues(queue_ids: tuple[str, ...], known: dict[str, QueueTold]) -> Flow[tuple[InboxEvent, ...]]:
    """Names and targets; a queue that is unknown or may not be seen is said, and stops no other.

    Args:
        queue_ids: which ones.
        known: those that have been told; what is learned is added, so that whoever asks again after a failure goes on.

    Raises:
        CallError: none of them may be seen, or nobody knows.
    """
    problems: list[InboxEvent] = []
    forbidden: CallError | None = None
    for queue_id in queue_ids:
        if queue_id in known:
            continue
        request = Request(
            method="GET",
            path=f"{wire.QUEUES_PATH}/{quote(queue_id, safe='')}",
            what="Fetching a queue",
            needs=wire.PERMISSIONS_QUEUES,
        )
        try:
            queue = yield from asked(request, wire.QueueBody)
        except CallError as error:
            words = _WORDS.get(error.failure.kind)
            if words is None:
                raise
            if error.failure.kind == "permission":
                forbidden = error
            failure = msgspec.structs.replace(error.failure, message=words.format(queue_id))
            problems.append(ProblemFound(f"queue {queue_id}", failure))
            continue
        settings = queue.media_settings.message if queue.media_settings else None
        level = settings.service_level if settings else None
        known[queue_id] = QueueTold(
            queue_id=queue_id, name=name_of(queue.name), target_ms=level.duration_ms if level else None
        )
    if forbidden is not None and not known:
        raise forbidden
    return (*known.values(), *problems)


def list_of_queues(queue_ids: tuple[str, ...]) -> Flow[tuple[InboxEvent, ...]]:
    """Who waits, is alerted or served in these queues now: one call, and a few more where that leaves some out."""
    query = wire.ObservationsQuery(
        filter=_filter_of(queue_ids), metrics=list(METRICS), detail_metrics=list(METRICS)
    )
    request = Request(
        method="POST",
        path=wire.OBSERVATIONS_PATH,
        body=msgspec.json.encode(query),
        what="Asking who is in the queues",
        needs=wire.PERMISSIONS_OBSERVE,
    )
    answer = yield from asked(request, wire.ObservationsBody)
    listed = {each.conversation_id: each for each in _observed(answer)}
    is_cut_off = any(metric.truncated for group in answer.results for metric in group.data)
    if is_cut_off:
        is_cut_off = yield from _list_the_rest(queue_ids, listed)
    return (*listed.values(), ListEnded(is_cut_off))


def _filter_of(queue_ids: tuple[str, ...]) -> wire.QueryFilter:
    queues = wire.QueryClause(
        predicates=[wire.QueryPredicate(dimension="queueId", value=queue_id) for queue_id in queue_ids]
    )
    media = wire.QueryClause(predicates=[wire.QueryPredicate(dimension="mediaType", value="message")])
    return wire.QueryFilter(type="and", clauses=[queues, media])


def _observed(answer: wire.ObservationsBody) -> Iterator[ConversationListed]:
    for group in answer.results:
        for metric in group.data:
            for each in metric.observations:
                if (
                    metric.metric in METRICS
                    and each.conversation_id is not None
                    and is_id(each.conversation_id)
                ):
                    yield ConversationListed(
                        conversation_id=each.conversation_id,
                        state="agent" if metric.metric == INTERACTING else "waiting",
                        since_ms=time_ms_of(each.observation_date),
                        customer=name_of(each.participant_name),
                        queue_id=group.group.get("queueId"),
                        user_id=each.user_id if metric.metric == INTERACTING else None,
                    )


def _list_the_rest(queue_ids: tuple[str, ...], listed: dict[str, ConversationListed]) -> Flow[bool]:
    """Page by page; whether there are still more."""
    query = wire.ActivityQuery(
        metrics=[wire.ActivityMetric(metric=metric, details=True) for metric in METRICS],
        filter=_filter_of(queue_ids),
    )
    for page in range(1, MAX_PAGES + 1):
        request = Request(
            method="POST",
            path=wire.ACTIVITY_PATH,
            query={"pageSize": str(PAGE), "pageNumber": str(page)},
            body=msgspec.json.encode(query),
            what="Asking who else is in the queues",
            needs=wire.PERMISSIONS_OBSERVE,
        )
        answer = yield from asked(request, wire.ActivityBody)
        entities = [each for group in answer.results for each in group.entities]
        for each in entities:
            if each.metric in METRICS and each.conversation_id is not None and is_id(each.conversation_id):
                listed[each.conversation_id] = ConversationListed(
                    conversation_id=each.conversation_id,
                    state="agent" if each.metric == INTERACTING else "waiting",
                    since_ms=time_ms_of(each.activity_date),
                    customer=name_of(each.participant_name),
                    queue_id=each.queue_id,
                    user_id=each.user_id if each.metric == INTERACTING else None,
                )
        if len(entities) < PAGE:
            return False
    return True


def list_of_user() -> Flow[tuple[InboxEvent, ...]]:
    """The conversations that the token's user has now, all that is to be known of them."""
    request = Request(
        method="GET",
        path=wire.CONVERSATIONS_PATH,
        what="Asking for the user's conversations",
        needs=("conversations",),
    )
    answer = yield from asked(request, _Entities)
    told = [each for raw in answer.entities if (each := told_of(raw)) is not None]
    listed = [ConversationListed(conversation_id=each.conversation_id, state="agent") for each in told]
    return (*listed, *told, ListEnded())
