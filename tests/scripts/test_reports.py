"""Reports and the terminal, where the other side says what is no plain text."""

from __future__ import annotations

import datetime as dt
import io
import xml.etree.ElementTree as ElementTree

from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.matching import Comparison
from ipygenesys._scripts.model.place import Place
from ipygenesys._scripts.model.results import Outcome, ScenarioResult, Turn
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Expect, Wanted
from ipygenesys._scripts.report.files import junit, markdown
from ipygenesys._scripts.report.words import of_failure, of_transcript
from ipygenesys.commands.test import Report

ACTING = "Hi\x1b[2J\x07\u202e\n::stop-commands::x\r##teamcity[x]\u2028```\n# heading\uffff"


def failed(text: str) -> ScenarioResult:
    """Something else came than was expected."""
    came = Message(id="m1", text=text, sender=text, role="bot", time_ms=0, status="read", is_own=False)
    step = Expect(Wanted(equals="Hello"), place=Place("a\x1bb.yml", 3))
    turn = Turn(step, "failed", 1.0, text, ((came, Comparison((text,))),))
    scenario = Scenario(text, (step,))
    return ScenarioResult(scenario, "failed", (turn,), (came,), text)


def test_every_line_of_a_report_begins_with_words_of_ours_and_none_acts_on_a_terminal() -> None:
    result = failed(ACTING)
    lines = [*of_failure(result), *of_transcript(result)]
    assert not any(control in "".join(lines) for control in "\x1b\x07\u202e\r\n\u2028")
    assert not any(line.lstrip().startswith(("::", "##", "```", "#")) for line in lines)
    assert any("::stop-commands::" in line for line in lines), "it is told all the same"


def test_reports_are_well_formed_whatever_was_said() -> None:
    result = failed(ACTING)
    case = ElementTree.fromstring(junit([result], "suite\x1b\uffff")).find("testsuite/testcase")
    assert case is not None and case.get("classname") == "suite\ufffd\ufffd"
    assert "::stop-commands::" in (case.findtext("failure") or "")
    assert "\x1b" not in markdown([result])


def test_a_file_is_a_suite_of_its_own_that_says_when_it_was_played() -> None:
    """Readers of JUnit take cases of one suite and name for one that was repeated: flaky, where one of the two failed."""
    began = dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    played: tuple[tuple[str, Outcome, int], ...] = (
        ("a.yml", "passed", 1),
        ("b.yml", "failed", 2),
        ("a.yml", "error", 0),
    )
    results = [
        ScenarioResult(
            Scenario("greets", place=Place(file, 2)), outcome, began=began + dt.timedelta(seconds=at)
        )
        for file, outcome, at in played
    ]
    top = ElementTree.fromstring(junit(results, "a.yml, b.yml"))
    suites = [
        [suite.get(key) for key in ("name", "tests", "failures", "errors", "timestamp")] for suite in top
    ]
    assert suites == [
        ["a.yml", "2", "0", "1", "2026-01-01T10:00:00.000+00:00"],
        ["b.yml", "1", "1", "0", "2026-01-01T10:00:02.000+00:00"],
    ]
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("3", "1", "1")
    assert [case.get("classname") for case in top.iter("testcase")] == ["a.yml", "a.yml", "b.yml"]

    (alone,) = ElementTree.fromstring(junit(results[:1], "greetings"))
    assert alone.get("name") == "greetings"
    (empty,) = ElementTree.fromstring(junit([], "nothing"))
    assert (empty.get("name"), empty.get("tests"), empty.get("timestamp")) == ("nothing", "0", None)


def test_a_terminal_is_told_in_lines_of_ours() -> None:
    out = io.StringIO()
    Report(out, failures_only=False).result(failed(ACTING))
    said = out.getvalue()
    assert not any(control in said for control in "\x1b\x07\u202e\r")
    assert not any(line.lstrip().startswith(("::", "##")) for line in said.splitlines())
