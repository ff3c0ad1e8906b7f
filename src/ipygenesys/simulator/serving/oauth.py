"""Issues access tokens: client credentials, authorization code with or without PKCE, refresh."""

from __future__ import annotations

import base64
import binascii
import urllib.parse
from typing import Any

from ipygenesys._wire import agent_messaging as agent_wire
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.redirects import check_loopback, redirect
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.accounts import Token
from ipygenesys.simulator.state.organisation import USER_SCOPES

PROTOCOL = "agent-messaging"

_DENIED = "authentication failed"
"""Source: CallFlowVisualizer#8."""


def _token(hub: Hub, call: Call, now: float) -> Answer:
    form = {k: v[0] for k, v in urllib.parse.parse_qs(call.body.decode(errors="replace")).items()}
    match form.get("grant_type"):
        case "client_credentials":
            return _client_credentials(hub, call, form, now)
        case "authorization_code":
            return _authorization_code(hub, call, form, now)
        case "refresh_token":
            return _refresh(hub, call, form, now)
        case _:
            return _error(400, "unsupported_grant_type", "grant_type is not supported")


def _client_credentials(hub: Hub, call: Call, form: dict[str, str], now: float) -> Answer:
    scope = form.get("scope")
    requested = None if scope is None else frozenset(scope.split())
    token = hub.accounts.issue(*_basic(call), requested, now)
    if token is None:
        return _denied()
    return Answer(200, _body(hub, token))


def _authorization_code(hub: Hub, call: Call, form: dict[str, str], now: float) -> Answer:
    verifier = form.get("code_verifier")
    if not _is_client(hub, call, form, is_public=verifier is not None):
        return _denied()
    if not hub.accounts.exchange(form.get("code", ""), form.get("redirect_uri", ""), verifier, now):
        return _error(400, "invalid_grant", "the authorization code is not valid")
    return _user_token(hub, now)


def _refresh(hub: Hub, call: Call, form: dict[str, str], now: float) -> Answer:
    if not _is_client(hub, call, form, is_public="client_id" in form):
        return _denied()
    if not hub.accounts.use_refresh(form.get("refresh_token", "")):
        return _error(400, "invalid_grant", "the refresh token is not valid")
    return _user_token(hub, now)


def _is_client(hub: Hub, call: Call, form: dict[str, str], *, is_public: bool) -> bool:
    """By secret, or for PKCE by id alone."""
    if call.headers.get("Authorization"):
        return hub.accounts.is_secret(*_basic(call))
    return is_public and form.get("client_id") == hub.identity.client_id


def _user_token(hub: Hub, now: float) -> Answer:
    token, refresh = hub.accounts.issue_user(hub.identity.user_id, USER_SCOPES, now)
    return Answer(200, {**_body(hub, token), "refresh_token": refresh})


def _body(hub: Hub, token: Token) -> dict[str, Any]:
    return {
        "access_token": token.value,
        "token_type": "bearer",
        "expires_in": hub.accounts.lifetime_s,
        "scope": " ".join(sorted(token.scopes)),
    }


def _basic(call: Call) -> tuple[str, str]:
    scheme, _, value = call.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(value, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    client_id, _, secret = decoded.partition(":")
    return client_id, secret


def _denied() -> Answer:
    return _error(agent_wire.Unverified.BAD_CLIENT_STATUSES[0], "invalid_client", _DENIED)


def _error(status: int, error: str, description: str) -> Answer:
    body = {"error": error, "description": description, "error_description": description}
    return Answer(status, body, headers={"WWW-Authenticate": "Basic"} if status == 401 else {})


def _authorize(hub: Hub, call: Call, now: float) -> Answer:
    """The simulated user logs in at once."""
    redirect_uri = call.query.get("redirect_uri", "")
    if call.query.get("client_id") != hub.identity.client_id:
        raise ApiError(400, "bad.request", "client_id is not known.")
    check_loopback(redirect_uri)
    state = {"state": call.query["state"]} if "state" in call.query else {}
    challenge = call.query.get("code_challenge")
    is_wrong_method = challenge is not None and call.query.get("code_challenge_method") != "S256"
    if call.query.get("response_type") != "code" or is_wrong_method:
        return redirect(redirect_uri, {"error": "invalid_request", **state})
    if hub.agent_api.deny_login:
        return redirect(redirect_uri, {"error": "access_denied", **state})
    code = hub.accounts.authorize(redirect_uri, challenge, now)
    return redirect(redirect_uri, {"code": code, **state})


ROUTES = [
    Route("POST", agent_wire.TOKEN_PATH, _token, is_open=True, protocol=PROTOCOL),
    Route("GET", agent_wire.AUTHORIZE_PATH, _authorize, is_open=True, protocol=PROTOCOL),
]
