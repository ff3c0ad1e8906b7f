"""One field of a frame or an answer is of another type than it is documented to be: that may cost itself, and no more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec

ODD = ["odd field"]
SPARE = frozenset(
    [
        *("name", "nickname", "originatingEntity", "mime", "sequence"),
        *("messageTime", "messageStatus", "pageSize", "total"),
    ]
)
"""What a client reads, and can do without once."""


def with_odd_field(body: Any, dice: random.Random) -> Any:
    """The same with one of its spare fields odd; as it is if it has none."""
    body = msgspec.json.decode(msgspec.json.encode(body))
    if places := [*_places(body)]:
        parent, name = dice.choice(places)
        parent[name] = ODD
    return body


def is_odd(data: bytes) -> bool:
    return b'["odd field"]' in data


def _places(body: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(body, list):
        for item in body:
            yield from _places(item)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in SPARE and isinstance(value, str | int):
                yield body, name
            yield from _places(value)
