"""The token: cached in memory, refreshed early, one refresh at a time; everybody asks for it at each use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ipygenesys._core.machines.backoff import backoff_s
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.rest.client import TOTAL_S, RestClient
from ipygenesys._io.rest.login import Grant, authorize
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.tolerant import decode_whole
from ipygenesys._wire.agent_messaging import Login, Unverified
from ipygenesys.credentials import AccessToken, Secret
from ipygenesys.user_login import UserLogin

if TYPE_CHECKING:
    from ipygenesys._io.host.clock import SystemClock
    from ipygenesys.credentials import ClientCredentials, Credentials

EARLY_SHARE = 0.8
EARLY_S = 300.0
"""A token is refreshed at 80 % of its life or 5 minutes before its end, whichever is later."""
MIN_LIFE_S = 1.0
LOGIN_PAUSE_S = 5.0
"""Chosen: a stream that fails tries again at once, and must not open one browser window after the other."""
RETRY_S = 10.0
"""Chosen: how soon an early refresh that failed is tried again."""

_log = logging.getLogger("ipygenesys.tokens")


class TokenProvider:
    """Gives out the current token.

    Args:
        credentials: how to get one.
        rest: where to ask.
        token_url: the platform's token endpoint.
        authorize_url: the platform's login page, for a ``UserLogin``.
        scopes: what to ask for, unless the credentials say otherwise.
        clock: tells when a token is old.
        on_renewed: called when a token has taken another one's place: streams have to move to it.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        rest: RestClient,
        token_url: str,
        authorize_url: str = "",
        scopes: tuple[str, ...],
        clock: SystemClock,
        on_renewed: Callable[[], None],
    ) -> None:
        self._credentials = credentials
        self._rest = rest
        self._token_url = token_url
        self._authorize_url = authorize_url
        self._scopes = scopes
        self._clock = clock
        self._on_renewed = on_renewed
        self._lock = asyncio.Lock()
        self._has_token = asyncio.Event()
        self.number = 0
        """Of the newest token, counted from 1."""
        self._token: Secret | None = None
        self._refused: Secret | None = None
        self._refresh_at = 0.0
        self._expires_at = 0.0
        self._refresh_token: Secret | None = None
        self._login: asyncio.Task[Grant] | None = None
        """A person is logging in; outlives whoever has asked for it."""
        self._login_ended_at = float("-inf")
        self._login_failure: Failure | None = None

    async def get(self) -> str:
        """A token that is good for now.

        Raises:
            CallError: there is none to be had; ``authentication`` if that is for good.
        """
        if isinstance(self._credentials, AccessToken):
            if self._refused is not None:
                raise CallError(_refused_for_good())
            return self._credentials.token.reveal()
        async with self._lock:  # Whoever comes second finds the token that the first one has fetched.
            if self._token is None or self._clock.monotonic() >= self._refresh_at:
                await self._refresh_or_keep(self._credentials)
            assert self._token is not None
            return self._token.reveal()

    def invalidate(self, token: str) -> bool:
        """The server has refused this token; True if there may be a better one."""
        if isinstance(self._credentials, AccessToken):
            self._refused = self._credentials.token
            return False
        if self._token is not None and self._token.reveal() == token:
            self.expire()
        return True

    def expire(self, number: int | None = None) -> None:
        """The session is said to be over: do not use the current token again, or that with this number."""
        if number not in (None, self.number):
            return  # Somebody else has said so before, and there is another one.
        self._token = None
        self._has_token.clear()

    async def keep_fresh(self) -> None:
        """Refresh for ever, ahead of time; a token that was refused is left to whoever needs the next one."""
        failures = 0
        while True:
            await self._has_token.wait()
            if isinstance(self._credentials, UserLogin) and self._refresh_token is None:
                self._has_token.clear()  # Nobody is asked to log in before a token is needed.
                continue
            wait = self._refresh_at - self._clock.monotonic()
            if wait > 0:
                await asyncio.sleep(min(wait, 60.0))
                continue
            try:
                await self.get()
                failures = 0
            except CallError as error:
                _log.warning("The token could not be refreshed: %s", error.failure.message)
                await asyncio.sleep(max(backoff_s(failures, jitter=self._clock.now().jitter), 1.0))
                failures += 1

    async def aclose(self) -> None:
        """Wait for nobody any more."""
        if self._login is not None:
            self._login.cancel()
            await asyncio.gather(self._login, return_exceptions=True)

    async def _refresh_or_keep(self, credentials: ClientCredentials | UserLogin) -> None:
        """An early refresh that fails for now is no reason to stop using a token that is still alive."""
        try:
            await self._refresh(credentials)
        except CallError as error:
            now = self._clock.monotonic()
            if self._token is None or now >= self._expires_at or not error.failure.is_transient:
                raise
            _log.warning("The token could not be refreshed: %s", error.failure.message)
            self._refresh_at = min(now + max(error.failure.retry_after_s or 0.0, RETRY_S), self._expires_at)

    async def _refresh(self, credentials: ClientCredentials | UserLogin) -> None:
        scopes = self._scopes if credentials.scopes is None else credentials.scopes
        try:
            if isinstance(credentials, UserLogin):
                body = await self._as_user(credentials, scopes)
            else:
                form = {"grant_type": "client_credentials"}
                if scopes:
                    form["scope"] = " ".join(scopes)
                auth = (credentials.client_id, credentials.client_secret.reveal())
                body = await self._ask(form, scopes, auth)
            answer = decode_whole(body, Login)
            token = AccessToken(answer.access_token).token
            if answer.refresh_token is not None:
                self._refresh_token = Secret(answer.refresh_token)
        except CallError as error:
            if isinstance(credentials, UserLogin):
                raise
            raise CallError(_token_failure(error.failure, scopes), is_tls=error.is_tls) from None
        except (msgspec.DecodeError, ValueError, RecursionError):
            words = "Getting a token: the answer is not an OAuth answer. Check the base URL."
            raise CallError(Failure(kind="protocol", message=words)) from None
        life = max(answer.expires_in, MIN_LIFE_S)
        self._token = token
        self._expires_at = self._clock.monotonic() + life
        self._refresh_at = self._clock.monotonic() + max(EARLY_SHARE * life, life - EARLY_S)
        self._has_token.set()
        _log.debug("< a token for %.0f s", life)
        self.number += 1
        if self.number > 1:
            self._on_renewed()

    async def _ask(
        self, form: dict[str, str], scopes: tuple[str, ...], auth: tuple[str, str] | None = None
    ) -> bytes:
        what = "Getting a token"
        try:
            async with asyncio.timeout(TOTAL_S):
                return await self._rest.send(
                    "POST", self._token_url, what=what, needs=scopes, data=form, auth=auth
                )
        except TimeoutError:
            raise CallError(Failure(kind="lost", message=f"{what}: no answer in time.")) from None

    async def _as_user(self, login: UserLogin, scopes: tuple[str, ...]) -> bytes:
        """With the refresh token as long as it is taken, else by asking the person."""
        if self._refresh_token is not None:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": self._refresh_token.reveal(),
                "client_id": login.client_id,
            }
            try:
                return await self._ask(form, scopes)
            except CallError as error:
                if error.failure.status not in (400, 401):
                    raise
                _log.warning("The login cannot be renewed; a new one is needed")
                self._refresh_token = None
        grant = await self._logged_in(login, scopes)
        form = {
            "grant_type": "authorization_code",
            "code": grant.code,
            "redirect_uri": grant.redirect_uri,
            "client_id": login.client_id,
            "code_verifier": grant.verifier,
        }
        try:
            return await self._ask(form, scopes)
        except CallError as error:
            if error.failure.status not in (400, 401):
                raise
            words = (
                "The login was not accepted. Check that the OAuth client allows code authorization with PKCE."
            )
            failure = msgspec.structs.replace(error.failure, kind="credentials", message=words)
            raise CallError(self._login_failed(failure)) from None

    async def _logged_in(self, login: UserLogin, scopes: tuple[str, ...]) -> Grant:
        """A login that has just failed, or whose token is refused at once, is not asked for again by itself."""
        if self._clock.monotonic() - self._login_ended_at < LOGIN_PAUSE_S:
            raise CallError(self._login_failure or _refused_for_good())
        if self._login is None:
            self._login = asyncio.create_task(authorize(login, self._authorize_url, scopes))
        try:
            grant = await asyncio.shield(self._login)
        except CallError as error:
            self._login = None
            raise CallError(self._login_failed(error.failure)) from None
        self._login, self._login_failure = None, None
        self._login_ended_at = self._clock.monotonic()
        return grant

    def _login_failed(self, failure: Failure) -> Failure:
        self._login_failure, self._login_ended_at = failure, self._clock.monotonic()
        return failure


def _token_failure(failure: Failure, scopes: tuple[str, ...]) -> Failure:
    if failure.status in Unverified.BAD_CLIENT_STATUSES:
        words = "Invalid OAuth credentials. Verify client_id and client_secret."
        return msgspec.structs.replace(failure, kind="credentials", message=words)
    if failure.status == 403:
        words = f"The OAuth client lacks required scopes: {', '.join(scopes)}."
        return msgspec.structs.replace(failure, message=words)
    return failure


def _refused_for_good() -> Failure:
    words = "The access token was refused (401), and there is nothing to refresh it with. Get a new one."
    return Failure(kind="credentials", message=words, status=401)
