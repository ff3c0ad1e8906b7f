"""Reports for machines and for people: JUnit XML, JSON, Markdown."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from typing import Any

from ipygenesys._core.model.utf8 import legible
from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.report.words import of_failure, of_message, of_step, of_transcript
from ipygenesys._transcripts.frame import written

FORMAT = "ipygenesys-script-run/1"


def junit(results: Sequence[ScenarioResult], suite: str) -> bytes:
    """The form that CI servers read: failures apart from errors, the transcript as the output of its case.

    Of several files, each is a suite of its own: readers take cases of one suite and name for one case that was repeated.
    """
    files: dict[str, list[ScenarioResult]] = {}
    for result in results:
        files.setdefault(result.scenario.place.file, []).append(result)
    top = ElementTree.Element("testsuites", _counts(results))
    for file, those in files.items() or [("", ())]:
        name = legible(file if file and len(files) > 1 else suite)
        began = min((result.began for result in those if result.began), default=None)
        when = {"timestamp": written(began)} if began else {}
        element = ElementTree.SubElement(top, "testsuite", {"name": name, **_counts(those), **when})
        for result in those:
            _case(element, name, result)
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))


def _counts(results: Sequence[ScenarioResult]) -> dict[str, str]:
    numbers = {
        attribute: sum(result.outcome == outcome for result in results)
        for attribute, outcome in (("failures", "failed"), ("errors", "error"), ("skipped", "skipped"))
    }
    counted = {name: str(number) for name, number in {"tests": len(results), **numbers}.items()}
    return {**counted, "time": f"{sum(result.seconds for result in results):.3f}"}


def _case(element: ElementTree.Element, suite: str, result: ScenarioResult) -> None:
    place = result.scenario.place
    about = {"classname": suite, "name": legible(result.name), "time": f"{result.seconds:.3f}"}
    if place.file:
        about |= {"file": legible(place.file), "line": str(place.line)}
    case = ElementTree.SubElement(element, "testcase", about)
    if result.conversation_id is not None:
        its_id = {"name": "conversation_id", "value": legible(result.conversation_id)}
        ElementTree.SubElement(ElementTree.SubElement(case, "properties"), "property", its_id)
    if result.outcome == "skipped":
        ElementTree.SubElement(case, "skipped", {"message": legible(result.words)})
    elif not result.passed:
        lines = list(of_failure(result))
        kind = "failure" if result.outcome == "failed" else "error"
        ElementTree.SubElement(case, kind, {"message": " ".join(lines[:2])}).text = "\n".join(lines)
    if result.messages:
        ElementTree.SubElement(case, "system-out").text = "\n".join(of_transcript(result))


def as_json(results: Sequence[ScenarioResult]) -> bytes:
    """All of it: one object a scenario, with its steps and its messages."""
    body = {
        "format": FORMAT,
        "passed": all(r.outcome in ("passed", "skipped") for r in results),
        "scenarios": [_object(r) for r in results],
    }
    return json.dumps(body, ensure_ascii=False, indent=2).encode()


def _object(result: ScenarioResult) -> dict[str, Any]:
    turns = [
        {
            "step": of_step(turn.step),
            "file": turn.step.place.file or None,
            "line": turn.step.place.line or None,
            "outcome": turn.outcome,
            "waited_s": round(turn.waited_s, 3),
            "words": turn.words or None,
            "instead": [of_message(message) for message, _ in turn.instead],
        }
        for turn in result.turns
    ]
    messages = [
        {
            "time": written(m.time),
            "role": m.role,
            "is_own": m.is_own,
            "sender": m.sender,
            "text": of_message(m),
        }
        for m in result.messages
    ]
    return {
        "name": result.name,
        "outcome": result.outcome,
        "words": result.words or None,
        "tags": sorted(result.scenario.tags),
        "began": written(result.began) if result.began else None,
        "seconds": round(result.seconds, 3),
        "tries": result.tries,
        "conversation_id": result.conversation_id,
        "response_times_s": [round(one, 3) for one in result.response_times_s],
        "turns": turns,
        "messages": messages,
    }


def outcomes(results: Sequence[ScenarioResult]) -> str:
    """A table of all in Markdown; nothing of what was said."""
    lines = ["| scenario | outcome | seconds | slowest answer |", "|---|---|---|---|"]
    for result in results:
        slowest = f"{max(result.response_times_s):.2f} s" if result.response_times_s else ""
        lines.append(f"| {_cell(result.name)} | {result.outcome} | {result.seconds:.1f} | {slowest} |")
    return "\n".join(lines) + "\n"


def markdown(results: Sequence[ScenarioResult]) -> str:
    """The table, then each that failed with its transcript."""
    lines = [outcomes(results).rstrip("\n")]
    for result in results:
        if result.outcome in ("failed", "error"):
            where = (
                []
                if result.conversation_id is None
                else [f"conversation {legible(result.conversation_id)}", ""]
            )
            body = [*of_failure(result), "", *where, *of_transcript(result)]
            fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", "\n".join(body)))])
            lines += ["", f"## {_cell(result.name)}", "", f"{fence}text", *body, fence]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~-])", r"\\\1", " ".join(legible(text).split()))
