"""Files on their way from a page to the kernel: announced, sent piece by piece, each piece asked for.

The page sends one piece and waits until the next one is asked for, so that neither side ever holds more. A piece that is
lost, or comes twice, is answered with what is wanted next. Deciding only: the shell keeps the bytes, in order.
"""

from __future__ import annotations

import re

import msgspec

from ipygenesys._core.model.events import UploadProgressed
from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.inputs import Send
from ipygenesys._core.model.messages import Message, OutgoingFile, UploadRules
from ipygenesys._core.view.protocol import (
    MAX_CHUNK_BYTES,
    ErrorDelta,
    FileChunk,
    FileOffered,
    FileRefused,
    FileWanted,
    UploadProgress,
)

MAX_FILES = 16
"""Chosen: files of all pages under way to the kernel at once."""
MAX_FILE_BYTES = 100 << 20
"""Chosen: where the platform names no limit; it is kept on disk until it is sent."""
MAX_KEPT_FILES, MAX_KEPT_BYTES = 64, 256 << 20
"""Chosen: of all pages together, on their way to the kernel or waiting there until the server has them."""
SILENCE_S = 120.0
"""Chosen: a page that sends nothing for so long has given up, or was closed."""
IN_VAIN_S, IN_VAIN = 20.0, 4
"""Chosen: a piece that was asked for so often, and does not come for so long, never will: there are hosts that pass on what
pages say, but no bytes. Both, for on a slow line a piece comes late, and with it all that was asked meanwhile."""

_NAME = re.compile(r"[A-Za-z0-9-]{8,64}")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}", re.ASCII)
"""Goes into a header as it is. Source: RFC 6838 4.2."""


