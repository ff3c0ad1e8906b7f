"""What guests' and agents' uploads share: which addresses and headers to follow, and what a failure means."""

from __future__ import annotations

import re

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.regions import Platform

SCAN_S = 60.0
"""Chosen: how long the server may look at a file that has arrived."""

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_VALUE = re.compile(r"[ -~]{0,4096}")
_OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "authorization", "cookie"})
"""Headers that are not the server's to say."""


def check_address(platform: Platform, url: str, *, also: tuple[str, ...], correlation_id: str | None) -> None:
    """See that a file goes nowhere but to this platform.

    Raises:
        CallError: it would.
    """
    if not platform.host_is_allowed(url, also=also):
        words = "The server wants the file to go to a host outside this region, which is refused."
        raise CallError(Failure(kind="protocol", message=words, correlation_id=correlation_id))


def safe_headers(wanted: dict[str, str]) -> dict[str, str]:
    """What the server wants with the file, as far as it can stand in a request and is its to say."""
    return {
        name: value
        for name, value in wanted.items()
        if _HEADER.fullmatch(name) and _VALUE.fullmatch(value) and name.lower() not in _OWN
    }


def not_sent(failure: Failure) -> Failure:
    """Whatever became of the file, its message was not sent: never ``lost``."""
    if failure.kind == "lost" or failure.may_have_been_carried_out:
        return msgspec.structs.replace(failure, kind="unreachable")
    return failure
