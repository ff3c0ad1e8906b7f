"""The durable outbox on disk: one SQLite file a conversation, open in one program at a time.

Theory of operation. The file is the lease: it is opened exclusively, and the operating system gives it up however the
program ends. Changes are written in order, many in one transaction, on a thread of their own; whoever has to be sure
waits for the future of ``WriteAhead.keep``. Texts are content: the file is the user's alone (0600), what is forgotten
is overwritten, and once nothing is kept, nothing is left in the log file either.
"""

from __future__ import annotations

import asyncio
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
from ipygenesys.errors import GenesysError

VERSION = 1
"""Of the tables; kept in the file as ``user_version``."""

_TABLES = """
CREATE TABLE drafts (draft_id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE seen (message_id TEXT PRIMARY KEY);
CREATE TABLE read_position (only INTEGER PRIMARY KEY CHECK (only = 1), time_ms INTEGER NOT NULL);
"""

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
            self._connection, self.state = self._opened()
        except sqlite3.OperationalError as error:
            raise GenesysError(_why_not(path, error)) from None
        except (sqlite3.DatabaseError, msgspec.MsgspecError):
            self.damaged_copy = _put_aside(path)
            _log.warning("The durable state cannot be read; it was put aside as %s", self.damaged_copy.name)
            self._connection, self.state = self._opened()
        except OSError as error:
            words = f"The durable state cannot be kept in {path.parent}: {type(error).__name__}."
            raise GenesysError(words) from None
        self._kept = {draft.draft_id for draft in self.state.drafts}
        weakref.finalize(self, self._connection.close)

    def write(self, changes: Sequence[Keep]) -> None:
        """Make these changes, all or none; on any thread, one at a time.

        Raises:
            StoreError: none was made.
        """
        kept = set(self._kept)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    self._apply(change, kept)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            if self._kept and not kept:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StoreError(type(error).__name__) from None
        self._kept = kept

    def close(self) -> None:
        """Give the file back; doing it twice is fine."""
        self._connection.close()

    def _apply(self, change: Keep, kept: set[str]) -> None:
        run = self._connection.execute
        match change:
            case KeepDraft(draft):
                kept.add(draft.draft_id)
                # An update keeps the row's place, hence the order.
                run(
                    "INSERT INTO drafts VALUES (?, ?) ON CONFLICT (draft_id) DO UPDATE SET body = excluded.body",
                    (draft.draft_id, msgspec.json.encode(draft)),
                )
            case ForgetDraft(draft_id):
                kept.discard(draft_id)
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
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # The log beside it gets the same mode.
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # Write-ahead that a power cut undoes is none.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            _bring_up_to_date(connection, self.path)
            connection.execute("COMMIT")
            return connection, _state_in(connection)
        except BaseException:
            connection.close()
            raise


class WriteAhead:
    """Writes changes in order, off the loop; what comes while a write is under way goes into the next one.

    Args:
        store: where to; closed with this.
    """

    def __init__(self, store: DurableStore) -> None:
        self._store = store
        self._waiting: list[Keep] = []
        self._done: asyncio.Future[None] | None = None
        """Of what is waiting."""
        self._writer: asyncio.Task[None] | None = None
        self.written: asyncio.Future[None] | None = None
        """What ``keep`` gave last: all that was to be kept so far. None: nothing yet."""

    def keep(self, change: Keep) -> asyncio.Future[None]:
        """Write a change down, after all that came before; on the loop's thread.

        Returns:
            done when it is on disk; a StoreError if it could not be written.
        """
        loop = asyncio.get_running_loop()
        self._waiting.append(change)
        if self._done is None:
            self._done = loop.create_future()
        if self._writer is None:
            self._writer = loop.create_task(self._write())
        self.written = self._done
        return self._done

    async def close(self) -> None:
        """Write what is waiting, then give the file back."""
        if self._writer is not None:
            await self._writer
        self._store.close()

    async def _write(self) -> None:
        while self._done is not None:
            changes, done = self._waiting, self._done
            self._waiting, self._done = [], None
            try:
                await _in_thread(self._store, changes)
            except StoreError as error:
                _log.warning("The durable state could not be written: %s", error)
                done.set_exception(error)
                done.exception()  # Not everybody waits for it.
            else:
                done.set_result(None)
        self._writer = None


async def _in_thread(store: DurableStore, changes: Sequence[Keep]) -> None:
    try:
        await asyncio.to_thread(store.write, changes)
    except RuntimeError:  # The interpreter is ending, and starts no threads any more.
        store.write(changes)


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
        raise sqlite3.DatabaseError("damaged")


def _state_in(connection: sqlite3.Connection) -> DurableState:
    bodies = connection.execute("SELECT body FROM drafts ORDER BY rowid").fetchall()
    seen = connection.execute("SELECT message_id FROM seen ORDER BY rowid").fetchall()
    position = connection.execute("SELECT time_ms FROM read_position").fetchone()
    return DurableState(
        drafts=tuple(msgspec.json.decode(body, type=Draft) for (body,) in bodies),
        seen=tuple(id_ for (id_,) in seen),
        read_up_to_ms=position[0] if position else 0,
    )


def _why_not(path: Path, error: sqlite3.OperationalError) -> str:
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
    for ending in ("-wal", ""):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{copy}{ending}")
    return copy
