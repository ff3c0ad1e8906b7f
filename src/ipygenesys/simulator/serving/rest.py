"""Answers REST calls as Genesys does: tokens, scopes, limits, error bodies, faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from ipygenesys._wire import agent_messaging as agent_wire
from ipygenesys._wire.messaging_events import ErrorBody
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import (
    NO_USER,
    ApiError,
    fault_error,
    malformed,
    missing_permissions,
    too_many,
)
from ipygenesys.simulator.state.accounts import Quota, Token
from ipygenesys.simulator.state.clock import http_date
from ipygenesys.simulator.state.conversation import UnknownConversation, UnknownMessage

T = TypeVar("T")

MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Call:
    """A request that has been read."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    base_url: str = ""
    """As the client knows this server."""
    token: Token | None = None

    def decode(self, kind: type[T]) -> T:
        """The body.

        Raises:
            ApiError: 400.
        """
        try:
            return msgspec.json.decode(self.body, type=kind)
        except msgspec.ValidationError as error:
            raise malformed(_wrong_field(str(error))) from None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise malformed() from None

    def fields(self) -> dict[str, Any]:
        """The body as an object, for the log: empty when it is anything else."""
        try:
            body = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return {}
        return body if isinstance(body, dict) else {}


def _wrong_field(words: str) -> str:
    """The path of the field that a validation error is about; empty for the body as a whole."""
    missing = re.search(r"required field `(\w+)`", words)
    path = words.partition(" - at `$")[2].strip("`.")
    return ".".join(name for name in (path, missing and missing[1]) if name)


