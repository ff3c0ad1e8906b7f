"""Relays as processes of their own: the command, a simulator before it, a Redis with its ACL behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from ipygenesys.commands.cli import main
from ipygenesys.simulator import Simulator
from tests.tools.redis import RedisServer

PASSWORDS = {"relay": "r-password", "supervisors": "s-password", "coaches": "c-password"}
ENVIRONMENT = {f"{name.upper()}_PASSWORD": password for name, password in PASSWORDS.items()}
END_S = 40.0


@dataclass
class Running:
    """A relay that runs."""

    process: subprocess.Popen[str]
    said: dict[str, Any]
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        """What it answers where it is watched."""
        with urlopen(f"{self.said['watched_url']}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def end(self) -> int:
        """As an orchestrator does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_S)


def config_of(simulator: Simulator, redis: RedisServer, *, teams: str = "") -> str:
    """A relay.toml of the simulator's conversation."""
    return f"""
[redis]
url = "redis://{"relay@" if teams else ""}127.0.0.1:{redis.port}/0"
{'password_env = "RELAY_PASSWORD"' if teams else ""}
[metrics]
listen = "127.0.0.1:0"
[[upstreams]]
name = "one"
protocol = "messaging-events"
base_url = "{simulator.base_url}"
conversation_ids = ["{simulator.conversation_id}"]
client_id_env = "GENESYS_CLIENT_ID"
client_secret_env = "GENESYS_CLIENT_SECRET"
{teams}
"""


def with_acl(config: Path, redis: RedisServer, patch: Any) -> None:
    """Makes the ACL file by a dry run, and has the server take it."""
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    assert main(["relay", "--config", str(config), "--dry-run"]) == 0
    with redis.client() as admin:
        for line in config.with_suffix(".acl").read_text().splitlines():
            _, name, *rules = line.split()
            if name != "default":
                admin.execute_command("ACL", "SETUSER", name, *rules)
        admin.execute_command("ACL", "SETUSER", "default", "reset", "off")


@contextmanager
def running(config: Path, simulator: Simulator) -> Iterator[Running]:
    """Runs it until the end, or until it is ended."""
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "GENESYS_CLIENT_ID": simulator.client_id,
        "GENESYS_CLIENT_SECRET": simulator.client_secret,
    }
    command = [sys.executable, "-m", "ipygenesys", "relay", "--config", str(config)]
    log = config.with_suffix(".log")
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"it did not begin: {log.read_text()}"
        yield Running(process, json.loads(line), log)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
