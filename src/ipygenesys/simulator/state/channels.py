"""Keeps the notification channels, their topics and lifetimes; pure, ``now`` is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ipygenesys.simulator.state.accounts import Token


def expanded(topic: str) -> tuple[str, ...]:
    """The names of the combined form ``v2.users.{id}?presence&routingStatus``, which is one topic.

    Its events come under the names it stands for. Source: N, quoting Genesys' page on combining topics.
    """
    base, mark, names = topic.partition("?")
    return tuple(f"{base}.{name}" for name in names.split("&")) if mark else (topic,)


@dataclass
class Channel:
    """A channel; its id is the secret that its socket is opened with."""

    id: str = field(repr=False)
    token: Token
    expires_at: float
    topics: tuple[str, ...] = ()
    """As they were asked for, in order of subscription."""
    names: frozenset[str] = frozenset()
    """What events of these topics are called."""
    stream: int | None = None
    """The number of its open socket."""
    has_ended: bool = False

    @property
    def owner(self) -> str:
        """Whose channels are counted together: those of a user and app."""
        return f"{self.token.client_id}/{self.token.user_id}"

    def set_topics(self, topics: Iterable[str]) -> None:
        """Subscribes to these and no others."""
        self.topics = tuple(topics)
        self.names = frozenset(name for topic in self.topics for name in expanded(topic))


class TooManyTopics(ValueError):
    """More topics than a channel may have."""


class Channels:
    """All channels of the organisation."""

    def __init__(self, new_secret: Callable[[], str]) -> None:
        self._new_secret = new_secret
        self._channels: dict[str, Channel] = {}

    def create(
        self, token: Token, now: float, *, life_s: float, at_most: int
    ) -> tuple[Channel, list[Channel]]:
        """A new channel, and those that had to go for it: the oldest first, unconnected ones before all."""
        channel = Channel(f"streaming-0-{self._new_secret()}", token, now + life_s)
        mine = self.of(channel.owner, now)
        by_age = sorted(mine, key=lambda c: c.stream is not None)
        evicted = by_age[: max(0, len(mine) + 1 - at_most)]
        for each in evicted:
            self.end(each)
        self._channels[channel.id] = channel
        return channel, evicted

    def end(self, channel: Channel) -> None:
        """Forgets a channel."""
        channel.has_ended = True
        self._channels.pop(channel.id, None)

    def find(self, channel_id: str, now: float) -> Channel | None:
        """The live channel of that id."""
        channel = self._channels.get(channel_id)
        return None if channel is None or channel.expires_at <= now else channel

    def of(self, owner: str, now: float) -> list[Channel]:
        """The live channels of a user and app, oldest first."""
        return [c for c in self._channels.values() if c.owner == owner and c.expires_at > now]

    def of_token(self, value: str | None = None) -> list[Channel]:
        """The channels that were made with a token, or all."""
        return [c for c in self._channels.values() if value in (None, c.token.value)]

    def subscribe(
        self,
        channel: Channel,
        topics: Iterable[str],
        now: float,
        *,
        life_s: float,
        at_most: int,
        replace: bool,
    ) -> None:
        """Adds topics or replaces all; either way the channel lives on for a whole life.

        Raises:
            TooManyTopics: nothing has changed.
        """
        wanted = dict.fromkeys(topics if replace else [*channel.topics, *topics])
        if len(wanted) > at_most:
            raise TooManyTopics(len(wanted))
        channel.set_topics(wanted)
        channel.expires_at = now + life_s

    def next_deadline(self) -> float | None:
        """When the next channel expires."""
        return min((c.expires_at for c in self._channels.values()), default=None)

    def expire(self, now: float) -> list[Channel]:
        """The channels whose time is over."""
        over = [c for c in self._channels.values() if c.expires_at <= now]
        for channel in over:
            self.end(channel)
        return over
