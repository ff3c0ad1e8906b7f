"""Where a picture's conversations come from: what users hand in, live or over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, get_args, runtime_checkable

from ipygenesys._core.inbox.pools import Answered
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.messages import Message, Role
from ipygenesys._io.conversation.views import Views
from ipygenesys._pictures.happenings import Happenings
from ipygenesys._pictures.recorded import Recorded
from ipygenesys._pictures.talks import Said, Talk, said, typed_before
from ipygenesys._transcripts.reading import is_recording, read_transcript
from ipygenesys._verbs.verbs import Verbs

TAKES = "a Chat, a Client, messages, a frame of messages (to_pandas), a file that read_transcript reads, or a list of these"
_ROLES: frozenset[str] = frozenset(get_args(Role))


class Source(Protocol):
    """One or more conversations."""

    def talks(self) -> Sequence[Talk]:
        """As they are now, or as far as they are known."""

    def complete(self) -> None:
        """Wait until all that there is now is known.

        Raises:
            ValueError, OSError: it cannot be had.
        """


class Given:
    """Conversations that are over."""

    def __init__(self, talks: Sequence[Talk]) -> None:
        self._talks = talks

    def talks(self) -> Sequence[Talk]:
        return self._talks

    def complete(self) -> None:
        """All of it is here."""


class Live:
    """A conversation that goes on: its messages as they are, and what its events have told since this was made.

    Args:
        conversation: a Chat or a Client.
        changed: called on the gateway's thread whenever the picture may be another; what it belongs to is not kept alive.
    """

    def __init__(self, conversation: Verbs, changed: Callable[[], object]) -> None:
        self.gateway = gateway = conversation._gateway
        self._happenings = happenings = Happenings()

        def hear(event: Event) -> None:
            happenings.hear(event, gateway.clock.now().time_ms)
            changed()

        self._hear = hear
        gateway.add_listener(hear)

    def add_views(self, views: Views) -> Callable[[], object]:
        """Their share of its gateway's timer; returns how to end that."""
        return self.gateway.add_views(views)

    def stop(self) -> None:
        """Hear no more."""
        self.gateway.remove_listener(self._hear)

    @property
    def now_ms(self) -> int | None:
        """By the conversation's clock; None: it is over."""
        is_over = self.gateway.session.connection.status in ("closed", "failed")
        return None if is_over else self.gateway.clock.now().time_ms

    def talks(self) -> Sequence[Talk]:
        # Drafts stand last, whatever our own clock says.
        told = sorted(
            map(said, self.gateway.session.conversation.timeline.copy()), key=lambda each: each.time_ms
        )
        return [Talk("", tuple(told), self._happenings.spans())]

    def complete(self) -> None:
        """All of it is here."""


@runtime_checkable
class Answering(Protocol):
    """Many conversations of which it is known how long answers took, such as an ``Inbox``."""

    def _answered(self) -> Answered:
        """Now; from any thread."""

    def _follow(self, views: Views) -> Callable[[], object]:
        """Their share of its turns, and ``renew`` with each row that has changed; returns how to end that, once."""

    def _soon(self, call: Callable[[], object]) -> None:
        """Run it on the thread of its turns; at once, where none runs."""


class Figures:
    """It goes on, and its picture with it.

    Args:
        inbox: whose figures.
    """

    now_ms: int | None = None
    """Nothing in the picture grows by itself."""

    def __init__(self, inbox: Answering) -> None:
        self.inbox = inbox

    def add_views(self, views: Views) -> Callable[[], object]:
        """Their share of its turns; returns how to end that."""
        return self.inbox._follow(views)

    def stop(self) -> None:
        """It is not listened to besides."""

    def talks(self) -> Sequence[Talk]:
        """None that are known message by message."""
        return ()

    def complete(self) -> None:
        """All of it is here."""


