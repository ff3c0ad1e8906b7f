"""Script: what a customer says and what a bot has to answer, played by real guest sessions."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from threading import Thread
from typing import Any

from ipygenesys._io.host.at_exit import before_pools_end
from ipygenesys._runs.run import STOP_S, Run
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.play.suite import HowToPlay, Suite
from ipygenesys._scripts.writing import ScenarioBuilder


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
        variables: Mapping[str, object] | None = None,
    ) -> None:
        self.scenarios = tuple(one.scenario if isinstance(one, ScenarioBuilder) else one for one in scenarios)
        self.name = name
        self.config = dict(config or {})
        self.variables = _texts(variables or {})
        self._refusals: tuple[ScriptError, ...] = ()
        """Why ovotech's runner would not take its file."""

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
        script = cls(*found.scenarios, name=Path(path).name, config=found.config, variables=found.variables)
        script._refusals = tuple(found.refusals)
        return script

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
        script = Script(*chosen, name=self.name, config=self.config, variables=self.variables)
        script._refusals = self._refusals
        return script

    def run(self, protocol_factory: Callable[..., Any], **options: Any) -> Run:
        """Play all scenarios, each as a guest of its own; it blocks until all is played, in cells too.

        Args:
            protocol_factory: makes the protocol of a scenario, such as ``functools.partial(ig.WebMessaging,
                deployment_id=…)``; a scenario's setup comes as arguments.
            **options: by their names:

                parallel: how many at once; 1.
                timeout: seconds that an expectation waits where it says nothing else; 10, or what the file says.
                retries: how often a scenario that failed is played again; ``tries`` of its result tells. 0.
                strict: "ovotech" for the verdicts of that runner: its pauses, what it holds back and never hears, its second
                    run where messages came in the wrong order.
                variables: values for ``{names}``, before those of the file.
                credentials: ClientCredentials, or an AccessToken, of who may see messages: results then have the platform's
                    ``conversation_id``, which no guest is told.
                on_result: called with each result as it comes.

        Raises:
            TypeError: ``protocol_factory`` cannot be called, or something is of another type.
            ValueError: a number is out of range.
            ScriptError: strict, and ovotech's runner would not take the file.
            GenesysError: the credentials do not suffice.
        """
        return self.start(protocol_factory, **options).wait()

    async def arun(self, protocol_factory: Callable[..., Any], **options: Any) -> Run:
        """The same as ``run``, on the running loop."""
        run, play = self._begin(protocol_factory, HowToPlay(**options))
        await play()
        return run

    def start(self, protocol_factory: Callable[..., Any], **options: Any) -> Run:
        """The same as ``run`` without waiting for it: it is played on a thread of its own, and the run shows it live.

        When the program ends, it is stopped.
        """
        run, play = self._begin(protocol_factory, HowToPlay(**options))

        def go() -> None:
            with suppress(BaseException):  # ``wait`` raises it.
                asyncio.run(play())
            _playing.pop(run, None)

        thread = Thread(target=copy_context().run, args=(go,), name="ipygenesys-script", daemon=True)
        _stop_all_at_exit()
        _playing[run] = thread
        thread.start()
        return run

    def _begin(
        self, protocol_factory: Callable[..., Any], how: HowToPlay
    ) -> tuple[Run, Callable[[], Coroutine[Any, Any, None]]]:
        """A run, and what plays it."""
        if not callable(protocol_factory):
            raise TypeError(
                "protocol_factory must be callable: functools.partial(ig.WebMessaging, deployment_id=…), for each scenario is a guest of its own."
            )
        if how.strict is not None and self._refusals:
            raise self._refusals[0]
        variables = {**self.variables, **_texts(how.variables)}
        run = Run(suite := Suite(self.scenarios), self.name)
        if "IPython" in sys.modules:  # Else there are no cells.
            from ipygenesys._runs.reruns import take_over

            take_over(run)

        async def play() -> None:
            try:
                await suite.play(
                    protocol_factory,
                    how,
                    timeout_s=how.timeout
                    if how.timeout is not None
                    else float(self.config.get("timeout", 10)),
                    variables=variables,
                    is_strict=how.strict is not None,
                )
            except Exception as error:
                run._played.set_exception(error)
                raise
            finally:
                if not run._played.done():
                    run._played.set_result(None)

        return run, play

    def __repr__(self) -> str:
        return f"<Script {self.name!r}: {len(self.scenarios)} scenarios>"


def _texts(variables: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in variables.items()}


_playing: dict[Run, Thread] = {}


def _stop_all() -> None:
    """The program ends: sessions say goodbye."""
    playing = list(_playing.items())
    for run, _ in playing:
        run.stop()
    for _, thread in playing:
        thread.join(STOP_S)


@functools.cache
def _stop_all_at_exit() -> None:
    before_pools_end(_stop_all)


__all__ = ["Run", "Script", "ScriptError"]
