"""Structs on the wire: arrays of a number and the fields, without defaults at the end.

A message of the conversation then costs about as many bytes as its text and its id, and names nothing twice. The
browser has the same layout, generated, and gives everything its name again. Both halves always fit together: the
kernel hands its own bundle to the page.
"""

from __future__ import annotations

from typing import Any

import msgspec

LIST = 0
"""In the place of a struct's number: what follows are the items of a sequence."""


class Shape(msgspec.Struct, frozen=True):
    """How one kind of struct is written."""

    number: int
    kind: str | None
    """Its tag; None for a struct that is only ever a part of others."""
    attributes: tuple[str, ...]
    names: tuple[str, ...]
    """The attributes as the browser calls them."""
    defaults: tuple[Any, ...]
    """``msgspec.NODEFAULT`` where there is none."""


class Layout:
    """The shapes of all structs that a type can hold, numbered from 1 in the order in which it mentions them."""

    def __init__(self, root: Any) -> None:
        self._shapes: dict[type, Shape] = {}
        self._visit(msgspec.inspect.type_info(root))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """By number, beginning with that of number 1."""
        return tuple(self._shapes.values())

    def encode(self, value: Any) -> Any:
        """Plain JSON for a struct, and for all in it."""
        if isinstance(value, msgspec.Struct):
            shape = self._shapes[type(value)]
            fields = [getattr(value, name) for name in shape.attributes]
            while fields and fields[-1] == shape.defaults[len(fields) - 1]:
                fields.pop()
            return [shape.number, *map(self.encode, fields)]
        if isinstance(value, tuple):
            return [LIST, *map(self.encode, value)]
        return value

    def _visit(self, info: msgspec.inspect.Type) -> None:
        match info:
            case msgspec.inspect.UnionType(types):
                for each in types:
                    self._visit(each)
            case msgspec.inspect.VarTupleType(item_type=item):
                self._visit(item)
            case msgspec.inspect.StructType(cls=cls, fields=fields, tag=tag) if cls not in self._shapes:
                self._shapes[cls] = Shape(
                    number=len(self._shapes) + 1,
                    kind=None if tag is None else str(tag),
                    attributes=tuple(field.name for field in fields),
                    names=tuple(field.encode_name for field in fields),
                    defaults=tuple(field.default for field in fields),
                )
                for field in fields:
                    self._visit(field.type)
