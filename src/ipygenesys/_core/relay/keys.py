"""What a relay's keys and channels in Redis are called."""

from __future__ import annotations

import msgspec

PREFIX = "ipygenesys"
DEFAULT_USER = "default"
"""Redis' own name for who gives none."""


class Keys(msgspec.Struct, frozen=True):
    """Those of one conversation, or of one inbox; the braces keep them together in a Redis Cluster.

    Attributes:
        name: the conversation's id, or what ``inbox_name`` says.
    """

    name: str

    @property
    def lease(self) -> str:
        """String: which relay leads; it expires by itself."""
        return self._key("lease")

    @property
    def epoch(self) -> str:
        """String: how often the lead was taken, as a number that only grows."""
        return self._key("epoch")

    @property
    def run(self) -> str:
        """String: names what is held here, so that it is known when it was lost and made anew."""
        return self._key("run")

    @property
    def server(self) -> str:
        """String: names the run of the server that was led by last; another one may have lost something."""
        return self._key("server")

    @property
    def events(self) -> str:
        """Stream: all that lasts, by ids ``<epoch>-<sequence>``."""
        return self._key("events")

    @property
    def state(self) -> str:
        """String: what is known besides messages."""
        return self._key("state")

    @property
    def messages(self) -> str:
        """Hash: each message by its id."""
        return self._key("messages")

    @property
    def order(self) -> str:
        """Sorted set: ids of messages by their place."""
        return self._key("order")

    @property
    def rows(self) -> str:
        """Hash: each row of an inbox by its conversation."""
        return self._key("rows")

    @property
    def kept(self) -> str:
        """Hash: what is under way to the platform; the relay's alone."""
        return self._key("kept")

    def sent(self, draft_id: str) -> str:
        """String: the message that a viewer's send has become; the relay's alone."""
        return self._key(f"sent:{draft_id}")

    def commands(self, user: str) -> str:
        """Stream: what a user's viewers ask for. Redis lets only them write to it, so it proves who asks."""
        return self._key(f"commands:{user}")

    @property
    def typing(self) -> str:
        """Channel: what is of no use later, such as typing, and a sign of life."""
        return self._key("typing")

    def answers(self, user: str, viewer: str) -> str:
        """Channel: answers to the commands of one viewer."""
        return self._key(f"answers:{user}:{viewer}")

    @property
    def lasting(self) -> tuple[str, ...]:
        """What is given up together when nobody leads any more."""
        return (
            self.epoch,
            self.run,
            self.server,
            self.events,
            self.state,
            self.messages,
            self.order,
            self.rows,
            self.kept,
        )

    def _key(self, what: str) -> str:
        return f"{PREFIX}:{{{self.name}}}:{what}"


def inbox_name(name: str) -> str:
    """What an inbox is called among the conversations."""
    return f"inbox:{name}"


def inbox_of(name: str) -> str:
    """Which inbox is called so among the conversations."""
    return name.removeprefix("inbox:")


def name_of_opened(inbox: str, conversation_id: str) -> str:
    """What a conversation is called that an inbox has opened; its rights, and Redis' ACL, go by the inbox."""
    return f"{inbox}/{conversation_id}"
