"""Scripts whose messages come late, in the wrong order and twice: none of them fails. On virtual time."""

from __future__ import annotations

from random import Random

from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.steps import Expect, ExpectNothing, Say, Step, Wanted
from ipygenesys._scripts.play.player import SETTLE_S, Player
from tests.scripts.heard import said

RUNS = 100
"""``poe scripts-disorder`` plays a thousand."""
TURNS, ANSWERS = 3, 4


def steps_of(rng: Random) -> list[Step]:
    steps: list[Step] = []
    for turn in range(TURNS):
        steps.append(Say(f"words {turn}"))
        for number in range(ANSWERS):
            wanted = (
                Wanted(equals=f"{turn} {number}") if rng.random() < 0.5 else Wanted(contains=(str(number),))
            )
            steps.append(Expect(wanted, is_next=rng.random() < 0.5))
    return [*steps, ExpectNothing(0.5)]


def play(seed: int) -> Player:
    rng = Random(seed)
    player = Player(steps_of(rng), timeout_s=10.0)
    now, server_ms, turn = 100.0, 1_000, 0
    coming: list[tuple[float, Message]] = []
    heard: dict[str, Message] = {}
    while True:
        if player.step(now) is not None:
            for number in range(ANSWERS):
                server_ms += rng.randint(1, 300)
                answer = said(f"{turn} {number}", server_ms)
                for _ in range(rng.choice([1, 1, 2])):
                    coming.append((now + rng.random() * SETTLE_S * 0.9, answer))
            turn += 1
            player.acted(now)
            continue
        if player.done:
            break
        moments = [at for at, _ in coming]
        deadline = player.next_deadline()
        now = min([*moments, *([] if deadline is None else [deadline])])
        heard |= {message.id: message for at, message in coming if at <= now}
        coming = [(at, message) for at, message in coming if at > now]
        player.situation.heard = sorted(heard.values(), key=lambda message: message.time_ms)
    return player


def test_what_comes_in_the_wrong_order_fails_nothing() -> None:
    for seed in range(RUNS):
        player = play(seed)
        assert player.passed, f"seed {seed}: {[turn.words for turn in player.turns if turn.words]}"
