"""Ids as people paste them: spaces and braces are taken off, capitals made small, what is none is refused."""

from __future__ import annotations

import re

_UUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
"""As Windows and some tools write it: in braces, in capitals. Genesys writes neither."""


def checked_id(name: str, given: object) -> str:
    """An id without the spaces around it; a UUID in small letters, without braces.

    Args:
        name: of the argument, for the error.
        given: what the user gave.

    Raises:
        TypeError: it is not a str.
        ValueError: it is empty, the "…" of an example, or an address.
    """
    if not isinstance(given, str):
        raise TypeError(f"{name} must be a str, not {type(given).__name__}.")
    value = given.strip()
    if _UUID.fullmatch(value):
        return value.strip("{}").lower()
    if value in ("", ".", ".."):
        raise ValueError(f"{name} must not be empty.")
    if value.strip("….<>") == "":
        raise ValueError(f"{name} is still the example's {value}: put your own in its place.")
    if "://" in value:
        raise ValueError(f"{name} must be the id alone, not an address that has it in it.")
    return value


def id_end(whole: str) -> str:
    """The part of an id by which people tell it from others."""
    return f"…{whole[-8:]}"
