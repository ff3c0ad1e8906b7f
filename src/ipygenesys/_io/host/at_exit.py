"""What is called when the program ends, while pools still take work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress


def before_pools_end(call: Callable[[], object]) -> None:
    """Call it then. ``atexit`` would be too late: by then no pool takes work, and none can be made.

    Source: read in CPython 3.11 to 3.14 (``threading._shutdown``), which does the same for ``concurrent.futures``.
    """
    import concurrent.futures.thread  # noqa: F401 - what is registered after it is called before it

    with suppress(AttributeError, RuntimeError):  # Else finalizers do what they can.
        threading._register_atexit(call)  # type: ignore[attr-defined]
