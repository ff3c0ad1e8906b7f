"""A notification channel: what is known of it, and what it has answered to the topics that it was asked for.

It lives for 24 hours, takes 1,000 topics and one socket; a user and app have 20 of them. Source: genesys.md 2.4, F 10312.
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._wire import agent_messaging as wire

_TAKEN = (
    "The notification channel was taken over or replaced: somebody else uses this user and app, which may "
    f"have {wire.MAX_CHANNELS} channels. Close some of the others, use an OAuth client of your own, or let all of you "
    "look on by one connection: `ipygenesys relay`."
)


class Channel(msgspec.Struct, kw_only=True):
    """A channel of ours."""

    id: str
    connect_uri: str
    made_at_s: float
    """Monotonic."""
    topics: dict[str, wire.Topic | None] = msgspec.field(default_factory=dict)
    """Those that were asked for, as they were answered."""
    is_spent: bool = False
    """The service has said that it delivers no more."""
    is_taken: bool = False
    """Somebody else has connected it, or has taken its place among those that we may have."""
    is_closing: bool = False
    """The service is about to close the socket, and wants the same address to be opened again."""

    def __repr__(self) -> str:
        return "<Channel>"

    @property
    def is_lost(self) -> bool:
        """Of no use any more."""
        return self.is_spent or self.is_taken

    @property
    def room(self) -> int:
        """How many more topics it takes."""
        return wire.MAX_TOPICS - len(self.topics)

    def is_permitted(self, topic: str) -> bool:
        """A topic that the answer leaves out, or whose state is new to us, was not refused."""
        answer = self.topics.get(topic)
        return topic in self.topics and (answer is None or answer.state != "Rejected")

    def rotate_in_s(self, now_s: float) -> float:
        """Until it has to give way to a new one."""
        return self.made_at_s + wire.ROTATE_AFTER_S - now_s


def refused_topic(topic: wire.Topic | None) -> Failure:
    """What keeps a topic from us."""
    missing = " or ".join((topic and topic.missing_permissions) or ()) or "unknown"
    words = (
        "Subscribing to the conversation's events: refused. "
        f"Missing permission: {missing}. Add it to a role of the user or of the OAuth client."
    )
    return Failure(kind="permission", message=words, status=403, code="topic.rejected")


def lost_channel(wait_s: float = 0.0) -> Failure:
    """It is somebody else's now; after so many seconds we may take another one."""
    return Failure(kind="unavailable", message=_TAKEN, status=503, retry_after_s=wait_s or None)
