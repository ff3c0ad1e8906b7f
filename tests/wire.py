"""The page's half of the wire, for tests that read what the kernel has sent."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from ipygenesys._core.view.protocol import LAYOUT
from ipygenesys._core.view.protocol.layout import LIST


def named(content: Any) -> Any:
    """What the page makes of a message: dicts with every field, defaults filled in."""
    if not isinstance(content, list):
        return content
    number, *values = content
    if number == LIST:
        return [named(value) for value in values]
    shape = LAYOUT.shapes[number - 1]
    fields: dict[str, Any] = {} if shape.kind is None else {"kind": shape.kind}
    for position, (name, default) in enumerate(zip(shape.names, shape.defaults, strict=True)):
        if position < len(values):
            fields[name] = named(values[position])
        else:
            assert default is not msgspec.NODEFAULT, f"{name} is missing"
            fields[name] = list(default) if default == () else copy.copy(default)
    return fields
