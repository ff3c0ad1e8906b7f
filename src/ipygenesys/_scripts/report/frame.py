"""The results as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipygenesys._scripts.model.results import ScenarioResult
from ipygenesys._scripts.report.words import of_failure

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    "scenario": "str",
    "outcome": "str",
    "words": "str",
    "file": "str",
    "line": "Int64",
    "began": "datetime64[us, UTC]",
    "seconds": "float64",
    "turns": "Int64",
    "tries": "Int64",
    "slowest_answer_s": "float64",
    "median_answer_s": "float64",
    "conversation_id": "str",
}
"""The columns; an empty table has the same."""


def frame(results: Sequence[ScenarioResult]) -> pd.DataFrame:
    """One row a scenario.

    Raises:
        ImportError: pandas is not installed.
    """
    import statistics

    import pandas as pd

    rows = [
        {
            "scenario": one.name,
            "outcome": one.outcome,
            "words": " ".join(of_failure(one)) if not one.passed else None,
            "file": one.scenario.place.file or None,
            "line": one.scenario.place.line or None,
            "began": one.began,
            "seconds": one.seconds,
            "turns": one.said,
            "tries": one.tries,
            "slowest_answer_s": max(one.response_times_s, default=None),
            "median_answer_s": statistics.median(one.response_times_s) if one.response_times_s else None,
            "conversation_id": one.conversation_id,
        }
        for one in results
    ]
    return pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)
