"""The guest's codec: the server's frames become neutral events, its errors failures."""

from __future__ import annotations

import re

import msgspec

from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.platform_events import (
    UNNAMED,
    Answered,
    ConversationChanged,
    ConversationCleared,
    ConversationEnded,
    FrameIgnored,
    MoveRequested,
    PlatformEvent,
    PresenceChanged,
    SessionExpired,
    SessionLifeLearned,
    TypingNoticed,
    TypingRefused,
)
from ipygenesys._protocols.tolerant import (
    MAX_FRAME_BYTES,
    MAX_ID_CHARACTERS,
    UNREADABLE,
    decode,
    is_id,
    time_ms_of,
)
from ipygenesys._protocols.web_messaging.content import message_of
from ipygenesys._protocols.web_messaging.session import (
    START_NEW,
    GuestSession,
    ended_failure,
    expired_failure,
)
from ipygenesys._wire import web_messaging as wire

_MALFORMED: tuple[PlatformEvent, ...] = (FrameIgnored("malformed"),)
_UNKNOWN: tuple[PlatformEvent, ...] = (FrameIgnored("unknown_event"),)

_KINDS: dict[int, FailureKind] = {
    401: "authentication",
    403: "permission",
    404: "not_found",
    408: "unavailable",
    429: "rate_limited",
    4000: "unsupported",
    4007: "not_found",
    4029: "rate_limited",
}
_NUMBER = re.compile(rb"\b\d{3,6}\b")
DEFAULT_WAIT_S = 1.0
MAX_WAIT_S = 3600.0


def decode_frame(data: str | bytes, session: GuestSession) -> tuple[PlatformEvent, ...]:
    """Turn a frame into neutral events. Never raises."""
    if len(data) > MAX_FRAME_BYTES:
        return (FrameIgnored("oversized"),)
    try:
        envelope = decode(data, wire.Envelope)
    except UNREADABLE:
        return _MALFORMED
    tracing_id = envelope.tracing_id if is_id(envelope.tracing_id) else None
    body = data.encode("utf-8", "replace") if isinstance(data, str) else bytes(data)
    try:
        if (failure := _failure_in(envelope, tracing_id)) is not None:
            return _refusal(failure, envelope, tracing_id, session)
        events = _events(envelope, tracing_id, session)
    except UNREADABLE:
        events = _MALFORMED
    if tracing_id is None:
        return events
    return (*events, Answered(tracing_id=tracing_id, body=body))


# --- errors -----------------------------------------------------------------------------------------------


def _failure_in(envelope: wire.Envelope, tracing_id: str | None) -> Failure | None:
    """What an envelope says that went wrong; the server's own words may quote content, so they are not kept."""
    code, retry_after_s = envelope.code, None
    if envelope.class_ == "TooManyRequestsErrorMessage":
        code, retry_after_s = 4029, _wait_s(envelope.body)
    elif envelope.class_ in ("GenerateUrlError", "UploadFailureEvent"):
        code = _error_code(envelope.body) or (5000 if code == 200 else code)
    elif code == 200:
        return None
    return _failure_of(code, bytes(envelope.body), tracing_id, retry_after_s)


