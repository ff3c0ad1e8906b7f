"""A clock that only moves when a test says so."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Now


class FakeClock:
    """Monotonic and wall time that advance together; ``jitter`` is what the shell would draw next.

    The server's clock is known once ``learn`` has told it.
    """

    def __init__(
        self, monotonic: float = 1000.0, wall_ms: int = 1_800_000_000_000, jitter: float = 0.5
    ) -> None:
        self.monotonic = monotonic
        self.jitter = jitter
        self._wall_offset_ms = wall_ms - round(monotonic * 1000)
        self._server_offset_ms: int | None = None

    def __call__(self) -> float:
        return self.monotonic

    @property
    def wall_ms(self) -> int:
        return self._wall_offset_ms + round(self.monotonic * 1000)

    @property
    def now(self) -> Now:
        offset_ms = self._server_offset_ms
        server_ms = None if offset_ms is None else offset_ms + round(self.monotonic * 1000)
        return Now(self.monotonic, self.wall_ms, self.jitter, server_ms)

    def learn(self, server_ms: int) -> None:
        """The server has told its clock."""
        self._server_offset_ms = server_ms - round(self.monotonic * 1000)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: only the wall clock goes on."""
        self._wall_offset_ms += round(seconds * 1000)

    def advance(self, seconds: float) -> float:
        assert seconds >= 0, "time does not run backwards"
        self.monotonic += seconds
        return self.monotonic

    def advance_to(self, moment: float) -> float:
        self.monotonic = max(self.monotonic, moment)
        return self.monotonic
