"""How often a server that accepts and closes sees us in an hour of virtual time: `poe connects` prints the figure."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from ipygenesys._core.model.inputs import Connect, FrameReceived, StreamLost, StreamOpened
from ipygenesys._core.model.stream_loss import StreamLoss
from tests.core.driver import Driver
from tests.tools import gates

HOUR_S = 3600.0
MAX_CONNECTS = 90
MAX_FATAL = 3
CODES = (*range(1000, 1016), *range(3000, 3010), *range(4000, 5000))
LIVES_S = (None, 0.0, 1.0, 9.9)
"""How long each stream lives once it is open; None: it is closed before we have seen it open."""


@dataclass(frozen=True)
class Hour:
    """What a server saw of one client."""

    connects: int
    has_failed: bool
    has_said_why: bool


def hour(code: Callable[[], int], life_s: float | None, seed: int) -> Hour:
    """A server that lets every stream in and closes it after ``life_s`` with ``code()``."""
    dice, driver = random.Random(seed), Driver()
    driver.clock.jitter = dice.random()
    end = driver.clock.monotonic + HOUR_S
    driver.step(Connect())
    while driver.clock.monotonic < end:
        for generation in list(driver.streams):
            if life_s is not None:
                driver.step(StreamOpened(generation))
                driver.step(FrameReceived(generation, ()))
                driver.wait(life_s)
            del driver.streams[generation]
            driver.clock.jitter = dice.random()
            driver.step(StreamLost(generation, StreamLoss(close_code=code())))
        if driver.streams:
            continue
        if (deadline := driver.session.next_deadline()) is None:
            break
        driver.wait(max(deadline - driver.clock.monotonic, 0.0))
    connection = driver.session.connection
    return Hour(connection.newest, connection.status == "failed", driver.told.detail is not None)


def worst(codes: Iterable[int], lives_s: Iterable[float | None], seeds: int) -> tuple[Hour, Hour]:
    """The hour with the most connects, and the most connects of a client that gave up."""
    hours = [
        hour(partial(int, code), life_s, seed)
        for code in codes
        for life_s in lives_s
        for seed in range(seeds)
    ]
    assert all(each.has_said_why for each in hours), "it stopped or waits without a word"
    ended = [each for each in hours if each.has_failed]
    return max(hours, key=lambda each: each.connects), max(ended, key=lambda each: each.connects)


def mixed(seed: int, life_s: float | None) -> Hour:
    """Another code each time."""
    dice = random.Random(-seed)
    transient = (1000, 1001, 1006, 1011, 1012, 1013, 1014, 4001)
    return hour(lambda: dice.choice(transient), life_s, seed)


def main(arguments: list[str]) -> int:
    seeds = int(arguments[0]) if arguments else 20
    most, most_fatal = worst(CODES, LIVES_S, seeds)
    most_mixed = max(mixed(seed, life_s).connects for life_s in LIVES_S for seed in range(seeds))
    figure = max(most.connects, most_mixed)
    return gates.report(
        "T2",
        what=f"A server that accepts each stream and closes it, {len(CODES)} close codes, 1 h virtual, {seeds} seeds",
        figure=f"{figure} connects an hour; {most_fatal.connects} where it is given up",
        limit=f"≤ {MAX_CONNECTS}; ≤ {MAX_FATAL}",
        passed=figure <= MAX_CONNECTS and most_fatal.connects <= MAX_FATAL,
        command="uv run poe connects",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
