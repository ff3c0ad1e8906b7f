"""RunWidget: the table of a run, which fills while it is played, and the conversation that is open."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ipygenesys._core.view.protocol.locale import SpokenLocale, view_locale
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.host.handler_thread import HandlerThread
from ipygenesys._io.recordings.in_memory import InMemory
from ipygenesys._io.recordings.replay import Replay
from ipygenesys._runs.details import opened, row_of
from ipygenesys._runs.wire import FromPage, LookAtRun, OpenScenario, RunRows, StopRun, ToPage, decode, encode
from ipygenesys._scripts.play.seat import Seat
from ipygenesys._scripts.play.suite import Suite
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.hosted import HostedWidget
from ipygenesys._widget.hosts.here import instead_of
from ipygenesys._widget.languages import words_in
from ipygenesys._widget.open_chats import MAX_SHOWN, OpenChats
from ipygenesys._widget.weakly import weakly
from ipygenesys.chat import Chat

UPDATE_S = 0.2
"""Chosen: five times a second is as often as a table can be followed."""
SILENCE_S = 60.0
"""When no page has looked for so long, none is there."""
WORDS = Path(__file__).parent / "words"

_log = logging.getLogger("ipygenesys.run")


class RunWidget(HostedWidget):
    """The pages of one run: ``run`` shows it as a cell's last line.

    Scenarios can be sorted, and filtered by what came of them. One that is opened shows its steps, where it failed what was
    expected and what came, and its conversation, live or as it was, in a chat of its own.

    Args:
        suite: the run.
        name: what it is called.
        locale: the language of its words, such as ``"de"``; by default the browser's.
    """

    _esm = asset("runs.js")
    _css = asset("runs.css")

    def __init__(self, suite: Suite, name: str, *, locale: str | None = None) -> None:
        self._locale = None if locale is None else view_locale(locale)
        self._spoken = SpokenLocale(self._locale)
        self._suite, self._name = suite, name
        self.shown: object = None
        """The run, which lives as long as its table."""
        self._lock = threading.RLock()
        """Pages are answered on the host's thread; what changes is told on the one that plays."""
        self._revision = 0
        self._changed: dict[int, Seat] = {}
        self._looked_at = self._sent_at = float("-inf")
        self._is_due = False
        self._opened: dict[int, Seat] = {}
        """By any page, the newest last; as many as have chats."""
        self._chats: OpenChats[tuple[Seat, InMemory], Chat] = OpenChats(weakly(self._make_chat))
        self._opener = HandlerThread(_said_in_the_log, name="ipygenesys-run")
        """Chats are made there: it takes some milliseconds, in which nobody shall wait."""
        hear = weakly(self._hear)
        suite.listeners += (hear,)
        self._stop_hearing: Callable[[], None] = lambda: _remove(suite, hear)
        super().__init__()
        weakref.finalize(self, self._opener.stop, wait=False)

    def close(self) -> None:
        """Take it off its pages, with the conversations that it has opened; the run goes on."""
        if hasattr(self, "_stop_hearing"):
            self._stop_hearing()
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
        with self._lock:
            self._answer(message)

    def _answer(self, message: FromPage) -> None:
        match message:
            case LookAtRun(revision, languages):
                self._looked_at = time.monotonic()
                locale = self._spoken.choose(languages) if languages else self._spoken.latest
                if revision == 0 or revision != self._revision:
                    self._send_rows(words_in(WORDS)[locale.partition("-")[0]] if revision == 0 else {})
                    # What has changed of them may be among what was missed.
                    for seat in self._opened.values():
                        self._show(seat)
            case OpenScenario(number):
                for seat in (seat for seat in self._suite.seats if seat.number == number):
                    self._opened.pop(number, None)
                    self._opened[number] = seat
                    for earlier in list(self._opened)[:-MAX_SHOWN]:
                        del self._opened[earlier]
                    self._show(seat)
            case StopRun():
                self._suite.stop()

    # --- to the pages -----------------------------------------------------------------------------------------

    def _hear(self, seat: Seat | None) -> None:
        """On the thread that plays."""
        with self._lock:
            if seat is not None:
                self._changed[seat.number] = seat
            wait_s = self._sent_at + UPDATE_S - time.monotonic()
            if seat is None or wait_s <= 0:
                self._update()
            elif not self._is_due:
                self._is_due = True
                asyncio.get_running_loop().call_later(wait_s, weakly(self._update))

    def _update(self) -> None:
        with self._lock:
            self._is_due = False
            if time.monotonic() - self._looked_at > SILENCE_S:
                self._changed.clear()
                self._revision += 1  # Whoever comes back is told all.
                return
            changed = [seat for number, seat in self._opened.items() if number in self._changed]
            self._send_rows()
            for seat in changed:
                self._show(seat)

    def _send_rows(self, words: dict[str, str] | None = None) -> None:
        """Those that have changed; all of them with words, or where a page has missed some."""
        is_whole = words is not None
        seats = self._suite.seats if is_whole else tuple(self._changed.values())
        self._changed.clear()
        self._revision += 1
        self._sent_at = time.monotonic()
        self._tell(
            RunRows(
                revision=self._revision,
                is_whole=is_whole,
                rows=[row_of(seat) for seat in seats],
                name=self._name,
                is_over=self._suite.is_over,
                now_ms=time.time() * 1000,
                held_back=sum(result.held_back for result in self._suite.results),
                locale=self._spoken.latest,
                words=words or {},
            )
        )

    def _tell(self, message: ToPage) -> None:
        self._send_to_pages(encode(message))

    # --- the conversation beside the table --------------------------------------------------------------------

    def _show(self, seat: Seat) -> None:
        self._opener.submit(functools.partial(weakly(self._show_chat), seat))

    def _show_chat(self, seat: Seat) -> None:
        """On a thread of its own, without the lock: who plays does not wait for a difference or a chat."""
        if seat.number not in self._opened:  # Others were opened meanwhile, in a hurry.
            return
        conversation = seat.conversation
        chat = None if conversation is None else self._chats.find((seat, conversation))
        details = opened(seat, "" if chat is None else chat.model_id)
        self._tell(details)
        if chat is None and conversation is not None:
            chat = self._chats.show((seat, conversation))
            self._tell(msgspec.structs.replace(details, chat=chat.model_id))

    def _make_chat(self, of: tuple[Seat, InMemory]) -> Chat:
        seat, conversation = of
        replay = Replay.of(lambda: conversation, speed=float("inf"))
        return Chat(replay, title=seat.scenario.name, locale=self._locale, remember_read=False)

    def __repr__(self) -> str:
        return f"<RunWidget of {len(self._suite.seats)} scenarios>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": instead_of(self, "Conversation tests")}, metadata


def _remove(suite: Suite, hear: Callable[..., Any]) -> None:
    suite.listeners = tuple(each for each in suite.listeners if each is not hear)


def _said_in_the_log(error: BaseException) -> None:
    _log.error("A conversation could not be opened: %s", place_of(error))
