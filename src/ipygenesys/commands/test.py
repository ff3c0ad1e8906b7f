"""The command `ipygenesys test`: plays scripts, says how they went, writes reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys._core.model.utf8 import legible
from ipygenesys.commands.numbers import count, seconds
from ipygenesys.errors import GenesysError

if TYPE_CHECKING:
    from ipygenesys._scripts.model.results import ScenarioResult
    from ipygenesys.script import Run

PASSED, FAILED, NOT_RUN = 0, 1, 2
REPORTS = ("junit", "json", "markdown")
COLOURS = {"passed": "\33[32m", "failed": "\33[31m", "error": "\33[31m", "skipped": "\33[33m"}
MARKS = {"passed": "PASS", "failed": "FAIL", "error": "ERROR", "skipped": "SKIP"}


def add_to(commands: Any) -> None:
    """The command's options, as ovotech's runner names them, and more."""
    test = commands.add_parser(
        "test",
        help="play conversation tests against a bot",
        description="Plays the scenarios of scripts, each as a guest of its own.",
        epilog="Exit code 0: all passed, 1: a scenario failed, 2: nothing could be run.",
    )
    test.add_argument("files", nargs="+", metavar="FILE", help="a script: .yml, .yaml or .convo.txt")
    test.add_argument("-id", "--deployment-id", metavar="ID", help="of the messenger deployment")
    test.add_argument("-r", "--region", metavar="R", help="such as eu_west_1, or mypurecloud.ie")
    test.add_argument("-o", "--origin", metavar="O", help="for a deployment that restricts it")
    test.add_argument("--base-url", metavar="URL", help="a gateway or a simulator in place of all hosts")
    test.add_argument(
        "-p", "--parallel", type=count, default=1, metavar="N", help="how many at once (default: 1)"
    )
    test.add_argument(
        "-t", "--timeout", type=seconds, metavar="S", help="how long an expectation waits (default: 10)"
    )
    test.add_argument(
        "-a",
        "--associate-id",
        action="store_true",
        help="ask the platform for each conversation's id, with GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, or "
        "GENESYS_ACCESS_TOKEN, of the environment",
    )
    test.add_argument("-fo", "--failures-only", action="store_true", help="show what failed only")
    test.add_argument(
        "--retries", type=int, choices=range(10), default=0, help="play what failed again, so often"
    )
    test.add_argument("--tags", metavar="A,B", default="", help="scenarios with one of these tags only")
    test.add_argument(
        "--strict", choices=("ovotech",), help="with the verdicts of that runner, as slow as it is"
    )
    test.add_argument("--junit", metavar="F", help="write JUnit XML")
    test.add_argument("--json", metavar="F", help="write JSON")
    test.add_argument("--markdown", metavar="F", help="write Markdown")
    test.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plays them all; what cannot be read or reached is said on stderr."""
    try:
        from ipygenesys._scripts.play.deployment import credentials, factory
        from ipygenesys._scripts.play.suite import Suite
        from ipygenesys.script import Run, Script, ScriptError
    except ImportError as error:
        print(f"{error}. pip install 'ipygenesys[scripts]'", file=sys.stderr)
        return NOT_RUN
    try:
        _check_reports(options)
        scripts = [Script.load(path) for path in options.files]
        tags = [tag for tag in options.tags.split(",") if tag]
        scripts = [script.only(tags=tags) if tags else script for script in scripts]
        plans = [(script, factory({**script.config, **given(options)})) for script in scripts]
        if not any(script.scenarios for script in scripts):
            raise ScriptError("no scenario has such a tag.")
        if options.strict and (refused := next((why for one in scripts for why in one._refusals), None)):
            raise refused
        who = credentials() if options.associate_id else None
    except OSError as error:
        print(f"{error.filename}: {error.strerror}." if error.filename else error, file=sys.stderr)
        return NOT_RUN
    except (ScriptError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return NOT_RUN
    say = Report(sys.stdout, failures_only=options.failures_only, tells_ids=options.associate_id)
    results: list[ScenarioResult] = []
    try:
        for script, protocol in plans:
            going = script.start(
                protocol,
                parallel=options.parallel,
                timeout=options.timeout,
                retries=options.retries,
                strict=options.strict,
                credentials=who,
                on_result=say.result,
            )
            try:
                going.wait()
            finally:  # An interrupt has stopped it: what is known is reported.
                results += going.scenarios
    except GenesysError as error:  # Nobody may ask for conversations' ids.
        print(error, file=sys.stderr)
        return NOT_RUN
    finally:
        whole = Run(Suite.over(results), ", ".join(script.name for script in scripts))
        say.end(whole.scenarios)
        is_written = _written(whole, options)
    if not is_written:
        return NOT_RUN
    return PASSED if whole.passed else FAILED


def _check_reports(options: argparse.Namespace) -> None:
    """What would be in vain is said before anything is played."""
    for name in REPORTS:
        if (path := getattr(options, name)) and not Path(path).expanduser().absolute().parent.is_dir():
            raise FileNotFoundError(f"--{name}: there is no folder for {path!r}.")


def _written(whole: Run, options: argparse.Namespace) -> bool:
    """All reports that are wanted; what hinders one hinders no other."""
    is_written = True
    for name in REPORTS:
        if path := getattr(options, name):
            try:
                getattr(whole, name)(path)
            except OSError as error:
                print(f"--{name}: {error}", file=sys.stderr)
                is_written = False
    return is_written


def given(options: argparse.Namespace) -> dict[str, str]:
    """What the command line says of the deployment; it comes before what a file says."""
    named = {name: getattr(options, name) for name in ("deployment_id", "region", "origin", "base_url")}
    return {name: value for name, value in named.items() if value}


class Report:
    """Progress on a terminal: colours there only, and not where NO_COLOR is set."""

    def __init__(self, out: Any, *, failures_only: bool, tells_ids: bool = False) -> None:
        self._out = out
        self._failures_only, self._tells_ids = failures_only, tells_ids
        self._has_colours = out.isatty() and not os.environ.get("NO_COLOR")

    def result(self, result: ScenarioResult) -> None:
        """One scenario has ended."""
        from ipygenesys._scripts.report.words import of_failure, of_transcript

        has_failed = result.outcome in ("failed", "error")
        if self._failures_only and not has_failed:
            return
        mark = MARKS[result.outcome]
        if self._has_colours:
            mark = f"{COLOURS[result.outcome]}{mark}\33[0m"
        tries = f", try {result.tries}" if result.tries > 1 else ""
        name = " ".join(legible(result.name).split())
        print(f"{mark}  {name}  ({result.seconds:.1f} s{tries})", file=self._out)
        if self._tells_ids and result.conversation_id is not None:
            print(f"      conversation {result.conversation_id}", file=self._out)
        if has_failed:
            lines = [*of_failure(result), "", *of_transcript(result), ""]
            print("\n".join(f"      {line}".rstrip() for line in lines), file=self._out)
        elif result.words:
            print(f"      {' '.join(legible(result.words).split())}", file=self._out)
        self._out.flush()

    def end(self, results: Sequence[ScenarioResult]) -> None:
        """How many of each."""
        counts = {name: sum(one.outcome == name for one in results) for name in MARKS}
        print(
            ", ".join(f"{number} {name}" for name, number in counts.items() if number),
            file=self._out,
            flush=True,
        )
        if held_back := sum(one.held_back for one in results):
            print(f"{held_back} calls had to wait for the platform's limits", file=self._out, flush=True)
