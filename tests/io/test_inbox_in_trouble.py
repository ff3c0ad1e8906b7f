"""An inbox over real sockets when much goes wrong: each thing is said, stops nothing else, and is right again by itself."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack

import pytest

from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys._protocols.agent_messaging import channels as channels_module
from ipygenesys._wire import agent_messaging as wire
from tests.io.test_inbox import (
    PATIENCE_S,
    as_it_is,
    caught_up,
    channels,
    dialogues_are_read,  # noqa: F401 - a fixture
    nothing_is_left,  # noqa: F401 - a fixture
    organisation,
    watching,
)
from tests.io.watch import eventually

LONG_S = 3 * PATIENCE_S
"""For twenty of them on one loop."""


@pytest.mark.parametrize("ahead_s", [3600.0, -3600.0])
async def test_a_clock_that_is_an_hour_off_changes_no_figure(ahead_s: float) -> None:
    async with organisation(clock_ahead_s=ahead_s) as simulator, watching(simulator) as inbox:
        await caught_up(inbox)
        await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
        assert inbox.server_now_ms() == pytest.approx((time.time() + ahead_s) * 1000, abs=5_000)
        kpis, true = inbox.kpis(), simulator.truth()
        assert (kpis.live.n, kpis.waiting.n) == (true["live"], true["waiting"])
        oldest = max(inbox.server_now_ms() - row.since_ms for row in inbox.rows.values() if row.since_ms)
        assert 0 <= oldest < 3_000_000, "no wait of an hour that nobody has waited"


async def test_a_list_that_is_cut_off_is_completed_by_the_second_query() -> None:
    limits = {"max_observations": 2}
    async with (
        organisation(conversations=40, agent_api=limits) as simulator,
        watching(simulator) as inbox,
    ):
        await caught_up(inbox)
        await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
        assert len(inbox.rows) > 3 * 2 * 3 and "list" not in inbox.problems


async def test_texts_that_never_come_are_missing_and_the_rest_goes_on() -> None:
    async with organisation() as simulator:
        simulator.fault("error", status=404, path="/messages/bulk", count=10_000)
        async with watching(simulator) as inbox:
            await caught_up(inbox)
            await eventually(lambda: _states(inbox) == {"missing"}, PATIENCE_S)
            await eventually(lambda: as_it_is(inbox, simulator), PATIENCE_S)
            assert inbox.status == "connected"
            simulator.fault("clear")
            await eventually(lambda: "here" in _states(inbox), PATIENCE_S)


def _states(inbox: InboxGateway) -> set[str]:
    """What is known of the texts that are not merely on their way."""
    lasts = [row.last for row in inbox.rows.values() if row.is_live and row.last is not None]
    return {last.text_state for last in lasts if last.text_state not in ("none", "awaited")}


# --- many viewers -------------------------------------------------------------------------------------------


def _out(viewers: list[InboxGateway]) -> list[str]:
    """What those say that are driven off."""
    return [viewer.problems["connection"].message for viewer in viewers if "connection" in viewer.problems]


async def test_the_21st_viewer_takes_the_place_of_the_oldest_and_whoever_is_out_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels_module, "CONFLICT_S", 5.0)
    async with organisation() as simulator, AsyncExitStack() as pages:
        viewers = [await pages.enter_async_context(watching(simulator)) for _ in range(wire.MAX_CHANNELS)]
        await eventually(lambda: _all_are_connected(viewers), LONG_S)
        assert channels(simulator) == wire.MAX_CHANNELS and _out(viewers) == []

        async with watching(simulator) as late:
            everybody = [*viewers, late]
            await eventually(lambda: _are_told_why(everybody), LONG_S)
            said = next(words for words in _out(everybody) if _TAKEN in words)
            assert "an OAuth client of your own" in said and "`ipygenesys relay`" in said
            assert sum(viewer.status == "connected" for viewer in everybody) >= wire.MAX_CHANNELS // 2
            assert not any(viewer.status == "failed" for viewer in everybody)
            made = channels(simulator)
            assert made <= 4 * wire.MAX_CHANNELS, "they do not race"
        await eventually(lambda: _all_are_connected(viewers), LONG_S)
        await eventually(lambda: all(as_it_is(viewer, simulator) for viewer in viewers), LONG_S)
        assert _out(viewers) == []


_TAKEN = "somebody else uses this user and app, which may have 20 channels"


def _are_told_why(viewers: list[InboxGateway]) -> bool:
    """At first they only know that the stream was lost; whoever cannot have it back is told."""
    return any(_TAKEN in words for words in _out(viewers))


def _all_are_connected(viewers: list[InboxGateway]) -> bool:
    return all(viewer.status == "connected" for viewer in viewers)
