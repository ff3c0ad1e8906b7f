"""Writes a recording as HAR, for tools that know nothing of ours."""

from __future__ import annotations

import importlib.metadata
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from ipygenesys._recordings.entries import AnyEntry
from ipygenesys._recordings.foreign.har_writing import har_of

IN_MEMORY = 1 << 20
"""Chosen: bytes of a socket's messages; of more, they wait on disk."""


def write_har(entries: Iterable[AnyEntry], path: Path) -> Path:
    """Write the frames and calls of a recording with Chrome's keys; what a replay needs besides is not in it.

    Args:
        entries: the header first, as ``read_entries`` gives them.
        path: of the HAR.

    Raises:
        NoRecording, OSError: as ``read_entries``; or it cannot be written.
    """
    path = path.expanduser()
    with ExitStack() as opened:

        def new_file() -> IO[bytes]:
            return opened.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))

        pieces = har_of(entries, importlib.metadata.version("ipygenesys"), new_file)
        part = path.with_name(path.name + ".part")
        opened.callback(part.unlink, missing_ok=True)
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        part.replace(path)
    return path
