"""`ipygenesys doctor --relay`: what a viewer would find, step by step, with a cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ipygenesys.commands.cli import main
from ipygenesys.simulator import Simulator
from tests.io.watch import eventually
from tests.relay.running import PASSWORDS, Running, config_of, running, with_acl
from tests.relay.test_running import TEAMS, is_connected
from tests.tools.redis import RedisServer


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(scenario="manual") as running_simulator:
        yield running_simulator


@pytest.fixture
async def relay(
    redis_server: RedisServer, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    config = tmp_path / "relay.toml"
    config.write_text(config_of(simulator, redis_server, teams=TEAMS))
    with redis_server.client() as admin:
        admin.execute_command("ACL", "SETUSER", "deaf", "on", ">d-password", "~*", "+@all", "resetchannels")
    with_acl(config, redis_server, monkeypatch)
    with running(config, simulator) as it:
        await eventually(lambda: is_connected(it), 20.0)
        yield it


def examined(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, dict[str, str]]]:
    code = main(["doctor", "--json", *options])
    report = json.loads(capsys.readouterr().out)
    return code, {finding["check"]: finding for finding in report["findings"]}


def test_a_viewer_is_told_that_all_is_well_and_what_it_may_do(
    relay: Running, redis_server: RedisServer, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"redis://coaches:{PASSWORDS['coaches']}@127.0.0.1:{redis_server.port}/0"
    code, found = examined(capsys, "--relay", url, "--conversation-id", simulator.conversation_id)
    assert code == 0
    assert {check: each["verdict"] for check, each in found.items()} == dict.fromkeys(
        ("redis", "acl", "relay", "upstream", "life", "rights"), "ok"
    )
    assert found["rights"]["found"] == "see"
    assert found["acl"]["found"] == "it is refused: only who has a right reads here"
    assert PASSWORDS["coaches"] not in str(found)


def test_what_hinders_a_viewer_has_a_cure(
    relay: Running, redis_server: RedisServer, simulator: Simulator, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    url = f"redis://%s@127.0.0.1:{redis_server.port}/0"
    code, found = examined(capsys, "--relay", url % "coaches:wrong", "--conversation-id", "x")
    assert (code, found["redis"]["verdict"]) == (1, "failed")
    assert "Check the user and the password" in found["redis"]["cure"]
    assert found["the rest"]["verdict"] == "skipped"
    monkeypatch.setenv("GENESYS_RELAY_URL", url % f"coaches:{PASSWORDS['coaches']}")
    code, found = examined(capsys, "--relay", "--inbox", "secret")
    assert (code, found["relay"]["verdict"]) == (1, "failed")
    assert "its ACL lacks a right" in found["relay"]["found"]
    monkeypatch.setenv("GENESYS_RELAY_URL", url % f"supervisors:{PASSWORDS['supervisors']}")
    code, found = examined(capsys, "--relay", "--inbox", "support", "--conversation-id", "c")
    assert (code, found["relay"]["found"]) == (1, "no relay leads it")
    monkeypatch.setenv("GENESYS_RELAY_TOKEN", "nonsense")
    code, found = examined(capsys, "--relay", "--conversation-id", simulator.conversation_id)
    assert (code, found["rights"]["verdict"]) == (1, "failed")
    assert "takes no tokens" in found["rights"]["found"]


def test_a_channel_that_may_not_be_heard_is_no_sign_of_life(
    relay: Running, redis_server: RedisServer, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"redis://deaf:d-password@127.0.0.1:{redis_server.port}/0"
    code, found = examined(capsys, "--relay", url, "--conversation-id", simulator.conversation_id)
    assert (code, found["relay"]["verdict"]) == (1, "ok")
    for check in ("life", "rights"):
        assert (found[check]["verdict"], "its ACL lacks it" in found[check]["found"]) == ("failed", True)
        assert "by a dry run" in found[check]["cure"]


def test_a_redis_that_is_open_to_everybody_is_said(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = examined(capsys, "--relay", redis_server.url)
    assert code == 0
    assert found["acl"]["verdict"] == "warning"
    assert "--dry-run" in found["acl"]["cure"]
    assert found["relay"]["verdict"] == "skipped"


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--relay"], "GENESYS_RELAY_URL in the environment"), (["--relay", "http://x"], "must look like redis://")],
)  # fmt: skip
def test_no_address_is_said(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYS_RELAY_URL", raising=False)
    code, found = examined(capsys, *options)
    assert code == 1
    assert words in found["options"]["found"]


def test_nobody_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(capsys, "--relay", "redis://127.0.0.1:1/0")
    assert (code, found["redis"]["verdict"]) == (1, "failed")
    assert "Check host and port" in found["redis"]["cure"]
