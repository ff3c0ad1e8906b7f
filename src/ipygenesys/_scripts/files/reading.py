"""A script from a file: which kind it is, told by its name and by what is in it."""

from __future__ import annotations

from pathlib import Path

from ipygenesys._scripts.files import nodes
from ipygenesys._scripts.files.nodes import Mapped
from ipygenesys._scripts.files.yaml_script import Found, YamlScript
from ipygenesys._scripts.model.place import Place, ScriptError

LARGEST_BYTES = 5_000_000
"""Chosen: no script is that long."""
ENDINGS = (".yml", ".yaml", ".json")


def read(path: Path) -> Found:
    """All scenarios of a file.

    Raises:
        ScriptError: what is wrong with it, and where.
        OSError: it cannot be read.
    """
    from ipygenesys._scripts.files import botium, rasa

    text = read_text(path)
    if path.name.endswith(".convo.txt"):
        return botium.found(text, str(path))
    if path.suffix.lower() not in ENDINGS:
        raise ScriptError("a script ends in .yml, .yaml or .convo.txt.", Place(str(path), 1))
    top = nodes.parse(text, str(path))
    if isinstance(top, Mapped) and "test_cases" in top.items:
        return rasa.found(top)
    if not isinstance(top, Mapped):
        raise ScriptError("a script is a mapping with 'scenarios'.", top.place)

    def beside(name: str, place: Place) -> tuple[str, str]:
        other = Path(place.file).parent / name
        try:
            return read_text(other), str(other)
        except OSError as error:
            raise ScriptError(f"{name!r} cannot be read: {error.strerror}.", place) from None

    return YamlScript(top, str(path), beside).found()


def read_text(path: Path) -> str:
    """UTF-8, of a size that a person writes.

    Raises:
        ScriptError: it is neither.
        OSError: it cannot be read.
    """
    content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        raise ScriptError(f"the file has more than {LARGEST_BYTES:,} bytes.", Place(str(path), 1))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScriptError("the file is not UTF-8.", Place(str(path), line)) from None
