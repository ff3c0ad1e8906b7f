"""Tells, once a second, what there is of ours in the server's process: threads by name, in a file that the test reads."""

import functools
import json
import os
import threading
import time
from pathlib import Path


@functools.cache
def tell() -> None:
    threading.Thread(target=_write, name="remains", daemon=True).start()


def _write() -> None:
    path = Path(os.environ["REMAINS"])
    while True:
        names = sorted(each.name for each in threading.enumerate() if each.name.startswith("ipygenesys"))
        part = path.with_suffix(".part")
        part.write_text(json.dumps(names))
        part.replace(path)
        time.sleep(1)
