"""Texts with ``{names}`` of variables in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ipygenesys._scripts.model.place import Place, ScriptError, nearest

NAMED = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*)\}")


def filled(text: str, variables: Mapping[str, str], place: Place) -> str:
    """The text with its variables; ``{{`` and ``}}`` are braces, and what is no name between them stays.

    Raises:
        ScriptError: a variable is not known.
    """

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            return found.group()[0]
        if name not in variables:
            raise ScriptError(f"no variable {name!r}.{nearest(name, variables)}", place)
        return variables[name]

    return NAMED.sub(value, text)
