"""The harness itself: notebooks run, errors surface, and one page serves many notebooks."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenNotebook


def test_a_cell_runs_and_code_runs_beside_it(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("jupyterlab", ["x = 6 * 7\nx", "1 / 0", "import time; time.sleep(0.5)"])

    assert notebook.run_cell(0)[0]["data"]["text/plain"] == "42"
    assert notebook.execute("print(x)") == "42\n"
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run_cell(1)
    notebook.start_cell(2)
    notebook.page.wait_for_function("() => true")
    notebook.finish_cell(2)


def test_the_next_notebook_has_a_kernel_of_its_own(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("jupyterlab", ["'x' in globals()"])

    assert notebook.run_cell(0)[0]["data"]["text/plain"] == "False"
    notebook.restart_kernel()
    assert notebook.run_cell(0)[0]["data"]["text/plain"] == "False"
