"""The source of a replay: hands in what was recorded, when it is time, and carries out nothing.

Theory of operation. The recorded inputs are all that the session hears, each with the ``Now`` that it was recorded with: so
it comes to the same state at any speed, and after any jump. By the way the whole session is kept now and then; a jump goes
on from the nearest of these, quietly, and then everybody who looks is shown the whole.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from ipygenesys._core.model.events import ErrorRaised, TypingChanged, UnreadChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Connect, Disconnect, Input, Now
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.operations import Action
from ipygenesys._core.session.session import Session
from ipygenesys._io.recordings.hearing import Hearing
from ipygenesys._io.recordings.kept_sessions import Kept, KeptSessions
from ipygenesys._io.recordings.pace import Pace
from ipygenesys._io.recordings.reading import Recorded, part_of
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys._recordings.entries import AnyEntry, Ended, InputTaken, StateChecked, StateKept
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import NoState, digest_of, moment_of, unpacked
from ipygenesys.errors import GenesysError

BATCH = 500
"""Chosen: entries read at once, off the loop."""
SLICE_S = 0.005
"""Chosen: how long entries are handed in before others get their turn."""
LOOK_S = 0.2
"""Chosen: how often a recording that still grows is looked at for more."""
WITHHELD: frozenset[Capability] = frozenset({"send", "send_typing", "send_read", "attachments"})
NOTHING_IS_SENT = "This is a replay: nothing is sent by it. Pause, play and seek are all that it takes."


class Tape:
    """Plays one recording to one conversation; on the loop's thread.

    Args:
        conversation: hears it.
        file: the recording; closed with this.
        speed: as a factor; infinite is as fast as it goes.
        on_change: hears that it plays, pauses, jumps or has ended.
    """

    def __init__(
        self,
        conversation: Conversation,
        file: Recorded,
        *,
        speed: float = 1.0,
        on_change: Callable[[], object] = lambda: None,
    ) -> None:
        self.differences = 0
        """How often the state was not what it had been."""
        self.checks = 0
        """How often that was looked at."""
        self.is_whole = False
        """The recorder's last words were come to."""
        self.ended = asyncio.Event()
        self.is_jumping = False
        self.loop = asyncio.get_running_loop()
        self._conversation = conversation
        self._file = file
        self._on_change = on_change
        self._origin_s = file.header.at_s
        self._at_s = self._origin_s
        """Of the newest entry that was handed in, or of where a jump went."""
        self._pace = Pace(self.loop.time, speed, lambda: self._at_s - self._origin_s)
        self._place = file.start
        self._ahead: deque[tuple[int, AnyEntry]] = deque()
        self._may_grow = False  # As it was before the last look: what has come since is read next.
        self._inputs = 0
        self._hearing = Hearing(conversation)
        self._kept = KeptSessions()
        self._keep()
        self._last_now = Now(0.0, 0, 0.0)
        conversation.session.allowed.withheld = WITHHELD
        self._target: float | None = None
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    # --- what the conversation wants ----------------------------------------------------------------------

    is_idle = True

    def perform(self, wish: Wish) -> None:
        """What came of it was recorded."""

    def act(self, action: Action, outcome: Future[None]) -> None:
        """Nothing is done by a replay."""
        outcome.set_exception(GenesysError(NOTHING_IS_SENT))

    def asked(self, input_: Input) -> None:
        """What users, views and time want of the session: it hears the recording alone."""
        if isinstance(input_, Connect) and self._running is None:
            self.play()
        elif isinstance(input_, Disconnect):
            self.pause()
            self._conversation.step(input_, self._last_now)

    async def aclose(self) -> None:
        """Give the file back."""
        self._file.close()

    # --- controls -----------------------------------------------------------------------------------------

    @property
    def position(self) -> float:
        """Seconds from the beginning."""
        return self._pace.position

    @property
    def is_playing(self) -> bool:
        """It goes on by itself."""
        return self._pace.is_playing

    @property
    def speed(self) -> float:
        """As a factor."""
        return self._pace.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._pace.speed = speed
        self._changed()

    def play(self) -> None:
        """Go on; from the beginning, where it has ended."""
        if self.ended.is_set():
            self.seek(0.0)
        self._pace.is_playing = True
        self._changed()

    def pause(self) -> None:
        """Stand still."""
        self._pace.is_playing = False
        self._changed()

    def seek(self, seconds: float) -> None:
        """Be at this moment, at once, as if it had been played up to it."""
        self._target, self.is_jumping = seconds, True
        self._pace.be_at(seconds)
        self.ended.clear()
        self._changed()

    def _changed(self) -> None:
        if self._running is None:
            self._running = self._conversation.spawn(self._run())
        self._wake.set()
        self._on_change()

    # --- playing ------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            if self._target is not None:
                await self._jump()
            elif not self.is_playing:
                await self._until_woken(None)
            elif not self._ahead and not await self._read():
                await self._end()
            elif (wait_s := self._pace.wait_s(self._ahead[0][1].at_s - self._origin_s)) > 0:
                await self._until_woken(wait_s)
            else:
                await self._hand_in()

    async def _until_woken(self, wait_s: float | None) -> None:
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()

    async def _hand_in(self) -> None:
        """What is due, for a slice of time; the next entry is."""
        until, due_s, is_due = self.loop.time() + SLICE_S, self._origin_s + self._pace.due, True
        while is_due:
            entry = self._next()
            if isinstance(entry, InputTaken):
                self._last_now = entry.now
                self._conversation.tap.tell(entry, self._conversation.step(entry.input, entry.now))
            else:
                self._look_at(entry)
                self._conversation.tap.tell(entry)
            is_due = bool(self._ahead) and self._ahead[0][1].at_s <= due_s and self.loop.time() < until
        self._conversation.settle()
        await asyncio.sleep(0)

    def _next(self) -> AnyEntry:
        place, entry = self._ahead.popleft()
        if self._kept.is_due(self._conversation.session.conversation.timeline):
            self._keep()
        self._place, self._at_s = place, max(entry.at_s, self._at_s)
        self._inputs += isinstance(entry, InputTaken)
        self._hearing.come_to(entry)
        return entry

    def _look_at(self, entry: AnyEntry) -> None:
        if isinstance(entry, StateKept):
            self._begin_midway(entry)
        elif isinstance(entry, Ended):
            self.is_whole = True
        elif isinstance(entry, StateChecked) and entry.inputs == self._inputs:
            self.checks += 1
            self.differences += digest_of(moment_of(self._conversation.session), Masks()) != entry.digest

    def _begin_midway(self, entry: StateKept) -> None:
        try:
            session = unpacked(entry.state)
        except NoState:
            self._say(
                f"This recording begins in the middle of a conversation, and {self._file.header.by[:40]} has kept its "
                "beginning in another way than this version knows: only what came later is shown."
            )
            return
        self._become(session)
        self._show()

    def _say(self, words: str) -> None:
        self._conversation.tell(ErrorRaised(Failure(kind="protocol", message=words)))

    async def _end(self) -> None:
        if self._may_grow:
            await self._until_woken(LOOK_S)
            return
        self._pace.is_playing = False
        self._pace.be_at(self._at_s - self._origin_s)
        self.ended.set()
        self._on_change()

    async def _read(self) -> bool:
        self._may_grow = self._file.is_growing
        entries, failure = await asyncio.to_thread(part_of, self._file, self._place, BATCH)
        self._ahead += entries
        if failure is not None and not entries:
            self._say(f"This recording cannot be read any further, and ends here. {failure}")
        return bool(self._ahead)

    # --- jumping ------------------------------------------------------------------------------------------

    async def _jump(self) -> None:
        assert self._target is not None
        to_s, self._target = self._origin_s + self._target, None
        kept = self._kept.before(to_s)
        if to_s < self._at_s or kept.at_s > self._at_s:
            self._go_back_to(kept)
        until = self.loop.time() + SLICE_S
        while not self._is_to_jump and (self._ahead or await self._read()):
            if self._ahead[0][1].at_s > to_s:
                break
            entry = self._next()
            if isinstance(entry, InputTaken):
                self._last_now = entry.now
                self._conversation.noted.stepped(entry.input, entry.now)
                self._conversation.session.step(entry.input, entry.now)
            elif isinstance(entry, StateKept):
                self._begin_midway(entry)
            if self.loop.time() >= until:
                await asyncio.sleep(0)
                until = self.loop.time() + SLICE_S
        if not self._is_to_jump:
            self._at_s = max(min(to_s, self._at_s), self._origin_s) if not self._ahead else to_s
            self.is_jumping = False
            self._show()
            self._on_change()

    @property
    def _is_to_jump(self) -> bool:
        """Another jump was asked for."""
        return self._target is not None

    def _go_back_to(self, kept: Kept) -> None:
        self._become(kept.session())
        self._conversation.noted = kept.noted.copy()
        self._ahead.clear()
        self._hearing.forget()
        self._at_s, self._place, self._inputs = kept.at_s, kept.place, kept.inputs

    def _become(self, session: Session) -> None:
        session.allowed.withheld = WITHHELD
        vars(self._conversation.session).update(vars(session))

    def _show(self) -> None:
        """Everything may be different now."""
        session = self._conversation.session
        self._conversation.tell(session.status_at(self._last_now.monotonic))
        self._conversation.tell(TypingChanged(session.conversation.typing_names))
        self._conversation.tell(UnreadChanged(session.conversation.timeline.unread_count))
        self._conversation.renew()
        self._conversation.settle()

    def _keep(self) -> None:
        session, noted = self._conversation.session, self._conversation.noted
        self._kept.keep(session, noted, at_s=self._at_s, place=self._place, inputs=self._inputs)
