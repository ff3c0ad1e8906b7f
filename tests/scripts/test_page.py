"""What SCRIPTS.md shows can be used as it stands."""

from __future__ import annotations

import argparse
import re
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ipygenesys import Script, WebMessaging
from ipygenesys._scripts.files import shapes
from ipygenesys.commands import test as command
from ipygenesys.simulator import Simulator
from tests.tools.paths import ROOT

PAGE = (ROOT / "src/ipygenesys/SCRIPTS.md").read_text("utf-8")
SCRIPT, BOT, WORKFLOW = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_script_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(SCRIPT, "utf-8")
    (scenario,) = Script.load(tmp_path / "a.yml").scenarios
    assert (scenario.name, len(scenario.steps), scenario.tags) == (
        "returns a parcel",
        7,
        frozenset({"smoke"}),
    )


def test_the_script_passes_against_the_bot(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(SCRIPT, "utf-8")
    (tmp_path / "bot.yml").write_text(BOT, "utf-8")
    with Simulator(bot=tmp_path / "bot.yml", speed=20) as simulator:
        guest = partial(WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id)
        run = Script.load(tmp_path / "a.yml").run(guest)
    assert run.passed, [one.outcome for one in run.scenarios]


def test_the_page_names_all_that_may_stand_in_a_script() -> None:
    named = set(re.findall(r"\w+", " ".join([SCRIPT, *re.findall(r"`([^`\n]+)`", PAGE)])))
    own = {*shapes.VERBS, *shapes.EXPECT, *shapes.SCENARIO, *shapes.UPLOAD} - set(shapes.OVOTECH)
    assert own <= named


def test_the_workflow_calls_the_command_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its form was checked against GitHub's schema: check-jsonschema --builtin-schema vendor.github-workflows."""
    workflow: dict[Any, Any] = yaml.safe_load(WORKFLOW)
    assert set(workflow) == {"name", True, "jobs"}  # To YAML 1.1, "on" is true.
    steps = workflow["jobs"]["scripts"]["steps"]
    assert all(len({"uses", "run"} & set(step)) == 1 for step in steps)
    (line,) = [step["run"] for step in steps if step.get("run", "").startswith("ipygenesys test")]
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    options = parser.parse_args(shlex.split(line)[1:])
    assert (options.parallel, options.junit, options.region) == (8, "report.xml", "eu_west_1")


def test_the_test_is_python() -> None:
    compile(CODE, "SCRIPTS.md", "exec")
