"""Scripts against the simulator, on real sockets."""

from __future__ import annotations

import asyncio
import functools
import json
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipygenesys import Client, Replay, Script, Simulator, WebMessaging
from ipygenesys.commands.cli import main

Factory = functools.partial[WebMessaging]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=20) as simulator:
        yield simulator


@pytest.fixture
def guest(simulator: Simulator) -> Factory:
    return functools.partial(WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id)


GREETED = Script.scenario("greeted").say("My parcel is late").expect("Hi, this is Ann")


def test_scenarios_that_run_side_by_side_do_not_hear_each_other(guest: Factory) -> None:
    names = [f"guest {number}" for number in range(6)]
    script = Script(*(Script.scenario(name).say(f"I am {name}").expect("Hi, this is Ann") for name in names))
    run = script.run(guest, parallel=6)
    assert run.passed
    for name, result in zip(names, run.scenarios, strict=True):
        assert [message.text for message in result.messages if message.is_own] == [f"I am {name}"]
    assert len({result.conversation_id for result in run.scenarios}) == len(names)
    assert run.held_back == 0


def test_what_fails_says_where_and_what_came_instead(guest: Factory, tmp_path: Path) -> None:
    run = Script(
        GREETED,
        Script.scenario("wrong")
        .say("hi")
        .expect(equals="Hi, this is Ben. How can I help you today?", within=2)
        .say("bye"),
        Script.scenario("later").skipped("the flow is not published"),
        name="suite",
    ).run(guest, parallel=3)
    assert not run.passed
    assert [one.outcome for one in run.scenarios] == ["passed", "failed", "skipped"]
    wrong = run.scenarios[1]
    assert wrong.failed_turn is not None
    assert wrong.failed_turn.instead[0][0].text == "Hi, this is Ann. How can I help you today?"
    assert repr(run) == "<Run 1 passed, 1 failed, 1 skipped>"

    cases = list(ElementTree.parse(run.junit(tmp_path / "r.xml")).iter("testcase"))
    assert [case.get("name") for case in cases] == ["greeted", "wrong", "later"]
    failure = cases[1].find("failure")
    assert failure is not None
    assert "this is Ann" in (failure.text or "")
    assert cases[2].find("skipped") is not None
    body = json.loads(run.json(tmp_path / "r.json").read_text())
    assert [one["outcome"] for one in body["scenarios"]] == ["passed", "failed", "skipped"]
    assert body["scenarios"][1]["turns"][2]["outcome"] == "not played"
    assert "## wrong" in run.markdown(tmp_path / "r.md").read_text()
    frame = run.to_pandas()
    assert list(frame["outcome"]) == ["passed", "failed", "skipped"]
    assert frame["slowest_answer_s"].notna().tolist() == [True, True, False]
    empty = Script().run(guest)
    assert dict(empty.to_pandas().dtypes) == dict(frame.dtypes)
    assert not empty.passed


def test_a_session_that_cannot_begin_is_an_error_not_a_failure(simulator: Simulator) -> None:
    nobody = functools.partial(
        WebMessaging, base_url=simulator.base_url, deployment_id="00000000-0000-4000-8000-000000000000"
    )
    (result,) = Script(GREETED).run(nobody).scenarios
    assert result.outcome == "error"
    assert result.words


def test_an_origin_that_is_refused_is_an_error_with_its_cure() -> None:
    with Simulator(deployment={"allowed_origins": ("https://www.example.com",)}) as simulator:
        url, deployment = simulator.base_url, simulator.deployment_id
        guest = functools.partial(WebMessaging, base_url=url, deployment_id=deployment)
        (result,) = Script(GREETED).run(guest).scenarios
    assert result.outcome == "error"
    assert "refuses this origin" in result.words


def test_a_customer_that_is_a_function(guest: Factory) -> None:
    lines = iter(["hello", "thanks"])
    heard = []

    def customer(history: tuple[tuple[str, str], ...]) -> str | None:
        heard.append(history)
        return next(lines, None)

    run = Script(Script.scenario("talk").converse(customer, quiet=0.5)).run(guest)
    assert run.passed
    assert [who for who, _ in heard[-1]].count("customer") == 2
    assert ("customer", "hello") in heard[-1]


def test_what_failed_is_played_again_when_asked(guest: Factory) -> None:
    sessions = []

    def counted() -> WebMessaging:
        sessions.append(guest())
        return sessions[-1]

    scenario = Script.scenario("second").say("hi").expect(check=lambda _: len(sessions) > 1, within=0.5)
    (result,) = Script(scenario).run(counted, retries=2).scenarios
    assert (result.outcome, result.tries) == ("passed", 2)


def test_wrong_arguments(guest: Factory) -> None:
    for wrong in ({"parallel": 0}, {"timeout": 0}, {"retries": -1}, {"strict": "botium"}):
        with pytest.raises(ValueError, match="must be"):
            Script(GREETED).run(guest, **wrong)
    with pytest.raises(TypeError, match="must be callable"):
        Script(GREETED).run(guest())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="words"):
        Script.scenario("a").say(" ")


