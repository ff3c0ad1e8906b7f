"""The command runs a relay: who may what, how it is watched, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

import ipygenesys as ig
from ipygenesys.commands.cli import main
from ipygenesys.simulator import Simulator
from tests.io.watch import Watched, eventually, sent_texts
from tests.relay.running import PASSWORDS, Running, config_of, running, with_acl
from tests.tools.redis import RedisServer

TEAMS = """
[[teams]]
name = "supervisors"
password_env = "SUPERVISORS_PASSWORD"
see = ["*"]
send = ["*"]
type = ["one"]
read = ["one"]
[[teams]]
name = "coaches"
password_env = "COACHES_PASSWORD"
see = ["one"]
"""
PATIENCE_S = 20.0


async def shows(client: Watched, *texts: str) -> None:
    await client.until(lambda: client.texts == list(texts), PATIENCE_S)


def write(path: Path, text: str) -> None:
    path.write_text(text)


def health_of(relay: Running) -> tuple[int, dict[str, object]]:
    try:
        status, body = relay.get("/health")
    except HTTPError as error:
        status, body = error.code, error.read().decode()
    return status, json.loads(body)


def is_connected(relay: Running) -> bool:
    status, told = health_of(relay)
    return status == 200 and told["connected"] == 1


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(scenario="manual") as running_simulator:
        yield running_simulator


def viewer(redis: RedisServer, simulator: Simulator, team: str, password: str | None = None) -> Watched:
    url = f"redis://{team}:{password or PASSWORDS[team]}@127.0.0.1:{redis.port}/0"
    return Watched(ig.Relay(url, conversation_id=simulator.conversation_id))


async def test_each_team_may_what_the_file_says(
    redis_server: RedisServer, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "relay.toml"
    write(config, config_of(simulator, redis_server, teams=TEAMS))
    with_acl(config, redis_server, monkeypatch)
    with running(config, simulator) as relay:
        assert relay.said["upstreams"] == [simulator.conversation_id]
        await eventually(lambda: is_connected(relay), PATIENCE_S)
        async with (
            viewer(redis_server, simulator, "supervisors") as supervisor,
            viewer(redis_server, simulator, "coaches") as coach,
        ):
            simulator.agent_say("Hello from the agent")
            for each in (supervisor, coach):
                await shows(each, "Hello from the agent")
            await asyncio.wait_for(supervisor.send("I see you"), PATIENCE_S)
            await shows(coach, "Hello from the agent", "I see you")
            assert ("send" in supervisor.capabilities, "send" in coach.capabilities) == (True, False)
        figures = relay.get("/metrics")[1]
        assert "ipygenesys_relay_leading 1.0" in figures
        assert simulator.conversation_id not in figures
        leads = f"This relay leads {simulator.conversation_id}."
        await eventually(lambda: leads in relay.log.read_text(), PATIENCE_S)
        assert relay.end() == 0
        log = relay.log.read_text()
    assert "the lead is given back" in log
    for secret in (*PASSWORDS.values(), simulator.client_secret, "Hello from the agent", "I see you"):
        assert secret not in log


async def test_what_is_being_sent_is_finished_before_it_ends_and_the_next_one_leads_at_once(
    redis_server: RedisServer, simulator: Simulator, tmp_path: Path
) -> None:
    config = tmp_path / "relay.toml"
    write(config, config_of(simulator, redis_server))
    async with Watched(ig.Relay(redis_server.url, conversation_id=simulator.conversation_id)) as client:
        with running(config, simulator) as first:
            await eventually(lambda: is_connected(first), PATIENCE_S)
            with running(config, simulator) as second:
                simulator.fault("delay", ms=700)
                delivery = client.send("under way")
                await eventually(lambda: "under way" in sent_texts(simulator), PATIENCE_S)
                assert first.end() == 0
                simulator.fault("clear")
                await asyncio.wait_for(delivery, PATIENCE_S)
                await eventually(lambda: is_connected(second), PATIENCE_S)
                await asyncio.wait_for(client.send("and on"), PATIENCE_S)
    assert sent_texts(simulator) == ["under way", "and on"]


async def test_without_redis_it_waits_and_is_not_healthy(
    redis_server: RedisServer, simulator: Simulator, tmp_path: Path
) -> None:
    config = tmp_path / "relay.toml"
    write(config, config_of(simulator, redis_server))
    redis_server.stop()
    with running(config, simulator) as relay:
        await eventually(lambda: health_of(relay)[0] == 503, PATIENCE_S)
        assert relay.get("/live")[0] == 200
        redis_server.start()
        await eventually(lambda: is_connected(relay), PATIENCE_S)
        assert relay.end() == 0
        assert "Redis cannot be reached" in relay.log.read_text()


def test_one_that_cannot_begin_says_why(
    tmp_path: Path, redis_server: RedisServer, simulator: Simulator, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(
        logging.INFO, "ipygenesys"
    )  # The command sets it for the process; here it goes with the test.
    config = tmp_path / "relay.toml"
    config.write_text(config_of(simulator, redis_server))
    monkeypatch.delenv("GENESYS_CLIENT_ID", raising=False)
    assert main(["relay", "--config", str(config)]) == 2
    assert (
        "upstreams[0].client_id_env: the environment variable GENESYS_CLIENT_ID is not set."
        in capsys.readouterr().err
    )
    monkeypatch.setenv("GENESYS_CLIENT_ID", "id")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", "secret")
    config.write_text(config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{redis_server.port}"))
    assert main(["relay", "--config", str(config)]) == 1
    assert "metrics.listen: " in capsys.readouterr().err
