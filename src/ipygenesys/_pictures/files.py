"""Writes a picture to a file: SVG by ourselves, PNG with a renderer that users may install."""

from __future__ import annotations

from pathlib import Path

from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.svg import THEMES, svg
from ipygenesys._pictures.wire import Scene

LEAST_WIDTH = 320
SCALE = 2
"""Of a PNG: sharp on the screens that people have."""


def write(path: Path, scene: Scene, *, width: int, theme: str, locale: str) -> Path:
    """Write it in the format that the name's ending says.

    Raises:
        ValueError: another ending or theme, or too narrow.
        ImportError: a PNG, and there is no renderer.
        OSError: it cannot be written.
    """
    path = path.expanduser()
    if path.suffix.lower() not in (".svg", ".png"):
        raise ValueError(f"Cannot tell the format from {path.suffix!r}: use .svg or .png.")
    if theme not in THEMES:
        raise ValueError(f"theme must be one of {', '.join(map(repr, THEMES))}, not {theme!r}.")
    if width < LEAST_WIDTH:
        raise ValueError(f"width must be {LEAST_WIDTH} or more.")
    drawn = svg(scene, picture_words()[locale.partition("-")[0]], width=width, theme=theme)
    if path.suffix.lower() == ".svg":
        path.write_text(drawn, encoding="utf-8", newline="\n")
    else:
        path.write_bytes(_png(drawn))
    return path


def _png(drawn: str) -> bytes:
    try:
        import resvg_py
    except ImportError:
        raise ImportError(
            "A PNG needs a renderer: pip install resvg-py. Without one, save as .svg, or press "
            '"Save as PNG" in the picture: the page draws it.'
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, zoom=SCALE))
