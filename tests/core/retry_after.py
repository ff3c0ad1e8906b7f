"""What a server that throttles everything sees, for each form of Retry-After: `poe retry-after` prints the figure."""

from __future__ import annotations

import datetime as dt
import email.utils
import random
from collections.abc import Callable
from dataclasses import dataclass

from ipygenesys._core.machines.backoff import parse_retry_after
from ipygenesys._core.model.failures import ErrorDetails, Failure, failure_of_status
from ipygenesys._core.model.inputs import CallFailed, Connect, NoteKeystroke, NoteSeen, Send, StreamLost
from ipygenesys._core.model.operations import FetchHistory, MarkRead, Operation, PostMessage, SetTyping
from ipygenesys._core.model.stream_loss import StreamLoss
from tests import examples as eg
from tests.core.driver import Driver
from tests.tools import gates

NOW = eg.START_MS / 1000
FLOOR_S, CAP_S, TOTAL_S, MAX_ATTEMPTS = 0.5, 120.0, 30.0, 3


def http_date(offset_s: float) -> str:
    return email.utils.format_datetime(dt.datetime.fromtimestamp(NOW + offset_s, tz=dt.UTC), usegmt=True)


HEADERS: dict[str, float] = {
    "3": 3.0,
    "0": FLOOR_S,
    "-7": FLOOR_S,
    "1.5": 1.5,
    "40": 40.0,
    http_date(20): 20.0,
    http_date(-3600): FLOOR_S,
    http_date(86_400): CAP_S,
    "1e12": CAP_S,
    "1000000000000": CAP_S,
    "soon": 2.0,
    "": 2.0,
    "2, 6": 6.0,
    "6, 2": 6.0,
}
"""What the server says, and the least that we have to wait then."""


@dataclass(frozen=True)
class Seen:
    """When the server was asked for the same, and whether the user learns that it came to nothing."""

    at: list[float]
    is_surfaced: bool = True

    @property
    def gaps(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.at, self.at[1:], strict=False)]


def throttled(header: str) -> Failure:
    wait = parse_retry_after(header, now_epoch=NOW)
    return failure_of_status(429, what="Calling", details=ErrorDetails(), needs=(), retry_after_s=wait)


def call_times(
    header: str, kind: type[Operation], begin: Callable[[Driver], object], seed: int, seconds: float = 400.0
) -> tuple[Driver, list[float]]:
    """A session whose calls of a kind are all throttled."""
    driver, dice, times = Driver(), random.Random(seed), list[float]()
    driver.connect(eg.arrived(1))
    begin(driver)
    end = driver.clock.monotonic + seconds
    while driver.clock.monotonic < end:
        for call in list(driver.calls):
            driver.calls.remove(call)
            if isinstance(call, kind):
                times.append(driver.clock.monotonic)
                driver.clock.jitter = dice.random()
                driver.step(CallFailed(call, throttled(header)))
        driver.wait(0.05)
    return driver, times


def send(header: str, seed: int) -> Seen:
    driver, times = call_times(header, PostMessage, lambda d: d.step(Send("d1", "hello")), seed, 40.0)
    return Seen(times, driver.timeline[-1].status == "failed")


def receipt(header: str, seed: int) -> Seen:
    return Seen(call_times(header, MarkRead, lambda d: d.step(NoteSeen(("m1",))), seed)[1])


def history(header: str, seed: int) -> Seen:
    return Seen(call_times(header, FetchHistory, lambda d: d.wait(125.0), seed)[1])


def typing(header: str, seed: int) -> Seen:
    def keep_typing(driver: Driver) -> None:
        driver.session.typing_notifier.hold(driver.clock.monotonic)
        driver.step(NoteKeystroke())

    return Seen(call_times(header, SetTyping, keep_typing, seed)[1])


def handshake(header: str, seed: int) -> Seen:
    driver, dice, times = Driver(), random.Random(seed), list[float]()
    driver.step(Connect())
    end = driver.clock.monotonic + 400.0
    while driver.clock.monotonic < end:
        for generation in list(driver.streams):
            times.append(driver.clock.monotonic)
            del driver.streams[generation]
            driver.clock.jitter = dice.random()
            driver.step(StreamLost(generation, StreamLoss(failure=throttled(header))))
        driver.wait(0.05)
    return Seen(times, driver.told.retry_in_s is not None)


CALLS: dict[str, Callable[[str, int], Seen]] = {
    "send": send,
    "receipt": receipt,
    "history": history,
    "typing": typing,
    "handshake": handshake,
}
STEP_S = 0.1
"""How exactly the times are taken."""


def problems(name: str, header: str, seed: int) -> list[str]:
    """What is wrong with it; nothing, one hopes."""
    seen, floor_s = CALLS[name](header, seed), HEADERS[header]
    if name == "handshake":
        floor_s = max(floor_s, 1.0)
    found = []
    if min(seen.gaps, default=CAP_S) < floor_s - 1e-6:
        found.append(f"asked after {min(seen.gaps)} s instead of {floor_s} s")
    if max(seen.gaps, default=0.0) > CAP_S + STEP_S:
        found.append(f"waited {max(seen.gaps)} s")
    if not seen.is_surfaced:
        found.append("not said")
    if name == "send" and (len(seen.at) > MAX_ATTEMPTS or seen.at[-1] - seen.at[0] > TOTAL_S):
        found.append(f"{len(seen.at)} attempts in {seen.at[-1] - seen.at[0]} s")
    if name != "send" and len(seen.at) < 2:
        found.append("given up")
    return [f"{name} with {header!r}: {each}" for each in found]


def main() -> int:
    seeds = 5
    found = [
        p
        for name in CALLS
        for header in HEADERS
        for seed in range(seeds)
        for p in problems(name, header, seed)
    ]
    for each in found:
        print(each)
    sends = [send(header, seed) for header in HEADERS for seed in range(seeds)]
    return gates.report(
        "T6",
        what=f"{len(HEADERS)} forms of Retry-After on {', '.join(CALLS)}, {seeds} seeds",
        figure=f"{len(found)} violations; a send: at most {max(len(each.at) for each in sends)} attempts "
        f"in {max(each.at[-1] - each.at[0] for each in sends):.0f} s, then it is said",
        limit=f"never before the floor, never after {CAP_S:.0f} s; ≤ {MAX_ATTEMPTS} attempts, ≤ {TOTAL_S:.0f} s",
        passed=not found,
        command="uv run poe retry-after",
    )


if __name__ == "__main__":
    raise SystemExit(main())
