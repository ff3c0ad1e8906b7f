"""Knows the notification topics: which exist, who may have them; pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.state.channels import expanded

CONVERSATIONS = "v2.users.{id}.conversations"
"""The generic form of a conversation, where the media topics have the message form."""
MAX_COMBINED_CHARACTERS = 200
"""Source: N, quoting Genesys' page on combining topics."""


@dataclass(frozen=True)
class Template:
    """A kind of topic."""

    id: str
    about: str
    permissions: tuple[str, ...] = ()
    """One of these is needed; for a user's topics only by others than the user."""
    is_users_own: bool = False


TEMPLATES: tuple[Template, ...] = (
    Template(
        "v2.users.{id}.conversations.messages",
        "Message conversations of a user",
        wire.PERMISSIONS_VIEW,
        is_users_own=True,
    ),
    Template(CONVERSATIONS, "Conversations of a user", wire.PERMISSIONS_WATCH, is_users_own=True),
    Template(
        "v2.users.{id}.conversations.inbound.typing.event",
        "Typing of the customers of a user",
        wire.PERMISSIONS_VIEW,
        is_users_own=True,
    ),
    Template("v2.users.{id}.presence", "Presence of a user"),
    Template("v2.users.{id}.routingStatus", "Routing status of a user"),
    Template(
        "v2.routing.queues.{id}.conversations.messages",
        "Message conversations of a queue",
        wire.PERMISSIONS_VIEW,
    ),
    Template(
        "v2.analytics.queues.{id}.observations",
        "How many wait, are offered and are talked to in a queue",
        wire.PERMISSIONS_OBSERVE,
    ),
    Template(
        "v2.workflows.{id}.conversations.inbound.typing.event",
        "Typing of the customers of a bot flow",
        wire.PERMISSIONS_VIEW,
    ),
    Template(
        "v2.webmessaging.deployments.{id}.undelivered.messages",
        "Messages that no guest has got",
        wire.PERMISSIONS_VIEW,
    ),
    Template("v2.webdeployments.deployments.{id}", "Changes of a deployment"),
    Template("v2.webdeployments.configurations.{id}", "Changes of a configuration"),
)
"""Source: JS notificationMappings; only those that a messaging client may want."""

_PATTERNS = tuple(
    (template, re.compile(re.escape(template.id).replace(r"\{id\}", r"([0-9A-Za-z-]+)")))
    for template in TEMPLATES
)


@dataclass(frozen=True)
class Verdict:
    """Whether a subscription is permitted."""

    topic: str
    reason: str | None = None
    """Why not; None: permitted."""
    missing: tuple[str, ...] = field(default=())
    is_known: bool = True


def judge(
    topic: str, *, user_id: str | None, permissions: Collection[str], forbidden: Collection[str]
) -> Verdict:
    """What becomes of a wish to have a topic; a combined one is had whole or not at all."""
    verdicts = [_judge(name, user_id, permissions, forbidden) for name in expanded(topic)]
    if len(topic) > MAX_COMBINED_CHARACTERS and len(verdicts) > 1:
        return Verdict(topic, "The combined topic is too long", is_known=False)
    missing = dict.fromkeys(permission for v in verdicts for permission in v.missing)
    reason = next((v.reason for v in verdicts if v.reason is not None), None)
    return Verdict(topic, reason, tuple(missing), all(v.is_known for v in verdicts))


def _judge(
    name: str, user_id: str | None, permissions: Collection[str], forbidden: Collection[str]
) -> Verdict:
    found = next(((t, m) for t, pattern in _PATTERNS if (m := pattern.fullmatch(name))), None)
    if found is None:
        return Verdict(name, "Unknown topic", is_known=False)
    template, match = found
    if any(name.startswith(start) for start in forbidden):
        return Verdict(name, "Missing permissions", template.permissions)
    if template.is_users_own and match[1] == user_id:
        return Verdict(name)
    if template.permissions and not set(template.permissions) & set(permissions):
        return Verdict(name, "Missing permissions", template.permissions)
    return Verdict(name)
