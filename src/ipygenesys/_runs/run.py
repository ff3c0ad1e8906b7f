"""Run: what comes of a script, while it is played and after."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.play.suite import Suite
from ipygenesys._scripts.report import files

if TYPE_CHECKING:
    import pandas as pd

    from ipygenesys._runs.widget import RunWidget

LOOK_S = 0.25
STOP_S = 5.0
"""Chosen: how long the sessions of a run that is stopped may take to say goodbye."""


class Run:
    """What comes of a script, while it is played and after: ``passed``, ``scenarios``, reports.

    As the last line of a cell it is a table that fills as it goes on; a click opens a scenario, with its conversation.
    ``script.start(…)`` gives one that has just begun: ``wait()`` for it.
    """

    def __init__(self, suite: Suite, name: str) -> None:
        self.name = name
        self._suite = suite
        self._played = Future[None]()
        self._widget: RunWidget | None = None
        if suite.is_over:
            self._played.set_result(None)

    @property
    def scenarios(self) -> tuple[ScenarioResult, ...]:
        """A ``ScenarioResult`` each, in the script's order; while it is played, of those that have ended."""
        return self._suite.results

    @property
    def is_over(self) -> bool:
        """All were played, or it was stopped."""
        return self._suite.is_over

    @property
    def passed(self) -> bool:
        """All were played and none failed; those that are skipped count as neither."""
        results = self.scenarios
        return self.is_over and bool(results) and all(one.outcome in ("passed", "skipped") for one in results)

    @property
    def held_back(self) -> int:
        """Calls that had to wait for the platform's limits: fewer at once would not have been slower."""
        return sum(one.held_back for one in self.scenarios)

    def wait(self, timeout: float | None = None) -> Run:
        """Block until it is over. An interrupt (Ctrl-C, a kernel's stop) stops it, and all its sessions are closed.

        Raises:
            TimeoutError: it is not over after so many seconds; it goes on.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            # In pieces: on Windows, nothing interrupts a wait.
            while not self._played.done():
                left = LOOK_S if deadline is None else min(LOOK_S, deadline - time.monotonic())
                if left <= 0:
                    raise TimeoutError(f"The run is not over after {timeout:g} s.")
                wait((self._played,), left)
        except KeyboardInterrupt:
            self.stop()
            wait((self._played,), STOP_S)
            raise
        self._played.result()
        return self

    def stop(self) -> None:
        """End it: sessions are closed; what has not ended counts as an error."""
        self._suite.stop()

    def give_way(self, why: str) -> None:
        """Another one has taken its place: end it, for this reason, and close its table; what came of it stays."""
        self._suite.stop(why)
        if self._widget is not None:
            self._widget.close()

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

    @property
    def widget(self) -> RunWidget:
        """Its table, for hosts that show widgets alone; the same one each time."""
        from ipygenesys._runs.widget import RunWidget

        if self._widget is None or self._widget.comm is None:
            self._widget = RunWidget(self._suite, self.name)
            self._widget.shown = self
        return self._widget

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The table, and where no widgets are shown the outcomes in words; no conversation is kept in a notebook."""
        data, metadata = self.widget._repr_mimebundle_(**options)
        return {**data, "text/plain": repr(self), "text/markdown": files.outcomes(self.scenarios)}, metadata

    def __repr__(self) -> str:
        states = [seat.state for seat in self._suite.seats]
        names = ("passed", "failed", "error", "skipped", "playing", "waiting")
        counts = [f"{states.count(name)} {name}" for name in names if name in states]
        return f"<Run {', '.join(counts) or 'of nothing'}>"


def _written(path: str | Path, content: bytes) -> Path:
    path = Path(path).expanduser()
    path.write_bytes(content)
    return path