@dataclass(frozen=True)
class Answer:
    """What a handler answers; ``actions`` are entries of the ground truth."""

    status: int
    body: Any = None
    actions: tuple[dict[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


Describe = Callable[[Call], dict[str, Any] | None]


@dataclass(frozen=True)
class Route:
    """One call of the API; ``describe`` names the client's action in the log when the call is rejected."""

    method: str
    path: str
    handle: Callable[[Hub, Call, float], Answer]
    scope: str | None = None
    extension: str | None = None
    siblings: tuple[str, ...] = ()
    """Extensions that live on the same path: with one of them on, a missing one is 405 and not 404."""
    describe: Describe = lambda _: None
    is_open: bool = False
    """Needs no token."""
    protocol: str = "messaging-events"
    permissions: tuple[str, ...] = ()
    """The user or client needs one of these."""
    needs_user: bool = False
    """Client credentials do not do."""


def add_routes(app: web.Application, hub: Hub, routes: list[Route]) -> None:
    """Adds the calls to the server."""
    for route in routes:
        app.router.add_route(route.method, route.path, _endpoint(hub, route))


def _endpoint(hub: Hub, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        body = await _read(request)
        call = Call(
            request.method,
            request.path,
            request.match_info,
            request.query,
            request.headers,
            body or b"",
            f"{request.scheme}://{request.host}",
        )
        answer, quota, is_lost = _decide(hub, route, call, too_large=body is None)
        if hub.faults.delay_s:
            await asyncio.sleep(hub.faults.delay_s)
        if is_lost and request.transport is not None:
            request.transport.abort()
        return respond(hub, answer, quota)

    return endpoint


def _decide(hub: Hub, route: Route, call: Call, *, too_large: bool) -> tuple[Answer, Quota, bool]:
    """The answer, where the token stands, and whether the answer gets lost on its way."""
    now, quota, is_lost = hub.clock.now(), hub.limiter.untouched(), False
    try:
        if too_large:
            message = f"The request body is larger than {MAX_BODY_BYTES} bytes."
            raise ApiError(413, agent_wire.Unverified.TOO_LARGE_CODE, message)
        token = _admit(hub, route, call, now)
        if token is not None:
            quota = hub.limiter.hit(token.limit_key, now)
            call = replace(call, token=token)
        if quota.exceeded:
            raise too_many(quota.reset_s)
        answer = _handled(hub, route, call, now)
        is_lost = hub.faults.loses_answer(call.method, call.path)
    except ApiError as error:
        answer = _rejected(hub, route, call, error)
    outcome: dict[str, Any] = {"status": answer.status, **({"lost": True} if is_lost else {})}
    here = {name: call.params[name] for name in ("conversation_id",) if name in call.params}
    for action in answer.actions:
        hub.truth.received(now, protocol=route.protocol, **{**here, **action, **outcome})
    hub.truth.request(now, call.method, call.path, **outcome)
    return answer, quota, is_lost


async def _read(request: web.Request) -> bytes | None:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None


def _admit(hub: Hub, route: Route, call: Call, now: float) -> Token | None:
    _check_extension(hub, route)
    if fault := hub.faults.before(call.method, call.path):
        raise fault_error(fault, now)
    if route.is_open:
        return None
    token = bearer_token(hub, call.headers, now)
    require_scope(token, route.scope)
    if route.needs_user and token.user_id is None:
        status = agent_wire.Unverified.NO_USER_STATUS
        raise ApiError(status, "bad.request", NO_USER)
    require_permission(hub, route.permissions)
    return token


def _check_extension(hub: Hub, route: Route) -> None:
    offered = hub.settings.extensions
    if route.extension is None or route.extension in offered:
        return
    if offered.intersection(route.siblings):
        raise ApiError(405, "method.not.allowed", "The method is not allowed here.")
    raise ApiError(404, "not.found", "The requested resource was not found.")


def bearer_token(hub: Hub, headers: Mapping[str, str], now: float) -> Token:
    """The live token of the Authorization header.

    Raises:
        ApiError: 401.
    """
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if not value.strip():
        raise ApiError(
            401,
            "authentication.required",
            "No authentication bearer token specified in authorization header.",
        )
    token = hub.accounts.check(value.strip(), now) if scheme.lower() == "bearer" else None
    if token is None:
        raise ApiError(401, "bad.credentials", "Invalid login credentials.")
    return token


def require_scope(token: Token, scope: str | None) -> None:
    """Raises: ApiError 403, naming the scope."""
    if scope is not None and scope not in token.scopes:
        raise ApiError(
            403,
            "missing.any.permissions",
            f"Unable to perform the requested action. The OAuth client must have the following scope: {scope}",
            details=[{"errorCode": "missing.scope", "fieldName": "scope", "entityName": scope}],
        )


def require_permission(hub: Hub, permissions: Sequence[str]) -> None:
    """Raises: ApiError 403, naming the permissions of which one is needed."""
    if permissions and not set(permissions) & set(hub.agent_api.permissions):
        raise missing_permissions(permissions)


def _handled(hub: Hub, route: Route, call: Call, now: float) -> Answer:
    try:
        return route.handle(hub, call, now)
    except UnknownConversation:
        raise _not_found(route, "conversation") from None
    except UnknownMessage:
        raise _not_found(route, "message") from None


def _not_found(route: Route, what: str) -> ApiError:
    code = f"{what}.not.found" if route.protocol == "messaging-events" else "not.found"
    return ApiError(404, code, f"The {what} does not exist.")


def _rejected(hub: Hub, route: Route, call: Call, error: ApiError) -> Answer:
    action = route.describe(call)
    actions = () if action is None else ({**action, "rejected": True},)
    return Answer(error.status, error_body(hub, error), actions, error.headers)


def error_body(hub: Hub, error: ApiError) -> ErrorBody:
    """Genesys' shape, with a fresh context id."""
    return ErrorBody(
        message=error.message,
        code=error.code,
        status=error.status,
        context_id=hub.new_context_id(),
        details=error.details,
    )


def respond(hub: Hub, answer: Answer, quota: Quota | None = None) -> web.Response:
    """The HTTP answer with Genesys' headers."""
    quota = quota or hub.limiter.untouched()
    body = answer.body
    context_id = body.context_id if isinstance(body, ErrorBody) else hub.new_context_id()
    headers = {
        "ININ-Correlation-Id": context_id,
        "inin-ratelimit-count": str(quota.count),
        "inin-ratelimit-allowed": str(quota.allowed),
        "inin-ratelimit-reset": str(quota.reset_s),
        "Cache-Control": "no-store",
        "Date": http_date(hub.clock.now()),
        **answer.headers,
    }
    if body is None:
        return web.Response(status=answer.status, headers=headers)
    content = msgspec.json.encode(body)
    return web.Response(status=answer.status, headers=headers, body=content, content_type="application/json")


def error_response(hub: Hub, error: ApiError) -> web.Response:
    """An error outside of a route."""
    return respond(hub, Answer(error.status, error_body(hub, error), headers=error.headers))
