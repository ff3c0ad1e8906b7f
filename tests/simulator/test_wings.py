"""The simulator's files import one way: what import-linter says of its wings, holds between files too."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp


def test_no_files_import_each_other_in_a_circle_not_even_for_their_types() -> None:
    graph = grimp.build_graph("ipygenesys", cache_dir=None)
    files = [module for module in graph.modules if module.startswith("ipygenesys.simulator")]
    imports = {module: graph.find_modules_directly_imported_by(module) for module in files}

    assert len(files) > 50
    assert list(TopologicalSorter(imports).static_order())  # or a CycleError that names them
