"""A thousand schedules of faults violate no invariant, and the checker would notice if they did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.platform.shared_stream import SharedStream
from tests.simulation import campaign
from tests.simulation.network import Reply
from tests.simulation.schedule import Action, Schedule, schedule_of, shrink
from tests.simulation.world import World

MANY = 13_253
RUNS = 1000
PIECES = 10
SHARING = 30
BLIND = (210491, 89893)
SHOWN_TWICE = "I2: of 1 sends of one text 1 arrived, and 1 are shown as not sent"


@pytest.mark.parametrize("piece", range(PIECES))
def test_no_schedule_of_faults_violates_an_invariant(piece: int) -> None:
    size = RUNS // PIECES
    findings = campaign.run(range(piece * size, (piece + 1) * size))
    explained = [campaign.explain(seed) for seed in list(findings.failed)[:2]]
    assert not findings.failed, "\n\n".join([str(findings.failed), *explained])
    assert findings.runs == size


def test_a_run_follows_from_its_seed() -> None:
    for seed in (3, 4, 7, 11):
        first, second = World(schedule_of(seed)), World(schedule_of(seed))
        first.run()
        second.run()
        assert first.log == second.log
        assert first.server.truths == second.server.truths


def test_schedules_are_of_every_kind() -> None:
    schedules = [schedule_of(seed) for seed in range(500)]
    assert {schedule.protocol for schedule in schedules} == {"tutorial", "guest", "agent"}
    assert {schedule.credentials for schedule in schedules} == {"token", "login", "app"}
    assert {1, 2, 3, 20} == {schedule.conversations for schedule in schedules}
    assert len({action.kind for schedule in schedules for action in schedule.actions}) > 45


def test_two_hundred_conversations_share_one_process_and_one_budget() -> None:
    """Chosen among the first seeds that have so many: one in two thousand does."""
    schedule = schedule_of(MANY)
    assert schedule.conversations == 200
    assert not campaign.violations(schedule)


def test_conversations_that_share_a_stream_violate_no_invariant() -> None:
    joined, opened = 0, 0
    join, open_ = SharedStream.join, SharedStream._open

    async def counted_join(self: SharedStream, *arguments: Any, **options: Any) -> None:
        nonlocal joined
        joined += 1
        await join(self, *arguments, **options)

    async def counted_open(self: SharedStream, *arguments: Any, **options: Any) -> None:
        nonlocal opened
        opened += 1
        await open_(self, *arguments, **options)

    with patch.object(SharedStream, "join", counted_join), patch.object(SharedStream, "_open", counted_open):
        for seed in range(SHARING):
            schedule = replace(schedule_of(seed, "agent"), conversations=6)
            assert not campaign.violations(schedule), seed
    assert joined > 2 * opened > 0


def test_a_failing_schedule_shrinks_to_what_matters() -> None:
    actions = tuple(Action(at, kind) for at, kind in enumerate(["x", "a", "x", "x", "b", "x", "c", "x", "x"]))
    schedule = Schedule(1, "guest", actions, before=9)

    def fails(candidate: Schedule) -> bool:
        return {"a", "b", "c"} <= {action.kind for action in candidate.actions}

    short = shrink(schedule, fails)
    assert [action.kind for action in short.actions] == ["a", "b", "c"]
    assert short.before == 0
    assert str(short).splitlines()[1:] == ["    1.00 s  a", "    4.00 s  b", "    6.00 s  c"]


@pytest.mark.parametrize("seed", BLIND)
def test_a_message_sent_blind_is_recognised_however_wrong_our_clock_is(seed: int) -> None:
    """Seeds of which each showed a message and called it unknown as well, while only our own clock was asked."""
    schedule = schedule_of(seed)
    assert schedule.tells_time
    assert not campaign.violations(schedule)
    with patch.object(ServerClock, "learn"):
        assert set(campaign.violations(schedule)) == {SHOWN_TWICE}


def test_answers_tell_the_second_in_which_they_were_made_and_some_servers_tell_nothing() -> None:
    schedules = [schedule_of(seed) for seed in range(500)]
    silent = [schedule for schedule in schedules if not schedule.tells_time]
    assert 20 < len(silent) < 100
    assert not [schedule for schedule in silent if any(a.kind == "clock jumps" for a in schedule.actions)]
    assert "no Date" in str(silent[0])
    telling, silent_too = World(schedules[0]), World(silent[0])
    network = telling.network
    assert network.dated(Reply(200)).headers == {"Date": "Fri, 15 Jan 2027 08:16:40 GMT"}
    kept = network.dated(Reply(200, headers={"Age": "100"}))
    assert kept.headers == {"Age": "100", "Date": "Fri, 15 Jan 2027 08:15:00 GMT"}
    assert silent_too.network.dated(Reply(200)).headers == {}
    telling.loop.close()
    silent_too.loop.close()
