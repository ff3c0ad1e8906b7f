"""The widget of a picture: sends it to the pages that look, again as a live conversation goes on, and saves it."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from ipygenesys._core.model.inputs import Command
from ipygenesys._core.view.protocol.locale import SpokenLocale, view_locale
from ipygenesys._io.conversation.views import Views
from ipygenesys._pictures.files import write
from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.recorded import Recorded
from ipygenesys._pictures.revisions import Revisions
from ipygenesys._pictures.sources import Answering, Figures, Live, Source, sources_of, titled
from ipygenesys._pictures.talks import Talk
from ipygenesys._pictures.wire import LOOK_S, Drawing, Look, Reading, Scene, decode_look, encode
from ipygenesys._widget.budget import budget
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.hosted import HostedWidget
from ipygenesys._widget.hosts.here import instead_of

UPDATE_S = 0.5
"""Chosen: a live picture is drawn again at most so often,"""
SHARE = 20
"""Chosen: and takes at most a twentieth of the time, however long the conversation is."""
SILENCE_S = 3 * LOOK_S
"""When no page has looked for so long, none is there."""


class Picture(HostedWidget):
    """A picture of conversations; display it as the last line of a cell. It changes as they go on.

    ``savefig`` writes it to a file. What it shows is sent to the page and kept in no notebook.
    """

    _esm = asset("pictures.js")
    _css = asset("pictures.css")

    def __init__(
        self, given: object, make: Callable[[Sequence[Talk], int | None], Scene], locale: str | None
    ) -> None:
        words = picture_words()
        self._spoken = SpokenLocale(None if locale is None else view_locale(locale), words)
        self._make = make
        self._revisions = Revisions()
        self._lock = threading.RLock()
        """Pages are answered on the host's thread, what is new is sent on the gateway's."""
        self._looked_at: float | None = None
        self._is_stale = False
        self._next_at = 0.0
        hear = (_weakly(self, name) for name in ("_changed", "_grown", "_tell_reading"))
        self._sources: list[Source] = (
            [Figures(given)] if isinstance(given, Answering) else sources_of(given, *hear)
        )
        due = _Due(self)
        self._ends = [end for live in self._live for end in (live.stop, live.add_views(due))]
        super().__init__()

    @property
    def _live(self) -> list[Live | Figures]:
        return [source for source in self._sources if isinstance(source, Live | Figures)]

    @property
    def _inbox(self) -> Answering | None:
        return next((source.inbox for source in self._sources if isinstance(source, Figures)), None)

    @property
    def _recorded(self) -> list[Recorded]:
        return [source for source in self._sources if isinstance(source, Recorded)]

    @property
    def _is_whole(self) -> bool:
        return all(source.is_whole for source in self._recorded)

    def savefig(
        self,
        path: str | os.PathLike[str],
        *,
        width: int = 960,
        theme: Literal["light", "dark"] = "light",
        locale: str = "en",
    ) -> Path:
        """Write the picture to a file, as it is now; its name's ending chooses the format: svg or png.

        Needs no page. Times are in UTC; the buttons in the picture save it as the page shows it.

        Args:
            path: where to. A PNG needs a renderer: ``pip install resvg-py``, or the button in the picture.
            width: in pixels; the height follows. A PNG has twice as many of both.
            theme: dark text on white, or light text on black.
            locale: the language of its words, such as ``"de"``.

        Raises:
            ValueError: another ending, theme or language, or a width below 320.
            ImportError: a PNG, and there is no renderer.
            OSError: it cannot be written.
        """
        for source in self._sources:
            source.complete()
        return write(Path(path), self._scene(), width=width, theme=theme, locale=view_locale(locale))

    def close(self) -> None:
        """Take it off its pages and hear no more."""
        ends, self._ends = getattr(self, "_ends", []), []
        for end in ends:
            end()
        super().close()

    def _scene(self) -> Scene:
        talks = titled([talk for source in self._sources for talk in source.talks()])
        return self._make(talks, max((now for live in self._live if (now := live.now_ms)), default=None))

    # --- to the pages -----------------------------------------------------------------------------------------

    def _on_page_message(self, _widget: object, content: object, _buffers: Any) -> None:
        try:
            look = decode_look(content)
        except msgspec.ValidationError:
            return
        if (inbox := self._inbox) is None:
            self._looked(look)
        else:  # What its own thread writes is read there.
            inbox._soon(lambda: self._looked(look))

    def _looked(self, look: Look) -> None:
        with self._lock:
            was_there, self._looked_at = self._is_looked_at, time.monotonic()
            if (
                look.revision != self._revisions.number
                or look.revision == 0
                or (self._is_stale and not was_there)
            ):
                self._answer(look)

    def _answer(self, look: Look) -> None:
        """A page has another revision, or none: it is sent the whole picture, in its language."""
        locale = self._spoken.choose(look.languages)
        self._is_stale = False
        self._draw(self._revisions.whole(self._scene()), 0, locale, dict(self._spoken.words(locale) or {}))
        if not self._is_whole:
            self._tell_reading()

    def _draw(self, scene: Scene, base: int, locale: str, words: dict[str, str]) -> None:
        self._say(Drawing(self._revisions.number, base, locale, words, scene))

    def _say(self, message: Drawing | Reading) -> None:
        self._send_to_pages(encode(message))

    @property
    def _is_looked_at(self) -> bool:
        return self._looked_at is not None and time.monotonic() - self._looked_at < SILENCE_S

    def _changed(self) -> None:
        self._is_stale = True

    def _grown(self) -> None:
        """More of a recording was read, or all of it; on the thread that reads it, and a few times in all."""
        with self._lock:
            self._is_stale = True
            if self._is_looked_at:
                self._draw_news()
                self._tell_reading()

    def _tell_reading(self) -> None:
        """How far that has come; on that thread, a few times a second."""
        with self._lock:
            if self._is_looked_at:
                shares = [source.share for source in self._recorded]
                known = [share for share in shares if share is not None]
                share = sum(known) / len(shares) if len(known) == len(shares) else None
                self._say(Reading(share, self._is_whole))

    def _update(self) -> None:
        """On the gateway's thread, as often as something happens there."""
        began = time.monotonic()
        if not self._is_stale or began < self._next_at or not self._is_looked_at:
            return
        with self._lock:
            if not budget.take(began):
                return
            self._draw_news()
            took = time.monotonic() - began
            self._next_at = began + max(UPDATE_S, SHARE * took)

    def _draw_news(self) -> None:
        self._is_stale = False
        base = self._revisions.number
        if (scene := self._revisions.next(self._scene())) is not None:
            self._draw(scene, base, self._spoken.latest, {})

    def _next_update(self) -> float | None:
        if not self._is_stale or not self._is_looked_at:
            return None
        return max(self._next_at, budget.available_at(time.monotonic()))

    def __repr__(self) -> str:
        if self._inbox is not None:
            return f"<{type(self).__name__} of {self._inbox!r}>"
        talks = [talk for source in self._sources for talk in source.talks()]
        return f"<{type(self).__name__} of {len(talks)} conversations, {sum(len(talk.said) for talk in talks)} messages>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        words = instead_of(self, "Picture of conversations", "to see it, or savefig('picture.svg')")
        return {**data, "text/plain": words}, metadata


class _Due(Views):
    """A picture's share of a gateway's timer. It does not keep the picture alive."""

    def __init__(self, picture: Picture) -> None:
        self._picture = weakref.ref(picture)

    def commands(self) -> list[Command]:
        return []

    def renew(self) -> None:
        if (picture := self._picture()) is not None:
            picture._changed()

    def flush(self) -> None:
        if (picture := self._picture()) is not None:
            picture._update()

    def next_deadline(self) -> float | None:
        return None if (picture := self._picture()) is None else picture._next_update()


def _weakly(picture: Picture, name: str) -> Callable[[], object]:
    reference = weakref.ref(picture)
    return lambda: None if (alive := reference()) is None else getattr(alive, name)()
