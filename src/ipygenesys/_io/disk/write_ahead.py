"""Changes on their way to the durable store: in order, many in one transaction, on a thread of their own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.kept import DurableState, Keep
from ipygenesys._io.disk.durable_store import DurableStore, StoreError
from ipygenesys._protocols.flow import CallError

_log = logging.getLogger("ipygenesys.durable")


@runtime_checkable
class Journal(Protocol):
    """A store that writes ahead by itself, such as a relay's."""

    @property
    def state(self) -> DurableState:
        """What an earlier run has left behind."""

    def keep(self, change: Keep) -> object:
        """Write a change down, after all that came before."""

    async def until_written(self) -> None:
        """Until all that was to be kept so far is written.

        Raises:
            CallError: it cannot be.
        """

    async def close(self) -> None:
        """The conversation has ended."""


def writing_ahead(store: DurableStore | Journal) -> Journal | WriteAhead:
    """What keeps changes in a store."""
    return store if isinstance(store, Journal) else WriteAhead(store)


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

    async def until_written(self) -> None:
        """Until all that was to be kept so far is on disk.

        Raises:
            CallError: it cannot be written.
        """
        if self.written is None:
            return
        try:
            await asyncio.shield(self.written)
        except StoreError:
            words = "The message could not be written down first, so it was not sent. Is the disk full?"
            raise CallError(Failure(kind="rejected", message=words)) from None

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
