"""A draft: a message that the server has not accepted yet, and how to recognise it where no id comes back."""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.platform_events import MessageArrived

UNNAMED = "file"
"""What a file is called whose name the server does not tell. See ``_protocols/content.py``."""
CLOCKS_DIFFER_MS = 600_000
"""Chosen: our clock and the server's, or ours in two runs, which only matters for what was sent before anything of the
server was known."""
SERVERS_DIFFER_MS = 5_000
"""Chosen: the clocks of the server's machines among themselves."""

DraftState = Literal["queued", "in_flight", "checking", "unknown", "failed"]


class Draft(msgspec.Struct, kw_only=True):
    """A message that the server has not accepted yet."""

    draft_id: str
    text: str
    since: float
    """Of the last request to send it, or of the last lost answer while it is checked; monotonic seconds."""
    created_ms: int
    """Our clock."""
    answer: Answer | None = None
    file: OutgoingFile | None = None
    state: DraftState = "queued"
    not_before: float = 0.0
    """Of the next call, or of the next look into history; monotonic seconds."""
    attempts: int = 0
    lost_answers: int = 0
    """Since the user last asked for it."""
    checks: int = 0
    may_be_at_server: bool = False
    """An answer was lost, once, whatever came later."""
    handed_over: float | None = None
    """For the first time; monotonic seconds."""
    after: tuple[int, str] | None = None
    """Time and id of the newest message known when it was first handed over, server clock; where none was known, that
    moment itself and no id."""
    others: tuple[str, ...] = ()
    """Messages of the same words that are known to be other drafts."""
    is_left_behind: bool = False
    """By an earlier run."""
    failure: Failure | None = None
    is_cancelled: bool = False
    """The user has given it up while its file was on its way; it ends where the call that is under way says."""

    def __repr__(self) -> str:
        return f"<Draft {self.state}>"

    @property
    def earliest_ms(self) -> int:
        """The server cannot have taken it before this time."""
        if self.after is None:
            return self.created_ms - CLOCKS_DIFFER_MS
        time_ms, message_id = self.after
        return time_ms - (0 if self.is_left_behind and message_id else SERVERS_DIFFER_MS)

    def hand_over(self, now: float, after: tuple[int, str] | None) -> None:
        """It goes to the server, for the first time or again, after the newest message that is known."""
        if self.attempts == 0 and self.after is None:
            self.after = after
        if self.handed_over is None:
            self.handed_over = now
        self.state = "in_flight"
        self.attempts += 1

    def leave_behind(self, now: float, wall_ms: int) -> None:
        """Another run goes on with it, whose monotonic clock is another one."""
        self.is_left_behind, self.since, self.not_before = True, now, now
        if self.handed_over is not None:
            self.handed_over = now - (max(wall_ms - self.created_ms, 0) + CLOCKS_DIFFER_MS) / 1000

    def learn_time(self, now: float, server_ms: int) -> bool:
        """Have the server's clock tell when it was handed over, if nothing else tells its place; whether it did."""
        if self.after is not None or self.handed_over is None:
            return False
        self.after = server_ms - round((now - self.handed_over) * 1000), ""
        return True


def may_be(draft: Draft, arrived: MessageArrived) -> bool:
    """Whether this message of ours may be the draft, whose answer was lost: by its words and its place."""
    if not draft.may_be_at_server or draft.state == "in_flight":
        return False
    if arrived.id in draft.others or (draft.after is not None and arrived.id == draft.after[1]):
        return False  # It was there before, or is another one.
    if arrived.time_ms is not None and arrived.time_ms < draft.earliest_ms:
        return False  # The same words, but said before.
    return _says_the_same(draft, arrived) and _has_file(draft, arrived)


def _says_the_same(draft: Draft, arrived: MessageArrived) -> bool:
    """Of an answer, what was picked: the offer may have words of its own for it."""
    answers = (part for part in arrived.content if isinstance(part, Answer))
    if draft.answer is not None and (answer := next(answers, None)) is not None:
        return _picks(answer) == _picks(draft.answer)
    return words_of(draft.text) == words_of(arrived.text or "")


def _picks(answer: Answer) -> tuple[object, ...]:
    return answer.type, answer.payloads, tuple((entry.field, entry.payload) for entry in answer.entries)


def _has_file(draft: Draft, arrived: MessageArrived) -> bool:
    """Files come without words: it is their names that tell them apart. Servers replace characters in them."""
    if draft.file is None:
        return not arrived.attachments
    names = (_name_of(draft.file.name), UNNAMED)
    return any(_name_of(attachment.name) in names for attachment in arrived.attachments)


def _name_of(file_name: str) -> str:
    return "".join(character for character in file_name.casefold() if character.isalnum())


def words_of(text: str) -> str:
    """To compare by: servers trim."""
    return " ".join(text.split())
