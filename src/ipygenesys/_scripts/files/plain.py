"""What ovotech's YAML reader takes for something else than words, and refuses: numbers, dates, true, nothing.

Source: js-yaml 4.1.0, its default schema, run.
"""

from __future__ import annotations

import re

_KINDS = {
    "nothing": r"~|null|Null|NULL|",
    "true or false": r"true|True|TRUE|false|False|FALSE",
    "a number": r"""
        [-+]?(0b[01_]*[01]|0x[0-9a-fA-F_]*[0-9a-fA-F]|0o[0-7_]*[0-7]|[0-9]([0-9_]*[0-9])?)
        |[-+]?[0-9][0-9_]*(\.[0-9_]*(?<!_)([eE][-+]?[0-9]+)?|\.[0-9_]*[eE][-+]?[0-9]+|[eE][-+]?[0-9]+)
        |\.[0-9_]+(?<!_)([eE][-+]?[0-9]+)?|\.[0-9_]+[eE][-+]?[0-9]+
        |[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)""",
    "a date": r"""
        [0-9]{4}-[0-9]{2}-[0-9]{2}
        |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?
        ([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?""",
}
_PATTERNS = {kind: re.compile(pattern, re.VERBOSE) for kind, pattern in _KINDS.items()}


def kind_of(text: str) -> str:
    """In words; empty where it is words to that reader, too. Of a plain scalar: what is quoted is always words."""
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(text)), "")
