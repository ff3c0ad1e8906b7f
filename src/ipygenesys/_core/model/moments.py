"""Moments at which something is due."""

from __future__ import annotations


def soonest(*moments: float | None) -> float | None:
    """The first of them; None is never. Asked for after each step: a loop costs a third of what ``min`` of a generator does."""
    first = None
    for each in moments:
        if each is not None and (first is None or each < first):
            first = each
    return first
