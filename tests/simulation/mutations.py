"""Makes bad JSON out of good: wrong values in any place, and wrong bytes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

DEEP = 100_000
DIGITS = 10_000
HUGE = 100_000
_PLACE = "@@placed@@"

_SMALL: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**64, 0.5, -0.0, 1e308, 5e-324, "", " ", "\x00", ".",
    "..", "a/b", "é", "\U0001f600", "‮", "\ud83d", "\udc00\ud83d", "x" * 129, "[]", "null", "9999-12-31T23:59:59Z",
    "0000-00-00", "2026-02-30T00:00:00Z", "-1", "1e999", [], {}, [[]], [None], [{}], {"": {}}, {"id": None}, [1, "a"],
)  # fmt: skip
_RAW = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-",
    "01",
    "'x'",
    "undefined",
    "\\ud83d",
    '"\\ud83d"',
    '"\\u00"',
)
BIG: tuple[Callable[[], str], ...] = (
    lambda: "[" * DEEP + "]" * DEEP,
    lambda: '{"a":' * DEEP + "1" + "}" * DEEP,
    lambda: "9" * DIGITS,
    lambda: "-0." + "9" * DIGITS,
    lambda: '"' + "x" * HUGE + '"',
    lambda: "[" + "0," * HUGE + "0]",
)
_BYTES = (
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\x00",
    b"\xef\xbb\xbf",
    b'"',
    b"{",
    b"}",
    b"\\",
    b",",
    b"\xf4\x90\x80\x80",
)
BIG_CHANCE = 0.0005
"""They take a thousand times as long as the others."""


class Mutator:
    """Draws mutated documents from a corpus.

    Args:
        corpus: good ones.
        dice: seeded.
    """

    def __init__(self, corpus: list[bytes], dice: random.Random) -> None:
        self.corpus = corpus
        self._dice = dice

    def draw(self, base: bytes | None = None) -> bytes:
        """A mutation of a document, of any of the corpus without one."""
        dice = self._dice
        data = base if base is not None else dice.choice(self.corpus)
        kind = dice.random()
        if kind < 0.7:
            data = self._restructured(data)
        if kind > 0.65:
            data = self._garbled(data)
        return data

    def _restructured(self, data: bytes) -> bytes:
        dice, document, placed = self._dice, json.loads(data), None
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            document, raw = self._changed(document)
            placed = raw or placed
        text = json.dumps(document, ensure_ascii=dice.random() < 0.5)
        if placed is not None:
            text = text.replace(f'"{_PLACE}"', placed)
        return text.encode("utf-8", "surrogatepass")

    def _changed(self, document: Any) -> tuple[Any, str | None]:
        """One place of it; the JSON that stands for the placeholder, if there is one."""
        dice = self._dice
        places: list[tuple[Any, Any]] = []
        _gather(document, places)
        if not places:
            return copy.deepcopy(dice.choice(_SMALL)), None
        holder, key = dice.choice(places)
        kind = dice.random()
        if kind < BIG_CHANCE:
            holder[key] = _PLACE
            return document, dice.choice(BIG)()
        if kind < 0.08:
            holder[key] = _PLACE
            return document, dice.choice(_RAW)
        if kind < 0.2:
            del holder[key]
        elif kind < 0.3 and isinstance(holder, dict):
            holder[dice.choice((key.upper(), key + "x", "", _PLACE, "id", "type"))] = holder.pop(key)
        elif kind < 0.5:  # The right value in the wrong place, or twice.
            other, other_key = dice.choice(places)
            if not isinstance(other, dict) or other_key in other:
                holder[key] = json.loads(json.dumps(_at(other, other_key)))
        else:
            holder[key] = copy.deepcopy(dice.choice(_SMALL))
        if kind > 0.97:  # A key twice: the placeholder ends one value and begins another of the same name.
            name = key if isinstance(key, str) else "id"
            if isinstance(holder, dict):
                holder[key] = _PLACE
                return document, f"1, {json.dumps(name)}: {json.dumps(dice.choice(_SMALL))}"
        return document, None

    def _garbled(self, data: bytes) -> bytes:
        dice, at = self._dice, self._dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0:
                return data[:at]
            case 1:
                return data[:at] + dice.choice(_BYTES) + data[at:]
            case 2:
                return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
            case 3:
                return b"\xef\xbb\xbf" + data
            case 4:
                return data + dice.choice(self.corpus)
            case _:
                return data[:at] + data[at + dice.randrange(1, 20) :]


def _gather(document: Any, places: list[tuple[Any, Any]]) -> None:
    pairs: Any = ()
    if isinstance(document, dict):
        pairs = document.items()
    elif isinstance(document, list):
        pairs = enumerate(document)
    for key, value in pairs:
        places.append((document, key))
        if isinstance(value, dict | list):
            _gather(value, places)


def _at(holder: Any, key: Any) -> Any:
    try:
        return holder[key]
    except (KeyError, IndexError):
        return None
