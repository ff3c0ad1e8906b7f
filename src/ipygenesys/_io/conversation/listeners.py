"""Who hears what happens: everybody of everything, and each delivery of its own message."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
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

Listener = Callable[[Event], object]

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
        self._listeners: list[Listener] = []

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, listener: Listener) -> None:
        """Hear every event."""
        self._listeners.append(listener)

    def remove(self, listener: Listener) -> None:
        """Hear no more; doing it twice is fine."""
        with suppress(ValueError):
            self._listeners.remove(listener)

    def tell(self, event: Event) -> None:
        """Something has happened."""
        _note_in_log(event)
        listeners = list(self._listeners)
        if self.deliveries and (delivery := self.deliveries.get(_draft_id_of(event) or "")) is not None:
            listeners.append(delivery.hear)
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:
                self.report_bug(type(event).__name__, error)

    def report_bug(self, where: str, error: BaseException) -> None:
        """A bug of ours, or of who listens, must not end the conversation; it is said where it can be seen."""
        _log.error("Internal error in %s: %s", where, place_of(error))
        words = f"Internal error ({type(error).__name__}); the log has the place. The conversation goes on."
        event = ErrorRaised(Failure(kind="protocol", message=words, code="internal"))
        for listener in tuple(self._listeners):
            with suppress(Exception):
                listener(event)

    def end(self, *, is_kept: bool) -> None:
        """Whoever waits for a delivery would wait for ever."""
        for delivery in list(self.deliveries.values()):
            delivery.end(is_kept=is_kept)


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
