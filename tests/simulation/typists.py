"""`poe typing`: a million random keystrokes by the rules of all three protocols, and what the other side sees of them."""

from __future__ import annotations

import argparse
import heapq
import random
import sys
from dataclasses import dataclass

from ipygenesys._core.machines.typing_indicator import (
    DEFAULT_DURATION_S,
    GRACE_S,
    TypingNotifier,
    TypingStatus,
)
from ipygenesys._core.model.operations import SetTyping
from ipygenesys._core.model.profile import MIN_SPACING_S, TypingRules
from ipygenesys._protocols.agent_messaging.protocol import TYPING_RULES
from ipygenesys._protocols.web_messaging.protocol import TYPING_RULES as GUEST
from tests.tools import gates

RULES = {
    "tutorial": TypingRules(),
    "guest": GUEST,
    "agent": TYPING_RULES,
}
STEADY_S = 1.0
"""Whoever types steadily never pauses for longer."""
LATENCY_S = 0.4
LONGEST_S = DEFAULT_DURATION_S + GRACE_S


@dataclass
class Seen:
    """Of one long walk."""

    steps: int = 0
    calls: int = 0
    spells: int = 0
    longest_first_s: float = 0.0
    """Between the first key of a spell and its call."""
    shortest_gap_s: float = float("inf")
    """Between any two calls."""
    shortest_refresh_s: float = float("inf")
    """Between two "on" in a spell."""
    hidden_s: float = 0.0
    """That steady typists were not shown for, after their first event had arrived."""
    steady_s: float = 0.0
    stuck_s: float = 0.0
    """The longest that was shown after the last event that had arrived."""

    def add(self, other: Seen) -> None:
        for name in ("steps", "calls", "spells", "hidden_s", "steady_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_first_s = max(self.longest_first_s, other.longest_first_s)
        self.shortest_gap_s = min(self.shortest_gap_s, other.shortest_gap_s)
        self.shortest_refresh_s = min(self.shortest_refresh_s, other.shortest_refresh_s)
        self.stuck_s = max(self.stuck_s, other.stuck_s)

    @property
    def problems(self) -> list[str]:
        found = []
        if self.longest_first_s > 0.05:
            found.append(f"the first key was told after {self.longest_first_s:.3f} s")
        if self.shortest_refresh_s < 4.0 - 1e-6:
            found.append(f"refreshed after {self.shortest_refresh_s:.3f} s")
        if self.shortest_gap_s < MIN_SPACING_S - 1e-6:
            found.append(f"two calls within {self.shortest_gap_s:.3f} s")
        if self.hidden_s > 1e-6:
            found.append(f"steady typists were hidden for {self.hidden_s:.3f} of {self.steady_s:.0f} s")
        if self.stuck_s > LONGEST_S + 1e-6:
            found.append(f"shown for {self.stuck_s:.3f} s after the last event")
        return found


class Walk:
    """One typist who types, pauses and stops at random, the network, and somebody who watches."""

    def __init__(self, rules: TypingRules, seed: int) -> None:
        self._rules = rules
        self._dice = random.Random(seed)
        self._notifier = TypingNotifier(rules)
        self._watcher = TypingStatus()
        self._now = 1000.0
        self._events: list[tuple[float, int, str]] = []
        """On their way: answers to us, typing events to the watcher."""
        self._count = 0
        self._last_call = self._last_on = self._heard_at = float("-inf")
        self._spell: tuple[float, bool] | None = None
        """When it began, and whether the call for it has gone out."""
        self._is_steady = False
        self._seen = Seen()

    def run(self, steps: int) -> Seen:
        dice = self._dice
        while self._seen.steps < steps:
            kind = dice.random()
            if kind < 0.6:
                self._type(dice.randrange(5, 60), 0.03, STEADY_S, is_steady=True)
            elif kind < 0.9:
                self._type(dice.randrange(1, 10), 0.3, 7.0, is_steady=False)
            else:
                self._stop()
            self._pass(dice.uniform(0.0, 14.0))
        return self._seen

    def _type(self, keys: int, shortest_s: float, longest_s: float, *, is_steady: bool) -> None:
        self._begin()
        for number in range(keys):
            self._seen.steps += 1
            self._notifier.keystroke(self._now)
            self._pump()
            self._is_steady = is_steady and number < keys - 1
            self._pass(self._dice.uniform(shortest_s, longest_s))
            if not is_steady:
                self._begin()
        self._is_steady = False
        if self._dice.random() < 0.3:
            self._stop()

    def _begin(self) -> None:
        """A spell begins where the server has heard nothing, and nothing hinders the call."""
        if self._notifier.is_settled and self._now >= self._last_call + self._rules.spacing_s:
            self._spell = (self._now, False)
            self._seen.spells += 1
            self._last_on = float("-inf")

    def _stop(self) -> None:
        self._seen.steps += 1
        self._notifier.stop()
        self._pump()

    def _pump(self) -> None:
        for call in self._notifier.pump(self._now):
            self._called(call)

    def _called(self, call: SetTyping) -> None:
        seen, dice = self._seen, self._dice
        seen.calls += 1
        seen.shortest_gap_s = min(seen.shortest_gap_s, self._now - self._last_call)
        self._last_call = self._now
        if call.is_typing:
            seen.shortest_refresh_s = min(seen.shortest_refresh_s, self._now - self._last_on)
            self._last_on = self._now
            if self._spell is not None and not self._spell[1]:
                seen.longest_first_s = max(seen.longest_first_s, self._now - self._spell[0])
        else:
            self._last_on = float("-inf")
        self._spell = None
        arrival_s = self._now + dice.uniform(0.01, LATENCY_S)
        self._send(arrival_s, "on" if call.is_typing else "off")
        self._send(arrival_s + dice.uniform(0.01, LATENCY_S), "answer")

    def _send(self, at: float, what: str) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, what))

    def _pass(self, seconds: float) -> None:
        """Let time pass from event to event and from deadline to deadline."""
        end = self._now + seconds
        while True:
            moments = [self._notifier.next_deadline(), self._watcher.next_deadline()]
            moments.append(self._events[0][0] if self._events else None)
            at = min((moment for moment in moments if moment is not None), default=float("inf"))
            self._watch(min(max(at, self._now), end))
            if at > end:
                return
            self._watcher.expire(self._now)
            while self._events and self._events[0][0] <= self._now:
                self._arrive(heapq.heappop(self._events)[2])
            self._pump()

    def _arrive(self, what: str) -> None:
        if what == "answer":
            self._notifier.succeeded()
        elif what == "on":
            self._watcher.started("who", self._now)
            self._heard_at = self._now
        else:
            self._watcher.stopped("who")

    def _watch(self, until: float) -> None:
        """From now until then the watcher sees the same."""
        is_shown, since = bool(self._watcher.participant_ids), until - self._now
        if is_shown:
            self._seen.stuck_s = max(self._seen.stuck_s, until - self._heard_at)
        if self._is_steady:
            self._seen.steady_s += since
            if not is_shown and self._now > self._last_on + LATENCY_S > LATENCY_S:
                self._seen.hidden_s += since
        self._now = until


def walk(steps: int, seed: int) -> Seen:
    """So many steps in all, a third by each protocol's rules."""
    seen = Seen()
    for number, rules in enumerate(RULES.values()):
        seen.add(Walk(rules, seed * 3 + number).run(steps // 3))
    return seen


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe typing", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    seen = walk(chosen.steps, chosen.seed)
    print(seen)
    print("\n".join(seen.problems) or "no problem")
    shown = 100.0 * (1.0 - seen.hidden_s / max(seen.steady_s, 1.0))
    return gates.report(
        "T9",
        what="random keystrokes by the rules of three protocols, latency up to 0.4 s, and what the other side sees",
        figure=f"{seen.steps:,} steps: first call after {1000 * seen.longest_first_s:.0f} ms, refreshes "
        f"{seen.shortest_refresh_s:.1f} s apart, steady typists shown {shown:.2f} %, the last event {seen.stuck_s:.1f} s at most",
        limit="≤ 50 ms, ≥ 4 s, 100 %, ≤ duration + 1.5 s",
        passed=not seen.problems,
        command=f"uv run poe typing --steps {chosen.steps} --seed {chosen.seed}",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
