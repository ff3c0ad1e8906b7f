"""The durable outbox on disk: one SQLite file a conversation, open in one program at a time.

Theory of operation. The file is the lease: it is opened exclusively, and the operating system gives it up however the
program ends. Texts are content: the file is the user's alone, and of what is forgotten no byte stays in it or in the log
beside it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    Keep,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._io.disk import private_file
from ipygenesys.errors import GenesysError

VERSION = 1
"""Of the tables; kept in the file as ``user_version``."""

_TABLES = """
CREATE TABLE drafts (draft_id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE seen (message_id TEXT PRIMARY KEY);
CREATE TABLE read_position (only INTEGER PRIMARY KEY CHECK (only = 1), time_ms INTEGER NOT NULL);
"""

_LOGS = ("-wal", "-journal")
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of a file that is none of ours: the first one where a table or a column is not there."""

_log = logging.getLogger("ipygenesys.durable")


class StoreError(Exception):
    """Something could not be written down."""


class DurableStore:
    """What is kept of one conversation.

    Args:
        path: the file; it is made if it is not there.

    Raises:
        GenesysError: another program has it open, a newer version has written it, or it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged_copy: Path | None = None
        """Where a file that could not be read was put; a new one was begun."""
        try:
            try:
                self._connection, self.state = self._opened()
            except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
                if not _is_damage(error):
                    raise
                self.damaged_copy = _put_aside(path)
                _log.warning(
                    "The durable state cannot be read; it was put aside as %s", self.damaged_copy.name
                )
                self._connection, self.state = self._opened()
        except sqlite3.Error as error:
            raise GenesysError(_why_not(path, error)) from None
        except OSError as error:
            words = f"The durable state cannot be kept in {path.parent}: {type(error).__name__}."
            raise GenesysError(words) from None
        self._holds_traces = False
        """Of what is forgotten."""
        weakref.finalize(self, self._connection.close)

    def write(self, changes: Sequence[Keep]) -> None:
        """Make these changes, all or none; on any thread, one at a time.

        Raises:
            StoreError: none was made.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    self._apply(change)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(type(error).__name__) from None
        if self._holds_traces or any(isinstance(change, ForgetDraft) for change in changes):
            self._holds_traces = not _is_wiped(self._connection)

    def close(self) -> None:
        """Give the file back; doing it twice is fine."""
        self._connection.close()

    def _apply(self, change: Keep) -> None:
        run = self._connection.execute
        match change:
            case KeepDraft(draft):
                # An update keeps the row's place, hence the order.
                run(
                    "INSERT INTO drafts VALUES (?, ?) ON CONFLICT (draft_id) DO UPDATE SET body = excluded.body",
                    (draft.draft_id, msgspec.json.encode(draft)),
                )
            case ForgetDraft(draft_id):
                run("DELETE FROM drafts WHERE draft_id = ?", (draft_id,))
            case KeepSeen(ids):
                rows = [(id_,) for id_ in ids]
                self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?)", rows)
            case ForgetSeen(ids):
                rows = [(id_,) for id_ in ids]
                self._connection.executemany("DELETE FROM seen WHERE message_id = ?", rows)
            case KeepReadPosition(time_ms):
                run(
                    "INSERT INTO read_position VALUES (1, ?) ON CONFLICT (only) DO UPDATE "
                    "SET time_ms = max(time_ms, excluded.time_ms)",
                    (time_ms,),
                )

    def _opened(self) -> tuple[sqlite3.Connection, DurableState]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_file.create(self.path)  # The logs beside it get the same mode.
        for ending in ("", *_LOGS):
            with suppress(FileNotFoundError):
                private_file.narrow(Path(f"{self.path}{ending}"))
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # Write-ahead that a power cut undoes is none.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("BEGIN IMMEDIATE")
            _bring_up_to_date(connection, self.path)
            connection.execute("COMMIT")
            state = _state_in(connection)
            _is_wiped(connection)  # A program that was killed may have left traces.
            return connection, state
        except BaseException:
            connection.close()
            raise


def open_store(key: str | None, durable: bool | str | os.PathLike[str]) -> DurableStore | None:
    """The store of a conversation.

    Args:
        key: the conversation's name.
        durable: False for none, True for the user's state directory, or the directory that holds the files.

    Raises:
        GenesysError: see DurableStore.
        TypeError: ``durable`` is none of these.
        ValueError: the conversation has no name by which it could be found again.
    """
    if durable is False:
        return None
    if not isinstance(durable, bool | str | os.PathLike):
        raise TypeError(f"durable must be a bool or a directory, not {type(durable).__name__}.")
    if key is None:
        words = "durable needs a conversation that can be found again: give WebMessaging its session_token."
        raise ValueError(words)
    if isinstance(durable, bool):
        directory = platformdirs.user_state_path("ipygenesys", appauthor=False) / "durable"
    else:
        directory = Path(durable).expanduser()
    return DurableStore(directory / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.sqlite3")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        words = (
            f"The durable state was written by a newer version of ipygenesys. Update it, or move {path} away."
        )
        raise GenesysError(words)
    if version == 0:
        for statement in _TABLES.strip().split("\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise msgspec.ValidationError(verdict)


def _state_in(connection: sqlite3.Connection) -> DurableState:
    bodies = connection.execute("SELECT body FROM drafts ORDER BY rowid").fetchall()
    seen = connection.execute("SELECT message_id FROM seen ORDER BY rowid").fetchall()
    positions = connection.execute("SELECT time_ms FROM read_position").fetchall()
    return DurableState(
        drafts=tuple(
            msgspec.json.decode(body, type=Draft) for (body,) in msgspec.convert(bodies, list[tuple[bytes]])
        ),
        seen=tuple(id_ for (id_,) in msgspec.convert(seen, list[tuple[str]])),
        read_up_to_ms=max(
            (time_ms for (time_ms,) in msgspec.convert(positions, list[tuple[int]])), default=0
        ),
    )


def _is_wiped(connection: sqlite3.Connection) -> bool:
    """Leave no trace of what is forgotten. Where rows moved between pages, ``secure_delete`` alone leaves some."""
    try:
        connection.execute("VACUUM")
        (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return not is_busy


def _is_damage(error: Exception) -> bool:
    # What Python could not read has no code.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGE


def _why_not(path: Path, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return (
            "The durable state of this conversation is in use by another Chat or Client, here or in another kernel. "
            "Close that one first, or leave durable out."
        )
    return f"The durable state cannot be opened: {path} ({error})."


def _put_aside(path: Path) -> Path:
    """Keep a file that cannot be read, with its log, under another name."""
    copies = (path.with_name(f"{path.name}.damaged-{number}") for number in range(1, 1_000_000))
    copy = next(copy for copy in copies if not copy.exists())
    for ending in (*_LOGS, ""):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{copy}{ending}")
    return copy
