"""This machine's browser: told by a file where to go, for the arguments of a process are everybody's to read."""

from __future__ import annotations

import atexit
import html
import shutil
import tempfile
import webbrowser
from pathlib import Path

_REDIRECT = (
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>ipygenesys</title>'
    '<meta http-equiv="refresh" content="0; url={address}"><p><a href="{address}">Go on</a></p>'
)


def open_page(address: str) -> bool:
    """Open a page whose address may hold a secret; False where there is no browser.

    The file is for our user alone, and there until this program ends: nothing tells when the browser has read it.
    """
    folder = Path(tempfile.mkdtemp(prefix="ipygenesys-open-"))  # 0700
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "open.html"
    file.touch(0o600)
    file.write_text(_REDIRECT.format(address=html.escape(address)), "utf-8")
    return webbrowser.open(file.as_uri())
