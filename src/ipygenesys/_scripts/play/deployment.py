"""The deployment that a script is played against: as its file, the command line or pytest's options name it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from ipygenesys._protocols.web_messaging.protocol import WebMessaging

NAMES = ("deployment_id", "region", "domain", "origin", "base_url")


def factory(config: Mapping[str, str]) -> Callable[..., WebMessaging]:
    """Makes a guest's protocol. ``region`` may be a domain, as ovotech's files have it; ``base_url`` takes its place.

    Raises:
        ValueError: something is missing, or cannot be right.
    """
    known: dict[str, Any] = {name: config[name] for name in NAMES if config.get(name)}
    if "deployment_id" not in known:
        raise ValueError("Which deployment? Give -id, or config.deployment_id in the file.")
    if "base_url" in known:
        known = {name: value for name, value in known.items() if name not in ("region", "domain")}
    elif "." in known.get("region", ""):
        known["domain"] = known.pop("region")
    WebMessaging(**known)  # what is wrong with them is said before anything is played
    return functools.partial(WebMessaging, **known)
