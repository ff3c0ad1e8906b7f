"""Scripts as pytest's tests: a file of a folder, one test a scenario."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._io.host.loop_thread import LoopThread
from ipygenesys._scripts.files.reading import read
from ipygenesys._scripts.files.yaml_script import Found
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.play.conversation_ids import asking
from ipygenesys._scripts.play.deployment import credentials, factory
from ipygenesys._scripts.play.runner import play
from ipygenesys._scripts.report.words import of_failure, of_transcript
from ipygenesys.errors import GenesysError

LOOK_S = 0.25
NO_BRACKETS = str.maketrans("[]", "()")
"""What stands in brackets is a parameter to who reads reports: of names alike before it, Allure shows one."""


def given(config: pytest.Config) -> dict[str, str]:
    """What pytest's options say of the deployment."""
    named = {
        name: config.getoption(f"genesys_{name}")
        for name in ("deployment_id", "region", "origin", "base_url")
    }
    return {name: value for name, value in named.items() if value}


class ScriptFailed(AssertionError):
    """Something else came than was expected: what the report shows in place of a traceback."""


class NotPlayed(Exception):
    """It could not be played. Reports such as Allure's tell that from a failed assertion by its type."""


class ScriptFile(pytest.File):
    """A script; what cannot be read fails the collection with its line."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            script = read(self.path)
        except ScriptError as error:
            raise self.CollectError(str(error)) from None
        for scenario in script.scenarios:
            item = ScenarioItem.from_parent(self, name=scenario.name.translate(NO_BRACKETS))
            item.take(script, scenario)
            yield item


class ScenarioItem(pytest.Item):
    """A scenario, played as a guest of its own."""

    def take(self, script: Found, scenario: Scenario) -> None:
        """What it plays."""
        self._script, self._scenario = script, scenario
        for tag in scenario.tags:
            self.config.addinivalue_line("markers", f"{tag}: a tag of a script")  # --strict-markers asks
            self.add_marker(getattr(pytest.mark, tag))
        if scenario.skip is not None:
            self.add_marker(pytest.mark.skip(reason=scenario.skip))

    def runtest(self) -> None:
        try:
            result = _played(self._play())
        except (GenesysError, ValueError) as error:  # No deployment is named, or nobody may ask for ids.
            raise NotPlayed(str(error)) from None
        its_id = [("conversation_id", each) for each in (result.conversation_id,) if each is not None]
        others = [each for each in self.user_properties if each[0] != "conversation_id"]
        self.user_properties[:] = [*others, *its_id]  # It may be played again: each report names its own.
        self.add_report_section("call", "conversation", "\n".join(of_transcript(result)))
        if not result.passed:
            kind = ScriptFailed if result.outcome == "failed" else NotPlayed
            raise kind("\n".join(of_failure(result)))

    async def _play(self) -> ScenarioResult:
        config = {**self._script.config, **given(self.config)}
        protocol = factory(config)
        who = credentials() if self.config.getoption("genesys_associate_id") else None
        async with asking(protocol, who) as ids:
            return await play(
                self._scenario,
                protocol,
                timeout_s=float(config.get("timeout", 10)),
                variables=self._script.variables,
                ids=ids,
            )

    def _initrequest(self) -> None:
        """As pytest's own items have it: pytest-retry 1.7.0 calls it before it plays one again. There are no fixtures."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        if isinstance(excinfo.value, ScriptFailed | NotPlayed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, max(self._scenario.place.line - 1, 0), self.name


def _played(playing: Coroutine[Any, Any, ScenarioResult]) -> ScenarioResult:
    """On a thread of its own: on this one another loop may run, as where a fixture has Playwright's pages.

    An interrupt ends the session.
    """
    thread = LoopThread()
    try:
        result = thread.submit(playing)
        while not result.done():
            wait((result,), LOOK_S)  # In pieces: on Windows, nothing interrupts a wait.
        return result.result()
    finally:
        thread.stop()
