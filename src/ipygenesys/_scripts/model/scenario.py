"""A scenario: what one customer does and expects, from the first word to the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ipygenesys._scripts.model.place import Place
from ipygenesys._scripts.model.steps import Step


@dataclass(frozen=True)
class Scenario:
    """``setup`` are arguments of the protocol, such as ``custom_attributes``; ``variables`` those of its row of a table."""

    name: str
    steps: tuple[Step, ...] = ()
    tags: frozenset[str] = frozenset()
    skip: str | None = None
    """Why it is not played."""
    setup: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place())
