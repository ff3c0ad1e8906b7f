"""What users give to be called, async or not, and coroutines that say so when their await is forgotten."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def checked_handler(given: object, *, show_errors: bool = False) -> Callable[[Any], object]:
    """What a user wants called, or awaited.

    Args:
        given: a function, with or without ``async``.
        show_errors: what fails in it is written out in full on stderr, the error's own words too.

    Raises:
        TypeError: it is no function.
    """
    if not callable(given):
        raise TypeError(f"handler must be a function of one argument, not {type(given).__name__}.")
    if not show_errors:
        return given

    async def awaited(outcome: Coroutine[Any, Any, object]) -> None:
        try:
            await outcome
        except Exception:
            traceback.print_exc()
            raise

    def shown(argument: object) -> object:
        try:
            outcome = given(argument)
        except Exception:
            traceback.print_exc()
            raise
        return awaited(outcome) if inspect.iscoroutine(outcome) else outcome

    return shown


class ToAwait(Coroutine[Any, Any, T]):
    """A coroutine whose repr, which a cell shows where it is the last line, says what to do."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], name: str) -> None:
        self._coroutine = coroutine
        self._name = name

    def __await__(self) -> Any:
        return self._coroutine.__await__()

    def send(self, value: Any) -> Any:
        """Go on."""
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        """Go on with an error."""
        return self._coroutine.throw(*error)

    def close(self) -> None:
        """Give it up."""
        self._coroutine.close()

    def __repr__(self) -> str:
        return f"<nothing happens before it is awaited: await ….{self._name}(…)>"


def to_await(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Of a method that is ``async``: who forgets to await what it returns sees it in the cell's output."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> ToAwait[T]:
        return ToAwait(function(*args, **kwargs), function.__name__)

    return call
