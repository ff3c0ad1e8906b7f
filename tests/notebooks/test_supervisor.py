"""The supervisor's dashboard: of the queues that the environment names, in figures that follow what happens there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import nbformat
import pandas as pd
import pytest

from ipygenesys import Inbox
from ipygenesys.simulator import Simulator
from tests.tools.paths import NOTEBOOKS
from tests.widget.browser import eventually


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Its names, once all cells have run as those of somebody who watches the simulator's queues."""
    for name in [name for name in os.environ if name.startswith("GENESYS_")]:
        monkeypatch.delenv(name)
    with Simulator(scenario="busy_hour", conversations=12, seed=1) as simulator:
        monkeypatch.setenv("GENESYS_BASE_URL", simulator.base_url)
        monkeypatch.setenv("GENESYS_QUEUE_IDS", ", ".join(each["queue_id"] for each in simulator.queues()))
        monkeypatch.setenv("GENESYS_CLIENT_ID", simulator.client_id)
        monkeypatch.setenv("GENESYS_CLIENT_SECRET", simulator.client_secret)
        names: dict[str, Any] = {}
        notebook = nbformat.read(NOTEBOOKS / "dashboards" / "supervisor.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
        yield names
        names["inbox"].close()


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
