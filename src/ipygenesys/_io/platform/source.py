"""The platform as a source: a conversation's streams and calls, each in a task of its own."""

from __future__ import annotations

from concurrent.futures import Future

from ipygenesys._core.model.effects import Call, CancelSend, CloseStream, OpenStream
from ipygenesys._core.model.events import UploadProgressed
from ipygenesys._core.model.inputs import TokenRenewed
from ipygenesys._core.model.operations import Action
from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.platform.access import Platform
from ipygenesys._io.platform.calls import Calls
from ipygenesys._io.platform.streams import Streams
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys._protocols.base import Adapter, CanAct


class PlatformSource:
    """Feeds a conversation from where its protocol says.

    Args:
        conversation: is fed.
        protocol: which one it is, where, and as whom we come.
        clock: learns the server's time from each answer.
    """

    def __init__(self, conversation: Conversation, protocol: Adapter, clock: ServerClock) -> None:
        self._protocol = protocol
        self._platform = Platform(
            protocol,
            clock,
            on_delayed=lambda: conversation.count("calls_delayed"),
            on_renewed=lambda: conversation.take(TokenRenewed()),
            on_bug=conversation.report_bug,
            on_progress=lambda draft_id, sent, total: conversation.tell(
                UploadProgressed(draft_id=draft_id, sent_bytes=sent, total_bytes=total)
            ),
            on_odd_field=lambda: conversation.count("odd_field"),
            tap=conversation.tap,
        )
        self._streams = Streams(conversation, protocol, self._platform, clock)
        self._calls = Calls(conversation, protocol, self._platform, link=lambda: self._streams.link)

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""
        return not self._streams

    def perform(self, wish: Wish) -> None:
        """Begin to do what the session wants."""
        match wish:
            case Call(operation, is_again):
                self._calls.start(operation, is_again=is_again)
            case CancelSend(draft_id):
                self._calls.cancel_send(draft_id)
            case OpenStream(generation, fresh_token):
                self._streams.open(generation, fresh_token=fresh_token)
            case CloseStream(generation):
                self._streams.close(generation)

    def act(self, action: Action, outcome: Future[None]) -> None:
        """Begin to do what the user asks for."""
        assert isinstance(self._protocol, CanAct)
        self._calls.act(self._protocol, action, outcome)

    async def aclose(self) -> None:
        """Leave no connection."""
        await self._platform.aclose()
