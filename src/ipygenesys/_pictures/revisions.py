"""The revisions of a picture: what is new of one since the one before it, and whether a page needs more; pure."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ipygenesys._pictures.wire import MessageColumns, Scene, SpanColumns, TimelineScene

Columns = MessageColumns | SpanColumns
ColumnsT = TypeVar("ColumnsT", MessageColumns, SpanColumns)


class Revisions:
    """Of one picture; all its pages are sent the same."""

    def __init__(self) -> None:
        self.number = 0
        self._latest: Scene | None = None

    def whole(self, scene: Scene) -> Scene:
        """A revision that stands for itself."""
        self.number += 1
        self._latest = scene
        return scene

    def next(self, scene: Scene) -> Scene | None:
        """What is new since the one before; None: nothing that shows."""
        before, self._latest = self._latest, scene
        if before is None or _without_now(before) == _without_now(scene):
            return None
        self.number += 1
        if not isinstance(scene, TimelineScene) or not isinstance(before, TimelineScene):
            return scene
        keep_messages = _same(before.messages, scene.messages)
        keep_spans = _same(before.spans, scene.spans)
        return msgspec.structs.replace(
            scene,
            messages=_tail(scene.messages, keep_messages),
            spans=_tail(scene.spans, keep_spans),
            keep_messages=keep_messages,
            keep_spans=keep_spans,
        )


def _without_now(scene: Scene) -> Scene:
    """Time alone changes nothing: the page has a clock too."""
    if not isinstance(scene, TimelineScene) or scene.now_ms is None:
        return scene
    return msgspec.structs.replace(scene, now_ms=0, end_ms=0)


def _same(before: Columns, after: Columns) -> int:
    """So many stand at the beginning of both."""
    rows = zip(_rows(before), _rows(after), strict=False)
    return next((at for at, (old, new) in enumerate(rows) if old != new), min(_count(before), _count(after)))


def _rows(columns: Columns) -> zip[tuple[object, ...]]:
    return zip(*_lists(columns), strict=True)


def _count(columns: Columns) -> int:
    return len(_lists(columns)[0])


def _lists(columns: Columns) -> list[list[object]]:
    return [getattr(columns, name) for name in columns.__struct_fields__]


def _tail(columns: ColumnsT, keep: int) -> ColumnsT:
    values = {name: getattr(columns, name)[keep:] for name in columns.__struct_fields__}
    return msgspec.structs.replace(columns, **values)
