"""A file on its way to the server: read piece by piece, off the loop, and exactly as long as was announced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import FileIO

Read = Callable[[], Awaitable[bytes]]

PIECE_BYTES = 64 << 10


@contextmanager
def reader(path: str) -> Iterator[Read]:
    """Reads a file in a thread of its own: there its close comes last, whoever has stopped waiting for the opening.

    Raises:
        OSError: by the reading, when the file is gone or unreadable.
    """
    thread = ThreadPoolExecutor(1, "ipygenesys-upload")
    files: list[FileIO] = []

    def read() -> bytes:
        if not files:
            files.append(FileIO(path))
        return files[0].read(PIECE_BYTES)

    def close() -> None:
        for file in files:
            file.close()

    try:
        yield lambda: asyncio.get_running_loop().run_in_executor(thread, read)
    finally:
        thread.submit(close)
        thread.shutdown(wait=False)


async def pieces(read: Read, size_bytes: int, on_progress: Callable[[int], object]) -> AsyncIterator[bytes]:
    """The file's bytes, exactly as many as were announced.

    Raises:
        OSError: it is gone, unreadable, or not as long as it was.
    """
    sent = 0
    while piece := await read():
        sent += len(piece)
        if sent > size_bytes:
            break
        yield piece
        on_progress(sent)
    if sent != size_bytes:
        raise OSError("the file has changed")
