from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._core.inbox.figures import DEFINITIONS, Kpi, Kpis


def test_each_figure_of_an_inbox_has_its_definition_in_words() -> None:
    figures: dict[str, Any] = {
        name: Kpi(name=name, definition=words, unit="count", value=0, n=0)
        for name, words in DEFINITIONS.items()
    }
    kpis = Kpis(time_ms=0, **figures)

    assert [kpi.name for kpi in kpis] == list(DEFINITIONS)
    others = {"time_ms", "incomplete"}
    assert {field.name for field in msgspec.structs.fields(Kpis)} - others == DEFINITIONS.keys()
    assert all(words.endswith(".") for words in DEFINITIONS.values())
