"""How long a recording of 100,000 entries takes to its first picture, and to all of it."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import ipygenesys as ig
from ipygenesys._pictures.timeline import Timeline
from ipygenesys._pictures.wire import Drawing, TimelineScene, encode
from tests.benchmarks.explore.long import write


class Opening(NamedTuple):
    """Seconds, of a processor and of a clock, from the call on; the imports are done."""

    first_cpu_s: float
    first_s: float
    """Until the first picture could go to the page."""
    shown: int
    """Messages of it."""
    whole_cpu_s: float
    whole_s: float
    """Until all of it could."""
    messages: int


def opening(count: int, ending: str) -> Opening:
    """Of ``ig.timeline`` of a recording with so many entries, packed or not."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder, f"long{ending}"), count)
        gc.collect()
        cpu, began = time.process_time(), time.perf_counter()
        picture = ig.timeline(path)
        shown = _drawn(picture)
        first = time.process_time() - cpu, time.perf_counter() - began
        for source in picture._sources:
            source.complete()
        messages = _drawn(picture)
        whole = time.process_time() - cpu, time.perf_counter() - began
        picture.close()
        return Opening(*first, shown, *whole, messages)


def _drawn(picture: Timeline) -> int:
    scene = picture._scene()
    assert isinstance(scene, TimelineScene)
    encode(Drawing(1, 0, "en", {}, scene))
    return len(scene.messages.time_ms)
