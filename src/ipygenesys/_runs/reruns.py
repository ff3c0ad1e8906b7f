"""When a cell is run again: the run that it began before, which no page shows any more, ends and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ipygenesys._widget.reruns import CellRun, current_run

if TYPE_CHECKING:
    from ipygenesys._runs.run import Run

WHY = "The run was stopped before the end of this scenario: its cell was run again."

_begun: WeakKeyDictionary[Run, CellRun] = WeakKeyDictionary()


def take_over(run: Run) -> None:
    """It begins; those that earlier runs of its cell have begun are stopped, and their tables closed."""
    if (cell_run := current_run()) is None:
        return
    for earlier, its in list(_begun.items()):
        if its.cell == cell_run.cell and its.id != cell_run.id:
            del _begun[earlier]
            earlier.give_way(WHY)
    _begun[run] = cell_run
