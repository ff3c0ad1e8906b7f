"""Logging in as a person: authorization code with PKCE, by a redirect to this machine.

Here is what is asked and what an answer means; ``_io/rest/login.py`` opens the browser and waits. Source: RFC 6749 4.1,
RFC 7636, RFC 8252; protocols/genesys.md 3.1.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._wire.identifiers import checked_id

REDIRECT_PATH = "/ipygenesys/login"
DEFAULT_PORT = 8765
"""Chosen: a fixed one, because the redirect address has to be registered with the OAuth client."""
TIMEOUT_S = 300.0


class UserLogin:
    """An OAuth client of grant type *code authorization* with PKCE: a person logs in, and no secret is needed.

    The first use opens the browser and waits for the person; later the login renews itself, as long as the platform
    gives a refresh token. Register ``redirect_uri`` with the OAuth client.

    Args:
        client_id: the OAuth client's id.
        redirect_port: where the browser comes back to on this machine; 0 takes any free port, for a platform that
            does not insist on the port.
        redirect_host: ``localhost`` or ``127.0.0.1``, as it is registered.
        scopes: what to ask for; None asks for what the protocol needs.
        timeout_s: how long to wait for the person.
        open_browser: takes the address of the login page; where the browser runs on another machine than Python,
            ``print`` shows it: log in there, and hand the address that the browser ends up at to ``finish``. None is
            the browser of this machine; where there is none, the address is printed.
    """

    def __init__(
        self,
        client_id: str,
        *,
        redirect_port: int = DEFAULT_PORT,
        redirect_host: str = "localhost",
        scopes: tuple[str, ...] | None = None,
        timeout_s: float = TIMEOUT_S,
        open_browser: Callable[[str], object] | None = None,
    ) -> None:
        if not 0 <= redirect_port <= 65535:
            raise ValueError("redirect_port must lie between 0 and 65535.")
        if redirect_host not in ("localhost", "127.0.0.1"):
            raise ValueError(
                "redirect_host must be localhost or 127.0.0.1: the answer must stay on this machine."
            )
        if not timeout_s > 0:
            raise ValueError("timeout_s must be positive.")
        self.client_id = checked_id("client_id", client_id)
        self.redirect_port = redirect_port
        self.redirect_host = redirect_host
        self.scopes = scopes
        self.timeout_s = timeout_s
        self.open_browser = open_browser
        self._finishers: list[Callable[[str], bool]] = []

    def __repr__(self) -> str:
        return f"UserLogin(client_id={self.client_id!r}, redirect_uri={self.redirect_uri!r})"

    @property
    def redirect_uri(self) -> str:
        """What to register with the OAuth client."""
        return self.redirect_uri_at(self.redirect_port)

    def redirect_uri_at(self, port: int) -> str:
        """The same for the port that it really is."""
        return f"http://{self.redirect_host}:{port}{REDIRECT_PATH}"

    def finish(self, address: str) -> None:
        """Hand in the address at which the browser ended up, where it cannot reach this machine. From any thread.

        Raises:
            ValueError: no login is under way that this address answers.
        """
        if not any(finisher(address) for finisher in tuple(self._finishers)):
            raise ValueError("This is not the answer to a login that is under way.")

    def add_finisher(self, finisher: Callable[[str], bool]) -> Callable[[], None]:
        """For who waits: hear of each address that is handed in; returns how to stop that."""
        self._finishers.append(finisher)
        return lambda: self._finishers.remove(finisher)


class Challenge(msgspec.Struct, frozen=True):
    """What ties an answer to its question: made from randomness that the shell draws."""

    verifier: str
    """Goes to the token endpoint only."""
    state: str

    def __repr__(self) -> str:
        return "Challenge(***)"

    @property
    def digest(self) -> str:
        """What the login page is told of the verifier (S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def login_page(
    authorize_url: str, login: UserLogin, challenge: Challenge, redirect_uri: str, scopes: tuple[str, ...]
) -> str:
    """The address that the browser opens."""
    query = {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": redirect_uri,
        "state": challenge.state,
        "code_challenge": challenge.digest,
        "code_challenge_method": "S256",
    }
    if scopes:
        query["scope"] = " ".join(scopes)
    return f"{authorize_url}?{urlencode(query)}"


def answer_of(address: str, challenge: Challenge) -> str | Failure | None:
    """What the browser brought back: the code, why there is none, or None for somebody else's answer."""
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query)
    except ValueError:
        return None
    if parts.path != REDIRECT_PATH or query.get("state") != [challenge.state]:
        return None
    if codes := query.get("code"):
        return codes[0]
    error = "".join(query.get("error", ["no code"]))[:64]
    if error == "access_denied":
        words = "The login was refused or cancelled (access_denied). Connect again to try once more; if it was refused, check"
    else:
        words = f"The login failed ({error}). Check"
    return Failure(
        kind="credentials",
        message=f"{words} the OAuth client: grant type, scopes and redirect address.",
        code=error,
    )
