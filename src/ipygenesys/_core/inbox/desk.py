"""All conversations of an inbox: a row for each, the figures of all, who types, what is selected."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sortedcontainers import SortedList

from ipygenesys._core.inbox import told
from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.pools import NOTHING, Pools, Share, share_of
from ipygenesys._core.inbox.row_of import Around, row_of
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.talks import Talks
from ipygenesys._core.model.inputs import Now

KEEP_ENDED_S = 8 * 3600.0
"""Chosen: a shift. Conversations that have ended are shown, and count, for this long."""
MAX_ENDED = 5000
"""Chosen: and so many of them, so that memory is bounded."""
TYPING_S = 6.0
"""Chosen: how long typing is shown where nobody says for how long."""


class Desk:
    """What is known of the conversations; told on one thread."""

    def __init__(self, queue_ids: Iterable[str] = ()) -> None:
        self.talks = Talks()
        self.rows: dict[str, Row] = {}
        self.pools = Pools()
        self.truncated = False
        """The platform has more conversations than it has named."""
        self.is_listed = False
        """It has named those that were there."""
        self.around = Around(frozenset(queue_ids), self.pools.targets_ms)
        self._typing: dict[str, dict[str, float]] = {}
        """By conversation: who types until when, monotonic."""
        self._typing_ends: SortedList = SortedList()
        self._ended: dict[str, float] = {}
        """When they were found to have ended, monotonic; oldest first."""
        self._recalled: dict[str, Share] = {}
        """What those add to the figures of which no more than their row is known."""
        self._listed: set[str] = set()
        self._changed: dict[str, None] = {}
        self._forgotten: list[str] = []

    def take_changed(self) -> tuple[str, ...]:
        """The rows that are new, different or gone since this was last asked."""
        changed, self._changed = tuple(self._changed), {}
        return changed

    def take_forgotten(self) -> tuple[str, ...]:
        """The conversations that were let go since this was last asked."""
        forgotten, self._forgotten = tuple(self._forgotten), []
        return forgotten

    # --- what is told -------------------------------------------------------------------------------------

    def take(self, event: told.RowEvent, now_s: float) -> bool:
        """Something was told; whether that may show.

        Args:
            event: what.
            now_s: monotonic.
        """
        match event:
            case told.ConversationTold():
                return self._conversation_told(event, now_s)
            case told.ConversationListed(conversation_id=id_):
                talk = self._talk(id_)
                if id_ in self.rows and not self.rows[id_].is_live:  # It goes on after all.
                    talk.is_gone, talk.known = False, "partly"
                talk.listed = event
                self._listed.add(id_)
                self.renew(talk, now_s)
            case told.ListEnded(truncated):
                self._list_ended(now_s, is_all=not truncated)
            case told.QueueTold():
                self._queue_told(event, now_s)
            case told.TypingTold():
                self._typing_told(event, now_s)
            case told.TypingKnown(user_ids):
                self.around.typing_users = user_ids
                self._renew_all(now_s)
            case told.OwnUserLearned(user_id):
                self.around.own_user_id = user_id
                self._renew_all(now_s)
            case _:
                self._texts_told(event, now_s)
        return True

    def doubt(self, now_s: float) -> None:
        """The stream may have missed something of every conversation that goes on."""
        self._typing.clear()
        self._typing_ends.clear()
        self._listed.clear()
        for talk in self.talks.awake:
            if self.rows[talk.id].is_live or talk.legs.is_in_after_work:
                talk.doubt()
        self._renew_all(now_s)

    def doubt_of(self, conversation_id: str, now_s: float) -> None:
        """It may have gone on since what was told last."""
        if (talk := self.talks.get(conversation_id)) is not None:
            talk.doubt()
            self.renew(talk, now_s)

    def gone(self, conversation_id: str, now_s: float) -> None:
        """The platform does not know it any more."""
        if (talk := self.talks.get(conversation_id)) is not None:
            talk.is_gone, talk.known = True, "wholly"
            self.renew(talk, now_s)

    def recall(self, row: Row, values: tuple[Value, ...], now: Now) -> None:
        """Somebody else has known this one: what has ended is shown, and counts, as theirs; what has not is to be read."""
        id_ = row.conversation_id
        if id_ in self.rows:
            return  # Known better.
        if row.is_live:
            listed = told.ConversationListed(
                conversation_id=id_,
                state="waiting" if row.state == "waiting" else "agent",
                since_ms=row.since_ms,
                customer=row.customer,
                queue_id=row.queue_id,
                user_id=row.agent_id,
            )
            self.take(listed, now.monotonic)
            return
        self._show(row)
        share = self._recalled[id_] = share_of(row, values)
        self.pools.change(NOTHING, share)
        ago_s = 0.0 if row.since_ms is None else max(now.time_ms - row.since_ms, 0) / 1000
        self._ended[id_] = now.monotonic - ago_s
        self._ended = dict(sorted(self._ended.items(), key=lambda each: each[1]))

    def values_of(self, conversation_id: str) -> tuple[Value, ...]:
        """What a conversation has come to, as far as it is pooled."""
        return self._share_of(conversation_id).values

    def _share_of(self, id_: str) -> Share:
        talk = self.talks.look(id_)
        return self._recalled.get(id_, NOTHING) if talk is None else talk.share

    def select(self, conversation_id: str | None, now_s: float) -> None:
        """This one is looked at from now on."""
        before, self.around.selected = self.around.selected, conversation_id
        for each in {before, conversation_id}:
            if each is not None and (talk := self.talks.get(each)) is not None:
                self.renew(talk, now_s)

    def _talk(self, id_: str) -> Talk:
        if (talk := self.talks.get(id_)) is None:
            talk = Talk(id_, self.around.watched)
            talk.share = self._recalled.pop(id_, NOTHING)
            self.talks.add(talk)
        return talk

    def _conversation_told(self, event: told.ConversationTold, now_s: float) -> bool:
        """Whether that shows: most events tell that a message has arrived, or was read."""
        talk = self._talk(event.conversation_id)
        asked = len(talk.answers.asked_ms)
        has_changed = talk.told(event) or talk.id not in self.rows
        if len(talk.answers.asked_ms) > asked:
            self._typing.get(talk.id, {}).pop("", None)
        if has_changed:
            self.renew(talk, now_s)
        return has_changed

    def _list_ended(self, now_s: float, *, is_all: bool) -> None:
        """What was only ever listed, and is not any more, has ended; of others, the platform is asked one by one."""
        self.truncated, self.is_listed = not is_all, True
        missing = [
            talk for talk in self.talks.awake if is_all and talk.id not in self._listed and not talk.legs
        ]
        for talk in missing:
            self.gone(talk.id, now_s)
        self._listed.clear()

    def _queue_told(self, event: told.QueueTold, now_s: float) -> None:
        if event.name is not None:
            self.around.queue_names[event.queue_id] = event.name
        if event.target_ms is not None:
            self.pools.targets_ms[event.queue_id] = event.target_ms
        for talk in tuple(self.talks.awake):
            if talk.queue_id == event.queue_id:
                self.renew(talk, now_s)
        for row in self.rows.values():
            if row.queue_id == event.queue_id and row.queue != (
                event.name or row.queue
            ):  # Packed, or recalled.
                self._show(msgspec.structs.replace(row, queue=event.name))

    def _typing_told(self, event: told.TypingTold, now_s: float) -> None:
        talk = self.talks.get(event.conversation_id)
        if talk is None:
            return
        who, typing = event.name or "", self._typing.setdefault(talk.id, {})
        if event.is_typing:
            typing[who] = now_s + (TYPING_S if event.duration_s is None else event.duration_s)
            self._typing_ends.add((typing[who], talk.id))
        else:
            typing.pop(who, None)
        self.renew(talk, now_s)

    def _texts_told(self, event: told.TextsTold, now_s: float) -> None:
        talk = self.talks.get(event.conversation_id)
        if talk is not None and talk.last is not None and talk.last.id in event.texts:
            talk.text = (talk.last.id, event.texts[talk.last.id])
            self.renew(talk, now_s)

    # --- what time brings ---------------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """Let go of what is over."""
        self.talks.tick(now_s)
        while self._typing_ends and self._typing_ends[0][0] <= now_s:
            _, id_ = self._typing_ends.pop(0)
            if (talk := self.talks.get(id_)) is not None:
                self.renew(talk, now_s)
        while self._ended:
            id_, at = next(iter(self._ended.items()))
            if len(self._ended) <= MAX_ENDED and now_s < at + KEEP_ENDED_S:
                break
            if id_ == self.around.selected:
                del self._ended[id_]
                self._ended[id_] = now_s  # Whoever looks at it goes on looking.
            else:
                self._forget(id_)

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do, monotonic."""
        typing = [self._typing_ends[0][0]] if self._typing_ends else []
        ended = [next(iter(self._ended.values())) + KEEP_ENDED_S] if self._ended else []
        rests = self.talks.next_deadline()
        return min((*typing, *ended, *(() if rests is None else (rests,))), default=None)

    def _forget(self, id_: str) -> None:
        self.pools.change(self._share_of(id_), NOTHING)
        del self._ended[id_], self.rows[id_]
        self.talks.forget(id_)
        self._recalled.pop(id_, None)
        self._typing.pop(id_, None)
        self._changed[id_] = None
        self._forgotten.append(id_)

    # --- what follows -------------------------------------------------------------------------------------

    def renew(self, talk: Talk, now_s: float) -> None:
        """Its row and what it adds to the figures."""
        if talk.id == self.around.selected:
            talk.look()
        row = row_of(talk, self.around, self._types(talk, now_s))
        if row != self.rows.get(talk.id):
            self._show(row)
        if (share := share_of(row, talk.values)) != talk.share:
            self.pools.change(talk.share, share)
            talk.share = share
        if row.is_live:
            self._ended.pop(talk.id, None)
        else:
            self._ended.setdefault(talk.id, now_s)
        if row.is_live or row.is_selected or talk.legs.is_in_after_work:
            self.talks.go_on(talk.id)
        else:
            self.talks.rest(talk.id, now_s)

    def _show(self, row: Row) -> None:
        self.rows[row.conversation_id] = row
        self._changed[row.conversation_id] = None

    def _renew_all(self, now_s: float) -> None:
        for talk in tuple(self.talks.awake):
            self.renew(talk, now_s)

    def _types(self, talk: Talk, now_s: float) -> tuple[str, ...]:
        typing = self._typing.get(talk.id, {})
        return tuple(who or talk.legs.customer for who, until in typing.items() if until > now_s)
