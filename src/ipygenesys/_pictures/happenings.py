"""What only events tell and no message keeps: who typed when, and when the connection was away; pure."""

from __future__ import annotations

from collections import deque

from ipygenesys._core.model.events import Event, StatusChanged, TypingChanged
from ipygenesys._core.model.messages import ConnectionStatus
from ipygenesys._pictures.talks import Span, SpanKind

MAX_SPANS = 20_000
"""Of one conversation; beyond that the oldest are forgotten."""

_THERE: frozenset[ConnectionStatus] = frozenset({"connected", "read_only"})
_AWAY: frozenset[ConnectionStatus] = frozenset({"reconnecting", "failed"})


class Happenings:
    """Hears a conversation's events in their order, with the time of each."""

    def __init__(self) -> None:
        self._over: deque[Span] = deque(maxlen=MAX_SPANS)
        self._typing: dict[str, int] = {}
        self._away_since_ms: int | None = None

    def hear(self, event: Event, now_ms: int) -> None:
        """Something has happened."""
        match event:
            case TypingChanged(names):
                self._type(names, now_ms)
            case StatusChanged(status=status):
                self._connection(status, now_ms)
            case _:
                pass

    def spans(self) -> tuple[Span, ...]:
        """All that is known, those that go on last."""
        going_on = [Span("typing", name, since_ms, None) for name, since_ms in self._typing.items()]
        if self._away_since_ms is not None:
            going_on.append(Span("offline", None, self._away_since_ms, None))
        return (*self._over, *going_on)

    def _type(self, names: tuple[str, ...], now_ms: int) -> None:
        for name in [name for name in self._typing if name not in names]:
            self._end("typing", name, self._typing.pop(name), now_ms)
        for name in names:
            self._typing.setdefault(name, now_ms)

    def _connection(self, status: ConnectionStatus, now_ms: int) -> None:
        if status in _AWAY and self._away_since_ms is None:
            self._away_since_ms = now_ms
        elif self._away_since_ms is not None and (status in _THERE or status == "closed"):
            self._end("offline", None, self._away_since_ms, now_ms)
            self._away_since_ms = None

    def _end(self, kind: SpanKind, who: str | None, begin_ms: int, now_ms: int) -> None:
        self._over.append(Span(kind, who, begin_ms, max(now_ms, begin_ms)))
