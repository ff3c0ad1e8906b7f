"""Says what comes from outside of the conversation: tokens, settings, and what goes wrong."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from ipygenesys.simulator.faults.active import Faults
from ipygenesys.simulator.faults.garbage import PROTOCOLS, garbage_frames
from ipygenesys.simulator.faults.kinds import (
    Clear,
    ExpireToken,
    Fault,
    Garbage,
    SessionCleared,
    SessionExpired,
    TokenRevoked,
    parse_fault,
)
from ipygenesys.simulator.hub.people import People
from ipygenesys.simulator.state.organisation import USER_SCOPES, AgentApi, Deployment, changed

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.audience import Audience
    from ipygenesys.simulator.hub.stream import Stream
    from ipygenesys.simulator.state.accounts import Accounts, Token
    from ipygenesys.simulator.state.channels import Channels
    from ipygenesys.simulator.state.guests import Guests


class Administration(People):
    """The verbs of an administrator, and of a test that wants trouble."""

    accounts: Accounts
    agent_api: AgentApi
    channels: Channels
    deployment: Deployment
    faults: Faults
    guests: Guests
    audience: Audience
    _new_session_token: Callable[[], str]

    # --- tokens

    @property
    @abstractmethod
    def agents(self) -> dict[str, str]:
        """The users who take conversations, and their names."""

    def agent_token(self, user_id: str | None = None) -> dict[str, str]:
        """Tokens of the agent's user, or of another agent, without a login.

        Raises:
            LookupError: there is no such agent.
        """
        user_id = user_id or self.identity.user_id
        if user_id not in self.agents:
            raise LookupError(f"no agent {user_id!r}")
        token, refresh = self.accounts.issue_user(user_id, USER_SCOPES, self.clock.now())
        return {"access_token": token.value, "refresh_token": refresh, "user_id": user_id}

    def guest_session(self) -> dict[str, str]:
        """A session token that nobody has used yet."""
        return {"token": self._new_session_token(), "deployment_id": self.identity.deployment_id}

    def revoke(self, token: Token) -> None:
        """The token is good no more; its channels end."""
        self.accounts.revoke(token)
        for channel in self.channels.of_token(token.value):
            for stream in self.streams_for(channel):
                stream.expire_session()
            self.channels.end(channel)

    def streams_for(self, owner: object) -> list[Stream]:
        """The open streams of a guest's session or of a channel, oldest first."""
        return [stream for stream in self.audience.open if stream.is_for(owner)]

    # --- settings

    def change(self, group: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Changes some of the deployment's toggles, the guest's limits or the agent's API; returns all of that group.

        Raises:
            ValueError: there is no such name, or the value is wrong.
        """
        if group == "deployment":
            self.deployment = changed(self.deployment, changes)
            return msgspec.structs.asdict(self.deployment)
        if group == "guest_limits":
            self.guests.set_limits(changed(self.guests.limits, changes))
            return msgspec.structs.asdict(self.guests.limits)
        self.agent_api = changed(self.agent_api, changes)
        return msgspec.structs.asdict(self.agent_api)

    # --- faults

    def fault(self, params: dict[str, Any]) -> None:
        """Lets something go wrong: for a while, in the state, or on the open streams at once.

        Raises:
            ValueError: there is no such fault.
        """
        fault = parse_fault(params)
        if isinstance(fault, Clear):
            self.faults = Faults()
        self.faults.switch(fault, self.clock.now())
        self._strike(fault)
        for stream in list(self.audience.open):
            stream.strike(fault)

    def _strike(self, fault: Fault) -> None:
        """What a fault does to the state; and to streams that have authenticated, as others could not notice."""
        match fault:
            case ExpireToken():
                self.accounts.expire_all()
                self.guests.expire_jwts()
                for stream in list(self.audience.listening):
                    stream.expire_session()
            case TokenRevoked():
                for channel in self.channels.of_token():
                    self.revoke(channel.token)
            case SessionExpired():
                self.guests.expire_all(self.clock.now())
                self.wake()
            case SessionCleared():
                self.guests.end_all()
            case Garbage(only=only, bytes=size):
                frames = {
                    protocol: list(
                        garbage_frames(self.identity.conversation_id, only=only, size=size, protocol=protocol)
                    )
                    for protocol in PROTOCOLS
                }
                for stream in list(self.audience.listening):
                    for _, content in frames[stream.protocol]:
                        stream.send_raw(content)
            case _:
                pass
