"""Speaks the guest's wire: each action of a guest becomes what it does and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.faults.kinds import RateLimit
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.state.conversation import Conversation
from ipygenesys.simulator.state.guest_errors import BAD_REQUEST, GuestError, TooFast, UploadRefused
from ipygenesys.simulator.state.guests import Configured, Session
from ipygenesys.simulator.web_messaging.frames import configuration, echo_body, session_response
from ipygenesys.simulator.web_messaging.messages import on_message
from ipygenesys.simulator.web_messaging.request import GuestRequest, parse
from ipygenesys.simulator.web_messaging.stream import PROTOCOL, GuestStream, streams_of
from ipygenesys.simulator.web_messaging.uploads import delete_attachment, get_attachment, on_attachment

FAULT_METHOD = "POST"
RATE_LIMITED = 429
"""In a live frame (T#347); T's tests have 4029."""

Entry = dict[str, Any] | None
Handler = Callable[[Hub, GuestStream, GuestRequest, float], Entry]


def receive(hub: Hub, stream: GuestStream, text: str) -> None:
    """Performs one frame of a guest. Faults know it as a POST to ``/v1/messages``, ``/v1/typing``, ``/v1/{action}``."""
    now = hub.clock.now()
    request = None
    try:
        request = parse(text)
        _strike(hub, request, now)
        entry = _HANDLERS[request.action](hub, stream, request, now)
    except GuestError as error:
        _refuse(stream, request, error)
        if request is not None:
            details = {
                **request.for_log(),
                **_where(hub, request),
                "rejected": True,
                "status": error.code,
            }
            hub.truth.received(now, protocol=PROTOCOL, **details)
        return
    is_lost = hub.faults.loses_answer(FAULT_METHOD, request.path)
    outcome: dict[str, Any] = {"status": 200, **({"lost": True} if is_lost else {})}
    hub.truth.received(
        now, protocol=PROTOCOL, **request.for_log(), **(entry or {}), **_where(hub, request), **outcome
    )
    if is_lost:
        stream.abort()


def _where(hub: Hub, request: GuestRequest) -> dict[str, str]:
    session = hub.guests.find(request.token)
    return {} if session is None else {"conversation_id": session.conversation_id}


def _strike(hub: Hub, request: GuestRequest, now: float) -> None:
    fault = hub.faults.before(FAULT_METHOD, request.path)
    if isinstance(fault, RateLimit):
        seconds = fault.retry_after if isinstance(fault.retry_after, int | float) else 1
        raise TooFast(max(1, round(seconds)), "Request rate too high for this session")
    if fault is not None:
        raise GuestError(fault.status, fault.message or "Request failed.")
    if request.action not in _HANDLERS:
        raise GuestError(BAD_REQUEST, "Request failed.")


def _refuse(stream: GuestStream, request: GuestRequest | None, error: GuestError) -> None:
    tracing_id = None if request is None else request.tracing_id
    match error:
        case TooFast(retry_after=seconds, text=text):
            body: Any = {"retryAfter": seconds, "errorCode": RATE_LIMITED, "errorMessage": text}
            stream.reply("TooManyRequestsErrorMessage", body, tracing_id=tracing_id, code=RATE_LIMITED)
        case UploadRefused(code=code, text=text, attachment_id=attachment_id) if (
            request is not None and request.errors_as_json
        ):
            body = {
                "attachmentId": attachment_id,
                "errorCode": code,
                "errorMessage": text,
                "timestamp": stream.timestamp(),
            }
            stream.reply("GenerateUrlError", body, tracing_id=tracing_id, code=code)
        case _:
            stream.reply("string", error.text, tracing_id=tracing_id, code=error.code)


# --- sessions


def _configure(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    return _configured(hub, stream, request, now, user=None)


def _configure_authenticated(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    if not hub.deployment.auth_enabled:
        raise GuestError(4000, "Authentication is not enabled for this deployment")
    user = hub.guests.accounts.user_of_jwt((request.data or {}).get("code", ""), now)
    if user is None:
        raise GuestError(401, "Session authentication failed")
    found = hub.guests.find(request.token)
    is_upgrade = found is not None and not found.is_closed and found.user is None
    if is_upgrade and not request.start_new and not hub.deployment.allow_session_upgrade:
        raise GuestError(403, "Session authentication failed")
    return _configured(hub, stream, request, now, user=user)


def _configured(hub: Hub, stream: GuestStream, request: GuestRequest, now: float, user: str | None) -> Entry:
    if request.deployment_id not in (None, hub.identity.deployment_id):
        raise GuestError(4007, "Session not found")
    conversation = _conversation(hub, request.token, user)
    configured = hub.guests.configure(
        request.token,
        now,
        start_new=bool(request.start_new),
        conversation_id=conversation.id,
        position=len(conversation.messages),
        user=user,
    )
    if configured.is_new:
        _begin(hub, stream, configured, conversation)
    is_first = stream not in hub.audience.listening
    _attach(hub, stream, configured.session)
    stream.reply(
        "SessionResponse",
        session_response(configured, hub.deployment, hub.guests.limits),
        tracing_id=request.tracing_id,
    )
    if is_first:
        here = {"protocol": PROTOCOL, "conversation_id": conversation.id}
        hub.truth.connection(now, "authenticated", stream.number, **here)
    hub.wake()
    return {"new_session": configured.is_new, "read_only": configured.session.is_read_only}


def _conversation(hub: Hub, token: str, user: str | None) -> Conversation:
    """A guest's own: as before, or a signed-in guest's from elsewhere, or the first if no guest has it, or one more."""
    known = hub.guests.find(token) or hub.guests.last_of(user)
    if known is not None:
        return hub.conversation(known.conversation_id)
    return hub.for_new_guest()


def _begin(hub: Hub, stream: GuestStream, configured: Configured, conversation: Conversation) -> None:
    """A new session: whoever is still on the one that it takes the place of is told; the conversation goes on."""
    hub.begin(conversation, wire.guest_id(configured.session.token))
    if configured.cleared is not None:
        for other in streams_of(hub, configured.cleared):
            if other is not stream:
                other.tell("SessionClearedEvent", {})
                other.close_connection()
    stream.session = None
    hub.set_conversation(conversation, "connected")
    if hub.deployment.auto_start:
        configured.session.was_auto_started = True
        hub.arrive("customer", conversation)


def _attach(hub: Hub, stream: GuestStream, session: Session) -> None:
    for other in hub.guests.signed_in_elsewhere(session):
        for connection in streams_of(hub, other):
            connection.close_connection("signedIn")
        hub.guests.end(other)
    stream.session = session
    hub.audience.listen(stream, session.conversation_id)
    too_many = streams_of(hub, session)[: -hub.guests.limits.connections]
    for connection in too_many:
        connection.close_connection()


def _close_session(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    session = hub.guests.session(request.token, now)
    body = session_response(Configured(session, is_new=False), hub.deployment, hub.guests.limits)
    hub.guests.end(session)
    for connection in streams_of(hub, session):
        if connection is not stream and request.close_all_connections:
            connection.close_connection()
    stream.session = None
    stream.reply("SessionResponse", {**body, "connected": False}, tracing_id=request.tracing_id)
    hub.set_conversation(hub.conversation(session.conversation_id), "disconnected")
    return None


def _disconnect_customer(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    # Action and token are all that is known of it; see Unverified.DISCONNECT_ACTION.
    session = hub.guests.session(request.token, now)
    hub.set_conversation(hub.conversation(session.conversation_id), "disconnected")
    stream.reply("string", "", tracing_id=request.tracing_id)
    return None


# --- small ones


def _echo(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    session = hub.guests.session(request.token, now)
    text = (request.message or {}).get("text") or ""
    body = echo_body(hub.new_context_id(), str(text), session, hub.guests.limits, now)
    stream.reply("StructuredMessage", body, tracing_id=request.tracing_id)
    return None


def _get_jwt(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    jwt, exp = hub.guests.issue_jwt(hub.guests.session(request.token, now), now)
    stream.reply("JwtResponse", {"jwt": jwt, "exp": exp}, tracing_id=request.tracing_id)
    return None


def _get_configuration(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> Entry:
    body = configuration(hub.deployment, hub.guests.limits)
    stream.reply("GetConfigurationResponse", body, tracing_id=request.tracing_id)
    return None


_HANDLERS: dict[str, Handler] = {
    "configureSession": _configure,
    "configureAuthenticatedSession": _configure_authenticated,
    "closeSession": _close_session,
    wire.Unverified.DISCONNECT_ACTION: _disconnect_customer,
    "onMessage": on_message,
    "echo": _echo,
    "getJwt": _get_jwt,
    "getConfiguration": _get_configuration,
    "onAttachment": on_attachment,
    "getAttachment": get_attachment,
    "deleteAttachment": delete_attachment,
}
