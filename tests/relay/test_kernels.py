"""What the platform allows an app: 20 channels and 300 calls a minute, for 25 kernels by their own and by a relay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._wire.agent_messaging import MAX_CHANNELS
from ipygenesys.simulator import Simulator
from tests.io.watch import calls, connections, received
from tests.relay.kernels import Kernel, kernels
from tests.relay.running import running
from tests.tools.redis import RedisServer
from tests.widget.browser import eventually

KERNELS = 25
CHANNELS = "/api/v2/notifications/channels"
CURE = "look on by one connection: `ipygenesys relay`"
PATIENCE_S = 60.0


def evictions(simulator: Simulator) -> int:
    return sum(entry["evicted"] for entry in received(simulator, "channel_created"))


def connected(kernel: Kernel) -> Callable[[], bool]:
    return lambda: kernel.seen.status == "connected"


def shows(kernel: Kernel, text: str) -> Callable[[], bool]:
    return lambda: kernel.seen.texts == [text]


def direct(simulator: Simulator) -> dict[str, Any]:
    """As a kernel of its own has it."""
    return {
        "base_url": simulator.base_url,
        "conversation_id": simulator.conversation_id,
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
    }


def config_of(simulator: Simulator, redis: RedisServer) -> str:
    return f"""
[redis]
url = "{redis.url}"
[metrics]
listen = "127.0.0.1:0"
[[upstreams]]
name = "one"
protocol = "agent-messaging"
base_url = "{simulator.base_url}"
conversation_ids = ["{simulator.conversation_id}"]
client_id_env = "GENESYS_CLIENT_ID"
client_secret_env = "GENESYS_CLIENT_SECRET"
"""


@pytest.mark.slow
def test_the_21st_kernel_evicts_the_first_and_by_a_relay_25_stay_within_the_limits(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with Simulator(scenario="manual") as simulator, kernels() as alone:
        for number in range(1, MAX_CHANNELS + 2):
            eventually(connected(alone.start(direct(simulator))), PATIENCE_S)
            assert bool(evictions(simulator)) == (number > MAX_CHANNELS)
        for _ in range(MAX_CHANNELS + 1, KERNELS):
            alone.start(direct(simulator))
        eventually(lambda: any(CURE in kernel.seen.said for kernel in alone.all), PATIENCE_S)
        eventually(
            lambda: sum(kernel.seen.status == "connected" for kernel in alone.all) <= MAX_CHANNELS, PATIENCE_S
        )

    config = tmp_path / "relay.toml"
    with Simulator(scenario="manual") as simulator, kernels() as together:
        config.write_text(config_of(simulator, redis_server))
        with running(config, simulator):
            by_it = {"url": redis_server.url, "conversation_id": simulator.conversation_id}
            viewers = [together.start(by_it) for _ in range(KERNELS)]
            for viewer in viewers:
                eventually(connected(viewer), PATIENCE_S)
            simulator.customer_say("Can all of you see this?")
            for viewer in viewers:
                eventually(shows(viewer, "Can all of you see this?"), PATIENCE_S)
            assert {viewer.seen.status for viewer in viewers} == {"connected"}
            assert evictions(simulator) == 0
            assert calls(simulator, CHANNELS)["POST", 200] == 1
            assert len(connections(simulator, "opened")) == 1
            made = calls(simulator, "/api/")
            assert {status for _, status in made} == {200}, "none is one too many"
            assert sum(made.values()) < KERNELS, "calls do not grow with viewers"
