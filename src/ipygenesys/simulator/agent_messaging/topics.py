"""Knows the notification topics: which exist, who may have them; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from ipygenesys._wire import agent_messaging as wire

CONVERSATIONS = "v2.users.{id}.conversations"
"""The generic form of a conversation, where the media topics have the message form."""


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


def expanded(topic: str) -> Iterator[str]:
    """The topics of the combined form ``v2.users.{id}?presence&routingStatus``."""
    base, mark, names = topic.partition("?")
    if not mark:
        yield topic
        return
    for name in names.split("&"):
        yield f"{base}.{name}"


def judge(
    topic: str, *, user_id: str | None, permissions: Collection[str], forbidden: Collection[str]
) -> Verdict:
    """What becomes of a wish to have a topic."""
    found = next(((t, m) for t, pattern in _PATTERNS if (m := pattern.fullmatch(topic))), None)
    if found is None:
        return Verdict(topic, "Unknown topic", is_known=False)
    template, match = found
    if any(topic.startswith(start) for start in forbidden):
        return Verdict(topic, "Missing permissions", template.permissions)
    if template.is_users_own and match[1] == user_id:
        return Verdict(topic)
    if template.permissions and not set(template.permissions) & set(permissions):
        return Verdict(topic, "Missing permissions", template.permissions)
    return Verdict(topic)