def sources_of(
    given: object,
    changed: Callable[[], object],
    grown: Callable[[], object] = lambda: None,
    read_on: Callable[[], object] = lambda: None,
) -> list[Source]:
    """Find out what this is.

    Args:
        given: what users have handed in.
        changed: see ``Live``.
        grown: see ``Recorded``.
        read_on: likewise.

    Raises:
        TypeError: nothing that a picture could be made of.
        ValueError: a frame lacks columns, or a file is no transcript.
        OSError: a file cannot be read.
        ImportError: a file is given, and pandas is not installed.
    """
    match given:
        case Verbs():
            return [Live(given, changed)]
        case _ if hasattr(given, "columns") and hasattr(given, "to_dict"):
            return [Given(talks_of_frame(given))]
        case str() | PathLike() if is_recording(given):
            return [Recorded(Path(given).expanduser(), grown, read_on)]
        case str() | PathLike():
            return [Given(talks_of_frame(read_transcript(given)))]
        case Sequence() if given and all(isinstance(each, Message) for each in given):
            return [Given([Talk("", tuple(sorted(map(said, given), key=lambda each: each.time_ms)))])]
        case Sequence() if not isinstance(given, bytes):
            return [source for each in given for source in sources_of(each, changed, grown, read_on)]
        case _:
            raise TypeError(f"A picture is made of {TAKES}, not of {type(given).__name__}.")


def titled(talks: Iterable[Talk]) -> list[Talk]:
    """Each with a name of its own: who takes part, or what it is called; the second of a name is numbered."""
    named = [talk._replace(title=talk.title or _people(talk)) for talk in talks]
    count, seen = Counter(talk.title for talk in named), Counter[str]()
    for at, talk in enumerate(named):
        if count[talk.title] > 1:
            seen[talk.title] += 1
            named[at] = talk._replace(title=f"{talk.title} {seen[talk.title]}".strip())
    return named


def _people(talk: Talk) -> str:
    names = dict.fromkeys(each.sender for each in talk.said if each.role == "customer")
    return ", ".join(names or dict.fromkeys(each.sender for each in talk.said))


def talks_of_frame(frame: Any) -> list[Talk]:
    """The conversations of a frame with a row a message; ``conversation_id`` tells them apart where it is there.

    Raises:
        ValueError: it has no ``time``, ``sender`` or ``role``.
    """
    missing = [name for name in ("time", "sender", "role") if name not in frame.columns]
    if missing:
        raise ValueError(f"The frame has no column {missing[0]!r}: take one that to_pandas() has made.")
    key = next((name for name in ("conversation_id", "conversation") if name in frame.columns), None)
    return _talks_of(frame.to_dict("records"), key)


def _talks_of(rows: Iterable[Mapping[str, Any]], key: str | None) -> list[Talk]:
    """Segments of a conversation, which are no messages, are left out."""
    talks: dict[str, list[tuple[Said, float | None]]] = {}
    for row in rows:
        if (time_ms := _ms(row["time"])) is None or row.get("kind", "message") != "message":
            continue
        title = "" if key is None else _word(row[key]) or ""
        talks.setdefault(title, []).append((_said(row, time_ms), _number(row.get("typing_before_s"))))
    return [_talk(title, rows) for title, rows in talks.items()]


def _talk(title: str, rows: list[tuple[Said, float | None]]) -> Talk:
    rows.sort(key=lambda row: row[0].time_ms)
    typed = [typed_before(each.sender, each.time_ms, typed_s) for each, typed_s in rows if typed_s]
    return Talk(title, tuple(each for each, _ in rows), tuple(typed))


def _said(row: Mapping[str, Any], time_ms: int) -> Said:
    role = _word(row["role"])
    return Said(
        time_ms,
        _word(row["sender"]) or "",
        role if role in _ROLES else "system",  # type: ignore[arg-type] # it is one of them
        row.get("is_own") is True or str(row.get("is_own")) == "True",
        _word(row.get("id")) or "",
        _word(row.get("status")) or "",
        _ms(row.get("delivered_at")),
        _ms(row.get("read_at")),
        _word(row.get("text")),
    )


def _ms(time: Any) -> int | None:
    stamp = getattr(time, "timestamp", None)
    if stamp is None or time != time:  # pandas' NaT is not itself
        return None
    return round(float(stamp()) * 1000)


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value == value else None
