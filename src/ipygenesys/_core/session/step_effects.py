"""The effects of one step, gathered in order from all that take part in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from ipygenesys._core.model.effects import Call, Effect, Emit
from ipygenesys._core.model.events import ErrorRaised, Event, MessageReceived
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.operations import Operation


class StepEffects:
    """What the shell must do after this step: told what, asked for what, and which failures it shows."""

    def __init__(self, counters: Counter[str]) -> None:
        self.last_error: Failure | None = None
        """Shown to a view that comes later, until a new stream makes it old."""
        self.held: list[Message] = []
        """What handlers are to hear of later."""
        self.holds_received: Callable[[], bool] = bool
        self.is_ahead = False
        """This step is about a stream that is not open yet: older messages may still come by another one."""
        self._counters = counters
        self._gathered: list[Effect] = []

    def emit(self, *events: Event) -> None:
        """Tell handlers and views."""
        for event in events:
            if isinstance(event, MessageReceived) and (self.held or self.holds_received()):
                self.held.append(event.message)
            else:
                self._gathered.append(Emit(event))

    def call(self, *operations: Operation, is_again: bool = False) -> None:
        """Ask the platform; ``is_again``: it was asked before, and that failed."""
        if is_again and operations:
            self._counters["calls_repeated"] += len(operations)
        self._gathered += [Call(operation, is_again) for operation in operations]

    def add(self, effects: Iterable[Effect]) -> None:
        """Whatever else the shell must do."""
        self._gathered += effects

    def report(self, failure: Failure) -> None:
        """Show what needs the user; count what passes by itself."""
        if failure.is_transient:
            self.count(failure)
        else:
            self.raise_error(failure)

    def count(self, failure: Failure) -> None:
        """It passes by itself, or shows where it has failed: whoever looks for trouble finds it here."""
        self._counters["held_back" if failure.was_held_back else failure.kind] += 1

    def raise_error(self, failure: Failure) -> None:
        """Nobody tries again: the user has to know."""
        self.last_error = failure
        self.emit(ErrorRaised(failure))

    def take_held(self) -> list[Message]:
        """What was held since the last time."""
        held, self.held = self.held, []
        return held

    def take(self) -> list[Effect]:
        """All that was gathered since the last time."""
        gathered, self._gathered = self._gathered, []
        self.is_ahead = False
        return gathered
