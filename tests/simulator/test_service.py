"""The simulator in a thread, on a loop, alone as a command, and as a pytest fixture."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from ipygenesys.simulator import Simulator
from ipygenesys.simulator.command import simulate
from tests.simulator.clients.contract import SCOPES, ContractClient, running

DESCRIPTION = [
    "base_url",
    "stream_url",
    "guest_url",
    "control_url",
    "client_id",
    "client_secret",
    "conversation_id",
    "deployment_id",
]


def threads() -> set[str]:
    return {t.name for t in threading.enumerate()}


def test_in_a_thread_of_its_own_it_serves_plain_code_and_ends_with_the_block() -> None:
    with Simulator(scenario="manual") as sim:
        assert "ipygenesys-simulator" in threads()
        [message_id] = sim.agent_say("hello")
        assert sim.log()["sent"][0]["message_id"] == message_id
        form = {"grant_type": "client_credentials", "scope": SCOPES}
        answer = httpx.post(f"{sim.base_url}/oauth/token", data=form, auth=(sim.client_id, sim.client_secret))
        assert answer.status_code == 200
        url = sim.base_url
    assert "ipygenesys-simulator" not in threads()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


async def test_stopping_in_a_thread_closes_streams_politely() -> None:
    sim = Simulator(scenario="manual").start()
    async with ContractClient(sim) as client:
        stream = await client.connect()
        await asyncio.to_thread(sim.stop)
        assert await stream.closed() == 1001
    sim.stop()
    assert "ipygenesys-simulator" not in threads()


async def test_on_a_running_loop_it_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    async with Simulator() as sim:
        client = ContractClient(sim)
        await client.log_in()
        stream = await client.connect()
        await client.connect(authenticate=False)
        sim.fault("half_open")
        sim.agent_say("m", count=100, rate_per_s=1)
    assert await stream.closed() == 1006
    await client.__aexit__()
    assert asyncio.all_tasks() - before == set()


async def test_methods_may_be_called_from_any_thread(client: ContractClient) -> None:
    def use() -> int:
        for n in range(20):
            client.sim.agent_say(f"{threading.get_ident()} {n}")
        return len(client.sim.requests())

    await asyncio.gather(*[asyncio.to_thread(use) for _ in range(4)])
    sequences = [e["sequence"] for e in client.sim.log()["sent"]]
    assert sequences == list(range(1, 81))


def test_errors_of_the_controls_reach_the_caller() -> None:
    with Simulator(scenario="manual") as sim:
        with pytest.raises(ValueError, match="earthquake"):
            sim.fault("earthquake")
        with pytest.raises(LookupError):
            sim.agent_read("nobody")


def test_it_can_be_started_again_and_not_twice() -> None:
    sim = Simulator()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sim.base_url
    for _ in range(2):
        with sim, pytest.raises(RuntimeError, match="already"):
            sim.start()


def test_a_taken_port_is_an_os_error_and_leaves_no_thread() -> None:
    with Simulator() as sim:
        other = Simulator(port=sim.port)
        with pytest.raises(OSError, match="address"):
            other.start()
    assert "ipygenesys-simulator" not in threads()


def test_a_loop_that_cannot_be_made_is_an_error_and_nobody_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_files() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    sim = Simulator()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio.events, "new_event_loop", no_files)
        with pytest.raises(OSError, match="Too many open files"):
            sim.start()
    with sim:
        assert sim.port


def test_the_description_is_the_fixed_one_and_loopback_only() -> None:
    with Simulator(seed=3) as sim:
        description = sim.describe()
    assert list(description) == DESCRIPTION
    assert description["base_url"].startswith("http://127.0.0.1:")
    assert description["guest_url"] == description["base_url"].replace("http", "ws") + "/v1"
    assert description["stream_url"].endswith("/api/v2/conversations/messaging/events")


def test_the_seed_decides_ids_and_secret() -> None:
    one, same, other = Simulator(seed=1), Simulator(seed=1), Simulator(seed=2)
    assert (one.client_id, one.client_secret, one.conversation_id) == (
        same.client_id,
        same.client_secret,
        same.conversation_id,
    )
    assert one.client_secret != other.client_secret
    assert one.conversation_id != other.conversation_id


def test_no_repr_shows_the_secret() -> None:
    sim = Simulator(client_secret="canary-secret")
    shown = repr(sim) + repr(vars(sim))
    assert "canary-secret" not in shown
    with sim:
        assert "canary-secret" not in repr(sim) + repr(vars(sim))


@pytest.mark.parametrize("wrong", [{"speed": 0}, {"extensions": {"telepathy"}}, {"dialogue": "nope"}])
def test_a_wrong_argument_is_an_error_before_anything_starts(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"speed|telepathy|nope"):
        Simulator(**wrong)  # type: ignore[arg-type]


async def test_no_log_record_has_a_message_text_a_token_or_the_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(scenario="greeting", speed=50, client_secret="canary-secret") as client:
        caplog.set_level(logging.WARNING, "websockets")
        caplog.set_level(logging.WARNING, "httpcore")
        stream = await client.connect()
        await client.send("canary-text")
        await client.http.post(f"{client.conversation}/typing", content=b"canary-text")
        client.sim.fault("lose_answer")
        with pytest.raises(httpx.TransportError):
            await client.send("canary-text")
        await stream.wait_for("message", 3)
        client.sim.fault("drop")
        token = client.token
    for canary in ("canary-text", "canary-secret", token, "this is Ann"):
        assert canary not in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_one_json_line_and_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    line = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "ipygenesys.simulator",
        "--seed",
        "5",
        "--scenario",
        "slow_agent",
    ]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        description = json.loads(process.stdout.readline())
        assert list(description) == DESCRIPTION
        log = httpx.get(f"{description['control_url']}/log").json()
        assert log == {"sent": [], "received": [], "connections": []}
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "", "")


def test_the_command_reports_mistakes_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(scenario="nope") == 2
    assert simulate(dialogue="nope") == 2
    with Simulator() as sim:
        assert simulate(port=sim.port) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 3


def test_the_fixture_is_a_running_simulator(genesys_simulator: Simulator) -> None:
    assert httpx.get(f"{genesys_simulator.control_url}/log").status_code == 200
    assert genesys_simulator.agent_say("hello")
