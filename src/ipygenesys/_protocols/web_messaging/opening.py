"""How a guest's stream is opened: the deployment's config, the socket, the session."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationCleared,
    PlatformEvent,
    SessionLifeLearned,
)
from ipygenesys._protocols.flow import (
    CallError,
    Exchange,
    Flow,
    GetTime,
    NewId,
    OpenSocket,
    Request,
    SendFrame,
)
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.tolerant import UNREADABLE
from ipygenesys._protocols.web_messaging.auth import GuestAuth, GuestTokens
from ipygenesys._protocols.web_messaging.session import START_NEW, GuestSession, answer_in, presence
from ipygenesys._wire import web_messaging as wire
from ipygenesys.credentials import Secret

CANNOT_DOWNGRADE = "4017"
WHERE = "Admin > Message > Messenger Deployments"

_REFUSALS = {
    wire.Unverified.INACTIVE_DEPLOYMENT_STATUS: (
        "The deployment refuses this origin, or is inactive (403). Allow the origin, or allow all domains, and check "
        f"its status: {WHERE}. Or give origin=."
    ),
    wire.Unverified.UNKNOWN_DEPLOYMENT_STATUS: f"The deployment was not found (404). Check deployment_id and the region: {WHERE}.",
}


class GuestOpening:
    """Opens one session's streams.

    Args:
        session: whose.
        platform: where.
        origin: what the deployment may insist on.
        auth: where the guest has signed in.
    """

    def __init__(
        self, session: GuestSession, platform: Platform, *, origin: str, auth: GuestAuth | None
    ) -> None:
        self._session = session
        self._platform = platform
        self._origin = origin
        self._guest: GuestTokens | None = None
        session.is_signed_in = auth is not None
        if auth is not None:
            self._guest = GuestTokens(auth, deployment_id=session.deployment_id, base_url=platform.url("api"))

    def flow(self) -> Flow[tuple[PlatformEvent, ...]]:
        """The config, the socket, the session; then the guest joins, if the deployment wants that."""
        session = self._session
        config = yield from self._read_config()
        if session.token is None:
            session.token = Secret((yield NewId()))
        if self._guest is not None:
            yield from self._guest.get()
        yield OpenSocket(
            url=f"{self._platform.socket_url('webmessaging')}{wire.SOCKET_PATH}"
            f"?deploymentId={quote(self._session.deployment_id, safe='')}",
            headers={"Origin": self._origin},
            refusals=_REFUSALS,
        )
        # The stream was lost before it could say that it is cleared: a new session says so, once.
        is_in_doubt, session.may_have_begun = session.may_have_begun, session.is_clearing
        asked_s = yield GetTime()
        answer = yield from self._configure()
        may_be_cleared = session.is_clearing and (answer.new_session or is_in_doubt)
        session.answered(answer, asked_s)
        cleared = ConversationCleared(by_us=False, is_certain=answer.new_session)
        learned: list[PlatformEvent] = [cleared] if may_be_cleared else []
        learned += [CapabilitiesLearned(session.capabilities, session.uploads)]
        if (remaining_s := (yield from _remaining_s(answer))) is not None:
            learned.append(SessionLifeLearned(remaining_s))
        if answer.new_session and config.messenger.apps.conversations.auto_start.enabled:
            yield SendFrame(
                session.request(
                    "onMessage", tracing_id=(yield NewId()), message=presence("Join", _told(session))
                )
            )
        return tuple(learned)

    def _read_config(self) -> Flow[wire.DeploymentConfig]:
        """At each connection: an administrator may have changed it. While it cannot be had, the last one counts."""
        session = self._session
        try:
            body = yield Request(
                method="GET",
                path=wire.CONFIG_PATH.format(deployment_id=quote(self._session.deployment_id, safe="")),
                what="Reading the deployment's config",
                base_url=self._platform.url("api-cdn"),
                is_public=True,
            )
        except CallError as error:
            if session.config is not None and error.failure.is_transient:
                return session.config
            raise CallError(_config_failure(error.failure), is_tls=error.is_tls) from None
        config = session.config_of(body)
        session.configured(config)
        return config

    def _configure(self) -> Flow[wire.SessionResponse]:
        """The session; a signed-in guest's JWT that was refused is renewed, three times at most."""
        renewals = 0
        self._session.is_configured = False
        while True:
            tracing_id = yield NewId()
            try:
                request = yield from self._configure_request(tracing_id)
                frame = yield Exchange(frame=request, tracing_id=tracing_id, is_alone=True)
            except CallError as error:
                if error.failure.code == CANNOT_DOWNGRADE:
                    self._session.forget()
                is_over = error.failure.kind != "authentication" or renewals == wire.MAX_REAUTHENTICATIONS
                if is_over or self._guest is None:
                    raise CallError(_configure_failure(error.failure, self._guest is not None)) from None
                renewals += 1
                yield from self._guest.renew()
            else:
                return _session_in(frame)

    def _configure_request(self, tracing_id: str) -> Flow[str]:
        session = self._session
        jwt = None if self._guest is None else (yield from self._guest.get())
        return session.request(
            "configureSession" if jwt is None else "configureAuthenticatedSession",
            tracing_id=tracing_id,
            deployment_id=self._session.deployment_id,
            start_new=session.wants_new,
            data=None if jwt is None else {"code": jwt},
        )


def _session_in(frame: bytes) -> wire.SessionResponse:
    try:
        return answer_in(frame, wire.SessionResponse)
    except UNREADABLE:
        words = "The answer about the session is not one of Web Messaging. Check the region or the base URL."
        raise CallError(Failure(kind="protocol", message=words)) from None


def _remaining_s(answer: wire.SessionResponse) -> Flow[float | None]:
    """How long the session lasts. Its end is told by the server's clock, so what it lasts in all is the bound."""
    duration_s = answer.duration_seconds
    if duration_s is None or not 0 < duration_s < 1e9:
        return None
    if answer.new_session or answer.expiration_date is None:
        return float(duration_s)
    now: float = yield GetTime()
    return min(max(answer.expiration_date - now, 0.0), float(duration_s))


def _told(session: GuestSession) -> dict[str, object] | None:
    """The custom attributes, for a flow that begins before the guest has said anything. Source: T, AutoStartRequest."""
    try:
        return session.channel()
    except CallError:  # They are too large: the first message says so.
        return None


def _config_failure(failure: Failure) -> Failure:
    if failure.status in (403, 404):
        # A store behind a CDN answers 403 for what is not there.
        return msgspec.structs.replace(
            failure, kind="not_found", message=_REFUSALS[wire.Unverified.UNKNOWN_DEPLOYMENT_STATUS]
        )
    return failure


def _configure_failure(failure: Failure, is_signed_in: bool) -> Failure:
    if failure.kind == "not_found":
        return msgspec.structs.replace(failure, message=_REFUSALS[wire.Unverified.UNKNOWN_DEPLOYMENT_STATUS])
    if failure.code == CANNOT_DOWNGRADE:
        words = f"{failure.message} Give auth=GuestAuth(…) to go on with it, or {START_NEW}"
        return msgspec.structs.replace(failure, message=words)
    if failure.kind == "authentication" and not is_signed_in:
        words = (
            "The session was refused (401): this deployment wants guests to sign in. Give auth=GuestAuth(…)."
        )
        return msgspec.structs.replace(failure, message=words)
    return failure
