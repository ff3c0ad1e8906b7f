"""What truly happened at the server, to compare with what the client shows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Said:
    """A message that the server has taken."""

    id: str
    text: str = field(repr=False)
    is_ours: bool
    time_ms: int
    sequence: int
    draft_id: str | None = None
    file: str | None = None
    """The name of the file that goes with it."""
    status: str = "sent"

    @property
    def words(self) -> str:
        """What tells it from others: each text and each file's name is used for one request to send."""
        return self.text or self.file or ""


@dataclass
class Truth:
    """One conversation's."""

    id: str
    number: int
    messages: list[Said] = field(default_factory=list)
    by_id: dict[str, Said] = field(default_factory=dict)
    cleared: list[Said] = field(default_factory=list)
    """What we have had forgotten."""
    past: list[Said] = field(default_factory=list)
    """What was said in sessions that are over: who was there may show it, and nobody can get it any more."""
    is_over: bool = False
    """It has ended, and can be read."""
    reads: list[tuple[float, str]] = field(default_factory=list)
    """Messages that the client has acknowledged, one by one, and when."""
    typing: list[tuple[float, bool]] = field(default_factory=list)
    """Typing calls of the client's that came in."""
    last_ms: int = 0

    def add(self, said: Said) -> Said:
        self.messages.append(said)
        self.by_id[said.id] = said
        return said

    @property
    def ever(self) -> list[Said]:
        return [*self.cleared, *self.past, *self.messages]

    def copies_of(self, words: str) -> int:
        """How often the client has sent this."""
        return sum(said.is_ours and said.words == words for said in self.ever)

    def clear(self) -> None:
        self._begin(self.cleared)

    def begin_another(self) -> None:
        """Another session, with nothing in it."""
        self._begin(self.past)

    def _begin(self, put_away: list[Said]) -> None:
        put_away += self.messages
        self.messages.clear()
        self.by_id.clear()
        self.is_over = False
