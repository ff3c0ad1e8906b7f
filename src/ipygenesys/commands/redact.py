"""`ipygenesys redact`: a HAR or a recording that can be sent to somebody."""

from __future__ import annotations

import sys
from pathlib import Path

from ipygenesys._io.recordings.redacting import redact_file


def run(source: Path, target: Path | None) -> int:
    """Write the file again without its secrets, and say what that came to.

    Returns:
        0, or 1 if that cannot be done.
    """
    target = target or _beside(source)
    try:
        count = redact_file(source, target)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    values = "1 value" if count == 1 else f"{count} values"
    print(f"{target}: {values} masked. Texts and names are still in it: look before you send it.")
    return 0


def _beside(source: Path) -> Path:
    """``x.redacted.har`` for ``x.har``; the ending still tells what it is."""
    stem, endings = source.name, ""
    for _ in range(2 if source.suffix.lower() == ".gz" else 1):
        if suffix := Path(stem).suffix:
            stem, endings = stem[: -len(suffix)], suffix + endings
    return source.with_name(f"{stem}.redacted{endings}")