async def test_a_script_runs_on_the_loop_of_a_cell_too(guest: Factory) -> None:
    assert (await Script(GREETED).arun(guest)).passed
    assert Script(GREETED).run(guest).passed


def test_the_command(simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.yml"
    script.write_text(
        "scenarios:\n  good:\n    - say: hi\n    - waitForReplyContaining: how can i help\n"
        "  bad:\n    - say: hi\n    - expect: {contains: nonsense, within: 0.5}\n"
    )
    where = ["-id", simulator.deployment_id, "--base-url", simulator.base_url, "-p", "2"]
    assert main(["test", str(script), *where, "--junit", str(tmp_path / "r.xml")]) == 1
    out = capsys.readouterr().out
    assert "PASS  good" in out
    assert "a.yml:7: expect a text with 'nonsense'" in out
    assert out.splitlines()[-1] == "1 passed, 1 failed"
    assert "\33" not in out
    assert (tmp_path / "r.xml").exists()
    assert main(["test", str(script), *where, "-fo"]) == 1
    assert "PASS" not in capsys.readouterr().out


def test_a_report_that_cannot_be_written_hinders_no_other(
    simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yml").write_text("scenarios: {good: [{say: hi}]}")
    where = ["-id", simulator.deployment_id, "--base-url", simulator.base_url]
    reports = ["--junit", str(tmp_path), "--json", str(tmp_path / "r.json")]
    assert main(["test", str(tmp_path / "a.yml"), *where, *reports]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("--junit: ")
    assert said.out.endswith("1 passed\n")
    assert json.loads((tmp_path / "r.json").read_text())["passed"]


def test_an_interrupt_ends_the_sessions_and_what_is_known_is_reported(
    simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "a.yml"
    script.write_text("scenarios:\n  good:\n    - say: hi\n  long:\n    - say: hi\n    - wait: 60\n")

    def interrupted(*_: object) -> None:
        monkeypatch.undo()
        deadline = time.monotonic() + 30
        while "PASS" not in capsys.readouterr().out:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        raise KeyboardInterrupt

    monkeypatch.setattr("ipygenesys._runs.run.wait", interrupted)
    report = tmp_path / "r.xml"
    where = ["-id", simulator.deployment_id, "--base-url", simulator.base_url, "--junit", str(report)]
    assert main(["test", str(script), *where]) == 130
    assert capsys.readouterr().out.endswith("1 passed, 1 error\n")
    assert [case.find("error") is None for case in ElementTree.parse(report).iter("testcase")] == [
        True,
        False,
    ]


def test_of_many_that_pass_the_newest_conversations_are_kept(
    guest: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._scripts.play.suite.MOST_KEPT", 1)
    wrong = Script.scenario("wrong").say("hi").expect("nonsense", within=0.1)
    run = Script(wrong, GREETED, GREETED).run(guest)
    assert [seat.conversation is not None for seat in run._suite.seats] == [True, False, True]
    monkeypatch.setattr("ipygenesys._scripts.play.suite.MOST_FAILED_KEPT", 1)
    run = Script(wrong, GREETED, wrong).run(guest)
    assert [seat.conversation is not None for seat in run._suite.seats] == [False, True, True]


def test_a_conversation_in_memory_is_played_again_as_it_was(guest: Factory) -> None:
    run = Script(GREETED).run(guest)
    (seat,) = run._suite.seats
    kept = seat.conversation
    assert kept is not None
    assert not kept.is_growing
    replay = Replay.of(lambda: kept, speed=float("inf"))
    assert 0 < replay.duration < 30

    async def played() -> tuple[str | None, ...]:
        async with Client(replay) as client:
            while not replay.is_over:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            replay.seek(0)
            replay.seek(replay.duration)
            while len(client.messages) < len(seat.messages):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            return tuple(message.text for message in client.messages)

    assert asyncio.run(played()) == tuple(message.text for message in seat.messages)


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("scenarios: {a: [{sya: hi}]}", ["-id", "d", "-r", "eu_west_1"], "Did you mean 'say'?"),
        ("scenarios: {a: []}", ["-r", "eu_west_1"], "Which deployment?"),
        ("scenarios: {a: []}", ["-id", "d"], "region"),
        ("scenarios: {a: []}", ["-id", "d", "-r", "nowhere"], "Unknown region"),
        ("scenarios: {a: []}", ["-id", "d", "-r", "eu_west_1", "--tags", "x"], "no scenario has such a tag"),
        (
            "scenarios: {a: []}",
            ["-id", "d", "-r", "eu_west_1", "--junit", "no/r.xml"],
            "--junit: there is no folder",
        ),
    ],
)
def test_what_cannot_be_run(
    text: str, arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "a.yml"
    script.write_text(text)
    assert main(["test", str(script), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing.yml"
    assert main(["test", str(missing), "-id", "d", "-r", "eu_west_1"]) == 2
    assert main(["test", str(tmp_path), "-id", "d", "-r", "eu_west_1"]) == 2
    assert capsys.readouterr().err == f"{missing}: No such file or directory.\n{tmp_path}: Is a directory.\n"
