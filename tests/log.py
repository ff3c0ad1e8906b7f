"""Everything that the loggers of the process say, for who looks for what should not be there."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator


class Everything(logging.Handler):
    """Keeps each record in every form in which a handler could show it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        arguments = repr({name: value for name, value in vars(record).items() if name != "msg"})
        self.lines.append(f"{record.name}: {self.format(record)} | {record.msg} | {arguments}")


@contextlib.contextmanager
def everything_logged() -> Iterator[Everything]:
    """All loggers of the process at DEBUG."""
    handler, root = Everything(), logging.getLogger()
    former = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    root_level = root.level
    root.setLevel(logging.DEBUG)
    for name in former:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(root_level)
    for name, level in former.items():
        logging.getLogger(name).setLevel(level)


def found(needles: Iterable[str], shown: Iterable[str]) -> list[str]:
    """Which of them are shown, and where."""
    wanted = set(needles)
    return [f"{needle} in {words[:300]}" for words in shown for needle in wanted if needle in words]
