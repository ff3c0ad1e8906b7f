"""Walks what the SDK has made of an answer: no unknown enum value, no field that a model does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

OUTDATED = "outdated_sdk_version"
"""What the SDK puts in the place of an enum value that it does not know."""


def is_model(value: object) -> bool:
    return hasattr(value, "swagger_types") and hasattr(value, "attribute_map")


def leaves(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Every plain value in a tree of models, lists and dicts, with the way to it."""
    if is_model(value):
        for name in value.swagger_types:
            yield from leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from leaves(each, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, f"{path}[{name!r}]")
    else:
        yield path, value


def unknown_enums(value: Any) -> list[str]:
    return [path for path, leaf in leaves(value) if isinstance(leaf, str) and OUTDATED in leaf.lower()]


def unknown_fields(raw: Any, model: Any, path: str = "$") -> Iterator[str]:
    """The fields of the JSON text that its model has no place for."""
    if is_model(model) and isinstance(raw, dict):
        attributes = {json_name: name for name, json_name in model.attribute_map.items()}
        for json_name, each in raw.items():
            if json_name in attributes:
                yield from unknown_fields(each, getattr(model, attributes[json_name]), f"{path}.{json_name}")
            else:
                yield f"{path}.{json_name}"
    elif isinstance(model, list) and isinstance(raw, list):
        for number, (part, each) in enumerate(zip(raw, model, strict=True)):
            yield from unknown_fields(part, each, f"{path}[{number}]")
