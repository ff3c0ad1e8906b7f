"""The tap of a conversation: who listens to it sees all that passes, as entries of a recording.

Nobody listens as a rule, and then it costs a look at an empty list. Entries hold what was said, secrets included: whoever
hands them on masks them first, as ``line_of`` does.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.inputs import Input, Now
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    FrameIn,
    FrameOut,
    InputTaken,
    Pinged,
    StreamBegan,
    StreamEnded,
)

Listener = Callable[[AnyEntry, Sequence[Effect]], object]
"""Hears each entry, on the loop's thread; with an input also what the session wants done because of it."""

TOLD_HEADERS = frozenset(
    {
        "date",
        "retry-after",
        "content-type",
        "inin-correlation-id",
        "inin-ratelimit-count",
        "inin-ratelimit-allowed",
        "inin-ratelimit-reset",
    }
)


class Tap:
    """Of one conversation; on the loop's thread. ``if tap:`` somebody listens; else nothing needs to be said.

    Args:
        clock: this machine's.
        on_bug: hears what fails in a listener, which then hears no more.
    """

    def __init__(self, clock: SystemClock, on_bug: Callable[[str, BaseException], object]) -> None:
        self._clock = clock
        self._on_bug = on_bug
        self._ahead_s = 0.0
        self._calls = 0
        self._listeners: tuple[Listener, ...] = ()
        self._at_end: list[Callable[[], object]] = []

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def add(self, listener: Listener, at_end: Callable[[], object] | None = None) -> None:
        """Hear what passes from now on.

        Args:
            listener: hears it.
            at_end: is called off the loop when the conversation ends, for what takes time.
        """
        if not self._listeners:
            self._ahead_s = self._clock.epoch() - self._clock.monotonic()
        self._listeners = (*self._listeners, listener)
        if at_end is not None:
            self._at_end.append(at_end)

    def remove(self, listener: Listener) -> None:
        """Hear no more; doing it twice is fine."""
        self._listeners = tuple(each for each in self._listeners if each != listener)

    async def aclose(self) -> None:
        """The conversation has ended: nobody hears more of it."""
        at_end, self._at_end = self._at_end, []
        for each in at_end:
            await asyncio.to_thread(each)
        self._listeners = ()

    def at_s(self) -> float:
        """What an entry of this moment has."""
        return round(self._clock.monotonic() + self._ahead_s, 6)

    def took(self, input_: Input, now: Now, effects: Sequence[Effect]) -> None:
        """The session has taken an input."""
        at_s = round(now.monotonic + self._ahead_s, 6)
        self.tell(InputTaken(at_s=at_s, now=now, input=input_), effects)

    def heard(self, stream: int, data: bytes) -> None:
        """A frame has come."""
        try:
            entry = FrameIn(at_s=self.at_s(), stream=stream, data=data.decode())
        except UnicodeDecodeError:
            entry = FrameIn(at_s=self.at_s(), stream=stream, data=b64encode(data).decode(), is_base64=True)
        self.tell(entry)

    def said(self, stream: int, frame: str) -> None:
        """A frame has gone out."""
        self.tell(FrameOut(at_s=self.at_s(), stream=stream, data=frame))

    def opened(self, stream: int, url: str = "", first_frames: Sequence[str] = ()) -> None:
        """A stream is open, and these were its first words."""
        self.tell(StreamBegan(at_s=self.at_s(), stream=stream, url=url))
        for frame in first_frames:
            self.said(stream, frame)

    def closed(self, stream: int, loss: StreamLoss | None, reason: str = "") -> None:
        """A stream has ended, with this reason; without a loss, we have closed it."""
        if loss is None:
            self.tell(StreamEnded(at_s=self.at_s(), stream=stream, code=1000, is_ours=True))
            return
        error = None if loss.failure is None else loss.failure.message
        self.tell(
            StreamEnded(at_s=self.at_s(), stream=stream, code=loss.close_code, reason=reason, error=error)
        )

    def ponged(self, stream: int, latency_s: float) -> None:
        """A ping of ours was answered."""
        self.tell(Pinged(at_s=self.at_s(), stream=stream, latency_s=round(latency_s, 6)))

    def called(self, what: str, method: str, url: str, body: object) -> int:
        """A call goes out; its number."""
        self._calls += 1
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else None
        self.tell(CallMade(at_s=self.at_s(), call=self._calls, what=what, method=method, url=url, body=text))
        return self._calls

    def answered(self, call: int, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Its answer has come."""
        told = {name.lower(): value for name, value in headers.items() if name.lower() in TOLD_HEADERS}
        text = body.decode("utf-8", "replace")
        self.tell(CallEnded(at_s=self.at_s(), call=call, status=status, headers=told, body=text))

    def unanswered(self, call: int, error: str) -> None:
        """It will have none."""
        self.tell(CallEnded(at_s=self.at_s(), call=call, error=error))

    def tell(self, entry: AnyEntry, effects: Sequence[Effect] = ()) -> None:
        """Something else, such as what was recorded."""
        for listener in self._listeners:
            try:
                listener(entry, effects)
            except Exception as error:  # Looking on must not disturb what is looked at.
                self.remove(listener)
                self._on_bug("what listens to the tap", error)
