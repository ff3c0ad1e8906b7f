"""A method that does not keep its widget alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """The same method; nothing once its widget has gone."""
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Any:
        return None if (alive := reference()) is None else alive(*arguments)

    return call
