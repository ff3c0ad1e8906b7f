"""What conversations with the same credentials share, on one loop: a token, and, for some protocols, a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.platform.shared_calls import SharedCalls
from ipygenesys._io.platform.shared_stream import SharedStream
from ipygenesys._io.platform.turns import Turns
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._protocols.base import Adapter, SharesStream
from ipygenesys.credentials import AccessToken, Credentials


class Member(NamedTuple):
    """What one of the conversations wants to hear."""

    on_renewed: Callable[[], None]
    """A token has taken another one's place: streams have to move to it."""
    on_headers: Callable[[Mapping[str, str]], None]
    """Of each answer."""
    on_bug: Callable[[str, BaseException], None]


class Account:
    """One app's or user's, from the first of its conversations to the last.

    Args:
        protocol: of the first.
        credentials: the protocol's.
        clock: for tokens and streams.
        forget: called when the last one has left.
    """

    def __init__(
        self, protocol: Adapter, credentials: Credentials, clock: SystemClock, forget: Callable[[], object]
    ) -> None:
        endpoints = protocol.endpoints
        self._members: list[Member] = []
        self._forget = forget
        self._tasks = Tasks(lambda where, bug: self._tell(lambda member: member.on_bug(where, bug)))
        self._rest = RestClient(
            endpoints.rest_url,
            clock=clock,
            decode_error=protocol.decode_error,
            on_headers=lambda headers: self._tell(lambda member: member.on_headers(headers)),
        )
        self.tokens = TokenProvider(
            credentials,
            rest=self._rest,
            token_url=endpoints.token_url,
            authorize_url=endpoints.authorize_url,
            scopes=protocol.scopes,
            clock=clock,
            on_renewed=lambda: self._tell(lambda member: member.on_renewed()),
        )
        self.calls = SharedCalls()
        self.turns = Turns()
        self.stream = SharedStream(clock, self.turns)
        self._protocol = protocol
        _ = self._tasks.start(self.tokens.keep_fresh())

    def enter(self, protocol: Adapter, member: Member) -> None:
        """One more conversation; its protocol shares what the first one knows of their stream."""
        self._members.append(member)
        if isinstance(protocol, SharesStream) and isinstance(self._protocol, SharesStream):
            protocol.stream = self._protocol.stream

    async def leave(self, member: Member) -> None:
        """One less; the last one leaves no task and no connection behind. Doing it twice is fine."""
        if member not in self._members:
            return
        self._members.remove(member)
        if self._members:
            return
        self._forget()
        await self._tasks.cancel()
        await self.tokens.aclose()
        await self._rest.aclose()

    def _tell(self, what: Callable[[Member], None]) -> None:
        for member in tuple(self._members):
            what(member)


_accounts: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Account]] = WeakKeyDictionary()


def account_of(protocol: Adapter, credentials: Credentials, clock: SystemClock) -> Account:
    """That of these credentials on the running loop: the same object, or the same token."""
    accounts = _accounts.setdefault(asyncio.get_running_loop(), {})
    who = credentials.token if isinstance(credentials, AccessToken) else credentials
    kind = type(protocol.stream) if isinstance(protocol, SharesStream) else type(protocol)
    key = (kind, protocol.endpoints, protocol.scopes, who)
    if key not in accounts:
        accounts[key] = Account(protocol, credentials, clock, lambda: accounts.pop(key))
    return accounts[key]
