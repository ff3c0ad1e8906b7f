"""Writes down what passes a conversation, on a thread of its own and half a second behind at most."""

from __future__ import annotations

import gzip
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import BinaryIO, NamedTuple

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.session.session import Session
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys._recordings.coding import lines_of
from ipygenesys._recordings.entries import (
    AnyEntry,
    Ended,
    Header,
    InputTaken,
    Marked,
    Redaction,
    StateChecked,
    StateKept,
)
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.redaction import Redactor
from ipygenesys._recordings.state import Moment, digest_of, moment_of, packed
from ipygenesys.credentials import secrets_of

GATHER_S = 0.2
"""Chosen: entries of this long are written together; with the time that it takes, less than half a second."""
MAX_WAITING = 200_000
"""Chosen: entries that may wait for a disk that does not answer, some 100 MB; of more, the recording ends there."""
TOGETHER = 128
"""Chosen: entries that are looked through for secrets at once, 50 kB or so: mostly there is none in any of them."""
CHECK_EVERY = 200
"""Inputs, at least: the hash of a state costs as much as its messages, so it comes seldom where there are many."""
INPUTS_A_MESSAGE = 4
"""Chosen: before a message is hashed again, there are as many inputs, or what was recorded has grown by as much."""

_log = logging.getLogger("ipygenesys.recorder")


class _Check(NamedTuple):
    """A state that is to be hashed when there is time."""

    at_s: float
    inputs: int
    moment: Moment


