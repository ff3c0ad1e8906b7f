"""Replay: a recording as a protocol, with the controls of a player."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import msgspec

from ipygenesys._core.model.profile import Profile
from ipygenesys._io.recordings.reading import Recorded, RecordingFile, is_foreign, read_entries
from ipygenesys._io.recordings.tape import Tape
from ipygenesys._io.stream.source import Conversation
from ipygenesys._recordings.coding import line_of
from ipygenesys._recordings.masking import Masks


class Replay:
    """A recorded conversation, to be looked at again: ``ig.Chat(replay)``, ``ig.Client(replay)``.

    It begins to play when the conversation is shown or connected. Nothing is ever sent by it. The state that it comes to is
    the recorded one, at any speed and after any ``seek``.

    Args:
        path: what ``chat.record`` has written (``.gz`` too), also of a kernel that was killed; or a HAR with WebSocket
            messages (Chrome's DevTools, Playwright, mitmproxy), events of the DevTools protocol, a Bot Framework
            ``.transcript``.
        speed: 1.0 is as it was, 10 is ten times as fast, ``float("inf")`` as fast as it goes.
        conversation_id: of a page that watched several conversations, which one; by default that with most messages.
            ``ig.read_transcript(path)`` has them all.

    Raises:
        ValueError: the file is no recording, or of a newer version; that conversation is not in it; or the speed is not
            above 0.
        OSError: it cannot be read.
    """

    def __init__(
        self, path: str | os.PathLike[str], speed: float = 1.0, *, conversation_id: str | None = None
    ) -> None:
        self.path = os.fspath(path)
        self.conversation_id = conversation_id
        """Which one was asked for."""
        is_as_it_is = conversation_id is None and not is_foreign(self.path)
        ours = self.path if is_as_it_is else _converted(self.path, conversation_id, self)
        self._begin(lambda: RecordingFile(ours), speed)

    @classmethod
    def of(cls, recorded: Callable[[], Recorded], speed: float = 1.0) -> Self:
        """Of what is no file: ``recorded`` opens it."""
        self = cls.__new__(cls)
        self.path, self.conversation_id = "", None
        self._begin(recorded, speed)
        return self

    def _begin(self, recorded: Callable[[], Recorded], speed: float) -> None:
        self._recorded = recorded
        self._speed = _checked(speed)
        file = recorded()
        self._header = file.header
        self._duration: float | None = None
        file.close()
        self._tapes: list[Tape] = []
        self._before: list[Callable[[Tape], object]] = []
        """What was asked for before anybody has connected."""
        self._watchers: list[weakref.WeakMethod[Callable[[], object]]] = []

    # --- as a protocol ------------------------------------------------------------------------------------

    @property
    def profile(self) -> Profile:
        """Who we were; what is kept of the live conversation stays as it is."""
        return msgspec.structs.replace(self._header.profile, conversation_key=None)

    @property
    def title(self) -> str:
        """The conversation in a few words."""
        return self._header.title

    def source(self, conversation: Conversation) -> Tape:
        """What feeds a conversation with it."""
        tape = Tape(conversation, self._recorded(), speed=self._speed, on_change=self._told_of_a_change)
        self._tapes = [each for each in self._tapes if not each.loop.is_closed()] + [tape]
        for do in self._before:
            do(tape)
        return tape

    # --- as a player --------------------------------------------------------------------------------------

    @property
    def duration(self) -> float:
        """Seconds from the first entry to the last."""
        if self._duration is not None:
            return self._duration
        file = self._recorded()
        try:
            is_growing, duration = file.is_growing, max(file.last_at_s() - self._header.at_s, 0.0)
        finally:
            file.close()
        self._duration = None if is_growing else duration
        return duration

    @property
    def began_ms(self) -> int:
        """When it was recorded, in milliseconds since the epoch."""
        return int(self._header.at_s * 1000)

    @property
    def position(self) -> float:
        """Seconds from the beginning."""
        return min(self._tapes[-1].position, self.duration) if self._tapes else 0.0

    @property
    def is_playing(self) -> bool:
        """It goes on by itself."""
        return bool(self._tapes) and self._tapes[-1].is_playing

    @property
    def is_over(self) -> bool:
        """It was played to its end."""
        return bool(self._tapes) and self._tapes[-1].ended.is_set()

    @property
    def speed(self) -> float:
        """As a factor; can be set while it plays."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = _checked(speed)
        self._each(lambda tape: setattr(tape, "speed", speed))

    @property
    def differences(self) -> int:
        """Checkpoints of the recording at which the state was not the recorded one: 0, or the recording is damaged."""
        return sum(tape.differences for tape in self._tapes)

    @property
    def checks(self) -> int:
        """Checkpoints that it came to so far."""
        return sum(tape.checks for tape in self._tapes)

    @property
    def is_whole(self) -> bool:
        """It was played to an end that the recorder has written; else its kernel was killed, or its disk was full."""
        return any(tape.is_whole for tape in self._tapes)

    def play(self) -> None:
        """Go on; from the beginning, where it has ended."""
        self._each(Tape.play)

    def pause(self) -> None:
        """Stand still."""
        self._each(Tape.pause)

    def seek(self, seconds: float) -> None:
        """Be at this moment at once, forwards or backwards; seconds from the beginning.

        Raises:
            ValueError: it is no such number.
        """
        wanted = float(seconds)
        if not 0 <= wanted < float("inf"):
            raise ValueError("seek() takes seconds from the beginning: a number from 0 on.")
        self._each(lambda tape: tape.seek(min(wanted, self.duration)))

    def _each(self, do: Callable[[Tape], object]) -> None:
        """On the loop of each conversation that plays it; with the next one, where there is none yet."""
        if not self._tapes:
            self._before.append(do)
        for tape in self._tapes:
            with suppress(RuntimeError):  # Its loop has ended.
                tape.loop.call_soon_threadsafe(do, tape)

    def watch(self, hear: Callable[[], object]) -> None:
        """Hear that it plays, pauses, jumps or has ended, on the thread of a conversation; ``hear`` is a bound method."""
        self._watchers.append(weakref.WeakMethod(hear))

    def _told_of_a_change(self) -> None:
        self._watchers = [each for each in self._watchers if each() is not None]
        for each in self._watchers:
            if (hear := each()) is not None:
                hear()

    def __repr__(self) -> str:
        state = "playing" if self.is_playing else "over" if self.is_over else "paused"
        return f"<Replay {state}, {self.position:.1f} of {self.duration:.1f} s, speed {self._speed:g}>"


def _checked(speed: Any) -> float:
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not speed > 0:
        raise ValueError("speed must be a number above 0: 1.0 is as it was, float('inf') as fast as it goes.")
    return float(speed)


def _converted(path: str, conversation_id: str | None, owner: object) -> str:
    """One conversation of a foreign recording as one of ours, in a file that goes with its owner."""
    number, ours = tempfile.mkstemp(prefix="ipygenesys-", suffix=".jsonl")
    weakref.finalize(owner, _remove, ours)
    masks = Masks()
    with os.fdopen(number, "wb") as file:
        for entry in read_entries(path, conversation_id):
            file.write(line_of(entry, masks))
    return ours


def _remove(path: str) -> None:
    with suppress(OSError):
        os.remove(path)
