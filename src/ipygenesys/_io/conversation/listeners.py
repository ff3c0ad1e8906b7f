"""Who hears what happens: everybody of everything, and each delivery of its own message."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakValueDictionary

from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    DraftUnresolved,
    ErrorRaised,
    Event,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
    StatusChanged,
)
from ipygenesys._core.model.failures import Failure

Listener = Callable[[Any], object]
"""Of an event of the kinds that it hears."""

_LOGGED = {StatusChanged, ErrorRaised, CapabilitiesChanged}
_OF_DRAFTS = {MessagePlaced, MessageStatusChanged, MessageRemoved, DraftUnresolved}

_log = logging.getLogger("ipygenesys.gateway")


class DeliveryListener(Protocol):
    """Hears what becomes of one message of ours."""

    def hear(self, event: Event) -> None:
        """Take an event that is about it."""

    def end(self, *, is_kept: bool) -> None:
        """There will be no more events."""


class Listeners:
    """Told on the loop's thread, one after the other; what fails in one of them stops nothing."""

    def __init__(self) -> None:
        self.deliveries: WeakValueDictionary[str, DeliveryListener] = WeakValueDictionary()
        """By draft id."""
        self._listeners: list[tuple[Listener, tuple[type[Event], ...]]] = []
        self._of_kind: dict[type[Event], tuple[Listener, ...]] = {}
        """Found once: most kinds of events have nobody who listens to them."""

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, listener: Listener, *kinds: type[Event]) -> None:
        """Hear events of these kinds; of all where none is named."""
        self._listeners.append((listener, kinds or (Event,)))
        self._of_kind.clear()

    def remove(self, listener: Listener) -> None:
        """Hear no more; doing it twice is fine."""
        place = next((at for at, (each, _) in enumerate(self._listeners) if each == listener), None)
        if place is not None:
            del self._listeners[place]
            self._of_kind.clear()

    def tell(self, event: Event) -> None:
        """Something has happened."""
        kind = type(event)
        if kind in _LOGGED:
            _note_in_log(event)
        listeners = self._of_kind.get(kind)
        if listeners is None:
            listeners = self._of_kind[kind] = tuple(self._who_hear(kind))
        if kind in _OF_DRAFTS and (draft_id := _draft_id_of(event)) is not None:
            delivery = self.deliveries.get(draft_id)
            listeners = listeners if delivery is None else (*listeners, delivery.hear)
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:
                self.report_bug(kind.__name__, error)

    def report_bug(self, where: str, error: BaseException) -> None:
        """A bug of ours, or of who listens, must not end the conversation; it is said where it can be seen."""
        _log.error("Internal error in %s: %s", where, place_of(error))
        words = f"Internal error ({type(error).__name__}); the log has the place. The conversation goes on."
        event = ErrorRaised(Failure(kind="protocol", message=words, code="internal"))
        for listener in tuple(self._who_hear(ErrorRaised)):
            with suppress(Exception):
                listener(event)

    def end(self, *, is_kept: bool) -> None:
        """Whoever waits for a delivery would wait for ever."""
        for delivery in list(self.deliveries.values()):
            delivery.end(is_kept=is_kept)

    def _who_hear(self, kind: type[Event]) -> Iterator[Listener]:
        return (listener for listener, kinds in self._listeners if issubclass(kind, kinds))


def place_of(error: BaseException) -> str:
    """What kind of error, and where; never its words, which may quote a message."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _note_in_log(event: Event) -> None:
    match event:
        case StatusChanged(status=status, detail=detail):
            _log.info("The conversation is %s%s", status, f": {detail}" if detail else "")
        case ErrorRaised(failure):
            _log.warning("%s", failure.message)
        case CapabilitiesChanged(capabilities):
            able = ", ".join(sorted(capabilities)) or "nothing"
            _log.info("The server can do no more than: %s", able)
        case _:
            pass


def _draft_id_of(event: Event) -> str | None:
    match event:
        case MessagePlaced(message=message) | MessageStatusChanged(message=message):
            return message.draft_id
        case MessageRemoved(message=message):
            return message.draft_id
        case DraftUnresolved(draft_id):
            return draft_id
        case _:
            return None
