"""YAML as a tree of nodes that know their lines; ``Yes``, ``12:30`` and ``5`` stay as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from ipygenesys._scripts.files.plain import kind_of as plain_kind
from ipygenesys._scripts.model.place import Place, ScriptError, nearest

MOST_NODES = 100_000
"""Chosen: aliases can make a small file huge."""


@dataclass(frozen=True)
class Text:
    """A word or words."""

    value: str
    place: Place
    kind: str = ""
    """What other readers of YAML take it for, in words: a number, a date, …; empty: words."""


@dataclass(frozen=True)
class Listed:
    """Things in a row."""

    items: Sequence[Node]
    place: Place


@dataclass(frozen=True)
class Mapped:
    """Things by name, in the file's order."""

    items: Mapping[str, Node]
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)


Node = Text | Listed | Mapped


def parse(text: str, file: str) -> Node:
    """The tree of a document.

    Raises:
        ScriptError: it is no YAML, has no or two documents, or a name twice.
    """
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ScriptError(
            f"no YAML: {error.problem or error.context}", Place(file, mark.line + 1 if mark else 1)
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ScriptError(f"no YAML: {type(error).__name__}", Place(file, 1)) from None
    if len(documents) != 1 or documents[0] is None:
        raise ScriptError(f"one YAML document is needed, not {len(documents)}.", Place(file, 1))
    return _Tree(file).node(documents[0], ())


class _Tree:
    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0

    def node(self, node: yaml.Node, above: tuple[int, ...]) -> Node:
        place = Place(self._file, node.start_mark.line + 1)
        self._count += 1
        if id(node) in above or len(above) > 50:
            raise ScriptError("it holds itself.", place)
        if self._count > MOST_NODES:
            raise ScriptError(f"more than {MOST_NODES:,} values.", place)
        inside = (*above, id(node))
        if isinstance(node, yaml.ScalarNode):
            return Text(node.value, place, "" if node.style else plain_kind(node.value))
        if isinstance(node, yaml.SequenceNode):
            return Listed([self.node(one, inside) for one in node.value], place)
        items: dict[str, Node] = {}
        places = {}
        for key, value in node.value:
            where = Place(self._file, key.start_mark.line + 1)
            if not isinstance(key, yaml.ScalarNode):
                raise ScriptError("a name has to be words.", where)
            if key.value in items:
                raise ScriptError(f"{key.value!r} stands here twice.", where)
            items[key.value], places[key.value] = self.node(value, inside), where
        return Mapped(items, place, places)


# --- what is asked of a node ------------------------------------------------------------------------------


def kind_of(node: Node) -> str:
    """In words, for errors."""
    match node:
        case Listed():
            return "a list"
        case Mapped():
            return "a mapping"
        case Text(value=""):
            return "nothing"
        case _:
            return "words"


def text(node: Node, what: str) -> str:
    """Words that are not empty."""
    if not isinstance(node, Text) or not node.value.strip():
        raise ScriptError(f"{what} has to be words, not {kind_of(node)}.", node.place)
    return node.value


def texts(node: Node, what: str) -> tuple[str, ...]:
    """A list of words, or one."""
    if isinstance(node, Listed):
        return tuple(text(one, what) for one in node.items)
    return (text(node, what),)


def number(node: Node, what: str) -> float:
    """A number above 0, or 0."""
    try:
        value = float(text(node, what))
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ScriptError(f"{what} has to be a number, 0 or more.", node.place)
    return value


def flag(node: Node, what: str) -> bool:
    """True or false."""
    words = text(node, what).casefold()
    if words not in ("true", "false"):
        raise ScriptError(f"{what} has to be true or false.", node.place)
    return words == "true"


def mapping(node: Node, what: str, known: Iterable[str] | None = None) -> Mapped:
    """A mapping; with ``known``, of these names alone."""
    if not isinstance(node, Mapped):
        raise ScriptError(f"{what} has to be a mapping, not {kind_of(node)}.", node.place)
    known = list(node.items if known is None else known)
    for name in node.items:
        if name not in known:
            raise ScriptError(f"{what} has no {name!r}.{nearest(name, known)}", node.places[name])
    return node


def plain(node: Node) -> object:
    """The same as plain lists, dictionaries and words."""
    match node:
        case Text(value=value):
            return value
        case Listed(items=items):
            return [plain(one) for one in items]
        case Mapped(items=named):
            return {name: plain(one) for name, one in named.items()}
