"""Recording a conversation: from now on, until it is stopped or the conversation is closed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from ipygenesys._core.model.events import ErrorRaised
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.recordings.recorder import Recorder
from ipygenesys.errors import GenesysError

if TYPE_CHECKING:
    from ipygenesys._io.conversation.gateway import Gateway

PATIENCE_S = 10.0
"""Chosen: for the conversation's own thread, and for the disk."""


class Recording:
    """What ``record`` returns; ``with chat.record(path): …`` stops it at the block's end."""

    def __init__(self, recorder: Recorder, gateway: Gateway) -> None:
        self._recorder = recorder
        self._gateway = gateway
        self._is_running = True

    @property
    def path(self) -> str:
        """The file."""
        return self._recorder.path

    @property
    def is_running(self) -> bool:
        """What happens is written down."""
        return self._is_running and self._recorder.failure is None

    @property
    def failure(self) -> str | None:
        """Why it has ended before it was stopped, in words; None: it has not."""
        return self._recorder.failure

    def mark(self, text: str) -> None:
        """Put a marker beside what happens now, such as "here it broke"."""
        if not isinstance(text, str):
            raise TypeError(f"mark() takes a str, not {type(text).__name__}.")
        if self._is_running:
            _between_steps(self._gateway, lambda: self._recorder.mark(text))

    def stop(self) -> None:
        """Record no more, and have all of it on disk. Doing it twice is fine."""
        if self._is_running:
            self._is_running = False
            _between_steps(self._gateway, self._recorder.end)
            self._recorder.join(PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = self.failure or ("running" if self.is_running else "stopped")
        return f"<Recording {self.path}: {state}>"


class Records:
    """What Client and Chat can do with a recorder."""

    _gateway: Gateway

    def record(
        self, path: str | os.PathLike[str], *, redact: Literal["names", "texts"] | None = None
    ) -> Recording:
        """Write down all that passes from now on: frames, calls, and what became of them. ``ig.Replay(path)`` plays it.

        It goes on until it is stopped, or the conversation is closed; up to half a second behind, so that the file of a
        kernel that was killed can be read up to there. Tokens and other secrets are never written; texts and names are,
        for this user's eyes alone, unless they are redacted.

        Args:
            path: of a new file, JSON lines; ``.gz`` at its end compresses it.
            redact: "names" replaces the letters of names, "texts" those of names and texts; lengths and scripts stay.

        Raises:
            FileExistsError: there is such a file, and something in it.
            OSError: it cannot be made.
            GenesysError: this conversation is a replay, or was closed.
            ValueError: ``redact`` is something else.
        """
        if redact not in (None, "names", "texts"):
            raise ValueError('redact must be "names" or "texts", or be left away: secrets are never written.')
        gateway = self._gateway
        if gateway.is_replay:
            raise GenesysError("This is a replay, so there is a recording of it already.")
        recorder = Recorder(
            os.fspath(path),
            redaction=redact or "secrets",
            on_failed=lambda words: gateway.call_soon(lambda: _say(gateway, words)),
        )
        try:
            _between_steps(gateway, lambda: gateway.begin(recorder))
        except BaseException:
            recorder.give_up()
            raise
        return Recording(recorder, gateway)


def _say(gateway: Gateway, words: str) -> None:
    gateway.tell(ErrorRaised(Failure(kind="protocol", message=words)))
    gateway.settle()


def _between_steps(gateway: Gateway, do: Callable[[], object]) -> None:
    """Do it on the loop's thread, where the session stands still meanwhile; here, if it does not run (any more)."""
    loop = gateway.loop
    if loop is None or not loop.is_running() or _is_ours(loop):
        do()
        return
    done: Future[None] = Future()

    def run() -> None:
        try:
            do()
        except Exception as error:
            done.set_exception(error)
        else:
            done.set_result(None)

    gateway.call_soon(run)
    done.result(PATIENCE_S)


def _is_ours(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
