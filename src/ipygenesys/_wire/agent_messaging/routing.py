"""Queues of an organisation: which there are, who waits in them now, and the events about their conversations.

Nothing here holds the text of a message. Sources: P, JS; what none confirms is in ``facts.Unverified``.
"""

from __future__ import annotations

import msgspec

from ipygenesys._wire.agent_messaging.channel import ConversationEvent, EventParticipant, Id

# --- queues


class ServiceLevel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A queue's own target: so many of the customers (``percentage``, 0 to 1) are answered within this time."""

    percentage: float | None = None
    duration_ms: int | None = None


class MessageMediaSettings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a queue does with messages. Source: P."""

    service_level: ServiceLevel | None = None
    alerting_timeout_seconds: int | None = None


class QueueMediaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue does with each kind of media; only messages are of interest."""

    message: MessageMediaSettings | None = None


class QueueBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``GET /api/v2/routing/queues/{id}``."""

    id: str
    name: str | None = None
    member_count: int | None = None
    media_settings: QueueMediaSettings | None = None


class QueuesBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``GET /api/v2/routing/queues``, a page of it."""

    entities: list[QueueBody] = msgspec.field(default_factory=list)
    page_number: int = 1
    page_count: int = 1
    total: int | None = None


# --- who is there now


class QueryPredicate(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of an analytics query."""

    type: str = "dimension"
    dimension: str
    """``queueId`` or ``mediaType`` in an observations query; the activity query has ``conversationId``, ``userId`` too."""
    operator: str = "matches"
    value: str


class QueryClause(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions that hold together (``and``), or one of them (``or``)."""

    type: str = "or"
    predicates: list[QueryPredicate]


class QueryFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which observations are meant."""

    type: str
    clauses: list[QueryClause] = msgspec.field(default_factory=list)
    predicates: list[QueryPredicate] = msgspec.field(default_factory=list)


class ObservationsQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``POST /api/v2/analytics/queues/observations/query``. Source: P, QueueObservationQuery."""

    filter: QueryFilter
    metrics: list[str]
    detail_metrics: list[str] = msgspec.field(default_factory=list)
    """Those whose conversations are listed too."""


class Observation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One conversation that a metric counts. Source: P, ObservationValue."""

    conversation_id: str | None = None
    observation_date: str | None = None
    """Since when it is in that state."""
    session_id: str | None = None
    """The communication."""
    participant_name: str | None = None
    """The customer's."""
    user_id: str | None = None
    """Whom it alerts, or who has it."""
    direction: str | None = None

    def __repr__(self) -> str:
        return f"Observation(conversation_id={self.conversation_id!r})"


class ObservationStats(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The figure of a metric."""

    count: int | None = None
    calculated_metric_value: int | None = None
    """Of ``oLongest…``: milliseconds since 1970 of the oldest, or a length of time? No source says; it is not used."""


class ObservedMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of one group. Source: P, ObservationMetricData."""

    metric: str
    stats: ObservationStats | None = None
    truncated: bool = False
    """Not all are listed: the first half of ``observations`` are the oldest, the second half the newest."""
    observations: list[Observation] = msgspec.field(default_factory=list)


class ObservedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """``group`` has a ``queueId``, and a ``mediaType`` where the group is of one."""

    group: dict[str, str] = msgspec.field(default_factory=dict)
    data: list[ObservedMetric] = msgspec.field(default_factory=list)


class ObservationsBody(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an observations query."""

    results: list[ObservedGroup] = msgspec.field(default_factory=list)


class ActivityMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric that an activity query asks for, with or without its conversations."""

    metric: str
    details: bool = False


class ActivityQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``POST /api/v2/analytics/conversations/activity/query?pageSize=&pageNumber=``. Source: P."""

    metrics: list[ActivityMetric]
    filter: QueryFilter | None = None
    group_by: list[str] = msgspec.field(default_factory=list)
    order: str = "desc"


class Activity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One conversation in an activity answer. Source: P, ConversationActivityEntityData."""

    conversation_id: str | None = None
    metric: str | None = None
    activity_date: str | None = None
    session_id: str | None = None
    queue_id: str | None = None
    user_id: str | None = None
    participant_name: str | None = None
    media_type: str | None = None
    direction: str | None = None

    def __repr__(self) -> str:
        return f"Activity(conversation_id={self.conversation_id!r}, metric={self.metric!r})"


class ActivityValue(msgspec.Struct, frozen=True, kw_only=True):
    """The figure of a metric."""

    metric: str
    count: int | None = None


class ActivityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one group; its entities a page at a time."""

    group: dict[str, str] = msgspec.field(default_factory=dict)
    data: list[ActivityValue] = msgspec.field(default_factory=list)
    truncated: bool = False
    entities: list[Activity] = msgspec.field(default_factory=list)


class ActivityBody(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an activity query."""

    results: list[ActivityGroup] = msgspec.field(default_factory=list)


# --- events


class ObservedCount(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A figure in an observations event; ``calculatedMetricValue`` as in ``ObservationStats``."""

    metric: str
    count: int | None = None
    calculated_metric_value: int | None = None


class ObservedCounts(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The figures of one kind of media."""

    media_type: str | None = None
    data: list[ObservedCount] = msgspec.field(default_factory=list)


class ObservationsEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``v2.analytics.queues.{id}.observations``: on change, at most one a second. Source: JS, P."""

    results: list[ObservedCounts] = msgspec.field(default_factory=list)


class Wrapup(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How an agent has filed a conversation."""

    code: str | None = None
    end_time: str | None = None


class Ref(Id, frozen=True, kw_only=True):
    """A reference that may hold its name as well. Source: P, QueueConversationMessageEventTopicUriReference."""

    name: str | None = None


class RoutedParticipant(EventParticipant, frozen=True, kw_only=True, rename="camel"):
    """A participant with all that an inbox needs of it; times as Genesys writes them. Source: P.

    A transfer ends one and begins another, with an id of its own. ``purpose`` acd is the wait in a queue.
    """

    user: Ref | None = None
    queue: Ref | None = None
    start_time: str | None = None
    """Of an agent: since when it alerts."""
    start_alerting_time: str | None = None
    """By REST only."""
    connected_time: str | None = None
    end_time: str | None = None
    disconnect_type: str | None = None
    """client, endpoint, transfer, transfer.noanswer, inactivity, …"""
    start_acw_time: str | None = None
    end_acw_time: str | None = None
    park_time: str | None = None
    """Since when it is parked, or was last: a resumed one keeps it."""
    resume_time: str | None = None
    """When it will be resumed; afterwards when it was."""
    wrapup_required: bool | None = None
    wrapup: Wrapup | None = None


class RoutedConversation(ConversationEvent, frozen=True, kw_only=True, rename="camel"):
    """The body of ``v2.routing.queues.{id}.conversations.messages`` and of ``v2.users.{id}.conversations.messages``.

    ``GET /api/v2/conversations/messages/{id}`` has it too, with all messages, where an event names the newest only.
    """

    participants: list[RoutedParticipant] | None = None  # type: ignore[assignment]
    inactivity_timeout: str | None = None
    """When the conversation is ended if nobody says anything."""
