"""What pytest gets from the package: fixtures, and scripts as tests."""

from __future__ import annotations

import asyncio
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from ipygenesys import Chat, Simulator

# What is first imported within another run of pytest is forgotten after it, in part.
from ipygenesys._scripts import collecting
from ipygenesys._scripts.files import botium, rasa, reading, recorded, yaml_script  # noqa: F401
from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.model.scenario import Scenario

pytest_plugins = "pytester"

SCRIPT = """
scenarios:
  good:
    - say: hi
    - expect: how can I help
  bad:
    - say: hi
    - expect: {contains: nonsense, within: 0.5}
  later: {skip: not yet, steps: []}
"""


def test_a_chat_is_connected_and_closed_after_the_test(
    genesys_chat: Callable[..., Chat], genesys_simulator: Simulator
) -> None:
    chat = genesys_chat()
    assert chat.status == "connected"
    chat.send("hi").wait()
    assert genesys_simulator.log()["received"]


def test_scripts_of_a_folder_are_tests(pytester: pytest.Pytester, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "a.yml").write_text(SCRIPT)
    pytester.makefile(".yml", other=SCRIPT)  # of another folder
    with Simulator(speed=20) as simulator:
        result = pytester.runpytest_inprocess(
            f"--genesys-scripts={scripts}",
            f"--genesys-base-url={simulator.base_url}",
            f"--genesys-deployment-id={simulator.deployment_id}",
            "-p", "no:cacheprovider",
        )  # fmt: skip
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*a.yml:8: expect a text with 'nonsense'*", "*came: 'Hi, this is Ann.*"])
    assert "Traceback" not in result.stdout.str()


def test_reports_have_the_platforms_conversation_ids_where_credentials_allow_it(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "a.yml").write_text("scenarios:\n  good:\n    - say: hi\n    - expect: how can I help\n")

    def ran(*options: str) -> pytest.RunResult:
        where = (f"--genesys-scripts={scripts}", f"--junitxml={tmp_path / 'r.xml'}", "-p", "no:cacheprovider")
        return pytester.runpytest_inprocess(*where, *options)

    for name in ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN", "DEPLOYMENT_ID", "BASE_URL"):
        monkeypatch.delenv(f"GENESYS_{name}", raising=False)
    ran().stdout.fnmatch_lines(["*Which deployment?*--genesys-deployment-id*"])
    with Simulator(speed=20) as simulator:
        to = (
            f"--genesys-base-url={simulator.base_url}",
            f"--genesys-deployment-id={simulator.deployment_id}",
        )
        lacking = ran(*to, "--genesys-associate-id")
        lacking.assert_outcomes(failed=1)
        assert "Traceback" not in lacking.stdout.str()
        monkeypatch.setenv("GENESYS_CLIENT_ID", simulator.client_id)
        monkeypatch.setenv("GENESYS_CLIENT_SECRET", simulator.client_secret)
        ran(*to, "--genesys-associate-id").assert_outcomes(passed=1)
        (told,) = ElementTree.parse(tmp_path / "r.xml").iter("property")
        assert (told.get("name"), told.get("value")) == ("conversation_id", simulator.conversation_ids[-1])


def test_tags_are_marks_that_pytest_knows(pytester: pytest.Pytester, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "scenarios:\n  quick: {tags: [smoke], steps: []}\n  other: {tags: [slow], steps: []}\n"
    )

    result = pytester.runpytest_inprocess(
        f"--genesys-scripts={tmp_path}",
        "--strict-markers",
        "-m",
        "smoke",
        "--collect-only",
        "-q",
    )

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*quick*", "1/2 tests collected (1 deselected)*"])


def test_a_script_that_cannot_be_read_fails_with_its_line(pytester: pytest.Pytester, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("scenarios:\n  a:\n    - sya: hi")
    result = pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}")
    result.stdout.fnmatch_lines(["*a.yml:3: a step has no 'sya'. Did you mean 'say'?*"])
    result = pytester.runpytest_inprocess("--genesys-scripts=none")
    result.stderr.fnmatch_lines(["*no folder 'none'*"])


def test_other_plugins_tell_failures_from_errors_and_play_a_scenario_again(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As allure-pytest 2.16.2 tells a failed test from a broken one, and pytest-retry 1.7.0 begins one again."""

    async def played(scenario: Scenario, *_: object, **__: object) -> ScenarioResult:
        return ScenarioResult(scenario, "failed" if scenario.name == "wrong" else "error", words="why")

    monkeypatch.setattr(collecting, "play", played)
    (tmp_path / "a.yml").write_text("scenarios:\n  wrong: {steps: []}\n  unplayed: {steps: []}\n")
    told = {}

    class Plugin:
        def pytest_runtest_makereport(self, item: Any, call: pytest.CallInfo[None]) -> None:
            if call.excinfo is not None:
                item._initrequest()
                told[item.name] = isinstance(call.excinfo.value, AssertionError)

    where = ("--genesys-deployment-id=d", "--genesys-region=eu_west_1")
    result = pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}", *where, plugins=[Plugin()])

    assert told == {"wrong": True, "unplayed": False}
    result.assert_outcomes(failed=2)
    assert "Traceback" not in result.stdout.str()


def test_a_scenario_that_is_played_again_names_its_own_conversation(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest-rerunfailures 16.7 and pytest-retry 1.7.0 play it: the same item, with a report each time."""
    ids = iter(["guest-1", "guest-2", None])

    async def played(scenario: Scenario, *_: object, **__: object) -> ScenarioResult:
        return ScenarioResult(scenario, "passed", conversation_id=next(ids))

    monkeypatch.setattr(collecting, "play", played)
    (tmp_path / "a.yml").write_text("scenarios:\n  good: {steps: []}\n")
    told = list[Any]()

    class Plugin:
        def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
            item.user_properties.append(("team", "sales"))
            for _ in range(3):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                told.extend(each.user_properties for each in reports if each.when == "call")
            return True

    where = ("--genesys-deployment-id=d", "--genesys-region=eu_west_1")
    pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}", *where, plugins=[Plugin()])

    team = ("team", "sales")
    assert told == [[team, ("conversation_id", "guest-1")], [team, ("conversation_id", "guest-2")], [team]]


