"""Collects what can be set for the two real protocols: the deployment, the guest's limits, the agent's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from ipygenesys._wire import agent_messaging as agent_wire
from ipygenesys._wire import messaging_events as tutorial_wire
from ipygenesys._wire import web_messaging as guest_wire

Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]

PERMISSIONS: tuple[str, ...] = tuple(
    sorted(
        {
            *agent_wire.PERMISSIONS_SEND,
            *agent_wire.PERMISSIONS_VIEW,
            *agent_wire.PERMISSIONS_WATCH,
            *agent_wire.PERMISSIONS_STATE,
            *agent_wire.PERMISSIONS_QUEUES,
            *agent_wire.PERMISSIONS_OBSERVE,
            "messaging:setting:view",
        }
    )
)
"""All that any call here asks for."""

USER_SCOPES = frozenset({*tutorial_wire.SCOPES, *agent_wire.Unverified.SCOPES})
"""Of every user's token: which scope a call wants is not known, so no call of the agent's wire checks any."""


class _Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the groups; a misspelt name is an error."""


class Deployment(_Group, frozen=True, kw_only=True):
    """A messenger deployment as an administrator set it up."""

    show_user_typing_indicator: bool = True
    show_agent_typing_indicator: bool = True
    auto_start: bool = False
    """The conversation begins with the session; else when the guest joins or writes."""
    conversation_clear: bool = True
    conversation_disconnect: Literal["ReadOnly", "Send"] | None = "ReadOnly"
    """None: the guest is not told that the agent has ended the conversation."""
    markdown: bool = False
    file_types: tuple[str, ...] = ("image/png", "image/jpeg", "application/pdf", "text/plain")
    """What may be uploaded, ``*/*`` for anything; empty: no uploads."""
    enable_attachments: bool | None = None
    """False: no uploads. True: the config says so, and the session what may come. None: the config has no such switch."""
    max_file_size_kb: Count = 10240
    blocked_extensions: tuple[str, ...] = (".exe",)
    status: Literal["Active", "Inactive"] = "Active"
    auth_enabled: bool = False
    allow_session_upgrade: bool = False
    allowed_origins: tuple[str, ...] = ()
    """Empty: every origin of this machine."""

    @property
    def takes_files(self) -> bool:
        """A guest may upload something."""
        return bool(self.file_types) and self.enable_attachments is not False


class GuestLimits(_Group, frozen=True, kw_only=True):
    """The limits and lifetimes of the guest's side."""

    messages_per_s: Positive = guest_wire.MESSAGES_PER_S
    configures_per_min: Count = 60
    """Source: T#347."""
    retry_after_s: Positive | None = None
    """What a refusal says; None: what is really left, in whole seconds."""
    session_duration_s: Positive = 259_200
    """Source: T, 72 hours."""
    connections: Count = guest_wire.Unverified.CONNECTIONS
    """Sockets of one session; the next one ends the oldest."""
    max_text_bytes: Count = guest_wire.Unverified.MAX_TEXT_BYTES
    """Of UTF-8."""
    history_pages_per_min: Count = guest_wire.Unverified.HISTORY_PAGES_PER_MIN
    jwt_lifetime_s: Positive = 900
    """Of a signed-in guest's. Source: F 23514, at most 15 minutes."""
    history_jwt_lifetime_s: Positive = guest_wire.Unverified.HISTORY_JWT_S
    """Of what getJwt gives."""
    refresh_lifetime_s: Positive = 86_400
    """Source: F 23514."""
    url_lifetime_s: Positive = 600
    """Of upload and download addresses."""


class AgentApi(_Group, frozen=True, kw_only=True):
    """What the agent may do, and the limits of the notification service."""

    permissions: tuple[str, ...] = PERMISSIONS
    forbidden_topics: tuple[str, ...] = ()
    """Topics, or beginnings of topics, that are refused with 403."""
    state: Literal["alerting", "connected"] = "connected"
    """Of the agent's part when the conversation begins."""
    heartbeat_s: Positive = agent_wire.HEARTBEAT_S
    channel_life_s: Positive = agent_wire.CHANNEL_LIFE_S
    max_channels: Count = agent_wire.MAX_CHANNELS
    max_topics: Count = agent_wire.MAX_TOPICS
    max_observations: Annotated[int, msgspec.Meta(ge=2)] = agent_wire.Unverified.MAX_OBSERVATIONS
    """Conversations that an answer about a queue lists of each state."""
    delivery_error: str = ""
    """Why the provider delivers none of the agent's messages; empty: it delivers them."""
    names_creators: bool = True
    """Whether messages name their author (``createdBy``, which is optional)."""
    delivery_step_s: Positive = 0.02
    """Seconds from queued to sent, and from sent to delivery-success. Chosen: soon, but not at once."""
    reports_read: bool = False
    """Whether the provider reports reads; web messaging does not."""
    time_step_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Messages have times in steps of this: 1 where a provider tells whole seconds, as WhatsApp does."""
    deny_login: bool = False
    """The user refuses to log in: ``/oauth/authorize`` redirects with ``access_denied``."""


G = TypeVar("G", Deployment, GuestLimits, AgentApi)


def changed(group: G, changes: Mapping[str, Any]) -> G:
    """The group with some values changed.

    Raises:
        ValueError: naming what is wrong.
    """
    try:
        return msgspec.convert({**msgspec.structs.asdict(group), **changes}, type(group))
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
