"""The steps of a scenario: what the customer does, and what is expected of the other side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.place import Place

NOWHERE = Place()


@dataclass(frozen=True)
class Say:
    """Send a text; ``{names}`` in it stand for variables."""

    text: str
    place: Place = NOWHERE


@dataclass(frozen=True)
class Pick:
    """Answer an offer, by the words or the payloads of what is picked; several of one list. Waits until it is offered."""

    words: tuple[str, ...]
    within_s: float | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Upload:
    """Send a file, with a text if there is one to say."""

    path: str
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float
    place: Place = NOWHERE


@dataclass(frozen=True)
class Type:
    """Type for so many seconds, and stop without a word."""

    seconds: float
    place: Place = NOWHERE


@dataclass(frozen=True)
class Wanted:
    """What a message has to be; all that is given has to hold. Texts may hold ``{variables}``.

    ``equals``, ``one_of`` and ``similar`` compare with white space at the ends left out; only ``contains`` takes capitals
    and small letters as the same, unless ``exact``. ``similar`` is the share of letters in common, 2·M/T by difflib's
    SequenceMatcher, of both texts in small letters with single spaces: ``at_least`` 0.8 of 1.
    """

    equals: str | None = None
    contains: tuple[str, ...] = ()
    matches: Pattern | None = None
    one_of: tuple[str, ...] = ()
    similar: str | None = None
    at_least: float = 0.8
    exact: bool = False
    quick_replies: tuple[str, ...] | None = None
    buttons: tuple[str, ...] | None = None
    cards: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    links: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    json: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Message], object] | None = None


@dataclass(frozen=True)
class Expect:
    """A message of the other side, after the one that the last such step has found; those before it are passed over.

    ``is_next``: the very next one has to be it. ``is_not``: none like it may come until the time is over. ``let``: the
    variable that keeps its text; named groups of ``matches`` are variables by themselves.
    """

    wanted: Wanted
    within_s: float | None = None
    is_next: bool = False
    is_not: bool = False
    is_optional: bool = False
    let: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class ExpectTyping:
    """The other side types, or has since we last did something."""

    within_s: float | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class ExpectNothing:
    """The other side says nothing more for so many seconds."""

    seconds: float
    place: Place = NOWHERE


@dataclass(frozen=True)
class ExpectEnd:
    """The conversation is over: nothing can be said any more. ``or_left``: or the other side has left, after which a guest
    may go on writing where the deployment has it so.
    """

    within_s: float | None = None
    or_left: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Converse:
    """Say what a function makes of the conversation so far, until it returns None.

    ``customer(history)`` is given ``(who, text)`` pairs, ``who`` being "customer" or "bot"; it may be async.
    """

    customer: Callable[[tuple[tuple[str, str], ...]], Any]
    quiet_s: float = 1.5
    most_turns: int = 50
    place: Place = NOWHERE


Step = Say | Pick | Upload | Wait | Type | Expect | ExpectTyping | ExpectNothing | ExpectEnd | Converse
