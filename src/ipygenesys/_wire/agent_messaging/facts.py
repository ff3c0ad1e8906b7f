"""The agent's side in figures: paths, topics, limits, permissions, and what no source confirms.

Sources, by the keys of protocols/genesys.md: P is the official Python SDK (269.0.0), PD its permission docs, CLI
Genesys' command line, F and C its forum and community. What no source confirms is in ``Unverified``.
"""

from __future__ import annotations

TOKEN_PATH = "/oauth/token"
AUTHORIZE_PATH = "/oauth/authorize"
ME_PATH = "/api/v2/users/me"
TOKEN_INFO_PATH = "/api/v2/tokens/me"
MESSAGING_SETTINGS_PATH = "/api/v2/conversations/messaging/settings"
CHANNELS_PATH = "/api/v2/notifications/channels"
ANY_CONVERSATIONS_PATH = "/api/v2/conversations"
"""Of every media; it alone shows the communications, whose ids sends and typing need."""
CONVERSATIONS_PATH = "/api/v2/conversations/messages"
QUEUES_PATH = "/api/v2/routing/queues"
OBSERVATIONS_PATH = "/api/v2/analytics/queues/observations/query"
ACTIVITY_PATH = "/api/v2/analytics/conversations/activity/query"

USER_MESSAGES_TOPIC = "v2.users.{user_id}.conversations.messages"
USER_TYPING_TOPIC = "v2.users.{user_id}.conversations.inbound.typing.event"
QUEUE_MESSAGES_TOPIC = "v2.routing.queues.{queue_id}.conversations.messages"
QUEUE_OBSERVATIONS_TOPIC = "v2.analytics.queues.{queue_id}.observations"
METADATA_TOPIC = "channel.metadata"
SOCKET_CLOSING_TOPIC = "v2.system.socket_closing"
NO_LONGER_SUBSCRIBED_TOPIC = "v2.system.no_longer_subscribed"
TOKEN_REVOKED_TOPIC = "v2.system.token_revoked"


def id_in(topic: str, template: str) -> str | None:
    """Whose topic it is, of those that a template makes; None: it is another kind of topic."""
    head, tail = template.partition("{")[0], template.rpartition("}")[2]
    id_ = topic.removeprefix(head).removesuffix(tail)
    return id_ if id_ and "." not in id_ and topic == f"{head}{id_}{tail}" else None


HEARTBEAT_S = 30.0
"""The server's own, about. Source: C regarding-the-behavior-of-websocket-heartbeats."""
SILENCE_S = 35.0
"""After this long without a frame the socket is taken for dead. Source: purecloudlabs/streaming-client."""
CHANNEL_LIFE_S = 24 * 3600.0
ROTATE_AFTER_S = 23 * 3600.0
MAX_TOPICS = 1000
MAX_CHANNELS = 20
"""Per user and app; one socket each. Source: F 10312."""
MAX_BULK = 1000
"""Message ids in one bulk call. Source: PD."""
MAX_PAGE = 100
"""Entities of one page of queues, or of an activity answer."""
WITHDRAWN_STATUS = "removed"
"""Of a message that whoever said it has taken back. Source: P."""

PERMISSIONS_SEND = ("conversation:message:create", "conversation:webmessaging:create")
PERMISSIONS_UPLOAD = (*PERMISSIONS_SEND, "conversation:socialmedia:create")
PERMISSIONS_VIEW = ("conversation:message:view", "conversation:webmessaging:view")
PERMISSIONS_SETTINGS = ("messaging:setting:view",)
PERMISSIONS_WATCH = ("conversation:communication:view",)
PERMISSIONS_QUEUES = ("routing:queue:view",)
PERMISSIONS_OBSERVE = ("analytics:queueObservation:view",)
"""Of both queries of who is in a queue now, and of a queue's observations."""
PERMISSIONS_WRAPUP = ("conversation:participant:wrapup",)
PERMISSIONS_STATE = ("conversation:participant:wrapup", "conversation:communication:disconnect")
"""Any of each. Source: PD."""

MEDIA_STATUS_TO_RECEIPT: dict[str, str] = {
    "queued": "sent",
    "sent": "sent",
    "received": "sent",
    "published": "sent",
    "delivery-success": "delivered",
    "read": "read",
    "failed": "failed",
    "delivery-failed": "failed",
}
"""MessageData.status to our receipts. Source: P; how they follow each other: ``Unverified.STATUS_SEQUENCE``."""


class Unverified:
    """What no source confirms, each used in one place only, so that one edit here corrects it."""

    MAX_TEXT_CHARACTERS = 4000
    """P says 2,000 for other channels than SMS, the limits page 4,000 (N): what the server may take is not refused here."""
    STATUS_SEQUENCE = ("queued", "sent", "delivery-success")
    """Of an agent's message on web messaging. The client takes any order and never goes back."""
    BAD_CLIENT_STATUSES = (401, 400)
    """Of a token request with a wrong client or secret; the client takes either, the simulator answers the first."""
    TOO_LARGE_CODE = "request.too.large"
    """Of a 413; its words are known."""
    TYPING_PER_MINUTE = 12
    """Typing calls of a conversation. Source: N, the limits page."""
    TYPING_DURATION_MS = 6000
    """That a longer one than the 5,000 ms of every example is passed on: 12 calls a minute would else flicker."""
    TYPING_STATUS = 204
    """Of a typing POST; the SDK returns None on any 2xx."""
    SCOPES = ("conversations", "notifications", "users:readonly")
    """Scopes are real names; which of them each endpoint wants is not in the SDK."""
    EXPAND_PERMISSIONS = "authorization"
    """What ``GET users/me`` is asked to add; that the answer then holds ``authorization.permissions``."""
    NO_USER_STATUS = 400
    """Of a call that needs a user, made with client credentials."""
    SEND_STATUS = 200
    """Of a send; 202 in the catalogue of 2018."""
    WRAPUP_STATUS = 204
    """Of a wrap-up; the SDK returns None on any 2xx."""
    NOT_CONNECTED_STATUS = 400
    """Of a send or a typing call while the agent's communication is not connected."""
    UNKNOWN_CHANNEL_STATUS = 404
    """Of the handshake, for a channel that does not exist or has expired."""
    ENDED_CLOSE_CODE = 1000
    """Of a socket whose channel was connected again, evicted or has expired, or whose token was revoked."""
    CLOSING_CLOSE_CODE = 1001
    """At the end of the notice of ``v2.system.socket_closing``."""
    FILES_GO_ALONE = True
    """A message has a text or files, not both: the SDK's model allows both, and calls the files "associated with the text"."""
    UPLOAD_HOSTS: tuple[str, ...] = ()
    """That files go to hosts of the region is assumed; other stores to trust would stand here."""
    EXPIRED_UPLOAD_STATUSES = frozenset({400, 401, 403, 410})
    """Of a PUT to an address that has expired: object stores differ, S3 says 403."""
    MESSAGES_IN_EVENT = 10
    """How many of the newest messages a conversation event names; that it names all is likely too."""
    MAX_OBSERVATIONS = 100
    """Conversations that an observations answer lists of a metric before it is ``truncated``; that there is a limit, and
    which half of the list is which, is P's."""
