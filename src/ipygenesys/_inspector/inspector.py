"""``ig.Inspector``: a live table of what goes over the wire, as a widget of its own."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.inputs import Command, Connect
from ipygenesys._core.view.protocol.locale import SpokenLocale, view_locale
from ipygenesys._inspector.explain import Told, in_words
from ipygenesys._inspector.languages import explanations, page_words
from ipygenesys._inspector.notes import Note, Notes
from ipygenesys._inspector.wire import (
    MAX_INJECTED,
    MAX_ROWS,
    Direction,
    FromPage,
    Inject,
    InspectorDetail,
    LookAtRows,
    OlderRows,
    OpenDetail,
    Problem,
    Rows,
    ToPage,
    decode,
    encode,
)
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.gateway_life import GatewayLife
from ipygenesys._io.conversation.views import Views
from ipygenesys._io.recordings.replay import Replay
from ipygenesys._recordings.entries import AnyEntry
from ipygenesys._verbs.verbs import Verbs
from ipygenesys._widget.budget import budget
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.hosted import HostedWidget
from ipygenesys._widget.hosts.here import instead_of

UPDATE_S = 0.2
"""Chosen: five times a second is as often as rows can be followed."""
SILENCE_S = 60.0
"""When no page has looked for so long, none is there."""


class Inspector(HostedWidget):
    """What goes over the wire of a conversation: frames, calls and answers, opens and closes, as they come.

    Of each: what it is, how large, which request it answers and after how long; in its details the raw text with its
    secrets masked, the neutral event that it became, what that changed in the conversation, or why it was ignored. Filter
    by words or a regular expression, by kind, direction, errors; pause; copy rows as JSON or as a test; go to the message
    in the chat. It holds the newest 20,000 entries, and no more than 32 MB, and nothing of it is kept in the notebook.

    In conversations of the simulator (``Chat.demo()``) it can inject a frame: as if the server, or we, had said it.

    Args:
        conversation: a Chat or a Client, live or of a recording; or an ``ig.Replay`` itself, which plays as soon as the
            inspector is shown, and has the inspector's entries as it comes to them.
        locale: the language of its words, such as ``"de"``; by default the browser's.

    Raises:
        TypeError: ``conversation`` is something else.
        ValueError: that language is not known.
    """

    _esm = asset("inspector.js")
    _css = asset("inspector.css")

    def __init__(self, conversation: Verbs | Replay, *, locale: str | None = None) -> None:
        if not isinstance(conversation, Verbs | Replay):
            raise TypeError(
                f"An inspector looks at a Chat or a Client, or at a Replay, not at {type(conversation).__name__}."
            )
        self._spoken = SpokenLocale(None if locale is None else view_locale(locale))
        self._own: GatewayLife | None = None
        """Of a replay that nobody else shows."""
        if isinstance(conversation, Replay):
            gateway = Gateway(conversation)
            self._own = GatewayLife(gateway, then=lambda: None)
            weakref.finalize(self, self._own.end, wait=False)
        else:
            gateway = conversation._gateway
        self._gateway = gateway
        self._can_inject = getattr(conversation, "_simulator", None) is not None
        session = gateway.session  # What it holds is replaced where a replay jumps.
        self._notes = Notes(
            is_us=lambda id_: session.conversation.people.is_us(id_),
            is_known=lambda id_: session.conversation.timeline.get(id_) is not None,
            duplicates=lambda: session.conversation.counters["duplicate"],
        )
        self._lock = threading.RLock()
        """Pages are answered on the host's thread, entries come on the gateway's."""
        self._revision = self._sent = 0
        self._looked_at: float | None = None
        self._next_at = 0.0
        hear = _weakly_taking(self)
        gateway.tap.add(hear)
        self._ends: list[Callable[[], object]] = [
            lambda: gateway.tap.remove(hear),
            gateway.add_views(_Due(self)),
        ]
        super().__init__()

    def close(self) -> None:
        """Take it off its pages and listen no more."""
        ends, self._ends = getattr(self, "_ends", []), []
        for end in ends:
            end()
        if (own := getattr(self, "_own", None)) is not None:
            own.end()
        super().close()

    def words(self, direction: Direction | None = None) -> list[str]:
        """What has passed so far and is still held, in words, such as ``"MessageArrived"``.

        Args:
            direction: ``"in"`` or ``"out"``; by default both, and what else happened.
        """
        with self._lock:
            notes = self._notes.between(self._notes.first, self._notes.total)
            rows = [note.shown(explanations("en")) for note in notes]
        return [row.words for row in rows if direction in (None, row.direction)]

    # --- from the page ----------------------------------------------------------------------------------------

    def _on_page_message(self, _widget: object, content: object, _buffers: Any) -> None:
        try:
            message = decode(content)
        except msgspec.ValidationError:
            return
        with self._lock:
            self._answer(message)

    def _answer(self, message: FromPage) -> None:
        match message:
            case LookAtRows(revision, languages):
                if self._own is not None and self._own.begin():
                    self._gateway.post(Connect())
                was_there, self._looked_at = self._is_looked_at, time.monotonic()
                locale = self._spoken.choose(languages) if languages else self._spoken.latest
                if revision == 0 or revision != self._revision or not was_there:
                    self._sent = max(self._notes.total - MAX_ROWS, 0)
                    self._send_rows(page_words(locale) if revision == 0 else {})
            case OlderRows(before):
                notes = self._notes.between(before - MAX_ROWS, before - 1)
                self._tell(self._rows(notes, [], is_older=True))
            case OpenDetail(number):
                note = self._notes.of(number)
                if note is None:
                    self._tell(Problem(self._say(Told("problem.gone"))))
                else:
                    became, changed = (list(map(self._say, told)) for told in (note.became, note.changed))
                    self._tell(InspectorDetail(number, note.raw, became, changed))
            case Inject(direction, text):
                self._inject(direction, text)

    def _inject(self, direction: str, text: str) -> None:
        link = _link_of(self._gateway)
        if not self._can_inject or link is None or len(text) > MAX_INJECTED:
            self._tell(Problem(self._say(Told("problem.noInjecting"))))
            return

        async def inject() -> None:
            await (link.hear(text.encode()) if direction == "in" else link.send(text))

        self._gateway.call_soon(lambda: self._gateway.spawn(inject()))

    # --- to the page ------------------------------------------------------------------------------------------

    def _hear(self, entry: AnyEntry, effects: Sequence[Effect]) -> None:
        with self._lock:
            self._notes.take(entry, effects)

    def _update(self) -> None:
        """On the gateway's thread, as often as something happens there."""
        now = time.monotonic()
        if now < self._next_at or not self._is_looked_at or not self._has_news:
            return
        with self._lock:
            if budget.take(now):
                self._next_at = now + UPDATE_S
                self._send_rows()

    @property
    def _has_news(self) -> bool:
        return self._notes.total > self._sent or bool(self._notes.changed)

    def _send_rows(self, words: dict[str, str] | None = None) -> None:
        notes = self._notes
        # Of more than a page can take at once, the newest; it asks for the others if somebody looks there.
        first = max(self._sent + 1, notes.total - MAX_ROWS + 1)
        changed = [note for number, note in notes.changed.items() if number < first][-MAX_ROWS:]
        notes.changed.clear()
        self._revision += 1
        self._sent = notes.total
        self._tell(self._rows(notes.between(first, notes.total), changed, words=words))

    def _rows(
        self,
        rows: list[Note],
        changed: list[Note],
        *,
        is_older: bool = False,
        words: dict[str, str] | None = None,
    ) -> Rows:
        notes, said = self._notes, explanations(self._spoken.latest)
        return Rows(
            revision=self._revision,
            rows=[note.shown(said) for note in rows],
            changed=[note.shown(said) for note in changed],
            first=notes.first,
            total=notes.total,
            dropped=notes.dropped,
            gauges=notes.gauges(self._gateway.tap.at_s()),
            can_inject=self._can_inject,
            is_older=is_older,
            locale=self._spoken.latest,
            words=words or {},
        )

    def _say(self, told: Told) -> str:
        return in_words(told, explanations(self._spoken.latest))

    def _tell(self, message: ToPage) -> None:
        self._send_to_pages(encode(message))

    @property
    def _is_looked_at(self) -> bool:
        return self._looked_at is not None and time.monotonic() - self._looked_at < SILENCE_S

    def _next_update(self) -> float | None:
        if not self._has_news or not self._is_looked_at:
            return None
        return max(self._next_at, budget.available_at(time.monotonic()))

    def __repr__(self) -> str:
        return f"<Inspector of {len(self._notes)} entries>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, "text/plain": instead_of(self, "Inspector of a conversation")}, metadata


class _Due(Views):
    """An inspector's share of a gateway's timer. It does not keep the inspector alive."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = weakref.ref(inspector)

    def commands(self) -> list[Command]:
        return []

    def renew(self) -> None:
        """What was heard stays, also where a replay has jumped."""

    def flush(self) -> None:
        if (inspector := self._inspector()) is not None:
            inspector._update()

    def next_deadline(self) -> float | None:
        return None if (inspector := self._inspector()) is None else inspector._next_update()


def _weakly_taking(inspector: Inspector) -> Callable[[AnyEntry, Sequence[Effect]], object]:
    reference = weakref.ref(inspector)

    def take(entry: AnyEntry, effects: Sequence[Effect]) -> None:
        if (alive := reference()) is not None:
            alive._hear(entry, effects)

    return take


def _link_of(gateway: Any) -> Any:
    """The open stream, as far as there is one of the platform's."""
    streams = getattr(gateway._source, "_streams", None)
    link = getattr(streams, "link", None)
    return None if link is None or link.lost.done() else link
