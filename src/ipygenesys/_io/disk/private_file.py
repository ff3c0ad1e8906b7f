"""Files of our user alone: what others can read is narrowed, what others can have put there is refused."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from ipygenesys.errors import GenesysError


def create(path: Path) -> None:
    """Make a file that only our user can read, if there is none.

    One that is there is not opened: to close it would give up the locks that this process has on it. Source: fcntl(2).
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def narrow(path: Path) -> None:
    """Let only our user read a file that is there.

    Raises:
        GenesysError: it is a link or another user's, so that somebody else may have put it there.
        FileNotFoundError: it is not there.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
        raise GenesysError(f"{path} is a link or belongs to somebody else. Move it away.")
    if os.name == "posix" and status.st_mode & 0o077:
        path.chmod(0o600)
