"""Spreads jobs over processes that are replaced before they have grown large."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import TypeVar, TypeVarTuple

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


def in_fresh_processes(
    function: Callable[[*Arguments], Result],
    jobs: Sequence[tuple[*Arguments]],
    *,
    processes: int,
    jobs_each: int,
) -> Iterator[Future[Result]]:
    """Call the function with each job's arguments; its futures, as they are done.

    New processes take over after about ``jobs_each`` jobs each. In rounds, since ProcessPoolExecutor's own
    ``max_tasks_per_child`` hangs when the first processes are to be replaced (python/cpython#115634).
    """
    size = processes * jobs_each
    for start in range(0, len(jobs), size):
        # What is there at the start stays: the collector need not look at it again and again.
        with ProcessPoolExecutor(processes, initializer=gc.freeze) as pool:
            yield from as_completed([pool.submit(function, *job) for job in jobs[start : start + size]])
