"""Guests who sign in: their code becomes a JWT, and a JWT that was refused a new one."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._protocols.flow import CallError, Flow, Request
from ipygenesys._protocols.tolerant import UNREADABLE, decode
from ipygenesys._wire import web_messaging as wire
from ipygenesys.credentials import Secret

_WHAT = "Signing the guest in"


class GuestAuth:
    """What a guest's identity provider has given after the guest signed in there; good once.

    A provider that gives an ID token instead of a code (the implicit flow): ``GuestAuth.from_id_token``.

    Args:
        code: the authorization code.
        redirect_uri: the one that the code was asked for with.
        code_verifier: of PKCE, if the code was asked for with a challenge.
    """

    __slots__ = ("_id_token", "_nonce", "code", "code_verifier", "redirect_uri")

    def __init__(
        self, code: str | Secret, redirect_uri: str, code_verifier: str | Secret | None = None
    ) -> None:
        if not redirect_uri:
            raise ValueError("redirect_uri must not be empty.")
        self.code: Secret | None = code if isinstance(code, Secret) else Secret(code)
        self.redirect_uri = redirect_uri
        self.code_verifier = Secret(code_verifier) if isinstance(code_verifier, str) else code_verifier
        self._id_token: Secret | None = None
        self._nonce: Secret | None = None

    @classmethod
    def from_id_token(cls, id_token: str | Secret, nonce: str | Secret | None = None) -> GuestAuth:
        """An ID token that the identity provider has given directly.

        Args:
            id_token: as it came.
            nonce: the one that it was asked for with.
        """
        auth = cls.__new__(cls)
        auth.code, auth.redirect_uri, auth.code_verifier = None, "", None
        auth._id_token = id_token if isinstance(id_token, Secret) else Secret(id_token)
        auth._nonce = Secret(nonce) if isinstance(nonce, str) else nonce
        return auth

    def fields(self) -> dict[str, str]:
        """What the exchange wants of it; secrets, for the one place that puts them on the wire."""
        if self._id_token is not None:
            wanted = {wire.ID_TOKEN_FIELD: self._id_token, "nonce": self._nonce}
        else:
            wanted = {"code": self.code, "codeVerifier": self.code_verifier}
        shown = {name: secret.reveal() for name, secret in wanted.items() if secret is not None}
        return shown | ({"redirectUri": self.redirect_uri} if self.redirect_uri else {})

    def __repr__(self) -> str:
        return "GuestAuth(***)"


class GuestTokens:
    """The signed-in guest's tokens. They are kept in memory only."""

    def __init__(self, auth: GuestAuth, *, deployment_id: str, base_url: str) -> None:
        self._auth = auth
        self._deployment_id = deployment_id
        self._base_url = base_url
        self._jwt: Secret | None = None
        self._refresh_token: Secret | None = None
        self._is_code_used = False

    def __repr__(self) -> str:
        return "GuestTokens(***)"

    def get(self) -> Flow[str]:
        """The JWT; the first time the code is exchanged for it.

        Raises:
            CallError: there is none to be had.
        """
        if self._jwt is None:
            yield from self.renew()
        assert self._jwt is not None
        return self._jwt.reveal()

    def renew(self) -> Flow[None]:
        """Another JWT, by the refresh token, or by the code if it was not used yet.

        Raises:
            CallError: there is none to be had.
        """
        if self._refresh_token is not None:
            token = self._refresh_token.reveal()
            yield from self._ask(wire.JWT_REFRESH_PATH, {"refreshToken": token})
        elif not self._is_code_used:
            yield from self._exchange()
        else:
            raise CallError(_signed_out())

    def _exchange(self) -> Flow[None]:
        body = {"deploymentId": self._deployment_id, "oauth": self._auth.fields()}
        try:
            yield from self._ask(wire.JWT_EXCHANGE_PATH, body)
        except CallError as error:
            # Where nobody knows whether it arrived, the code may be spent; then the next try says so.
            self._is_code_used = not error.failure.is_transient
            raise
        self._is_code_used = True

    def _ask(self, path: str, body: object) -> Flow[None]:
        try:
            answer = yield Request(
                method="POST",
                path=path,
                body=msgspec.json.encode(body),
                what=_WHAT,
                base_url=self._base_url,
                is_public=True,
            )
        except CallError as error:
            if error.failure.status in (400, 401, 403):
                failure = _signed_out(error.failure)
                raise CallError(failure) from None
            raise
        try:
            tokens = decode(answer, _Tokens)
            self._jwt = Secret(tokens.jwt)
        except UNREADABLE:
            words = f"{_WHAT}: the answer holds no token."
            raise CallError(Failure(kind="protocol", message=words)) from None
        if tokens.refresh_token:
            self._refresh_token = Secret(tokens.refresh_token)


class _Tokens(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    jwt: str
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "_Tokens(***)"


def _signed_out(failure: Failure | None = None) -> Failure:
    words = f"{_WHAT}: refused. Let the guest sign in again and make a new WebMessaging with the new code."
    known = failure or Failure(kind="authentication", message=words)
    return msgspec.structs.replace(known, kind="authentication", message=words)
