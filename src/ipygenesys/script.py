"""Script: what a customer says and what a bot has to answer, played by real guest sessions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.play import runner
from ipygenesys._scripts.report import files
from ipygenesys._scripts.writing import ScenarioBuilder

if TYPE_CHECKING:
    import pandas as pd

Strict = Literal["ovotech"] | None


class Run:
    """What came of a script: ``passed``, ``scenarios``, and reports."""

    def __init__(self, scenarios: Iterable[ScenarioResult], name: str) -> None:
        self.scenarios = tuple(scenarios)
        """A ``ScenarioResult`` each, in the script's order."""
        self.name = name

    @property
    def passed(self) -> bool:
        """All were played and none failed; those that are skipped count as neither."""
        return bool(self.scenarios) and all(one.outcome in ("passed", "skipped") for one in self.scenarios)

    @property
    def held_back(self) -> int:
        """Calls that had to wait for the platform's limits: fewer at once would not have been slower."""
        return sum(one.held_back for one in self.scenarios)

    def to_pandas(self) -> pd.DataFrame:
        """One row a scenario.

        Raises:
            ImportError: pandas is not installed.
        """
        from ipygenesys._scripts.report.frame import frame

        return frame(self.scenarios)

    def junit(self, path: str | Path) -> Path:
        """Write JUnit XML, which CI servers read."""
        return _written(path, files.junit(self.scenarios, self.name))

    def json(self, path: str | Path) -> Path:
        """Write all of it as JSON."""
        return _written(path, files.as_json(self.scenarios))

    def markdown(self, path: str | Path) -> Path:
        """Write a table, and the transcripts of what failed."""
        return _written(path, files.markdown(self.scenarios).encode())

    def _repr_markdown_(self) -> str:
        return files.markdown(self.scenarios)

    def __repr__(self) -> str:
        counts = {
            name: sum(one.outcome == name for one in self.scenarios)
            for name in ("passed", "failed", "error", "skipped")
        }
        return f"<Run {', '.join(f'{number} {name}' for name, number in counts.items() if number) or 'of nothing'}>"


def _written(path: str | Path, content: bytes) -> Path:
    path = Path(path).expanduser()
    path.write_bytes(content)
    return path


