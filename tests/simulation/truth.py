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
    status: str = "sent"


@dataclass
class Truth:
    """One conversation's."""

    messages: list[Said] = field(default_factory=list)
    by_id: dict[str, Said] = field(default_factory=dict)
    cleared: list[Said] = field(default_factory=list)
    """What we have had forgotten."""
    reads: list[tuple[float, str]] = field(default_factory=list)
    """Messages that the client has acknowledged, one by one, and when."""
    typing: list[tuple[float, bool]] = field(default_factory=list)
    """Typing calls of the client's that came in."""
    other_typing_until: float = 0.0
    """When what the other side's last typing event said has run out, at the latest."""
    garbage: int = 0
    """Frames that nobody can read."""

    def add(self, said: Said) -> Said:
        self.messages.append(said)
        self.by_id[said.id] = said
        return said

    def copies_of(self, text: str) -> int:
        """How often the client has sent this."""
        return sum(said.is_ours and said.text == text for said in (*self.cleared, *self.messages))

    def clear(self) -> None:
        self.cleared += self.messages
        self.messages.clear()
        self.by_id.clear()
