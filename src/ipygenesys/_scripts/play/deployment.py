"""The deployment that a script is played against, and who asks for its conversations' ids."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import Any

from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys.credentials import AccessToken, ClientCredentials

PREFIXES = ("GENESYS_", "GENESYSCLOUD_OAUTH")
"""Of the environment variables that hold an OAuth client: ours, and ovotech's."""
NAMES = ("deployment_id", "region", "domain", "origin", "base_url")


def factory(config: Mapping[str, str]) -> Callable[..., WebMessaging]:
    """Makes a guest's protocol. ``region`` may be a domain, as ovotech's files have it; ``base_url`` takes its place.

    Raises:
        ValueError: something is missing, or cannot be right.
    """
    known: dict[str, Any] = {name: config[name] for name in NAMES if config.get(name)}
    if "deployment_id" not in known:
        raise ValueError(
            "Which deployment? Say its id by -id (pytest: --genesys-deployment-id), or by config.deployment_id in the file."
        )
    if "base_url" in known:
        known = {name: value for name, value in known.items() if name not in ("region", "domain")}
    elif "." in known.get("region", ""):
        known["domain"] = known.pop("region")
    WebMessaging(**known)  # what is wrong with them is said before anything is played
    return functools.partial(WebMessaging, **known)


def credentials() -> ClientCredentials | AccessToken:
    """Of who may see messages, from the environment.

    Raises:
        ValueError: it holds none, or half of them.
    """
    if os.environ.get("GENESYS_ACCESS_TOKEN"):
        return AccessToken.from_env()
    for prefix in PREFIXES:
        if os.environ.get(f"{prefix}CLIENT_ID"):
            return ClientCredentials.from_env(prefix)
    raise ValueError(
        "Conversations' ids are asked for as an OAuth client that may see messages: set GENESYS_CLIENT_ID and "
        "GENESYS_CLIENT_SECRET, or GENESYS_ACCESS_TOKEN."
    )
