"""Sends to one guest's socket: answers, and the neutral events as that guest may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipygenesys.simulator.faults.kinds import ConnectionClosed, Fault, Logout, SessionCleared
from ipygenesys.simulator.hub.stream import Frame, Stream
from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    Event,
    MessagePosted,
    TypingChanged,
)
from ipygenesys.simulator.web_messaging.frames import envelope, message_body, presence_body, typing_body

if TYPE_CHECKING:
    import asyncio

    from aiohttp import web

    from ipygenesys.simulator.faults.active import Faults
    from ipygenesys.simulator.hub.hub import Hub
    from ipygenesys.simulator.state.clock import Clock
    from ipygenesys.simulator.state.guests import Session
    from ipygenesys.simulator.state.organisation import Deployment

PROTOCOL = "web-messaging"
NORMAL_CLOSURE = 1000


class GuestStream(Stream):
    """A guest's connection; it gets events once a session is configured on it."""

    def __init__(
        self,
        number: int,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        base_url: str,
        clock: Clock,
        faults: Callable[[], Faults],
        deployment: Callable[[], Deployment],
        new_id: Callable[[], str],
        echo_typing: bool,
    ) -> None:
        super().__init__(
            number, socket, transport, protocol=PROTOCOL, clock=clock, faults=faults, encode=self._frames
        )
        self.base_url = base_url
        self.session: Session | None = None
        self._deployment = deployment
        self._new_id = new_id
        self._echo_typing = echo_typing

    def reply(self, kind: str, body: Any, *, tracing_id: str | None, code: int = 200) -> None:
        """Answers a request."""
        frame = envelope(kind, body, code=code, tracing_id=tracing_id, is_response=True)
        self.send_raw(frame.decode())

    def tell(self, kind: str, body: Any, *, tracing_id: str | None = None) -> None:
        """Says something that nobody asked for just now."""
        self.send_frame(kind, envelope(kind, body, tracing_id=tracing_id))

    def timestamp(self) -> str:
        """Now, as Genesys writes it."""
        return rfc3339(self._clock.now())

    def is_for(self, owner: object) -> bool:
        return self.session is not None and self.session is owner

    def lapse(self) -> None:
        """The session's time is over; the socket stays."""
        self.tell("SessionExpiredEvent", {})

    def log_out(self) -> None:
        """The tokens of the signed-in guest are good no more."""
        self.tell("LogoutEvent", {})

    def close_connection(self, reason: str | None = None) -> None:
        """Ends the connection, for a reason that is not the network."""
        # T reads ``reason``, J's schema says ``reasonCode``: both are sent.
        self.tell("ConnectionClosedEvent", {"reason": reason, "reasonCode": reason} if reason else {})
        self.session = None
        self.close(NORMAL_CLOSURE, reason or "connection closed")

    def expire_session(self) -> None:
        """A guest's socket has no access token that could expire."""

    def strike(self, fault: Fault) -> None:
        session = self.session
        match fault:
            case SessionCleared() if session is not None:
                self.tell("SessionClearedEvent", {})
                self.close_connection()
            case ConnectionClosed(reason=reason) if session is not None:
                self.close_connection(reason)
            case Logout() if session is not None and session.user is not None:
                self.log_out()
            case _:
                super().strike(fault)

    # --- events

    def _frames(self, event: Event) -> list[Frame]:
        body = self._body(event)
        if body is None:
            return []
        kind, content, tracing_id = body
        return [(kind, envelope("StructuredMessage", content, tracing_id=tracing_id))]

    def _body(self, event: Event) -> tuple[str, dict[str, Any], str | None] | None:
        session, deployment = self.session, self._deployment()
        if session is None or session.is_closed or session.is_expired:
            return None
        match event:
            case MessagePosted(m) if m.sequence > session.starts_after:
                is_mine = m.origin is not None and m.origin.stream == self.number
                return "message", message_body(m), m.origin.tracing_id if m.origin and is_mine else None
            case TypingChanged(_, who, True) if who.role != "customer":
                if not deployment.show_agent_typing_indicator:
                    return None
                return "typing", typing_body(self._new_id(), self._clock.now(), is_inbound=False), None
            case TypingChanged(_, who, True) if who.role == "customer" and self._echo_typing:
                return "typing", typing_body(self._new_id(), self._clock.now(), is_inbound=True), None
            case ConversationChanged(_, "disconnected") if deployment.conversation_disconnect is not None:
                record = session.presences[-1]
                return "conversation", presence_body(record, is_read_only=session.is_read_only), None
            case _:
                return None


def streams_of(hub: Hub, session: Session) -> list[GuestStream]:
    """The open connections of a guest's session, oldest first."""
    streams = hub.audience.only_of(session.conversation_id)
    return [s for s in streams if isinstance(s, GuestStream) and s.session is session]
