"""The platform as flows see it: REST, tokens, and the runner that carries out their steps with both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.platform.account import Account, Member, account_of
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.gate import gate_for
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import Adapter


class Platform:
    """One conversation's way to it; on a running loop.

    Args:
        protocol: tells where it is, and as whom we come.
        clock: for calls and handshakes; learns the server's time from each answer.
        on_delayed: hears that a call had to wait for the budget.
        on_renewed: hears that a token has taken another one's place: streams have to move to it.
        on_bug: hears what failed where nobody waits for it.
        on_progress: hears how far an upload has come: its draft id, bytes sent, bytes in all.
        on_odd_field: hears of each field of an answer that cannot be read.
        tap: of the conversation.
    """

    def __init__(
        self,
        protocol: Adapter,
        clock: ServerClock,
        *,
        on_delayed: Callable[[], None],
        on_renewed: Callable[[], None],
        on_bug: Callable[[str, BaseException], None],
        on_progress: Callable[[str, int, int], None],
        on_odd_field: Callable[[], None],
        tap: Tap,
    ) -> None:
        endpoints, credentials = protocol.endpoints, protocol.credentials
        self._clock = clock
        self._on_progress, self._on_odd_field = on_progress, on_odd_field
        self._rest = RestClient(
            endpoints.rest_url,
            clock=clock,
            decode_error=protocol.decode_error,
            gate=gate_for(endpoints.rest_url, credentials, clock),
            on_delayed=on_delayed,
            on_headers=clock.learn,
            tap=tap,
        )
        self._member = Member(on_renewed, clock.learn, on_bug)
        self.account: Account | None = None
        """None where no token is needed."""
        if credentials is not None:
            self.account = account_of(protocol, credentials, clock)
            self.account.enter(protocol, self._member)

    @property
    def tokens(self) -> TokenProvider | None:
        """None where none is needed."""
        return None if self.account is None else self.account.tokens

    def runner(self, **options: Any) -> FlowRunner:
        """What runs one flow; the options are FlowRunner's."""
        return FlowRunner(
            self._rest,
            self.tokens,
            self._clock,
            on_progress=self._on_progress,
            on_odd_field=self._on_odd_field,
            turn=nullcontext if self.account is None else self.account.turns.taken,
            shared=None if self.account is None else self.account.calls,
            **options,
        )

    async def aclose(self) -> None:
        """Leave no connection and no task."""
        if self.account is not None:
            await self.account.leave(self._member)
        await self._rest.aclose()
