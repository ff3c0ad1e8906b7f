"""Does to guests and notification channels what only their protocols know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipygenesys.simulator.agent_messaging.stream import AgentStream
from ipygenesys.simulator.faults.kinds import (
    ConnectionClosed,
    ExpireToken,
    Fault,
    Logout,
    NoLongerSubscribed,
    SessionCleared,
    SessionExpired,
    SocketClosing,
    TokenRevoked,
)
from ipygenesys.simulator.web_messaging.stream import GuestStream

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.hub import Hub


def strike_real(fault: Fault, hub: Hub) -> None:
    """Strikes the open connections of the two real protocols."""
    guests = [s for s in hub.open_streams if isinstance(s, GuestStream) and s.session is not None]
    agents = [s for s in hub.open_streams if isinstance(s, AgentStream)]
    match fault:
        case SocketClosing(seconds=seconds):
            for agent in agents:
                agent.announce_closing(seconds)
        case NoLongerSubscribed():
            for agent in agents:
                agent.channel.topics.clear()
                agent.no_longer_subscribed()
        case TokenRevoked():
            for channel in hub.channels.of_token():
                hub.revoke(channel.token)
        case ExpireToken():
            hub.guests.expire_jwts()
        case SessionExpired():
            hub.guests.expire_all(hub.clock.now())
            hub.wake()
        case SessionCleared() | ConnectionClosed():
            _end_connections(fault, hub, guests)
        case Logout():
            for guest in guests:
                if guest.session is not None and guest.session.user is not None:
                    guest.tell("LogoutEvent", {})
        case _:
            pass


def _end_connections(fault: SessionCleared | ConnectionClosed, hub: Hub, guests: list[GuestStream]) -> None:
    for guest in guests:
        if isinstance(fault, ConnectionClosed):
            guest.close_connection(fault.reason)
            continue
        if guest.session is not None:
            hub.guests.end(guest.session)
        guest.tell("SessionClearedEvent", {})
        guest.close_connection()
