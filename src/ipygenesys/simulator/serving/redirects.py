"""Sends a browser back after a login, to this machine only."""

from __future__ import annotations

import urllib.parse

from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.rest import Answer

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def host_name(url: str) -> str | None:
    """The host in an address, None if there is none to be found."""
    try:
        return urllib.parse.urlsplit(url).hostname
    except ValueError:
        return None


def check_loopback(redirect_uri: str) -> None:
    """Raises: ApiError 400, if the address is on another machine."""
    if not redirect_uri.startswith("http://") or host_name(redirect_uri) not in LOOPBACK:
        raise ApiError(400, "bad.request", "redirect_uri must be on this machine.")


def redirect(uri: str, query: dict[str, str]) -> Answer:
    """Back to where the login came from, with what came of it."""
    separator = "&" if "?" in uri else "?"
    return Answer(302, headers={"Location": f"{uri}{separator}{urllib.parse.urlencode(query)}"})
