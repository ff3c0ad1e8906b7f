"""The shipped dashboard, for who watches a conversation: what it shows is known, and right by everybody's role."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest

from ipygenesys import AgentMessaging, Chat, Client, ClientCredentials, WebMessaging
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.tools.paths import NOTEBOOKS
from tests.tools.redis import RedisServer
from tests.widget.browser import eventually


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(scenario="manual", speed=20) as running:
        yield running


@pytest.fixture
def dashboard(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Its names, once all cells have run as those of somebody who watches the simulator's conversation."""
    variables = {
        "BASE_URL": simulator.base_url,
        "CONVERSATION_ID": simulator.conversation_id,
        "CLIENT_ID": simulator.client_id,
        "CLIENT_SECRET": simulator.client_secret,
    }
    names = run_with(variables, monkeypatch)
    yield names
    names["chat"].close()


def run_with(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Its names, once all cells have run in this environment."""
    for name in [name for name in os.environ if name.startswith("GENESYS_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(f"GENESYS_{name}", value)
    names: dict[str, Any] = {}
    notebook = nbformat.read(NOTEBOOKS / "dashboards" / "conversation.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    return names


def facts(dashboard: dict[str, Any]) -> dict[str, str]:
    """What stands beside the conversation."""
    found = re.findall(r"<small>(.*?)</small><br><b>(.*?)</b>", dashboard["facts"].value)
    return dict(found)


def test_before_anything_is_known_nothing_is_claimed(dashboard: dict[str, Any]) -> None:
    assert facts(dashboard) == {"Connection": "idle"}


async def test_who_watches_sees_the_answers_of_others_counted_by_their_roles(
    dashboard: dict[str, Any], simulator: Simulator
) -> None:
    chat: Chat = dashboard["chat"]
    await chat.connect()
    assert facts(dashboard)["Connection"] == "connected"
    protocol = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
    async with Client(protocol) as guest:
        await guest.connect()
        simulator.agent_say("Is anybody there?")
        await guest.send("Where is my parcel?")
        await chat.until(lambda: len(chat.messages) == 2, timeout=20)
        # One after the other: of messages of one millisecond, either may be the first.
        simulator.agent_say("It left this morning.")
        await chat.until(lambda: len(chat.messages) == 3, timeout=20)
        simulator.agent_say("It comes today.")
        await chat.until(lambda: len(chat.messages) == 4, timeout=20)
    eventually(lambda: facts(dashboard).get("Messages") == "4")
    eventually(lambda: "Median answer" in facts(dashboard))
    assert len(dashboard["answers"]) == 1
    assert facts(dashboard).keys() == {"Connection", "Messages", "Last message", "Median answer"}
    assert not any(message.is_own for message in chat.messages)


async def test_by_a_relay_it_needs_no_credentials_of_the_account(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = simulator.conversation_id
    app = ClientCredentials(simulator.client_id, simulator.client_secret)
    upstream = AgentMessaging(base_url=simulator.base_url, conversation_id=name, credentials=app)
    async with Service(redis_server.url, {name: upstream}):
        variables = {"CONVERSATION_ID": name, "RELAY_URL": redis_server.url}
        dashboard = run_with(variables, monkeypatch)
        chat: Chat = dashboard["chat"]
        await chat.connect()
        simulator.agent_say("Is anybody there?")
        await chat.until(lambda: len(chat.messages) == 1, timeout=20)
        eventually(lambda: facts(dashboard).get("Messages") == "1")
        await chat.aclose()