class Script:
    """Scenarios of one conversation each.

    Args:
        scenarios: as ``Script.scenario("…").say("…").expect("…")`` makes them.
        name: what reports call it.
        config: of the file that it comes from: ``deployment_id``, ``region``, ``origin``, ``timeout``.
    """

    def __init__(
        self,
        *scenarios: Scenario | ScenarioBuilder,
        name: str = "script",
        config: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.scenarios = tuple(one.scenario if isinstance(one, ScenarioBuilder) else one for one in scenarios)
        self.name = name
        self.config = dict(config or {})
        self.variables = dict(variables or {})

    @staticmethod
    def scenario(name: str, **setup: object) -> ScenarioBuilder:
        """A scenario to be written step by step; ``setup`` are arguments of its protocol, as ``custom_attributes``."""
        return ScenarioBuilder(Scenario(name, setup=setup))

    @classmethod
    def load(cls, path: str | Path) -> Script:
        """Read a file: our YAML or ovotech's, Botium's ``.convo.txt``, Rasa's end-to-end tests.

        Raises:
            ScriptError: something in it is wrong: which file, which line, and the nearest right word.
            OSError: it cannot be read.
        """
        from ipygenesys._scripts.files.reading import read

        found = read(Path(path).expanduser())
        return cls(*found.scenarios, name=Path(path).name, config=found.config, variables=found.variables)

    @classmethod
    def from_recording(cls, path: str | Path) -> Script:
        """A scenario of a conversation that was recorded: by ``chat.record``, or by whatever ``ig.Replay`` can read.

        The customer says the same again, picks the same and sends files of the same names; what others said has to come
        again, in that order, with the same words, quick replies and cards.

        Raises:
            ScriptError: no customer says anything in it, or something that a script cannot say.
            ValueError: it is no recording.
            OSError: it cannot be read.
        """
        from ipygenesys._io.recordings.reading import read_entries
        from ipygenesys._scripts.files.recorded import scenario
        from ipygenesys._transcripts.recordings import messages_of

        name = Path(path).name
        return cls(scenario(messages_of(read_entries(Path(path).expanduser())), name), name=name)

    def only(self, *, tags: Iterable[str] = (), names: Iterable[str] = ()) -> Script:
        """The scenarios that have one of these tags, or one of these words in their name."""
        tags, names = set(tags), [word.casefold() for word in names]
        chosen = [
            one
            for one in self.scenarios
            if (not tags or tags & one.tags)
            and (not names or any(word in one.name.casefold() for word in names))
        ]
        return Script(*chosen, name=self.name, config=self.config, variables=self.variables)

    async def arun(
        self,
        protocol_factory: Callable[..., Any],
        *,
        parallel: int = 1,
        timeout: float | None = None,
        retries: int = 0,
        strict: Strict = None,
        variables: Mapping[str, str] | None = None,
        on_result: Callable[[ScenarioResult], object] | None = None,
    ) -> Run:
        """Play all scenarios, ``parallel`` at a time, each as a guest of its own.

        Args:
            protocol_factory: makes the protocol of a scenario, such as ``functools.partial(ig.WebMessaging,
                deployment_id=…)``; a scenario's setup comes as arguments.
            parallel: how many at once.
            timeout: seconds that an expectation waits where it says nothing else; 10, or what the file says.
            retries: how often a scenario that failed is played again; ``tries`` of its result tells.
            strict: "ovotech" for that runner's pauses and forgetting.
            variables: values for ``{names}``, before those of the file.
            on_result: called with each result as it comes.

        Raises:
            TypeError: ``protocol_factory`` cannot be called.
            ValueError: a number is out of range.
        """
        if not callable(protocol_factory):
            raise TypeError(
                "protocol_factory must be callable: functools.partial(ig.WebMessaging, deployment_id=…), for each scenario is a guest of its own."
            )
        if parallel < 1 or retries < 0 or (timeout is not None and timeout <= 0):
            raise ValueError("parallel must be 1 or more, retries 0 or more, timeout above 0.")
        if strict not in (None, "ovotech"):
            raise ValueError(f"strict must be 'ovotech' or None, not {strict!r}.")
        seconds = timeout if timeout is not None else float(self.config.get("timeout", 10))
        turnstile = asyncio.Semaphore(parallel)
        known = {**self.variables, **(variables or {})}

        async def one(scenario: Scenario) -> ScenarioResult:
            async with turnstile:
                for tries in range(1, retries + 2):
                    result = await runner.play(
                        scenario,
                        protocol_factory,
                        timeout_s=seconds,
                        variables=known,
                        is_strict=strict is not None,
                    )
                    result = replace(result, tries=tries)
                    if result.outcome in ("passed", "skipped"):
                        break
            if on_result is not None:
                on_result(result)
            return result

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(scenario)) for scenario in self.scenarios]
        return Run([task.result() for task in tasks], self.name)

    def run(self, protocol_factory: Callable[..., Any], **options: Any) -> Run:
        """The same as ``arun``, for plain code and for cells; it blocks until all is played."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.arun(protocol_factory, **options))
        return _on_a_thread(lambda: asyncio.run(self.arun(protocol_factory, **options)))

    def __repr__(self) -> str:
        return f"<Script {self.name!r}: {len(self.scenarios)} scenarios>"


def _on_a_thread(call: Callable[[], Run]) -> Run:
    """A notebook's cell has a running loop, on which no other can run."""
    found: list[Run] = []
    failed: list[BaseException] = []

    def go() -> None:
        try:
            found.append(call())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=go, name="ipygenesys-script", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


__all__ = ["Run", "Script", "ScriptError"]
