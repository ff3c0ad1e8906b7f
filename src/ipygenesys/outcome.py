"""What becomes of something that was asked of the platform: await it, or wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from numbers import Real
from typing import Any, TypeVar

T = TypeVar("T")


class Outcome:
    """Of ``connect()``, ``answer()``, ``disconnect()`` and ``wrap_up()``.

    Raises, when it is awaited or waited for:
        PermissionDenied: a permission is missing; the message names it.
        GenesysError: it was refused for another reason, or nobody knows.
    """

    def __init__(
        self, future: Future[Any], check_may_block: Callable[[str], None], hindrance: Callable[[], str] = str
    ) -> None:
        self._future = future
        self._hindrance = hindrance
        self._check_may_block = check_may_block

    @property
    def is_done(self) -> bool:
        """It has worked, or it has failed."""
        return self._future.done()

    def __await__(self) -> Generator[Any, None, None]:
        yield from asyncio.wrap_future(copy_of(self._future)).__await__()

    def wait(self, timeout: float | None = 30.0) -> None:
        """The same for a plain cell.

        Raises:
            TimeoutError: nothing was heard in time.
            TypeError: ``timeout`` is no number of seconds.
            RuntimeError: waiting here would stop the conversation itself.
        """
        self._check_may_block("await it")
        try:
            self._future.result(seconds_to_wait(timeout))
        except FutureTimeoutError:
            raise TimeoutError(f"No answer within {timeout} s.{self._hindrance()}") from None

    def __repr__(self) -> str:
        state = "under way" if not self.is_done else "failed" if self._future.exception() else "done"
        return f"<Outcome {state}>"


def seconds_to_wait(given: object) -> float | None:
    """None is for ever.

    Raises:
        TypeError: it is no number.
        ValueError: it is less than 0.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, Real):
        name = type(given).__name__
        raise TypeError(f"timeout must be a number of seconds, or None to wait for ever, not {name}.")
    if not (seconds := float(given)) >= 0:
        raise ValueError("timeout must be 0 s or more.")
    return seconds


def copy_of(future: Future[T]) -> Future[T]:
    """For one who waits: giving that up stops neither what was asked for nor the others who wait for it."""
    copy: Future[T] = Future()

    def pass_on(done: Future[T]) -> None:
        with suppress(Exception):  # The waiter may have gone.
            if done.cancelled():
                copy.cancel()
            elif (error := done.exception()) is not None:
                copy.set_exception(error)
            else:
                copy.set_result(done.result())

    future.add_done_callback(pass_on)
    return copy
