"""Says what a person does without being told, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """Something to say with content: the name of a sample of ``rich_content``."""

    text: str
    content: str


@dataclass(frozen=True)
class Pace:
    """How fast a person is, in seconds at speed 1; pairs are the bounds of an even spread."""

    deliver_s: tuple[float, float] = (0.05, 0.2)
    read_s: tuple[float, float] = (0.5, 1.1)
    read_per_char_s: float = 0.015
    think_s: tuple[float, float] = (0.4, 1.0)
    chars_per_s: tuple[float, float] = (11.0, 16.0)
    typing_s: tuple[float, float] = (0.9, 5.0)
    first_typing_s: tuple[float, float] = (0.8, 1.2)


@dataclass(frozen=True)
class Script:
    """What a person does without being told."""

    opening: tuple[str | Line, ...] = ()
    customer_opening: tuple[str, ...] = ()
    """What is said first if the person is the customer."""
    replies: tuple[str | Line, ...] = ()
    """What is answered to the first messages, one each, whatever they say."""
    answers: bool = True
    reads: bool = True
    pace: Pace = Pace()
    faults: tuple[tuple[float, dict[str, Any]], ...] = ()
    """Seconds after the start, and a fault of the control plane."""
