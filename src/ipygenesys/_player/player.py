"""The player in a chat of a replay: tells its pages where the replay is, and does what they ask for."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ipygenesys._core.model.inputs import Command
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.views import Views
from ipygenesys._io.recordings.replay import Replay
from ipygenesys._player.wire import LookAtPlayer, Play, PlayerState, Seek, SetSpeed, decode, encode
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys._widget.budget import budget
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.languages import words_in
from ipygenesys._widget.view_comm import ViewComm

SILENCE_S = 60.0
"""When no page has looked for so long, none is there."""
WORDS = Path(__file__).parent / "words"


def show_player(
    replay: Adapter | IsFed, gateway: Gateway, views: ViewComm, spoken: SpokenLocale
) -> tuple[str | Path, str | Path]:
    """Give a chat's views a player; the front end that has one: its script and its style sheet."""
    assert isinstance(replay, Replay)
    views.takes = Player(replay, gateway, spoken, views.send).hear
    return asset("replay.js"), asset("replay.css")


class Player(Views):
    """Of one chat. All but ``hear`` is called on the gateway's thread.

    Args:
        replay: what is played.
        gateway: of the chat that shows it.
        spoken: what the chat's pages are spoken to in.
        send: puts a message on the comm.
    """

    def __init__(
        self, replay: Replay, gateway: Gateway, spoken: SpokenLocale, send: Callable[[Any], None]
    ) -> None:
        self._replay, self._gateway, self._spoken, self._send = replay, gateway, spoken, send
        self._looked_at = -math.inf
        self._is_stale = False
        self._is_measured = self._is_measuring = False
        replay.watch(self.changed)
        gateway.add_views(self)

    # --- from the page ----------------------------------------------------------------------------------------

    def hear(self, content: object) -> bool:
        """Take what a page says to the player, and nothing else; on any thread."""
        try:
            message = decode(content)
        except msgspec.ValidationError:
            return False
        match message:
            case LookAtPlayer():
                self._gateway.call_soon(lambda: self._looked(message))
            case Play(on):
                (self._replay.play if on else self._replay.pause)()
            case Seek(seconds):
                self._replay.seek(seconds)
            case SetSpeed(speed):
                self._replay.speed = speed or math.inf
        return True

    def _looked(self, look: LookAtPlayer) -> None:
        self._looked_at = time.monotonic()
        self._spoken.choose(look.languages)
        if self._is_measured:
            self._tell(has_words=look.has_words)
        elif not self._is_measuring:
            self._is_measuring = True
            _ = self._gateway.spawn(self._measure())

    async def _measure(self) -> None:
        """How long it is; a packed recording is read to its end for that."""
        await asyncio.to_thread(lambda: self._replay.duration)
        self._is_measured = True
        self._tell(has_words=False)

    # --- to the pages -----------------------------------------------------------------------------------------

    def changed(self) -> None:
        """It plays, pauses, jumps or has ended; on any thread."""
        self._is_stale = True
        self._gateway.call_soon(self._gateway.settle)

    def _tell(self, *, has_words: bool) -> None:
        self._is_stale = False
        replay, locale = self._replay, self._spoken.latest
        state = PlayerState(
            position=replay.position,
            duration=replay.duration,
            speed=0.0 if math.isinf(replay.speed) else replay.speed,
            is_playing=replay.is_playing,
            is_over=replay.is_over,
            began_ms=replay.began_ms,
            locale=locale,
            words={} if has_words else words_in(WORDS)[locale.partition("-")[0]],
        )
        self._send(encode(state))

    @property
    def _is_due(self) -> bool:
        return self._is_stale and self._is_measured and time.monotonic() - self._looked_at < SILENCE_S

    def commands(self) -> list[Command]:
        """Nothing is asked of the session."""
        return []

    def renew(self) -> None:
        """After a jump."""
        self._is_stale = True

    def flush(self) -> None:
        """Say what has changed."""
        if self._is_due and budget.take(time.monotonic()):
            self._tell(has_words=True)

    def next_deadline(self) -> float | None:
        """When that may be said."""
        return budget.available_at(time.monotonic()) if self._is_due else None
