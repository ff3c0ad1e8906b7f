"""Answers who the token's user is, and what the token is."""

from __future__ import annotations

from typing import Any

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.rest import Answer, Call, Route

TOKENS_PATH = "/api/v2/tokens/me"


def _me(hub: Hub, call: Call, now: float) -> Answer:
    assert call.token is not None
    identity, user_id = hub.identity, call.token.user_id or ""
    name = hub.agents.get(user_id, hub.settings.agent_name)
    email = f"{''.join(c for c in name.lower() if c.isalnum()) or 'agent'}@example.com"
    body: dict[str, Any] = {
        "id": user_id,
        "name": name,
        "email": email,
        "username": email,
        "state": "active",
        "version": 1,
        "division": {"id": identity.organization_id, "name": "Home"},
        "selfUri": f"/api/v2/users/{user_id}",
    }
    if wire.Unverified.EXPAND_PERMISSIONS in call.query.get("expand", "").split(","):
        body["authorization"] = {"roles": [], "permissions": list(hub.agent_api.permissions)}
    return Answer(200, body)


def _token_info(hub: Hub, call: Call, now: float) -> Answer:
    assert call.token is not None
    organization = {"id": hub.identity.organization_id, "name": "Simulated organisation"}
    grant = "CLIENT-CREDENTIALS" if call.token.user_id is None else "CODE"
    return Answer(
        200,
        {
            "organization": organization,
            "homeOrganization": organization,
            "authorizedScope": sorted(call.token.scopes),
            "OAuthClient": {
                "id": call.token.client_id,
                "name": "Simulated client",
                "authorizedGrantType": grant,
                "scope": sorted(call.token.scopes),
                "state": "active",
                "organization": organization,
            },
        },
    )


def _delete_token(hub: Hub, call: Call, now: float) -> Answer:
    assert call.token is not None
    hub.revoke(call.token)
    return Answer(200, {}, ({"kind": "token_deleted"},))


def _route(method: str, path: str, handle: Any, *, user: bool = False) -> Route:
    return Route(method, path, handle, protocol=PROTOCOL, needs_user=user)


ROUTES = [
    _route("GET", wire.ME_PATH, _me, user=True),
    _route("GET", TOKENS_PATH, _token_info),
    _route("HEAD", TOKENS_PATH, _token_info),
    _route("DELETE", TOKENS_PATH, _delete_token),
]
