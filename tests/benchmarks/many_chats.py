"""Twenty chats in one kernel: of one credentials object, and with a login each; how long until they are open, and until a
message of the first minute is seen.

``python -m tests.benchmarks.many_chats [--seconds 60]``; the simulator runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any

import ipygenesys as ig
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools.paths import ARTIFACTS

CHATS = 20
PAUSE_S = 1.0


def chats_of(
    simulator: SimulatorProcess, ids: Sequence[str], *, logins: int, stack: ExitStack
) -> list[ig.Chat]:
    """A chat of each conversation; with one login, or one each."""
    address = simulator.addresses
    tokens = [ig.AccessToken(simulator.control("/agent/token", {})["access_token"]) for _ in range(logins)]
    return [
        stack.enter_context(
            ig.Chat(
                ig.AgentMessaging(
                    conversation_id=id_, credentials=tokens[number % logins], base_url=address["base_url"]
                )
            )
        )
        for number, id_ in enumerate(ids)
    ]


def seen_after(simulator: SimulatorProcess, chat: ig.Chat, conversation_id: str, text: str) -> float:
    """Seconds from the customer's word to the handler that hears of it."""
    heard: Future[float] = Future()

    def hear(message: ig.Message) -> None:
        if message.text == text and not heard.done():
            heard.set_result(time.perf_counter())

    stop = chat.on_message(hear)
    begun = time.perf_counter()
    simulator.control("/customer/say", {"text": text, "conversation_id": conversation_id})
    took = heard.result(60) - begun
    stop()
    return took


def measure(logins: int, seconds: float) -> dict[str, Any]:
    """One way of logging in, with a simulator of its own."""
    log = ARTIFACTS / "many-chats"
    log.mkdir(parents=True, exist_ok=True)
    with SimulatorProcess(log / f"{logins}.log", conversations=CHATS) as simulator, ExitStack() as stack:
        ids = [each["conversation_id"] for each in simulator.control("/conversations")["conversations"]]
        begun, busy = time.perf_counter(), time.process_time()
        chats = chats_of(simulator, ids, logins=logins, stack=stack)
        for chat in chats:
            chat.connect().wait(60)
        opened, busy = time.perf_counter(), time.process_time() - busy
        times: list[float] = []
        while time.perf_counter() < opened + seconds:
            number = len(times) % CHATS
            times.append(seen_after(simulator, chats[number], ids[number], f"message {len(times)}"))
            time.sleep(PAUSE_S)
        calls = simulator.requests()
        return {
            "logins": logins,
            "open_s": round(opened - begun, 2),
            "open_cpu_s": round(busy, 2),
            "seen_p50_s": round(statistics.median(times), 3),
            "seen_max_s": round(max(times), 3),
            "messages": len(times),
            "channels": sum(c["method"] == "POST" and c["path"].endswith("/channels") for c in calls),
            "calls": len(calls),
        }


def main() -> int:
    """Prints both ways beside each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long messages are said")
    options = parser.parse_args()
    measure(1, 0.5)  # What is loaded with the first conversation of a process is not measured.
    for logins in (1, CHATS):
        print(json.dumps(measure(logins, options.seconds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
