"""A bot's flow: nodes of steps, from a YAML file; pure. What is said to it decides where it goes on.

    start: hello
    nodes:
      hello:
        - say: I am the bot of the shop.
        - ask: What can I do for you?
          quick_replies: {Return a parcel: parcel, Talk to a person: person}
      parcel:
        - collect: order
          ask: What is the order number?
          matches: '[0-9]{4,}'
          otherwise: Four digits or more, please.
        - say: Order {order} comes back.
        - end: true
      person:
        - hand_over: Ann
          say: Hello, this is Ann.

Further steps: ``cards`` (a title, ``text``, ``buttons`` as quick replies have them), ``slow`` (seconds), ``go`` (a node),
``wrong_order`` (two texts, the second of which comes first), ``twice`` (a text that comes twice).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ipygenesys.simulator.person import rich_content

STEPS: dict[str, frozenset[str]] = {
    "collect": frozenset({"ask", "matches", "otherwise"}),
    "cards": frozenset({"say", "otherwise"}),
    "hand_over": frozenset({"say"}),
    "ask": frozenset({"quick_replies", "otherwise"}),
    "say": frozenset(),
    "slow": frozenset(),
    "go": frozenset(),
    "wrong_order": frozenset(),
    "twice": frozenset(),
    "end": frozenset(),
}
"""What a step does, and what else may stand in it: ``ask`` and ``say`` also stand in others, so that those come first."""
MOST_STEPS = 1_000
"""Chosen: between two things that are said to it; more is a circle."""


@dataclass(frozen=True)
class Said:
    """A text of the bot, or of who has taken over from it."""

    text: str = field(repr=False)
    name: str | None = None
    content: Sequence[dict[str, Any]] = field(default=(), repr=False)


@dataclass(frozen=True)
class Pause:
    """It takes its time."""

    seconds: float


@dataclass(frozen=True)
class Trouble:
    """A fault of the control plane, from here on."""

    params: dict[str, Any]


@dataclass(frozen=True)
class Over:
    """The conversation is ended."""


Turned = Said | Pause | Trouble | Over
Nodes = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class BotFlow:
    """The nodes, checked; ``start`` is where each guest begins."""

    start: str
    nodes: Nodes = field(repr=False)

    @classmethod
    def load(cls, source: str | Path | Mapping[str, Any]) -> BotFlow:
        """From a file or from what such a file holds.

        Raises:
            ValueError: it is no flow: which node, and what is wrong with it.
            ImportError: a file is given, and PyYAML is not installed.
        """
        found = source if isinstance(source, Mapping) else _yaml_of(Path(source))
        nodes = found.get("nodes")
        if not isinstance(nodes, Mapping) or not nodes or not set(found) <= {"start", "nodes"}:
            raise ValueError("a bot has 'nodes', each with a list of steps, and 'start'.")
        start = str(found.get("start", next(iter(nodes))))
        for name, steps in nodes.items():
            for step in steps if isinstance(steps, Sequence) and not isinstance(steps, str) else [None]:
                _check(name, step, nodes)
        if start not in nodes:
            raise ValueError(f"a bot starts at {start!r}, which is no node.")
        return cls(start, nodes)

    def as_mapping(self) -> Mapping[str, Any]:
        """What such a file holds."""
        return {"start": self.start, "nodes": self.nodes}


def _yaml_of(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise ValueError(f"no bot {path.name!r}: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path.name!r} is no YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(found, Mapping):
        raise ValueError(f"{path.name!r} is no mapping.")
    return found


def _check(name: str, step: Any, nodes: Mapping[str, Any]) -> None:
    if not isinstance(step, Mapping):
        raise ValueError(f"node {name!r} is a list of steps.")
    kind = _kind(step)
    if kind is None or not set(step) - {kind} <= STEPS[kind]:
        raise ValueError(f"node {name!r}: no step with {', '.join(step)}; there is {', '.join(STEPS)}.")
    targets = [step["go"]] if kind == "go" else list(_offers(step).values())
    for target in targets:
        if target not in nodes:
            raise ValueError(f"node {name!r} goes to {target!r}, which is no node.")
    try:
        re.compile(step.get("matches", ""))
        float(step.get("slow", 0))
    except (re.error, ValueError) as error:
        raise ValueError(f"node {name!r}: {error}.") from None


def _kind(step: Mapping[str, Any]) -> str | None:
    return next((kind for kind in STEPS if kind in step), None)


def _offers(step: Mapping[str, Any]) -> dict[str, str]:
    """What can be picked, and where that leads."""
    cards = step.get("cards") or {}
    buttons = [card.get("buttons") or {} for card in cards.values()] if isinstance(cards, Mapping) else []
    return {
        label: node for offer in (step.get("quick_replies") or {}, *buttons) for label, node in offer.items()
    }


class BotTalk:
    """One guest's way through a flow."""

    def __init__(self, flow: BotFlow) -> None:
        self._flow = flow
        self._place: Iterator[Mapping[str, Any]] = iter(flow.nodes[flow.start])
        self._waits_for: Mapping[str, Any] | None = None
        self._known: dict[str, str] = {}
        self._name: str | None = None

    def begin(self) -> list[Turned]:
        """The guest is there."""
        return list(self._go_on())

    def hear(self, text: str) -> list[Turned]:
        """The guest has said something, or picked it."""
        step, self._waits_for = self._waits_for, None
        if step is None:
            return []
        if not self._takes(step, text.strip()):
            self._waits_for = step
            otherwise = step.get("otherwise", "Sorry, I did not get that.")
            return [self._said(otherwise, _content(step))]
        return list(self._go_on())

    def _takes(self, step: Mapping[str, Any], text: str) -> bool:
        if "collect" in step:
            found = re.search(step.get("matches", r"\S.*"), text)
            if found:
                self._known[step["collect"]] = found.group()
            return found is not None
        offers = {label.casefold(): node for label, node in _offers(step).items()}
        if offers and text.casefold() not in offers:
            return False
        if offers:
            self._place = iter(self._flow.nodes[offers[text.casefold()]])
        return True

    def _go_on(self) -> Iterator[Turned]:
        for _ in range(MOST_STEPS):
            step = next(self._place, None)
            if step is None:
                return
            match _kind(step):
                case "say":
                    yield self._said(step["say"])
                case "ask" | "collect" | "cards" as kind:
                    words = step.get("ask") if kind != "cards" else step.get("say", "")
                    yield self._said(words or "", _content(step))
                    self._waits_for = step
                    return
                case "hand_over":
                    self._name = step["hand_over"]
                    yield self._said(step.get("say", f"This is {self._name}."))
                case "slow":
                    yield Pause(float(step["slow"]))
                case "go":
                    self._place = iter(self._flow.nodes[step["go"]])
                case "wrong_order":
                    yield Trouble({"kind": "reorder", "event_type": "message"})
                    yield from (self._said(text) for text in step["wrong_order"])
                case "twice":
                    yield Trouble({"kind": "duplicate"})
                    yield self._said(step["twice"])
                case _:
                    yield Over()
                    return

    def _said(self, text: str, content: Sequence[dict[str, Any]] = ()) -> Said:
        words = re.sub(r"\{(\w+)\}", lambda found: self._known.get(found[1], found[0]), text)
        return Said(words, self._name, content)


def _content(step: Mapping[str, Any]) -> list[dict[str, Any]]:
    if replies := step.get("quick_replies"):
        return rich_content.quick_replies(*replies)
    cards = [
        rich_content.card(
            title,
            about.get("text", ""),
            actions=[rich_content.postback(b) for b in about.get("buttons") or {}],
        )
        for title, about in (step.get("cards") or {}).items()
    ]
    return [rich_content.carousel(*cards)] if len(cards) > 1 else cards
