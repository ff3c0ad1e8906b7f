"""Client: a conversation without a widget, for scripts and async code."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from os import PathLike
from types import TracebackType
from typing import Any, NoReturn, Self

from ipygenesys._core.model.content import Option
from ipygenesys._core.model.events import Event, MessageReceived
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.model.messages import ConnectionStatus, Message
from ipygenesys._io.conversation.closing import SENDS_FOR_S, checked_timeout, say_unsent
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.disk.durable_store import open_store
from ipygenesys._io.disk.read_positions import ReadPositions
from ipygenesys._io.platform import source  # noqa: F401 - once the loop runs, it would stand still for the import
from ipygenesys._protocols.base import Adapter, IsFed, checked_adapter
from ipygenesys._verbs.calling import checked_handler, to_await
from ipygenesys._verbs.listening import news_from_now_on
from ipygenesys._verbs.subscription import Subscription
from ipygenesys._verbs.verbs import Verbs
from ipygenesys.errors import GenesysError

_USE = (
    "Use the client as: async with Client(protocol) as client: … In code without async, a Chat has the same verbs, "
    "in a script too: with Chat(protocol) as chat: …"
)


class Client(Verbs):
    """A conversation on the running event loop; use it as ``async with Client(protocol) as client``.

    Args:
        protocol: which conversation, where, and as whom.
        remember_read: where the platform takes no read receipts, keep our read position in the user's state
            directory, so that unread counts survive a restart. Times only, no content.
        durable: keep messages that are not accepted yet, and receipts, on disk until they are, so that a kill loses
            nothing and sends nothing twice. True takes the user's state directory; or give a directory. The files
            hold texts and are readable by the user alone. One Chat or Client a conversation at a time.
        close_timeout: seconds that the end of ``async with`` gives what is being sent.
        count_unread: whether messages of others count as unread; by default where we take part.

    Raises:
        TypeError: ``protocol`` is none.
        GenesysError: the durable state is in use, or cannot be opened.
        ValueError: it could not be found again: a guest needs a ``session_token``.
    """

    def __init__(
        self,
        protocol: Adapter | IsFed,
        *,
        remember_read: bool = True,
        durable: bool | str | PathLike[str] = False,
        close_timeout: float = SENDS_FOR_S,
        count_unread: bool | None = None,
    ) -> None:
        self._sends_for_s = checked_timeout(close_timeout)
        self._gateway = Gateway(
            checked_adapter(protocol),
            read_positions=ReadPositions() if remember_read else None,
            store=open_store(protocol.profile.conversation_key, durable),
        )
        self._gateway.session.allowed.count_unread(count_unread)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        if self._loop is not None:
            raise RuntimeError("A client is entered once; make a new one.")
        self._loop = asyncio.get_running_loop()
        self._gateway.bind(self._loop)
        self._command(Connect())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> NoReturn:
        raise TypeError(_USE)

    def __exit__(self, *_: object) -> None:
        """Python asks for it before it enters."""

    async def aclose(self, timeout: float | None = None) -> None:
        """Stop typing, close the stream, leave no task behind. Doing it twice is fine.

        What is being sent gets ``timeout`` seconds, by default ``close_timeout``; what is not sent by then has failed, and
        its number is said on stderr.
        """
        sends_for_s = self._sends_for_s if timeout is None else checked_timeout(timeout)
        if not self._is_closed:
            self._is_closed = True
            if self._loop is None:
                self._gateway.abandon()
            else:
                try:
                    await self._gateway.close(sends_for_s=sends_for_s)
                finally:  # Also where it is cancelled.
                    say_unsent(self._gateway.unsent)

    @property
    def status(self) -> ConnectionStatus:
        """The connection's state, whoever may write; read_only: the conversation itself is over."""
        return self._gateway.session.connection.status

    @property
    def can_send(self) -> bool:
        """Whether we may write now; who only watches may not. What is written while the connection is lost waits for it."""
        return self._gateway.session.allowed.can_send

    @property
    def typing(self) -> tuple[str, ...]:
        """Display names of who is typing now."""
        return self._gateway.session.conversation.typing_names

    @property
    def unread_count(self) -> int:
        """Messages of others that the server does not know to be read; 0 for who only watches, unless ``count_unread``."""
        return self._gateway.session.conversation.timeline.unread_count

    @to_await
    async def ask(
        self, said: str | Option, quiet: float = 1.5, timeout: float | None = 30.0
    ) -> list[Message]:
        """Say something and collect all that others say to it, until they are quiet; oldest first.

        Args:
            said: a text, or an option to pick, see ``answer``.
            quiet: over once something was said and then nobody has written or typed for this many seconds.
            timeout: seconds; what has come by then is returned. None waits for ever.

        Raises:
            TimeoutError: nobody answered in time.
            DeliveryFailed: it was not sent.
            GenesysError: the connection failed for good, or was closed.
            TypeError: an argument is something else.
            ValueError: there is nothing to say, or nobody offers the option.
        """
        return await self._ask(said, quiet, timeout)

    def on_message(
        self, handler: Callable[[Message], object], *, show_errors: bool = False
    ) -> Callable[[], None]:
        """Call ``handler(message)`` for each message of somebody else; returns how to stop that. See ``on_event``.

        News begins with the connection's first opening, or with this call if that is later: what is said while the stream
        still opens is heard too, once it is open. What was said before is in ``messages``, and is heard by nobody.
        """
        call = checked_handler(handler)
        news = news_from_now_on(self._gateway)

        def hear(event: Event) -> object:
            return None if (message := news(event)) is None else call(message)

        return self._listen(hear, MessageReceived, show_errors=show_errors)

    def on_event(
        self, handler: Callable[[Event], object], *, show_errors: bool = False
    ) -> Callable[[], None]:
        """Call ``handler(event)`` for everything that happens, on the event loop; returns how to stop that.

        A handler that is ``async`` runs in a task of its own, which ends with the client.
        What fails in a handler stops nothing, and is told to the loop's exception handler: on stderr, unless you have
        set another; with its place, not its words, which may quote a message. ``show_errors=True`` writes all of it on stderr.
        """
        return self._listen(handler, show_errors=show_errors)

    def _listen(
        self, handler: Callable[[Event], object], *kinds: type[Event], show_errors: bool
    ) -> Callable[[], None]:
        call = checked_handler(handler, show_errors=show_errors)

        def hear(event: Event) -> None:
            try:
                outcome = call(event)
            except Exception as error:
                _tell(error)
            else:
                if outcome is not None and inspect.iscoroutine(outcome):
                    _ = self._gateway.spawn(_told(outcome))

        self._gateway.add_listener(hear, *kinds)
        return Subscription(lambda: self._gateway.remove_listener(hear))

    def __repr__(self) -> str:
        return f"<Client {self.status}, {len(self.messages)} messages, {self.unread_count} unread>"

    def _ensure_running(self) -> None:
        if self._loop is None:
            raise RuntimeError(_USE)
        if self._is_closed:
            raise GenesysError("The client was closed.")

    def _check_may_block(self, instead: str) -> None:
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            return
        if running is self._loop:
            raise RuntimeError(f"Waiting here would stop the conversation itself: {instead} instead.")


def _tell(error: Exception) -> None:
    # The place alone: the error's words may quote a message.
    context = {"message": f"A handler of ipygenesys.Client failed: {place_of(error)}"}
    asyncio.get_running_loop().call_exception_handler(context)


async def _told(outcome: Coroutine[Any, Any, object]) -> None:
    try:
        await outcome
    except Exception as error:
        _tell(error)
