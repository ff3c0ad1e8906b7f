from __future__ import annotations

from ipygenesys._core.inbox.told import TextsTold


def test_texts_show_only_how_many_they_are() -> None:
    assert repr(TextsTold("c1", {"m1": "a secret", "m2": None})) == "TextsTold('c1', 2 texts)"
