"""InboxWidget: the pages of an inbox, which hear of its rows, and the chat of the conversation that is selected."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

import msgspec
from traitlets import Unicode

from ipygenesys._core.inbox_view.pages import Facts, InboxPages
from ipygenesys._core.inbox_view.rows import problems, shown, tiles
from ipygenesys._core.inbox_view.wire import (
    FromPage,
    InboxWindow,
    LookAtInbox,
    PageGone,
    SelectRow,
    Tile,
    decode,
    encode,
)
from ipygenesys._core.model.inputs import Command
from ipygenesys._core.view.protocol.locale import SpokenLocale, view_locale
from ipygenesys._inboxes.languages import inbox_words
from ipygenesys._inboxes.source import Source
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.conversation.views import Views
from ipygenesys._io.host.handler_thread import HandlerThread
from ipygenesys._widget.budget import budget
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.hosted import HostedWidget
from ipygenesys._widget.hosts.here import instead_of
from ipygenesys._widget.open_chats import MAX_SHOWN, OpenChats
from ipygenesys._widget.weakly import weakly

if TYPE_CHECKING:
    from ipygenesys.chat import Chat

_log = logging.getLogger("ipygenesys.inbox")

ROUNDING_S = 1e-6


class InboxWidget(HostedWidget):
    """The half of an inbox that faces its pages.

    ``select`` and ``_make_chat`` are the other half's, which also writes ``selected``.

    Args:
        source: the conversations.
        max_shown: how many chats stay open that only pages wanted; None: all.
        locale: the language of the page's own words, such as ``"de"``; by default the browser's.
        traits: as for every widget, such as ``layout={"height": "800px"}``.

    Raises:
        ValueError: it does not speak that language.
    """

    _esm = asset("inbox.js")
    _css = asset("inbox.css")
    selected: str | None = Unicode(  # type: ignore[assignment] # a trait is what it holds
        None, allow_none=True, help="The conversation that is shown beside the list; None: none."
    )

    def __init__(
        self, source: Source, *, max_shown: int | None = MAX_SHOWN, locale: str | None = None, **traits: Any
    ) -> None:
        self._spoken = SpokenLocale(None if locale is None else view_locale(locale), inbox_words())
        self._source = source
        self._pages = self._new_pages(source)
        self._chats: OpenChats[str, Chat] = OpenChats(weakly(self._make_chat), max_shown)
        self._opener = HandlerThread(_said_in_the_log, name="ipygenesys-inbox")
        """Chats are made there: it takes some milliseconds, in which neither stream nor page shall wait."""
        self._in_sight: set[str] = set()
        self._shown: tuple[str, str, str] = ("", "", "")
        """A conversation, the model of its chat, or why there is none."""
        super().__init__(**traits)
        self._ends: list[Callable[[], object]] = []
        self.observe(self._on_selected, "selected")

    def _wake(self) -> None:
        """Somebody needs the conversations: begin, if that has not been done, and ``_listen``."""
        raise NotImplementedError

    def _listen(self) -> None:
        """Hear of rows from now on; on the loop's thread."""
        source, hear = self._source, weakly(self._row_changed)
        for row in source.rows.values():
            self._pages.put(shown(row))
        source.changes.add(hear)
        self._ends += [lambda: source.changes.remove(hear), source.add_views(_Due(self))]
        source.selected(self.selected)
        source.settle()

    def _stop_listening(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def _renew(self, source: Source) -> None:
        """The conversations come from elsewhere now."""
        self._source, self._pages, self._shown = source, self._new_pages(source), ("", "", "")
        self._in_sight = set()

    def _new_pages(self, source: Source) -> InboxPages:
        return InboxPages(self._spoken, _Figures(source))

    @overload
    def open(self) -> None: ...

    @overload
    def open(self, conversation_id: str) -> Chat: ...

    def open(self, conversation_id: str | None = None) -> Chat | None:
        """The conversation as a chat of its own, on the same stream; the same one until it is closed.

        Args:
            conversation_id: of a row. Without it, this is what every widget's ``open`` is, which ipywidgets calls.
        """
        if conversation_id is None:
            super().open()
            return None
        return self._chats.open(conversation_id)

    def select(self, conversation_id: str | None) -> None:
        """Show a conversation beside the list; None: none."""
        raise NotImplementedError

    def _make_chat(self, conversation_id: str) -> Chat:
        raise NotImplementedError

    def close(self) -> None:
        """Take it off its pages, with the chats that it has opened, and hear no more."""
        if hasattr(self, "_ends"):
            self._source.call_soon(self._stop_listening)
            self._opener.stop()
            self._chats.close()
        super().close()

    # --- from the pages ---------------------------------------------------------------------------------------

    def _on_page_message(self, _widget: object, content: object, _buffers: Any) -> None:
        try:
            message = decode(content)
        except msgspec.ValidationError:
            _log.warning("A message from the browser was not understood and is ignored")
            return
        if isinstance(message, PageGone) and not self._pages.is_looked_at:
            return  # A goodbye begins nothing anew.
        self._wake()
        if isinstance(message, SelectRow) and (not message.id or message.id in self._pages.rows):
            self.select(message.id or None)  # Who observes it is told here, as of every widget's traits.
        self._source.call_soon(lambda: self._take(message))

    def _take(self, message: FromPage) -> None:
        match message:
            case LookAtInbox():
                was_looked_at = self._pages.is_looked_at
                self._pages.hear(message, self._now())
                if not was_looked_at:
                    self._show_selected()
            case PageGone(page=page):
                self._pages.forget(page)
            case SelectRow():
                pass  # The trait says it.
        self._source.settle()

    # --- to the pages -----------------------------------------------------------------------------------------

    def _row_changed(self, conversation_id: str) -> None:
        row = self._source.rows.get(conversation_id)
        if row is None:
            self._pages.remove(conversation_id)
        else:
            self._pages.put(shown(row))

    def _flush(self) -> None:
        """Send what is due, as far as the kernel's budget of messages goes."""
        now = self._now()
        self._pages.tick(now)
        if not self._pages.is_looked_at or budget.available_at(now) > now + ROUNDING_S:
            return
        selected = self.selected or ""
        conversation_id, chat, said = self._shown
        is_shown = conversation_id == selected
        facts = Facts(
            now_ms=self._source.server_now_ms(),
            status=self._source.status,
            selected=selected,
            chat=chat if is_shown else "",
            said=said if is_shown else "",
            problems=problems(self._source.problems),
        )
        windows = self._pages.outgoing(facts, now)
        for window in windows:
            budget.spend(now)
            self._tell(window)
        if windows and (in_sight := set(self._pages.in_sight)) != self._in_sight:
            self._in_sight = in_sight
            self._source.in_sight(in_sight)

    def _tell(self, window: InboxWindow) -> None:
        self._send_to_pages(encode(window))

    def _next_flush(self) -> float | None:
        now = self._now()
        due = self._pages.next_deadline(now)
        return None if due is None else max(due, budget.available_at(now))

    # --- the conversation beside the list ---------------------------------------------------------------------

    def _on_selected(self, _change: object) -> None:
        source = self._source
        source.call_soon(lambda: source.selected(self.selected))
        self._show_selected()

    def _show_selected(self) -> None:
        if self.selected and self._pages.is_looked_at:
            self._opener.submit(weakly(self._show))
        self._source.call_soon(self._source.settle)

    def _show(self) -> None:
        """On a thread of its own; of those who were selected in a hurry only the last is opened."""
        conversation_id = self.selected
        if not conversation_id:
            return
        try:
            self._shown = conversation_id, self._chats.show(conversation_id).model_id, ""
        except Exception as error:
            _log.warning("A conversation cannot be shown: %s", place_of(error))
            self._shown = conversation_id, "", str(error)
        self._source.call_soon(self._source.settle)

    def _now(self) -> float:
        return self._source.clock.monotonic()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": instead_of(self, "Genesys Cloud conversations")}, metadata


class _Figures:
    """The figures as pages hold them."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def tiles(self) -> Sequence[Tile]:
        return tiles(self._source.kpis())


class _Due(Views):
    """An inbox's share of a timer. It does not keep the inbox alive."""

    def __init__(self, inbox: InboxWidget) -> None:
        self._inbox = weakref.ref(inbox)

    def commands(self) -> list[Command]:
        return []

    def renew(self) -> None:
        self.flush()

    def flush(self) -> None:
        if (inbox := self._inbox()) is not None:
            inbox._flush()

    def next_deadline(self) -> float | None:
        return None if (inbox := self._inbox()) is None else inbox._next_flush()


def _said_in_the_log(error: BaseException) -> None:
    _log.error("A conversation could not be opened: %s", place_of(error))