class KeepBytes(msgspec.Struct, frozen=True):
    """For the shell: append to the file of this name; the first time, make it."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"KeepBytes({self.name!r}, {len(self.data)} bytes)"


class ForgetFile(msgspec.Struct, frozen=True):
    """For the shell: the file of this name is not needed any more."""

    name: str


class _Coming(msgspec.Struct):
    """A file that has been announced."""

    offer: FileOffered
    last_heard: float
    grown_at: float
    received: int = 0
    asked: int = 1
    """How often for the piece that comes next."""

    def is_in_vain(self, now: float) -> bool:
        """No bytes come."""
        return self.asked >= IN_VAIN and now >= self.grown_at + IN_VAIN_S


class ViewFiles:
    """The files of all pages.

    Args:
        folder: where the shell keeps them.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._coming: dict[str, _Coming] = {}
        self._handed_over: dict[str, int] = {}
        """By draft: the bytes of files that wait until the server has them."""
        self._failed: dict[str, None] = {}
        """Those of which the user may try the sending again, the oldest first."""
        self._percent: dict[str, int] = {}
        """By draft: how much of its file the views know to be with the server."""
        self.work: list[KeepBytes | ForgetFile] = []
        """What the shell has to do, in this order."""

    def offered(self, offer: FileOffered, rules: UploadRules | None, now: float) -> FileWanted | FileRefused:
        """A page wants to send a file, or has lost track of one."""
        known = self._coming.get(offer.draft_id)
        if known is not None:
            if known.offer.size_bytes != offer.size_bytes:
                return _refusal(offer, "It was announced with another size.")
            if known.is_in_vain(now):
                self.done(offer.draft_id)
                return _refusal(
                    offer, "What is in it does not reach the kernel: this host passes no bytes on."
                )
            known.last_heard = now
            known.asked += 1
            return FileWanted(to=offer.client, draft_id=offer.draft_id, offset=known.received)
        if (why := self._objection(offer, rules)) is not None:
            return _refusal(offer, *why)
        self._coming[offer.draft_id] = _Coming(offer, last_heard=now, grown_at=now)
        return FileWanted(to=offer.client, draft_id=offer.draft_id, offset=0)

    def is_wanted(self, chunk: FileChunk) -> bool:
        """Whether these are the bytes that come next: no others are worth keeping for a moment."""
        coming = self._coming.get(chunk.draft_id)
        if coming is None or chunk.offset != coming.received or not chunk.data:
            return False
        return len(chunk.data) <= min(MAX_CHUNK_BYTES, coming.offer.size_bytes - coming.received)

    def received(self, chunk: FileChunk, now: float) -> FileWanted | FileRefused | Send:
        """Bytes have come: what is wanted next, or, at the end, the message that the file goes with."""
        coming = self._coming.get(chunk.draft_id)
        if coming is None:
            return _refusal(chunk, "It was not announced.")
        coming.last_heard = now
        if self.is_wanted(chunk):
            self.work.append(KeepBytes(chunk.draft_id, chunk.data))
            coming.received += len(chunk.data)
            coming.grown_at, coming.asked = now, 0
        if coming.received < coming.offer.size_bytes:
            coming.asked += 1
            return FileWanted(to=chunk.client, draft_id=chunk.draft_id, offset=coming.received)
        del self._coming[chunk.draft_id]
        self._handed_over[chunk.draft_id] = coming.offer.size_bytes
        return Send(chunk.draft_id, coming.offer.text, file=self._file(coming.offer))

    def failed(self, name: str) -> FileRefused | None:
        """The shell could not keep the bytes."""
        coming = self._coming.get(name)
        self.done(name)
        if coming is None:
            return None
        return _refusal(coming.offer, "The kernel cannot keep it: its disk may be full.", "not_kept")

    def done(self, draft_id: str | None) -> None:
        """The server has it, or the user gave it up."""
        self._percent.pop(draft_id or "", None)
        if draft_id is not None and (draft_id in self._handed_over or draft_id in self._coming):
            for files in (self._handed_over, self._failed, self._coming):
                files.pop(draft_id, None)
            self.work.append(ForgetFile(draft_id))

    def draft_changed(self, message: Message) -> None:
        """A draft goes out, or has failed: a file that the server does not take is of no more use."""
        self._failed.pop(message.id, None)
        if message.status != "failed" or message.id not in self._handed_over:
            return
        if message.cause == "bad_file":
            self.done(message.id)
        else:
            self._failed[message.id] = None

    def progressed(self, event: UploadProgressed) -> list[UploadProgress]:
        """More of a file is with the server: told a percent at a time, for no view shows more."""
        percent = event.sent_bytes * 100 // max(event.total_bytes, 1)
        if percent == self._percent.get(event.draft_id):
            return []
        self._percent[event.draft_id] = percent
        return [
            UploadProgress(
                draft_id=event.draft_id, sent_bytes=event.sent_bytes, total_bytes=event.total_bytes
            )
        ]

    def tick(self, now: float) -> None:
        """Forget what nobody goes on with."""
        for name, coming in list(self._coming.items()):
            if now >= coming.last_heard + SILENCE_S:
                self.done(name)

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return min((coming.last_heard + SILENCE_S for coming in self._coming.values()), default=None)

    def _objection(self, offer: FileOffered, rules: UploadRules | None) -> tuple[str, Cause] | None:
        """In words, and in one."""
        if rules is None:
            return "Files cannot be sent here.", "bad_file"
        if len(self._coming) >= MAX_FILES:
            return "Too many files at once.", "too_many_files"
        if not _NAME.fullmatch(offer.draft_id) or offer.draft_id in self._handed_over:
            return "It was announced under an id that cannot be used.", "bad_file"
        most = MAX_FILE_BYTES if rules.max_bytes is None else min(MAX_FILE_BYTES, rules.max_bytes)
        if not 0 < offer.size_bytes <= most:
            return f"Files must not be empty, nor larger than {most // 1024} kB.", "bad_file"
        return None if self._has_room(offer) else ("Too many files at once.", "too_many_files")

    def _has_room(self, offer: FileOffered) -> bool:
        """Those that failed make room, the oldest first."""
        sizes = [*self._handed_over.values(), *(coming.offer.size_bytes for coming in self._coming.values())]
        if len(sizes) < MAX_KEPT_FILES and sum(sizes) + offer.size_bytes <= MAX_KEPT_BYTES:
            return True
        if not self._failed:
            return False
        self.done(next(iter(self._failed)))
        return self._has_room(offer)

    def _file(self, offer: FileOffered) -> OutgoingFile:
        return OutgoingFile(
            path=f"{self._folder}/{offer.draft_id}",
            # A browser gives a name without a folder; whoever else speaks this protocol may not.
            name=re.split(r"[/\\]", offer.name)[-1][:1023] or "file",
            media_type=offer.media_type
            if _MEDIA_TYPE.fullmatch(offer.media_type)
            else "application/octet-stream",
            size_bytes=offer.size_bytes,
        )


def _refusal(of: FileOffered | FileChunk, words: str, cause: Cause = "bad_file") -> FileRefused:
    error = ErrorDelta(code="file-refused", message=words, cause=cause)
    return FileRefused(to=of.client, draft_id=of.draft_id, error=error)
