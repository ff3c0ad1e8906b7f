"""Viewers' commands as they come: in order for each of them, each by who may ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

import msgspec

from ipygenesys._core.model.operations import SetTyping
from ipygenesys._core.relay.commands import (
    MAX_COMMAND_BYTES,
    Command,
    LookAt,
    command_of,
    put_off,
    refused,
)
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.rights import Refused, Right, Rights
from ipygenesys._core.relay.serving import Asker, Reply
from ipygenesys._core.relay.writing import done, reply_of
from ipygenesys._io.relay.lanes import Lanes
from ipygenesys._io.relay.redis.client import Entry
from ipygenesys._io.relay.writer import Writer

OUT_OF_DATE_S = 60.0
"""Chosen: a viewer gives up after 15 s; what it has said goes out if another relay leads soon, not hours later."""
MAX_WAITING = 10_000
"""Chosen: commands that wait, such as for who asks them; what comes then is put off."""
MAX_WAITING_BYTES = 32_000_000
"""Chosen: likewise, of all of them together."""
AT_ONCE = 64
"""Chosen: commands of a user that are read at once; they may be large."""
_FOR_NOW = (SetTyping, LookAt)
"""What somebody else was told is over by now, or said again."""

CarryOut = Callable[[Asker, Command, frozenset[Right]], Awaitable[None]]


class _Asked(NamedTuple):
    command: Command
    entry_id: str
    size: int
    """In bytes."""


class Taking:
    """Of one conversation, or of one inbox, for as long as we lead.

    Args:
        keys: of what.
        rights: who may do what.
        writer: what writes to Redis.
        carry_out: given who asks, the command and their rights.
        start: runs a task of the gateway's.
        on_bug: hears what fails in carrying out.
    """

    def __init__(
        self,
        keys: Keys,
        rights: Rights,
        writer: Writer[Any],
        carry_out: CarryOut,
        *,
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        on_bug: Callable[[str, BaseException], object],
    ) -> None:
        self.epoch = 0
        """That we lead under."""
        self.unreadable = 0
        """Commands of another version, of nobody, or too large."""
        self._keys, self._rights, self._writer = keys, rights, writer
        self._carry_out, self._on_bug = carry_out, on_bug
        self._lanes = Lanes(self._answer, start)
        self._waiting_bytes = 0

    def asked(self, user: str, entries: list[Entry], *, is_backlog: bool = False) -> None:
        """A user's viewers have put commands before us; a backlog is what they asked of somebody else."""
        for entry in entries:
            command = None if is_backlog and self._is_out_of_date(entry) else self._command(entry)
            if command is None or (is_backlog and isinstance(command.wanted, _FOR_NOW)):
                self._writer.add(also=[done(self._keys, user, [entry.id])])
            elif len(self._lanes) >= MAX_WAITING or self._waiting_bytes >= MAX_WAITING_BYTES:
                reply = Reply(Asker(user, command.viewer), put_off(command))
                self._writer.add(also=[reply_of(reply, self._keys), done(self._keys, user, [entry.id])])
            else:
                self._waiting_bytes += len(entry.data)
                self._lanes.put(Asker(user, command.viewer), _Asked(command, entry.id, len(entry.data)))

    def _command(self, entry: Entry) -> Command | None:
        try:
            if len(entry.data) > MAX_COMMAND_BYTES:
                raise msgspec.DecodeError("It is too large to be one.")
            return command_of(entry.data)
        except (msgspec.DecodeError, RecursionError):
            self.unreadable += 1
            return None

    def _is_out_of_date(self, entry: Entry) -> bool:
        """Nobody led for long after it was asked: who asked has been told that it failed. Both times are Redis' own."""
        asked_ms = int(entry.id.partition("-")[0])
        return self.epoch * 1000 - asked_ms > OUT_OF_DATE_S * 1000

    async def _answer(self, asker: Asker, asked: _Asked) -> None:
        command, entry_id, size = asked
        try:
            rights = await self.rights_of(asker, command, self._keys.name)
            await self._carry_out(asker, command, rights)
        except Refused as refusal:
            self._writer.add(also=[reply_of(Reply(asker, refused(command, refusal)), self._keys)])
        except Exception as error:  # A bug of ours must not leave all others without an answer.
            self._on_bug("a viewer's command", error)
        self._waiting_bytes -= size
        # Whoever leads next need not look at it: what came of it is written before this is.
        self._writer.add(also=[done(self._keys, asker.user, [entry_id])])

    async def rights_of(self, asker: Asker, command: Command, name: str) -> frozenset[Right]:
        """What who asks may do there.

        Raises:
            Refused: nobody knows who they are.
        """
        return await self._rights.of(asker.user, command.token, name)
