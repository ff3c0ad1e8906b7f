"""What an inbox is told besides what comes by its stream: answers, and what its users look at."""

from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.operations import InboxOperation
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.told import InboxEvent
from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Input


class Told(msgspec.Struct, frozen=True, tag=True):
    """An operation was carried out."""

    operation: InboxOperation
    events: tuple[InboxEvent, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """It was not."""

    operation: InboxOperation
    failure: Failure


class Select(msgspec.Struct, frozen=True, tag=True):
    """This conversation is looked at; None: none."""

    conversation_id: str | None


class SetInSight(msgspec.Struct, frozen=True, tag=True):
    """These rows are on somebody's screen."""

    conversation_ids: tuple[str, ...]


class Recalled(msgspec.Struct, frozen=True):
    """A conversation as somebody else has left it behind."""

    row: Row
    values: tuple[Value, ...] = ()
    """That figures are of."""


class Recall(msgspec.Struct, frozen=True, tag=True):
    """Somebody else has watched before: what they saw go on, and is not listed any more, is asked about."""

    conversations: tuple[Recalled, ...]


InboxInput = Input | Told | Refused | Select | SetInSight | Recall


class Ask(msgspec.Struct, frozen=True):
    """An effect: carry out an operation and report back."""

    operation: InboxOperation
    is_again: bool = False
    """It was asked for before, and failed."""


InboxEffect = Effect | Ask
