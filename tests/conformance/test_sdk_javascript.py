"""Genesys' JavaScript SDK against the simulator: the same calls, other forms of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ipygenesys.simulator import Simulator
from tests.tools import node
from tests.tools.paths import JS

SCRIPT = Path(__file__).with_name("javascript_sdk.cjs")


@pytest.fixture(scope="module")
def walk() -> Iterator[tuple[Simulator, dict[str, Any]]]:
    """One run of the script, and the simulator that it talked to."""
    node.install()
    executable = shutil.which("node")
    assert executable is not None, "the development environment brings one"
    with Simulator(scenario="manual") as sim:
        given = {
            "baseUrl": sim.base_url,
            "clientId": sim.client_id,
            "clientSecret": sim.client_secret,
            "token": sim.agent_access_token(),
            "conversationId": sim.conversation_id,
            "userId": sim.user_id,
        }
        run = subprocess.run(
            [executable, SCRIPT, json.dumps(given)],
            capture_output=True,
            text=True,
            timeout=120,
            env={"NODE_PATH": str(JS / "node_modules"), "PATH": str(Path(executable).parent)},
        )
        assert run.returncode == 0, run.stderr
        yield sim, json.loads(run.stdout)


def test_client_credentials_get_a_token_that_has_no_user(walk: tuple[Simulator, dict[str, Any]]) -> None:
    _, seen = walk
    assert seen["credentials"]["accessToken"]
    assert seen["wrongSecret"] is not None
    assert seen["meOfNobody"]["status"] == 400


def test_a_channel_is_made_subscribed_and_heard(walk: tuple[Simulator, dict[str, Any]]) -> None:
    sim, seen = walk
    assert seen["me"]["id"] == sim.user_id
    assert seen["channel"]["connectUri"].endswith(seen["channel"]["id"])
    assert [topic["state"] for topic in seen["subscriptions"]["entities"]] == ["Permitted"] * 2
    topics = {frame["topicName"] for frame in seen["frames"]}
    assert topics == {"channel.metadata", f"v2.users.{sim.user_id}.conversations.messages"}


def test_a_message_is_sent_read_back_alone_and_in_bulk(walk: tuple[Simulator, dict[str, Any]]) -> None:
    sim, seen = walk
    assert seen["typing"] is None
    assert seen["one"]["normalizedMessage"]["text"] == "from JavaScript"
    assert [message["id"] for message in seen["bulk"]["entities"]] == [seen["sent"]["id"]]
    assert [sent["text"] for sent in sim.log()["received"] if sent["kind"] == "send"] == ["from JavaScript"]


def test_what_does_not_exist_is_refused_in_genesys_words(walk: tuple[Simulator, dict[str, Any]]) -> None:
    _, seen = walk
    assert (seen["unknown"]["status"], seen["unknown"]["code"]) == (404, "not.found")
