"""The arguments of a guest's protocol, as a scenario sets them up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ipygenesys._protocols.web_messaging.auth import GuestAuth
from ipygenesys._scripts.model.place import Place, ScriptError
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.variables import filled


async def arguments(scenario: Scenario, variables: Mapping[str, str]) -> dict[str, Any]:
    """With variables filled in; what is a function is called, on a thread, for a sign-in is good once.

    Raises:
        ScriptError: a variable is not known, or a function has failed.
    """
    found = {name: _filled(value, variables, scenario.place) for name, value in scenario.setup.items()}
    for name, value in found.items():
        if callable(value):
            try:
                found[name] = await asyncio.to_thread(value)
            except Exception as error:
                raise ScriptError(f"{name}: {type(error).__name__}: {error}", scenario.place) from None
    if isinstance(auth := found.get("auth"), dict):
        is_token = "id_token" in auth
        found["auth"] = GuestAuth.from_id_token(**auth) if is_token else GuestAuth(**auth)
    return found


def _filled(value: Any, variables: Mapping[str, str], place: Place) -> Any:
    if isinstance(value, str):
        return filled(value, variables, place)
    if isinstance(value, dict):
        return {name: _filled(one, variables, place) for name, one in value.items()}
    return value