def test_scenarios_are_played_where_another_loop_runs(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """As after a test with Playwright's pages, whose loop runs on pytest's thread until the session ends."""
    (tmp_path / "a.yml").write_text("scenarios:\n  good:\n    - say: hi\n    - expect: how can I help\n")

    async def ran(*options: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}", "-p", "no:asyncio", *options)

    with Simulator(speed=20) as simulator:
        where = (
            f"--genesys-base-url={simulator.base_url}", f"--genesys-deployment-id={simulator.deployment_id}",
        )  # fmt: skip
        asyncio.run(ran(*where)).assert_outcomes(passed=1)


def test_a_limit_of_time_ends_the_session_of_a_scenario(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest-timeout's signal, and an interrupt: both are raised where the scenario is waited for."""
    playing, ended = threading.Event(), threading.Event()

    async def played(*_: object, **__: object) -> ScenarioResult:
        playing.set()
        try:
            return await asyncio.Future()
        finally:
            ended.set()

    def limit(*_: object) -> None:
        assert playing.wait(10)
        pytest.fail("Timeout", pytrace=False)

    monkeypatch.setattr(collecting, "play", played)
    monkeypatch.setattr(collecting, "wait", limit)
    (tmp_path / "a.yml").write_text("scenarios:\n  a: {steps: []}\n")
    where = ("--genesys-deployment-id=d", "--genesys-region=eu_west_1")

    pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}", *where).assert_outcomes(failed=1)
    assert ended.is_set()


def test_what_tells_rows_and_scenarios_apart_stands_in_no_brackets(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """Allure-pytest 2.16.2 knows a test by its name before the first bracket: of those that are alike it shows one."""
    (tmp_path / "a.yml").write_text(
        "scenarios:\n  returns:\n    rows: [{kind: parcel}, {kind: letter}]\n    steps: []\n"
        "  greets [gold]: []\n  greets [silver]: []\n"
    )
    result = pytester.runpytest_inprocess(f"--genesys-scripts={tmp_path}", "--collect-only", "-q")
    names = [line.partition("::")[2] for line in result.outlines if "::" in line]
    assert names == ["returns (1: parcel)", "returns (2: letter)", "greets (gold)", "greets (silver)"]


RECORDED = """
import os
import ipygenesys as ig

def guest():
    return ig.WebMessaging(base_url=os.environ["BASE_URL"], deployment_id=os.environ["DEPLOYMENT"])

class TestBot:
    def test_greets(self, genesys_recording):
        chat = genesys_recording(guest)
        said = chat.send(os.environ.get("SAY", "hi"))
        said.wait()
        message = chat.wait_for_message(10, after=said)
        assert "how can I help" in message.text.replace("How", "how")
        {more}
"""


def test_a_recording_is_made_once_and_then_takes_the_place_of_the_platform(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(*options: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)

    pytester.makepyfile(test_bot=RECORDED.format(more="assert 'BASE_URL' not in os.environ"))
    with Simulator(speed=20) as simulator:
        monkeypatch.setenv("BASE_URL", simulator.base_url)
        monkeypatch.setenv("DEPLOYMENT", simulator.deployment_id)
        ran().assert_outcomes(failed=1)
        folder = pytester.path / "recordings" / "test_bot"
        assert list(folder.iterdir()) == []  # of a test that failed, none is kept

        pytester.makepyfile(test_bot=RECORDED.format(more=""))
        none = ran("--genesys-record=none")
        none.assert_outcomes(failed=1)
        none.stdout.fnmatch_lines(["*No recording *TestBot.test_greets.jsonl, and --genesys-record=none*"])
        ran().assert_outcomes(passed=1)
        (file,) = folder.iterdir()
        assert file.name == "TestBot.test_greets.jsonl"
        first = file.read_bytes()
        ran("--genesys-record=all").assert_outcomes(passed=1)
        assert file.read_bytes() != first

    monkeypatch.delenv("BASE_URL")
    ran("--genesys-record=none", "-n", "1").assert_outcomes(passed=1)
    monkeypatch.setenv("SAY", "hello")
    other = ran("--genesys-record=none")
    other.assert_outcomes(failed=1, errors=1)
    other.stdout.fnmatch_lines(["*TestBot.test_greets.jsonl: 'hello' is said where 'hi' was said then.*"])
