"""Keeps the files that pages send on disk until the server has them; for this process alone."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from ipygenesys._core.view.files import ForgetFile, KeepBytes


class ReceivedFiles:
    """A folder of files, readable by the user alone; made with the first of them.

    Args:
        name: of the folder.
    """

    def __init__(self, name: str) -> None:
        self._path = Path(tempfile.gettempdir()) / name

    @property
    def folder(self) -> str:
        """Where they are."""
        return str(self._path)

    def do(self, work: KeepBytes | ForgetFile) -> None:
        """Append to a file, or take it away.

        Raises:
            OSError: there is no room, or no right.
        """
        match work:
            case KeepBytes(name, data):
                # Somebody else's folder of this name is nothing to write into.
                if not self._path.is_dir():
                    self._path.mkdir(mode=0o700)
                with (self._path / name).open("ab") as file:
                    file.write(data)
            case ForgetFile(name):
                (self._path / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            shutil.rmtree(self._path)
