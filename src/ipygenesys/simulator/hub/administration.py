"""Says what the simulator's state offers to the two real protocols: connections, tokens, settings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.stream import AgentStream
from ipygenesys.simulator.hub.people import People
from ipygenesys.simulator.state.organisation import USER_SCOPES, AgentApi, Deployment, changed
from ipygenesys.simulator.web_messaging.stream import GuestStream

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.stream import Stream
    from ipygenesys.simulator.state.accounts import Accounts, Token
    from ipygenesys.simulator.state.channels import Channel, Channels
    from ipygenesys.simulator.state.guests import Guests, Session


class RealSides(People):
    """The part of the state that guests and agents' channels have, beside the people."""

    accounts: Accounts
    agent_api: AgentApi
    channels: Channels
    deployment: Deployment
    guests: Guests
    open_streams: list[Stream]
    streams: list[Stream]
    _new_session_token: Callable[[], str]

    @abstractmethod
    def add_stream(self, stream: Stream) -> None:
        """A stream gets all events from now on."""

    # --- connections

    def guest_streams(self, session: Session) -> list[GuestStream]:
        """The open connections of a guest's session, oldest first."""
        return [s for s in self.open_streams if isinstance(s, GuestStream) and s.session is session]

    def channel_streams(self, channel: Channel) -> list[AgentStream]:
        """The open sockets of a channel; a second one ends the first."""
        return [s for s in self.open_streams if isinstance(s, AgentStream) and s.channel is channel]

    def watch(self, stream: AgentStream) -> None:
        """A channel with topics is connected."""
        if stream not in self.streams and stream.channel.topics:
            self.add_stream(stream)

    @property
    def bodies(self) -> Bodies:
        """What makes the Platform API's bodies."""
        return Bodies(self.identity, self.agent_api.reports_read)

    def revoke(self, token: Token) -> None:
        """The token is good no more; its channels end."""
        self.accounts.revoke(token)
        for channel in self.channels.of_token(token.value):
            for stream in self.channel_streams(channel):
                stream.expire_session()
            self.channels.end(channel)

    def log_out(self, user: str) -> None:
        """A signed-in guest's tokens have been revoked."""
        for stream in self.open_streams:
            if isinstance(stream, GuestStream) and stream.session and stream.session.user == user:
                stream.tell("LogoutEvent", {})

    # --- ways in, for tests

    def agent_token(self) -> dict[str, str]:
        """Tokens of the agent's user, without a login."""
        user_id = self.identity.user_id
        token, refresh = self.accounts.issue_user(user_id, USER_SCOPES, self.clock.now())
        return {"access_token": token.value, "refresh_token": refresh, "user_id": user_id}

    def guest_session(self) -> dict[str, str]:
        """A session token that nobody has used yet."""
        return {"token": self._new_session_token(), "deployment_id": self.identity.deployment_id}

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