class _ErrorCode(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    error_code: int | None = None


def _error_code(body: msgspec.Raw) -> int | None:
    try:
        return decode(body, _ErrorCode).error_code
    except UNREADABLE:
        return None


def _wait_s(body: msgspec.Raw) -> float:
    try:
        wait_s = decode(body, wire.TooManyRequests).retry_after
    except UNREADABLE:
        wait_s = None
    return DEFAULT_WAIT_S if wait_s is None or not wait_s > 0 else min(wait_s, MAX_WAIT_S)


def _failure_of(code: int, body: bytes, tracing_id: str | None, retry_after_s: float | None) -> Failure:
    kind = _KINDS.get(code) or ("unavailable" if code == 5000 or 500 <= code < 600 else "rejected")
    words = wire.ERROR_WORDS.get(code, f"The server refused ({code}).")
    if code == 4011 and (most := _NUMBER.search(body[:1024])) is not None:
        words += f" At most {most[0].decode()} bytes."
    if kind == "permission" and b"authenticat" in body[:1024].lower():
        kind, words = "authentication", wire.ERROR_WORDS[401]  # "Session authentication failed". Source: T.
    if kind == "rate_limited" and retry_after_s is None:
        retry_after_s = DEFAULT_WAIT_S
    return Failure(
        kind=kind,
        message=words,
        status=500 if code == 5000 else code if 300 <= code < 600 else None,
        code=str(code),
        correlation_id=tracing_id,
        retry_after_s=retry_after_s,
    )


def _refusal(
    failure: Failure, envelope: wire.Envelope, tracing_id: str | None, session: GuestSession
) -> tuple[PlatformEvent, ...]:
    events: list[PlatformEvent] = []
    if envelope.class_ == "UploadFailureEvent":
        upload = decode(envelope.body, wire.UploadFailure)
        events.append(Answered(tracing_id=upload_key(upload.attachment_id), failure=failure))
    if tracing_id is not None and tracing_id in session.typing_ids:
        events.append(TypingRefused(failure))
    # A session that was ours and is not found any more has gone as well, though nobody has said when.
    if failure.code == "4006" or (failure.code == "4007" and session.is_configured):
        session.over = expired_failure()
        events.append(SessionExpired(session.over))
    if failure.status == 409 and session.is_configured:
        # Also where the goodbye was never heard.
        session.over = ended_failure()
        failure = msgspec.structs.replace(session.over, status=409, correlation_id=tracing_id)
        events.append(ConversationChanged(False, session.over))
    if failure.kind == "authentication" and session.is_signed_in:
        events.append(
            MoveRequested()
        )  # The next stream brings a JWT that is good; while one opens, this is nothing.
    if tracing_id is None:
        # Those of T's tests name no request: while a session is configured, it is clear which one it is.
        is_known = failure.status is not None or int(failure.code or 0) in wire.ERROR_WORDS
        answer = (Answered(tracing_id=UNNAMED, failure=failure),) if is_known else ()
        return (*(events or _UNKNOWN), *answer)
    return (*events, Answered(tracing_id=tracing_id, failure=failure))


# --- frames -----------------------------------------------------------------------------------------------


def _events(
    envelope: wire.Envelope, tracing_id: str | None, session: GuestSession
) -> tuple[PlatformEvent, ...]:
    match envelope.class_:
        case "StructuredMessage":
            return _structured(decode(envelope.body, wire.StructuredMessage), tracing_id, session)
        case "SessionResponse":
            return _session_response(decode(envelope.body, wire.SessionResponse))
        case "UploadSuccessEvent":
            upload = decode(envelope.body, wire.UploadSuccess)
            return (Answered(tracing_id=upload_key(upload.attachment_id)),)
        case "SessionExpiredEvent":
            session.over = expired_failure()
            return (SessionExpired(session.over),)
        case "SessionClearedEvent":
            return (ConversationCleared(session.cleared()),)
        case "ConnectionClosedEvent" if session.is_clearing:
            # It follows the event that the session was cleared; frames may come in any order, or one may be lost.
            return (ConversationCleared(session.cleared()),)
        case "ConnectionClosedEvent":
            return (ConversationEnded(_closed(envelope, session)),)
        case "LogoutEvent":
            words = (
                "The guest was signed out. Sign in again and make a new WebMessaging with a new GuestAuth."
            )
            return (ConversationEnded(Failure(kind="authentication", message=words, code="logout")),)
        case (
            "string"
            | "JwtResponse"
            | "PresignedUrlResponse"
            | "AttachmentDeletedResponse"
            | "GetConfigurationResponse"
            | "ResumeTokenResponse"
        ):
            return ()  # Answers: whoever asked reads them.
        case _:
            return _UNKNOWN


def upload_key(attachment_id: str) -> str:
    """What the end of an upload is waited for under: its frame may come before the PUT has its answer."""
    return f"upload:{attachment_id}"[:MAX_ID_CHARACTERS]


def _closed(envelope: wire.Envelope, session: GuestSession) -> Failure:
    try:
        body = decode(envelope.body, wire.ConnectionClosed)
    except UNREADABLE:
        body = wire.ConnectionClosed()
    reason = (body.reason or body.reason_code or "")[:64]
    if reason.lower() == "signedin":
        session.forget()
        words = f"The same guest has signed in elsewhere, and the conversation goes on there. {START_NEW}"
        return Failure(kind="rejected", message=words, code="signed.in.elsewhere")
    if session.was_cleared:
        words = f"The conversation was cleared elsewhere. {START_NEW}"
        return Failure(kind="rejected", message=words, code="cleared.elsewhere")
    words = (
        "The server has closed this connection: too many connections use this session. "
        "Close the others and connect again."
    )
    return Failure(kind="rejected", message=words, code="connection.closed")


def _session_response(body: wire.SessionResponse) -> tuple[PlatformEvent, ...]:
    """Whoever asked reads the rest; that it is read-only concerns everybody."""
    if not body.connected:
        return ()
    return (ConversationChanged(not body.read_only, ended_failure() if body.read_only else None),)


def _structured(
    body: wire.StructuredMessage, tracing_id: str | None, session: GuestSession
) -> tuple[PlatformEvent, ...]:
    life = _life(body)
    metadata = body.metadata or {}
    if wire.HEALTH_CHECK_TRACING_ID in (tracing_id, metadata.get("customMessageId")):
        return life
    if body.type == "Event":
        is_own = body.direction == "Inbound"
        events = [event for part in body.events or () for event in _event(part, body, session, is_own)]
        return (*life, *events)
    if (message := message_of(body, tracing_id)) is not None:
        return (*life, message)
    return life or (_UNKNOWN if body.type != "Receipt" else ())


def _life(body: wire.StructuredMessage) -> tuple[PlatformEvent, ...]:
    """The session's end, by the server's clock alone."""
    try:
        ends_s = float((body.metadata or {})["expirationDate"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return ()
    time_ms = time_ms_of(body.channel.time)
    if time_ms is None or not 0.0 <= ends_s - time_ms / 1000 < 1e9:
        return ()
    return (SessionLifeLearned(ends_s - time_ms / 1000),)


def _event(
    part: wire.StructuredEvent, body: wire.StructuredMessage, session: GuestSession, is_own: bool
) -> tuple[PlatformEvent, ...]:
    match part:
        case wire.StructuredEvent(event_type="Typing") if is_own and not wire.Unverified.OWN_TYPING_IS_NEWS:
            return ()
        case wire.StructuredEvent(event_type="Typing", typing=wire.Typing(type="Off")):
            return (TypingNoticed(participant_id=None, is_typing=False),)
        case wire.StructuredEvent(event_type="Typing", typing=wire.Typing(type="On", duration=duration)):
            duration_s = wire.TYPING_DURATION_S if duration is None else duration / 1000
            time_ms = time_ms_of(body.channel.time)
            return (
                TypingNoticed(participant_id=None, is_typing=True, duration_s=duration_s, time_ms=time_ms),
            )
        case wire.StructuredEvent(event_type="Presence", presence=wire.Presence(type=kind)):
            return _presence(kind, body, session, is_own)
        case _:
            return _UNKNOWN


def _presence(
    kind: str, body: wire.StructuredMessage, session: GuestSession, is_own: bool
) -> tuple[PlatformEvent, ...]:
    if kind == "SessionExpired":
        session.over = expired_failure()
        return (SessionExpired(session.over),)
    if kind == "Disconnect" and not is_own:
        session.end_heard(body.id)
        gone = PresenceChanged(participant_id=None, has_joined=False)
        if not session.is_read_only_after(body.metadata or {}):
            return (gone,)  # The deployment lets the guest go on writing.
        session.over = ended_failure()
        return (gone, ConversationChanged(False, session.over))
    return ()
