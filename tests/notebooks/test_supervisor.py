"""The supervisor's dashboard: of the queues that the environment names, in figures that follow what happens there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import nbformat
import pandas as pd
import pytest

from ipygenesys import AgentQueue, ClientCredentials, Inbox
from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.tools.paths import NOTEBOOKS
from tests.tools.redis import RedisServer
from tests.widget.browser import eventually


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(scenario="busy_hour", conversations=12, seed=1) as running:
        yield running


@contextmanager
def run_with(variables: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Its names, once all cells have run in this environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GENESYS_")]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(f"GENESYS_{name}", value)
        names: dict[str, Any] = {}
        notebook = nbformat.read(NOTEBOOKS / "dashboards" / "supervisor.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
        yield names
        names["inbox"].close()


@pytest.fixture
def dashboard(simulator: Simulator) -> Iterator[dict[str, Any]]:
    """As those have it who watch the simulator's queues."""
    variables = {
        "BASE_URL": simulator.base_url,
        "QUEUE_IDS": ", ".join(each["queue_id"] for each in simulator.queues()),
        "CLIENT_ID": simulator.client_id,
        "CLIENT_SECRET": simulator.client_secret,
    }
    with run_with(variables) as names:
        yield names


def test_what_agents_are_called_is_text(dashboard: dict[str, Any]) -> None:
    shown = dashboard["bars"](pd.Series(["<img src=x onerror=alert(1)>", ""]).value_counts())
    assert "<td>&lt;img src=x onerror=alert(1)&gt;</td>" in shown and "<td>–</td>" in shown


def test_what_waits_and_who_has_what_follow_the_queues(dashboard: dict[str, Any]) -> None:
    inbox: Inbox = dashboard["inbox"]
    assert inbox.status == "idle" and dashboard["over_time"].value == "", "it connects when somebody looks"
    inbox.connect()
    eventually(lambda: f"<b>Waiting {inbox.waiting}</b>" in dashboard["over_time"].value)
    eventually(lambda: "Open conversations by agent" in dashboard["by_agent"].value)
    agents = {row.agent for row in inbox.rows if row.state == "agent" and row.agent}
    assert any(f"<td>{agent}</td>" in dashboard["by_agent"].value for agent in agents)


async def test_by_a_relay_it_shows_the_same_and_needs_no_credentials_of_the_account(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    queues = AgentQueue(
        base_url=simulator.base_url,
        queue_id=[each["queue_id"] for each in simulator.queues()],
        credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
    )
    async with Service(redis_server.url, {inbox_name("support"): queues}):
        with run_with({"RELAY_URL": redis_server.url, "RELAY_INBOX": "support"}) as dashboard:
            inbox: Inbox = dashboard["inbox"]
            await asyncio.to_thread(inbox.connect)
            await shown(lambda: inbox.status == "connected" and inbox.rows)
            await shown(lambda: f"<b>Waiting {inbox.waiting}</b>" in dashboard["over_time"].value)
            await shown(lambda: "Open conversations by agent" in dashboard["by_agent"].value)


async def shown(condition: Callable[[], object]) -> None:
    """The relay runs on this loop, so that it must not be held up."""
    await asyncio.wait_for(asyncio.to_thread(eventually, condition), 40)
