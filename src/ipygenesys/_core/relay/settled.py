"""From which message on some may be missing yet that are to stand before others which are told already.

Theory of operation. A message is told when it can be shown: one without content waits for that, one of ours for the answer to
its send, and what a stream has missed for history. Meanwhile what comes after it is told. Who looks away then and comes back
to another leader, which holds less, must not believe that nothing was missing before what it had seen: so it is told where
all is complete, and reads on from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from ipygenesys._core.model.effects import Effect, Emit
from ipygenesys._core.model.events import HistoryPrepended, MessagePlaced, MessageRemoved
from ipygenesys._core.model.inputs import CallSucceeded, Input, StreamOpened
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.session.session import Session


class Settled:
    """Of one conversation, as its leader has it.

    Args:
        session: of the relay.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bare: dict[str, None] = {}
        """Messages that cannot be shown yet."""
        self._is_behind = False
        """The stream was opened, and what it has missed is not read yet."""

    def took(self, input_: Input, effects: Sequence[Effect]) -> None:
        """The session has made a step."""
        match input_:
            case StreamOpened():
                self._is_behind = True
            case CallSucceeded(operation=FetchHistory(before=None)):
                self._is_behind = self._session.catch_up.is_running
            case _:
                pass
        for effect in effects:
            match effect:
                case Emit(MessagePlaced(message=message)):
                    self._note(message)
                case Emit(MessageRemoved(message=message)):
                    self._bare.pop(message.id, None)
                case Emit(HistoryPrepended(count=count)):
                    for message in self._session.conversation.timeline.slice(0, count):
                        self._note(message)
                case _:
                    pass

    @property
    def unsettled_after(self) -> str | None:
        """Messages after this one may be missing; the empty string: any may be. None: none is."""
        session = self._session
        catch_up, timeline = session.catch_up, session.conversation.timeline
        known: list[str | None] = []
        if (
            not session.profile.is_send_idempotent
        ):  # Else ours are told as they come, whatever becomes of the answer.
            known += [draft.after and draft.after[1] for draft in session.outbox.under_way]
        if catch_up.fills_back:
            known.append(catch_up.hole_from)
        elif self._is_behind and catch_up.is_enabled:
            known.append(catch_up.watermark)
        ends = [0 if (index := timeline.index_of(id_ or "")) is None else index + 1 for id_ in known]
        ends += [index for id_ in self._bare if (index := timeline.index_of(id_)) is not None]
        if not ends:
            return None
        before = (timeline[index] for index in reversed(range(min(ends))))
        return next((message.id for message in before if is_ready(message)), "")

    def _note(self, message: Message) -> None:
        if message.is_draft or is_ready(message):
            self._bare.pop(message.id, None)
        else:
            self._bare[message.id] = None


def is_ready(message: Message) -> bool:
    """The platform has it, and what it says is known, or that it cannot be had."""
    return not message.is_draft and (message.text is not None or message.is_unavailable)
