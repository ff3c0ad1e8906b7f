"""The figures of an inbox, each with its definition in words; seconds are pooled values, never means of means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from ipygenesys._core.measures.response_times import DEFINITIONS as OF_ONE

DEFINITIONS: dict[str, str] = {
    "live": "Conversations that have not ended.",
    "waiting": "Conversations that are in a queue, with no agent connected.",
    "wait_s": "Seconds for which those that wait now have been in their queue; max is the longest wait.",
    "unanswered": "Live conversations whose customer has said something that no agent has answered; bots do not answer it.",
    "unanswered_s": OF_ONE["unanswered_s"] + " Of the live conversations; max is who waits longest.",
    "unread": "The customers' messages that no agent has answered and nobody has looked at here.",
    "undelivered": "Messages of live conversations that did not reach their customer.",
    "first_response_s": OF_ONE["first_response_s"] + " Bots do not stop this clock.",
    "handover_first_response_s": OF_ONE["handover_first_response_s"],
    "response_time_s": OF_ONE["response_time_s"]
    + " Agents only, one value for each burst that was answered.",
    "handover_response_time_s": OF_ONE["handover_response_time_s"],
    "bot_response_time_s": "The same for bots: from what was said since the last message of a bot or an agent to the bot's.",
    "time_to_engage_s": "Seconds from when an agent was alerted to when they had connected.",
    "handle_time_s": (
        "Seconds from when an agent had connected to when they had left, without the time for which the conversation was "
        "parked, and with the work after it. Of the agents who have left."
    ),
    "sla": (
        "Share of the waits in a queue that an agent has ended within the queue's own target. Missed are those that took "
        "longer, whether an agent came or the customer left, and those that go on for longer already; who has left before "
        "does not count."
    ),
}
"""In words for whoever reads the figures, by the name of the figure."""

Unit = Literal["count", "seconds", "share"]


class Kpi(msgspec.Struct, frozen=True, kw_only=True):
    """One figure at one moment."""

    name: str
    """A key of ``DEFINITIONS``."""
    definition: str
    unit: Unit
    value: float | None
    """What to show: a count, a share between 0 and 1, or the median of seconds; None: there is nothing yet."""
    n: int
    """Of how many values it is."""
    median: float | None = None
    p90: float | None = None
    max: float | None = None
    mean: float | None = None
    """The last to look at: one forgotten conversation moves it by hours."""
    since_ms: int | None = None
    """Of what grows by itself: since when the longest one lasts, so that max is the time since then."""


class Kpis(msgspec.Struct, frozen=True, kw_only=True):
    """All figures at one moment: of the live conversations, and of those that have ended and are still shown."""

    time_ms: int
    """When, milliseconds since the epoch, server clock."""
    live: Kpi
    waiting: Kpi
    wait_s: Kpi
    unanswered: Kpi
    unanswered_s: Kpi
    unread: Kpi
    undelivered: Kpi
    first_response_s: Kpi
    handover_first_response_s: Kpi
    response_time_s: Kpi
    handover_response_time_s: Kpi
    bot_response_time_s: Kpi
    time_to_engage_s: Kpi
    handle_time_s: Kpi
    sla: Kpi
    incomplete: int = 0
    """Conversations that are not fully known yet: what they add to the figures is still to come."""

    def __iter__(self) -> Iterator[Kpi]:
        return (getattr(self, name) for name in DEFINITIONS)