class Recorder:
    """From ``begin`` on until ``end``.

    Args:
        path: a file that is made; ``.gz`` at its end compresses it.
        redaction: what is taken out besides secrets.
        on_failed: hears on the writing thread, once, that the file takes no more, in words.

    Raises:
        FileExistsError: there is one, and it is not empty.
        OSError: it cannot be made.
    """

    def __init__(
        self, path: str, *, redaction: Redaction = "secrets", on_failed: Callable[[str], object]
    ) -> None:
        self.path = path
        self.failure: str | None = None
        """Why it has ended before its time."""
        self._on_failed = on_failed
        self._redaction: Redaction = redaction
        self._masks = Masks()
        self._redactor = Redactor(redaction, os.urandom(32))
        self._file = _opened(path)
        self._waiting: deque[AnyEntry | _Check] = deque()
        self._lost = 0
        self._inputs = self._checked = self._began_with = 0
        self._session: Session | None = None
        self._tap: Tap | None = None
        self._is_ending = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="ipygenesys-recorder", daemon=True)

    # --- on the loop's thread -----------------------------------------------------------------------------

    def begin(self, session: Session, tap: Tap, protocol: Adapter | IsFed, *, is_new: bool) -> None:
        """Between two steps of the session.

        Args:
            session: whose inputs are recorded.
            tap: where they are heard.
            protocol: the conversation's; its secrets are masked wherever they turn up.
            is_new: the session has taken no input yet.
        """
        self._session, self._tap = session, tap
        for holder in (protocol, getattr(protocol, "credentials", None)):
            for secret in secrets_of(holder):
                self._masks.learn(secret)
        tap.add(self._note, at_end=self._finish)
        at_s = tap.at_s()
        header = Header(
            at_s=at_s,
            started=datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds"),
            by=f"ipygenesys {version('ipygenesys')}",
            protocol=type(protocol).__name__,
            title=protocol.title,
            redaction=self._redaction,
            profile=session.profile,
        )
        self._waiting.append(header)
        self._began_with = len(session.conversation.timeline)
        if not is_new:
            self._waiting.append(StateKept(at_s=at_s, state=packed(session)))
            self._waiting.append(_Check(at_s, 0, moment_of(session)))
        self._thread.start()
        self._wake.set()

    def mark(self, text: str) -> None:
        """Put a marker beside what happens now."""
        if self._tap is not None and not self._is_ending:
            self._put(Marked(at_s=self._tap.at_s(), text=text))

    def end(self) -> None:
        """Record no more; what was recorded is written. Doing it twice is fine."""
        if self._is_ending or self._tap is None or self._session is None:
            return
        self._tap.remove(self._note)
        at_s = self._tap.at_s()
        if self._inputs:
            self._put(_Check(at_s, self._inputs, moment_of(self._session)))
        self._put(Ended(at_s=at_s))
        self._is_ending = True
        self._session = None
        self._wake.set()

    def _finish(self) -> None:
        """The conversation is over; off the loop, as it takes time."""
        self.end()
        self.join()

    def _note(self, entry: AnyEntry, effects: Sequence[Effect]) -> None:
        self._put(entry)
        if isinstance(entry, InputTaken) and self._session is not None:
            self._inputs += 1
            since = self._inputs - self._checked
            held = INPUTS_A_MESSAGE * len(self._session.conversation.timeline)
            wait = min(held, max(INPUTS_A_MESSAGE * self._checked, self._began_with))
            if since >= CHECK_EVERY and since >= wait:
                self._checked = self._inputs
                self._put(_Check(entry.at_s, self._inputs, moment_of(self._session)))

    def _put(self, entry: AnyEntry | _Check) -> None:
        if self.failure is not None:
            return
        self._waiting.append(entry)
        if not self._wake.is_set():
            self._wake.set()

    def give_up(self) -> None:
        """It never began."""
        self._file.close()
        os.remove(self.path)

    # --- on its own ---------------------------------------------------------------------------------------

    def join(self, timeout_s: float = 10.0) -> None:
        """Until all is written."""
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _write_all(self) -> None:
        try:
            with self._file as file:
                while not (self._is_ending and not self._waiting):
                    self._wake.wait()
                    if not self._is_ending:
                        time.sleep(GATHER_S)
                    self._wake.clear()
                    self._write(file)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._failed(f"The recording ends here, as it could not be written: {reason}.")
        except (
            Exception
        ) as error:  # A bug of ours, or an entry that cannot be written: the conversation goes on.
            _log.error("The recorder has failed: %s", type(error).__name__)
            self._failed(f"The recording ends here: {type(error).__name__}.")

    def _write(self, file: BinaryIO) -> None:
        if len(self._waiting) > MAX_WAITING:
            raise OSError("the disk is too slow")
        for number in range(len(self._waiting), 0, -TOGETHER):
            entries = [self._waiting.popleft() for _ in range(min(number, TOGETHER))]
            file.write(self._lines(entries))
        file.flush()

    def _lines(self, entries: Sequence[AnyEntry | _Check]) -> bytes:
        lines = b""
        texts: list[AnyEntry] = []
        for entry in entries:
            if isinstance(entry, _Check):
                lines += lines_of(texts, self._masks)  # What was found in them is masked in the state, too.
                texts = []
                digest = digest_of(self._redactor.moment(entry.moment), self._masks)
                entry = StateChecked(at_s=entry.at_s, inputs=entry.inputs, digest=digest)
            texts.append(self._redactor.entry(entry))
        return lines + lines_of(texts, self._masks)

    def _failed(self, words: str) -> None:
        self.failure = words
        self._waiting.clear()
        self._on_failed(words)


def _opened(path: str) -> BinaryIO:
    """A new file that only our user can read, or an empty one that was there."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    if os.fstat(number).st_size:
        os.close(number)
        raise FileExistsError(
            f"{path} is there already: a recording overwrites nothing. Give it another name."
        )
    plain = os.fdopen(number, "wb")
    if not path.endswith(".gz"):
        return plain
    return _Compressed(plain)  # type: ignore[return-value]


class _Compressed(gzip.GzipFile):
    """What was flushed can be read, whatever becomes of the rest."""

    def __init__(self, plain: BinaryIO) -> None:
        super().__init__(fileobj=plain, mode="wb", compresslevel=5, mtime=0)
        self._plain = plain

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._plain.close()
