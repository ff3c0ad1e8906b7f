"""Tells what there is of ours in a host's process, and what its simulators have heard, in a file that `poe hosts` reads."""

import functools
import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

STATES = "/proc/self/net/tcp"


def _sockets() -> list[set[int]]:
    """The two ports of each that this process has."""
    if not Path(STATES).exists():
        return []
    owned = set()
    for each in os.scandir("/proc/self/fd"):
        try:
            owned.add(os.readlink(each.path))
        except OSError:  # It has been closed meanwhile.
            continue
    lines = (line.split() for line in Path(STATES).read_text().splitlines()[1:])
    return [
        {int(address.rpartition(":")[2], 16) for address in each[1:3]}
        for each in lines
        if f"socket:[{each[9]}]" in owned
    ]


_ports: set[int] = set()
"""Of the simulators: whatever is ours in a demo listens there, or is connected with it."""
_simulators: list[Any] = []
_heard: dict[int, dict[str, int]] = {}


def watched(chat: Any) -> Any:
    """The same chat. From now on its process tells, and does not end before it has ended."""
    _simulators.append(chat.simulator)
    _ports.add(urlsplit(chat.simulator.base_url).port)
    _tell()
    return chat


@functools.cache
def _tell() -> None:
    threading.Thread(target=_write, name="watched", daemon=True).start()


def _write() -> None:
    path = Path(os.environ["REMAINS"], f"{os.getpid()}.json")
    while True:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(_remains()))
        part.replace(path)
        time.sleep(0.5)


def _remains() -> dict[str, Any]:
    for number, simulator in enumerate(_simulators):
        try:
            accepted = (each for each in simulator.log()["received"] if not each.get("rejected"))
            _heard[number] = Counter(each["kind"] for each in accepted)
        except Exception:  # It has been stopped.
            continue
    heard: Counter[str] = Counter()
    for each in _heard.values():
        heard.update(each)
    return {
        "threads": sorted(each.name for each in threading.enumerate() if each.name.startswith("ipygenesys")),
        "sockets": sum(1 for ports in _sockets() if ports & _ports),
        "heard": heard,
    }
