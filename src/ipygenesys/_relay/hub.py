"""JupyterHub as the one who knows people: whose token it is, and in which groups they are."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.relay.rights import Refused
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.relay.redis.cancelling import end
from ipygenesys._io.rest.client import RestClient
from ipygenesys._protocols.flow import CallError
from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.rights import Person
from ipygenesys._relay.settings import HubSettings

MAX_REMEMBERED = 10_000
"""Chosen: more than one Hub has users."""
_NOT_KNOWN_AGAIN_S = 10.0
"""Chosen: so long a token that the Hub did not know is not asked about again."""
_NO_ANSWER_AGAIN_S = 5.0
"""Chosen: likewise, where it did not answer; a viewer tries to connect about as often."""
ANSWER_S = 2.0
"""Chosen: a viewer waits 3 s for its greeting to be answered."""
AT_ONCE = 16
"""Chosen: questions under way; the others wait for their turn as long as for an answer."""
_WHAT = "Asking JupyterHub whose token it is"


class _User(msgspec.Struct):
    """What ``GET /hub/api/user`` answers. Source: run with JupyterHub 6.1.1; older ones send no ``kind`` or ``scopes``."""

    name: str
    kind: str = "user"
    groups: list[str] = []
    scopes: list[str] = []


class _Refusal(NamedTuple):
    words: str
    is_for_now: bool = False


_NOBODY = _Refusal("")
_NO_ANSWER = "JupyterHub could not be asked whose token this is: try again."
_decoder = msgspec.json.Decoder(_User)


class JupyterHub:
    """Asks the Hub, and remembers what it said for a minute."""

    def __init__(self, api_url: str, settings: HubSettings, *, clock: SystemClock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._rest = RestClient(api_url.rstrip("/"), clock=self._clock, decode_error=_nothing)
        self._api_url = api_url.rstrip("/")
        self._scope = settings.scope
        self._cache_s = settings.cache_s
        self._known: OrderedDict[bytes, tuple[float, Person | _Refusal]] = OrderedDict()
        self._asking: dict[bytes, asyncio.Future[Person | _Refusal]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    @classmethod
    def of(cls, settings: HubSettings, environment: Mapping[str, str]) -> JupyterHub:
        """As a relay.toml and the Hub itself say.

        Raises:
            SettingsError: nobody says where the Hub is.
        """
        url = settings.api_url or environment.get("JUPYTERHUB_API_URL", "")
        if not url.startswith(("http://", "https://")):
            raise SettingsError(
                "identities.jupyterhub.api_url: it is not there, and JUPYTERHUB_API_URL is not set: give it, such as "
                "http://hub:8081/hub/api."
            )
        return cls(url, settings)

    async def aclose(self) -> None:
        """Close the connections."""
        await end(*self._asking.values())
        await self._rest.aclose()

    async def person(self, token: str) -> Person:
        """Whose it is.

        Raises:
            Refused: the Hub does not know it, does not answer, or the token may not be used for this.
        """
        key = hashlib.sha256(token.encode()).digest()
        until, found = self._known.get(key, (0.0, _NOBODY))
        if self._clock.monotonic() >= until:
            if (asking := self._asking.get(key)) is None:
                asking = self._asking[key] = asyncio.ensure_future(self._ask(key, token))
                asking.add_done_callback(lambda _: self._asking.pop(key))
            found = await asyncio.shield(asking)  # Others may wait for it too.
        if isinstance(found, _Refusal):
            raise Refused(found.words, is_for_now=found.is_for_now)
        return found

    async def _ask(self, key: bytes, token: str) -> Person | _Refusal:
        found: Person | _Refusal = _Refusal(_NO_ANSWER, is_for_now=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S), self._room:
                found = await self._asked(token)
        self._remember(key, found)
        return found

    async def _asked(self, token: str) -> Person | _Refusal:
        if not token.isascii() or not token.isprintable():
            return _Refusal("JupyterHub does not know this token.")
        try:
            body = await self._rest.send(
                "GET", f"{self._api_url}/user", what=_WHAT, headers={"Authorization": f"token {token}"}
            )
            user = _decoder.decode(body)
        except CallError as error:
            if error.failure.status in (401, 403):
                return _Refusal("JupyterHub does not know this token, or it has expired.")
            return _Refusal(_NO_ANSWER, is_for_now=True)
        except msgspec.DecodeError:
            return _Refusal(
                "What answers in JupyterHub's place is none: check identities.jupyterhub.api_url.",
                is_for_now=True,
            )
        if user.kind != "user":
            return _Refusal("The token is of a service of JupyterHub, not of a person.")
        if self._scope and not {self._scope, self._scope.partition("!")[0]}.intersection(user.scopes):
            return _Refusal(f"The token has not the scope {self._scope}.")
        return Person(user.name, frozenset(user.groups))

    def _remember(self, key: bytes, found: Person | _Refusal) -> None:
        seconds = self._cache_s
        if isinstance(found, _Refusal):
            seconds = _NO_ANSWER_AGAIN_S if found.is_for_now else _NOT_KNOWN_AGAIN_S
        self._known[key] = (self._clock.monotonic() + seconds, found)
        self._known.move_to_end(key)
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)


def _nothing(body: bytes) -> ErrorDetails:
    return ErrorDetails()
