"""Our read positions on platforms that take no receipts, kept from one run to the next.

The file holds hashed names and times, no content. Losing it costs unread counts, nothing else: whatever goes wrong with
it is logged, counted and otherwise ignored.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from ipygenesys._core.model.events import ReadPositionMoved

MAX_KEPT = 1000
"""Chosen: conversations; those that moved longest ago are forgotten first."""
FILE_NAME = "read-positions.json"
KEEP_AFTER_S = 0.5
"""Chosen: how long a position waits for the next one."""

_log = logging.getLogger("ipygenesys.read_positions")


class ReadPositions:
    """One file for all conversations of this user.

    Args:
        directory: where; None takes the user's state directory.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory

    @property
    def path(self) -> Path:
        """The file."""
        directory = self._directory or platformdirs.user_state_path("ipygenesys", appauthor=False)
        return directory / FILE_NAME

    def load(self, key: str) -> int:
        """Up to when a conversation was read, in milliseconds since the epoch; 0 if nothing is known."""
        return self._read().get(_hashed(key), 0)

    def save(self, key: str, time_ms: int) -> bool:
        """Keep a position; it only moves forward. False if it could not be kept."""
        positions = self._read()
        name = _hashed(key)
        position = max(positions.pop(name, 0), time_ms)
        positions[name] = position  # Last, for it moved last.
        kept = dict(list(positions.items())[-MAX_KEPT:])
        try:
            self._write(json.dumps(kept))
        except OSError as error:
            _log.warning("The read position could not be kept: %s", type(error).__name__)
            return False
        return True

    def _read(self) -> dict[str, int]:
        try:
            raw = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("The read positions could not be read: %s", type(error).__name__)
            return {}
        if not isinstance(raw, dict):
            return {}
        return {name: at for name, at in raw.items() if type(at) is int and at > 0}

    def _write(self, text: str) -> None:
        """All or nothing: a reader never sees half a file, whenever the power goes."""
        path = self.path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=FILE_NAME, suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise


class ReadPosition:
    """The position of one conversation on its way to the file: it moves message by message, one write is enough.

    Args:
        positions: where it is kept; None: nowhere.
        key: the conversation's name; asked for each time, for it may get one late.
        spawn: runs what takes time.
        on_not_kept: hears that it could not be kept.
    """

    def __init__(
        self,
        positions: ReadPositions | None,
        *,
        key: Callable[[], str | None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        on_not_kept: Callable[[], None],
    ) -> None:
        self._positions = positions
        self._key = key
        self._spawn = spawn
        self._on_not_kept = on_not_kept
        self._time_ms: int | None = None
        """What is to be kept, and is not yet."""

    def load(self) -> int:
        """Where an earlier run has come to; 0 if nothing is known."""
        key = self._key()
        return 0 if self._positions is None or key is None else self._positions.load(key)

    def moved(self, event: ReadPositionMoved) -> None:
        """Keep this, soon."""
        is_waiting, self._time_ms = self._time_ms is not None, event.time_ms
        if self._positions is not None and not is_waiting:
            self._spawn(self._keep_soon())

    async def _keep_soon(self) -> None:
        await asyncio.sleep(KEEP_AFTER_S)
        await self.keep()

    async def keep(self) -> None:
        """Keep now what is not kept yet."""
        time_ms, self._time_ms = self._time_ms, None
        key = self._key()
        if time_ms is None or key is None or self._positions is None:
            return
        try:
            is_kept = await asyncio.to_thread(self._positions.save, key, time_ms)
        except RuntimeError:  # The interpreter is ending, and starts no threads any more.
            is_kept = self._positions.save(key, time_ms)
        if not is_kept:
            self._on_not_kept()


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
