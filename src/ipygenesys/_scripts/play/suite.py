"""All scenarios of a run: plays so many of them at once, is heard of meanwhile, and can be stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.play import runner
from ipygenesys._scripts.play.conversation_ids import ConversationIds, asking
from ipygenesys._scripts.play.seat import Seat
from ipygenesys.credentials import AccessToken, ClientCredentials
from ipygenesys.errors import GenesysError

MOST_KEPT = 300
"""Chosen: conversations of scenarios that have passed which can still be opened, at some 100 kB each."""
MOST_FAILED_KEPT = 1_000
"""Chosen: of those that have not passed, which are looked at first."""
STOPPED = "The run was stopped before the end of this scenario."

_log = logging.getLogger("ipygenesys.run")

Hear = Callable[[Seat | None], object]
"""Hears of a seat that has changed, on the thread that plays; of None when the run is over."""


@dataclass(frozen=True, kw_only=True)
class HowToPlay:
    """What can be asked of a run. ``Script.run`` says what each is.

    Raises:
        ValueError: a number is out of range.
        TypeError: something is of another type.
    """

    parallel: int = 1
    timeout: float | None = None
    retries: int = 0
    strict: Literal["ovotech"] | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    credentials: ClientCredentials | AccessToken | None = None
    on_result: Callable[[ScenarioResult], object] | None = None

    def __post_init__(self) -> None:
        for name, (kind, words) in _KINDS.items():
            if not isinstance(value := getattr(self, name), kind):
                raise TypeError(f"{name} must be {words}, not {type(value).__name__}.")
        if self.parallel < 1 or self.retries < 0 or (self.timeout is not None and self.timeout <= 0):
            raise ValueError("parallel must be 1 or more, retries 0 or more, timeout above 0.")
        if self.strict not in (None, "ovotech"):
            raise ValueError(f"strict must be 'ovotech' or None, not {self.strict!r}.")


_KINDS: dict[str, tuple[Any, str]] = {
    "parallel": (int, "a whole number"),
    "retries": (int, "a whole number"),
    "variables": (Mapping, "a mapping"),
    "timeout": (int | float | None, "a number of seconds"),
    "credentials": (ClientCredentials | AccessToken | None, "ClientCredentials(…) or an AccessToken(…)"),
}


class Suite:
    """Played once.

    Args:
        scenarios: in the order in which they begin.
    """

    def __init__(self, scenarios: Iterable[Scenario]) -> None:
        self.seats = tuple(Seat(number, scenario) for number, scenario in enumerate(scenarios, 1))
        for seat in self.seats:
            seat.told = lambda seat=seat: self._tell(seat)  # type: ignore[misc]
        self.is_over = False
        self.listeners: tuple[Hear, ...] = ()
        self._passed: list[Seat] = []
        self._failed: list[Seat] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._playing: asyncio.Task[None] | None = None
        self._why_stopped = ""

    @classmethod
    def over(cls, results: Iterable[ScenarioResult]) -> Self:
        """One that was played."""
        results = tuple(results)
        suite = cls(result.scenario for result in results)
        for seat, result in zip(suite.seats, results, strict=True):
            seat.end(result)
        suite.is_over = True
        return suite

    @property
    def results(self) -> tuple[ScenarioResult, ...]:
        """Those that are there, in the script's order."""
        return tuple(seat.result for seat in self.seats if seat.result is not None)

    def stop(self, why: str = STOPPED) -> None:
        """End it, from any thread: what is being played ends its session, and what was not is an error."""
        self._why_stopped = self._why_stopped or why
        if self._loop is not None and self._playing is not None:
            with suppress(RuntimeError):  # It has ended meanwhile.
                self._loop.call_soon_threadsafe(self._playing.cancel)

    async def play(self, protocol_factory: Callable[..., Any], how: HowToPlay, **each: Any) -> None:
        """All of them; ``each`` is what ``runner.play`` takes besides.

        Raises:
            GenesysError: the credentials do not suffice.
        """
        turnstile = asyncio.Semaphore(how.parallel)

        async def one(seat: Seat, ids: ConversationIds | None) -> None:
            async with turnstile:
                for tries in range(1, how.retries + 2):
                    result = await runner.play(seat.scenario, protocol_factory, seat=seat, ids=ids, **each)
                    result = replace(result, tries=result.tries + tries - 1)
                    if result.outcome in ("passed", "skipped"):
                        break
            self._keep(seat, result)
            seat.end(result)
            if how.on_result is not None:
                how.on_result(result)

        async def every() -> None:
            async with asking(protocol_factory, how.credentials) as ids, asyncio.TaskGroup() as group:
                for seat in self.seats:
                    group.create_task(one(seat, ids))

        self._loop, self._playing = asyncio.get_running_loop(), asyncio.create_task(every())
        if self._why_stopped:
            self._playing.cancel()
        try:
            await self._playing
        except asyncio.CancelledError:
            if not self._why_stopped:
                raise
        except GenesysError as error:
            self._why_stopped = str(error)
            raise
        finally:
            for seat in self.seats:
                if seat.result is None:
                    seat.stop(self._why_stopped or STOPPED)
            self.is_over = True
            self._tell(None)

    def _keep(self, seat: Seat, result: ScenarioResult) -> None:
        """Of the many, only the newest conversations."""
        kept, most = (self._passed, MOST_KEPT) if result.passed else (self._failed, MOST_FAILED_KEPT)
        kept.append(seat)
        if len(kept) > most:
            kept.pop(0).conversation = None

    def _tell(self, seat: Seat | None) -> None:
        for hear in self.listeners:
            try:
                hear(seat)
            except Exception as error:  # Whoever only looks on does not disturb what is played.
                self.listeners = tuple(each for each in self.listeners if each is not hear)
                _log.error("What looks on at a run has failed and hears no more of it: %s", place_of(error))
