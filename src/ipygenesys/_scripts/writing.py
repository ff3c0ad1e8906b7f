"""Scenarios written in Python, a step at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import (
    Converse,
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Step,
    Type,
    Upload,
    Wait,
    Wanted,
)


@dataclass(frozen=True)
class ScenarioBuilder:
    """Each call gives the scenario with one step more; none changes the one before."""

    scenario: Scenario

    def _and(self, step: Step) -> Self:
        return replace(self, scenario=replace(self.scenario, steps=(*self.scenario.steps, step)))

    def tagged(self, *tags: str) -> Self:
        """With these tags, for ``Script.only``."""
        return replace(self, scenario=replace(self.scenario, tags=self.scenario.tags | frozenset(tags)))

    def skipped(self, why: str) -> Self:
        """Not to be played, and why."""
        return replace(self, scenario=replace(self.scenario, skip=why))

    def say(self, text: str) -> Self:
        """Send a text."""
        if not str(text).strip():
            raise ValueError("text must be words.")
        return self._and(Say(text))

    def pick(self, *words: str, within: float | None = None) -> Self:
        """Answer what is offered, by its words or its payload; several items of one list."""
        if not words:
            raise ValueError("pick what? Give the words of a quick reply, a button, a time or an item.")
        return self._and(Pick(words, within))

    def upload(self, path: str, text: str = "") -> Self:
        """Send a file."""
        return self._and(Upload(str(path), text))

    def wait(self, seconds: float) -> Self:
        """Do nothing."""
        return self._and(Wait(seconds))

    def type(self, seconds: float) -> Self:
        """Type, and stop without a word."""
        return self._and(Type(seconds))

    def converse(self, customer: Callable[[tuple[tuple[str, str], ...]], Any], *, quiet: float = 1.5) -> Self:
        """Say what ``customer(history)`` makes of ``(who, text)`` pairs, until it gives None."""
        return self._and(Converse(customer, quiet))

    def expect(
        self,
        contains: str | None = None,
        *,
        equals: str | None = None,
        matches: str | re.Pattern[str] | None = None,
        one_of: tuple[str, ...] = (),
        similar: str | None = None,
        at_least: float = 0.8,
        exact: bool = False,
        quick_replies: tuple[str, ...] | None = None,
        buttons: tuple[str, ...] | None = None,
        cards: tuple[str, ...] | None = None,
        items: tuple[str, ...] | None = None,
        links: tuple[str, ...] | None = None,
        files: tuple[str, ...] | None = None,
        json: Mapping[str, Any] | None = None,
        check: Callable[[Message], object] | None = None,
        within: float | None = None,
        next: bool = False,
        optional: bool = False,
        let: str | None = None,
    ) -> Self:
        """A message that has all of this, after what was expected before; ``next``: the very next one."""
        wanted = self._wanted(
            contains,
            equals,
            matches,
            tuple(one_of),
            similar,
            at_least,
            exact,
            quick_replies,
            buttons,
            cards,
            items,
            links,
            files,
            json,
            check,
        )
        return self._and(Expect(wanted, within, is_next=next, is_optional=optional, let=let))

    def expect_no(
        self,
        contains: str | None = None,
        *,
        matches: str | re.Pattern[str] | None = None,
        within: float = 2.0,
    ) -> Self:
        """No such message for so many seconds."""
        return self._and(Expect(self._wanted(contains, None, matches), within, is_not=True))

    def expect_typing(self, within: float | None = None) -> Self:
        """The other side types."""
        return self._and(ExpectTyping(within))

    def expect_nothing(self, seconds: float = 2.0) -> Self:
        """Nothing more is said."""
        return self._and(ExpectNothing(seconds))

    def expect_end(self, within: float | None = None) -> Self:
        """The conversation is over: read-only."""
        return self._and(ExpectEnd(within))

    def expect_disconnect(self, within: float | None = None) -> Self:
        """The other side leaves, whether or not the customer can go on writing."""
        return self._and(ExpectEnd(within, or_left=True))

    @staticmethod
    def _wanted(
        contains: str | None, equals: str | None, matches: str | re.Pattern[str] | None, *rest: Any
    ) -> Wanted:
        source = matches.pattern if isinstance(matches, re.Pattern) else matches
        names = (
            "one_of",
            "similar",
            "at_least",
            "exact",
            "quick_replies",
            "buttons",
            "cards",
            "items",
            "links",
            "files",
        )
        values = dict(zip(names, rest, strict=False))
        for name in names[4:]:
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        json, check = rest[10:] if rest else (None, None)
        return Wanted(
            equals=equals,
            contains=(contains,) if contains is not None else (),
            matches=Pattern(source) if source is not None else None,
            json=json or {},
            check=check,
            **values,
        )
