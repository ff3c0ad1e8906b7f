"""Answers the guest's HTTP calls: config.json, history, and the tokens of signed-in guests."""

from __future__ import annotations

import urllib.parse
from typing import Any

import msgspec

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import ApiError, too_many
from ipygenesys.simulator.serving.redirects import check_loopback, redirect
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.guests import Session
from ipygenesys.simulator.web_messaging.frames import deployment_config, message_body, presence_body
from ipygenesys.simulator.web_messaging.stream import PROTOCOL, GuestStream

IDP_PATH = "/idp/authorize"
"""The identity provider of the guests, which real deployments have elsewhere."""
DEFAULT_PAGE = 25


def _config(hub: Hub, call: Call, now: float) -> Answer:
    if call.params["deployment_id"] != hub.identity.deployment_id:
        raise ApiError(404, "not.found", "The deployment does not exist.")
    return Answer(200, deployment_config(hub.deployment, hub.identity.deployment_id, call.base_url))


def _history(hub: Hub, call: Call, now: float) -> Answer:
    session = hub.guests.session_of(_bearer(call), now)
    if session is None:
        raise ApiError(401, "bad.credentials", "Invalid login credentials.")
    quota = hub.guests.history_pages.hit(session.token, now)
    if quota.exceeded:
        raise too_many(quota.reset_s)
    number, size = _count(call, "pageNumber", 1), _count(call, "pageSize", DEFAULT_PAGE)
    size = min(size, wire.Unverified.HISTORY_PAGE_SIZE)
    bodies = _newest_first(hub, session)
    page = bodies[(number - 1) * size : number * size]
    return Answer(
        200,
        {
            "entities": page,
            "pageSize": size,
            "pageNumber": number,
            "total": len(bodies),
            "pageCount": -(-len(bodies) // size),
        },
        ({"kind": "history", "page_number": number},),
    )


def _newest_first(hub: Hub, session: Session) -> list[dict[str, Any]]:
    messages = hub.conversation(session.conversation_id).messages[session.starts_after :]
    timed = [(m.time_s, 0, message_body(m)) for m in messages]
    timed += [(p.time_s, 1, presence_body(p)) for p in session.presences]
    timed.sort(key=lambda entry: entry[:2])
    return [body for _, _, body in reversed(timed)]


def _count(call: Call, name: str, default: int) -> int:
    try:
        value = int(call.query.get(name, default))
    except ValueError:
        value = 0
    if value < 1:
        raise ApiError(400, "bad.request", f"{name} must be a positive number.")
    return value


def _bearer(call: Call) -> str:
    scheme, _, value = call.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


# --- signed-in guests


def _authorize(hub: Hub, call: Call, now: float) -> Answer:
    redirect_uri = call.query.get("redirect_uri", "")
    check_loopback(redirect_uri)
    user = call.query.get("login_hint") or "customer"
    if call.query.get("response_type") == "id_token":
        token = hub.guests.accounts.authorize_directly(user, call.query.get("nonce"))
        fragment = urllib.parse.urlencode({"id_token": token})
        return Answer(302, headers={"Location": f"{redirect_uri}#{fragment}"})
    code = hub.guests.accounts.authorize(user, redirect_uri, call.query.get("code_challenge"), now)
    state = {"state": call.query["state"]} if "state" in call.query else {}
    return redirect(redirect_uri, {"code": code, **state})


class _OAuth(msgspec.Struct, rename="camel"):
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str | None = None
    id_token: str | None = None
    nonce: str | None = None


class _Exchange(msgspec.Struct, rename="camel"):
    deployment_id: str
    oauth: _OAuth


class _Refresh(msgspec.Struct, rename="camel"):
    refresh_token: str


def _exchange(hub: Hub, call: Call, now: float) -> Answer:
    body = call.decode(_Exchange)
    accounts, limits = hub.guests.accounts, hub.guests.limits
    if body.deployment_id != hub.identity.deployment_id:
        raise ApiError(404, "not.found", "The deployment does not exist.")
    if not hub.deployment.auth_enabled:
        raise ApiError(400, "bad.request", "Authentication is not enabled for this deployment.")
    oauth = body.oauth
    if oauth.id_token is not None:
        user = accounts.exchange_id_token(oauth.id_token, oauth.nonce)
    else:
        user = accounts.exchange(oauth.code, oauth.redirect_uri, oauth.code_verifier, now)
    if user is None:
        raise ApiError(401, "bad.credentials", "The authorization code or the ID token is not valid.")
    jwt = accounts.issue_jwt(user, now, limits.jwt_lifetime_s)
    refresh = accounts.issue_refresh(user, now, limits.refresh_lifetime_s)
    return Answer(200, {"jwt": jwt, "refreshToken": refresh})


def _refresh(hub: Hub, call: Call, now: float) -> Answer:
    accounts = hub.guests.accounts
    user = accounts.user_of_refresh(call.decode(_Refresh).refresh_token, now)
    if user is None:
        raise ApiError(401, "bad.credentials", "The refresh token is not valid.")
    return Answer(200, {"jwt": accounts.issue_jwt(user, now, hub.guests.limits.jwt_lifetime_s)})


def _revoke(hub: Hub, call: Call, now: float) -> Answer:
    user = hub.guests.accounts.user_of_jwt(_bearer(call), now)
    if user is None:
        raise ApiError(401, "bad.credentials", "Invalid login credentials.")
    hub.guests.accounts.revoke(user)
    for stream in list(hub.audience.open):
        if isinstance(stream, GuestStream) and stream.session is not None and stream.session.user == user:
            stream.log_out()
    return Answer(204)


def _route(method: str, path: str, handle: Any) -> Route:
    return Route(method, path, handle, is_open=True, protocol=PROTOCOL)


ROUTES = [
    _route("GET", wire.CONFIG_PATH, _config),
    _route("GET", wire.HISTORY_PATH, _history),
    _route("GET", IDP_PATH, _authorize),
    _route("POST", wire.JWT_EXCHANGE_PATH, _exchange),
    _route("POST", wire.JWT_REFRESH_PATH, _refresh),
    _route("DELETE", wire.JWT_REVOKE_PATH, _revoke),
]
