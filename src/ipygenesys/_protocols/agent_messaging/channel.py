"""An agent's notification channel: when to go on with it, when to take a new one.

A channel lives for 24 hours and takes one socket; a user and app have 20 of them. Source: genesys.md 2.4, F 10312.
"""

from __future__ import annotations

import msgspec

from ipygenesys._protocols.flow import Occasion
from ipygenesys._wire import agent_messaging as wire

CONFLICT_S = 30.0
"""Whoever is driven off a channel takes a new one at most this often: two that drive each other off must not race.
Source: reference/realtime.md 4.3."""


class Channel(msgspec.Struct, kw_only=True):
    """A channel of ours."""

    id: str
    connect_uri: str
    made_at_s: float
    """Monotonic."""
    is_spent: bool = False
    """The service has said that it delivers no more."""
    is_taken: bool = False
    """Somebody else has connected it, or has taken its place among those that we may have."""
    is_closing: bool = False
    """The service is about to close the socket, and wants the same address to be opened again."""

    def __repr__(self) -> str:
        return "<Channel>"


class ChannelMemory:
    """The channel that was opened last."""

    def __init__(self) -> None:
        self.current: Channel | None = None
        self._replaced_at_s = float("-inf")
        """When a channel that had been taken from us, or ended, was replaced last."""

    def made(self, body: wire.ChannelBody, now_s: float) -> Channel:
        """Go on with a new one."""
        if _is_lost(self.current):
            self._replaced_at_s = now_s
        self.current = Channel(id=body.id, connect_uri=body.connect_uri, made_at_s=now_s)
        return self.current

    def reusable(self, occasion: Occasion) -> Channel | None:
        """The current one, if a stream may be opened on it again."""
        channel = self.current
        if channel is None:
            return None
        # The server ends a socket in good order when its channel has ended, or is connected by somebody else.
        channel.is_taken |= not occasion.is_move and occasion.close_code == wire.Unverified.ENDED_CLOSE_CODE
        if channel.is_spent or channel.is_taken or self.rotate_in_s(occasion.now_s) <= 0:
            return None
        if occasion.is_move and not channel.is_closing:
            return None  # A second socket would end the first, which is to go on until the new one is open.
        channel.is_closing = False
        return channel

    def conflict_wait_s(self, now_s: float) -> float:
        """How long to wait before another channel takes the place of one that somebody has taken or ended."""
        return max(self._replaced_at_s + CONFLICT_S - now_s, 0.0) if _is_lost(self.current) else 0.0

    def rotate_in_s(self, now_s: float) -> float:
        """Until the current one has to give way to a new one."""
        return self.current.made_at_s + wire.ROTATE_AFTER_S - now_s if self.current else 0.0

    def spend(self) -> None:
        """It is of no use any more."""
        if self.current is not None:
            self.current.is_spent = True

    def note_closing(self) -> None:
        """Its socket is about to be closed."""
        if self.current is not None:
            self.current.is_closing = True


def _is_lost(channel: Channel | None) -> bool:
    return channel is not None and (channel.is_spent or channel.is_taken)
