"""Our read positions on platforms that take no receipts, kept from one run to the next.

The file holds hashed names and times, no content. Losing it costs unread counts, nothing else: whatever goes wrong with
it is logged, counted and otherwise ignored.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import platformdirs

MAX_KEPT = 1000
"""Chosen: conversations; those that moved longest ago are forgotten first."""
FILE_NAME = "read-positions.json"

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


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
