"""One conversation of an inbox: what was told of it, what follows from that, and what it adds to the figures.

What was told only ever adds up, and all else follows from it, so that late, repeated and lost frames leave no trace once
everything is there. The cost of an event is that of what it names, unless it tells of something from before.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from operator import attrgetter
from typing import Literal

import msgspec

from ipygenesys._core.inbox.answers import Answers, Heard, Value
from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.legs import Legs
from ipygenesys._core.inbox.pools import NOTHING
from ipygenesys._core.inbox.rows import State
from ipygenesys._core.inbox.told import ConversationListed, ConversationTold, Part, Said

KEPT = 200
"""Chosen: messages of one conversation whose places are kept; older ones have had their effect."""
KEPT_IN_DOUBT = 2000
"""Chosen: the same while some of them may still be missing."""
_facts_of = attrgetter(*(name for name in Part.__struct_fields__ if name not in ("id", "said")))


class Talk:
    """What is known of one conversation.

    Args:
        id_: of it.
        watched: the queues whose values count; empty: all.
    """

    def __init__(self, id_: str, watched: frozenset[str] = frozenset()) -> None:
        self.id = id_
        self.legs = Legs()
        self.listed: ConversationListed | None = None
        """What a list says of it, until more is known."""
        self.closes_at_ms: int | None = None
        """Each message moves it on; what is told late does not move it back."""
        self.known: Literal["partly", "doubtful", "wholly"] = "partly"
        """Whether all that was said is known; doubtful while the stream may have missed something."""
        self.is_gone = False
        """The platform does not know it any more."""
        self.values: tuple[Value, ...] = ()
        """Those of watched queues."""
        self.undelivered: dict[str, str | None] = {}
        """By message: why. Another one whenever that changes."""
        self.share = NOTHING
        """What it adds to the figures now."""
        self.text: tuple[str, str | None] | None = None
        """The message whose text was asked for last, and what came."""
        self.answers = Answers()
        self._base = Answers()
        """What had followed from all that is not kept."""
        self._said: list[Heard] = []
        self._ids: set[str] = set()
        """Of what is kept."""
        self._folded_ms = -1
        """What was said up to then is not kept any more."""
        self._looked_at_ms = -1
        self._is_stale = False
        """The messages have to be heard again."""
        self._newest: dict[str, Part] = {}
        """Each part as it was told last."""
        self._sources: tuple[object, ...] = ()
        """What the values are from."""
        self._watched = watched

    # --- what is told -------------------------------------------------------------------------------------

    def told(self, event: ConversationTold) -> bool:
        """Take in what is new; whether there was anything that a row or a figure hangs on."""
        before = self._besides
        self.is_gone = False
        self.closes_at_ms = max(event.closes_at_ms or 0, self.closes_at_ms or 0) or None
        self._judge(event)
        is_news, fresh = False, list[Heard]()
        for part in event.parts:
            newest = self._newest.get(part.id)
            if part is newest or part == newest:
                continue  # Each event names all parts, and mostly one has changed.
            self._newest[part.id] = part
            if newest is None or _facts_of(part) != _facts_of(newest):
                self._part_told(part)
                is_news = True
            leg, heard_before = self.legs[part.id], () if newest is None else newest.said
            unheard = [said for said in part.said if said not in heard_before]
            fresh += [heard for said in unheard if (heard := self._new(said, leg)) is not None]
        self._take(sorted(fresh))
        if is_news or fresh:
            self._follow()
        return is_news or bool(fresh) or before != self._besides

    @property
    def _besides(self) -> tuple[object, ...]:
        """What a row shows besides parts and messages."""
        return self.is_gone, self.closes_at_ms, self.known, self.undelivered

    def _part_told(self, part: Part) -> None:
        leg = self.legs.get(part.id) or Leg(part.id)
        was = (leg.connected_ms, leg.role, leg.user_id, leg.queue_id)
        leg = self.legs.told(part)
        if was != (leg.connected_ms, leg.role, leg.user_id, leg.queue_id):
            self._is_stale |= leg.connected_ms != was[0] or bool(self._said)

    def doubt(self) -> None:
        """The stream may have missed something."""
        if self.known == "wholly":
            self.known = "doubtful"

    def look(self) -> None:
        """Somebody looks at it here: what was said so far is read."""
        self._looked_at_ms = self._said[-1].time_ms if self._said else -1

    def _judge(self, event: ConversationTold) -> None:
        """Whether it closes a gap, or shows one: the newest messages go on from what is known, or not.

        It is not known whether each part names its newest, or all together do: what holds for both is believed.
        """
        newest = event.names_newest
        if not newest or sum([len(part.said) for part in event.parts]) < newest:
            self.known = "wholly"
        elif not self._goes_on(event.parts) or not all(
            self._goes_on((part,)) for part in event.parts if len(part.said) >= newest
        ):
            self.known = "partly"
        elif self.known == "doubtful":
            self.known = "wholly"

    def _goes_on(self, parts: tuple[Part, ...]) -> bool:
        return not self._ids.isdisjoint([said.id for part in parts for said in part.said])

    def _new(self, said: Said, leg: Leg) -> Heard | None:
        if leg.role != "customer" and said.status is not None:
            self._note_status(said)
        if said.id in self._ids or said.time_ms is None or said.kind == "event":
            return None
        if said.time_ms <= self._folded_ms:
            return None
        self._ids.add(said.id)
        return Heard(said.time_ms, said.id, leg.role or "system", leg.id, said.kind)

    def _note_status(self, said: Said) -> None:
        if said.status == "failed":
            why = said.error or self.undelivered.get(said.id)
            self.undelivered = {**self.undelivered, said.id: why}
        elif said.status != "sent" and said.id in self.undelivered:
            self.undelivered = {id_: why for id_, why in self.undelivered.items() if id_ != said.id}

    def _take(self, fresh: list[Heard]) -> None:
        for heard in fresh:
            if self._said and heard < self._said[-1]:
                self._is_stale = True
                insort(self._said, heard)
                continue
            self._said.append(heard)
            if not self._is_stale:
                self.answers.hear(heard, self.legs[heard.sender])

    # --- what follows -------------------------------------------------------------------------------------

    def _follow(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._said = [
                msgspec.structs.replace(each, role=self.legs[each.sender].role or "system")
                for each in self._said
            ]
            self.answers = self._after(self._base, self._said)
        if len(self._said) > 2 * (KEPT if self.known == "wholly" else KEPT_IN_DOUBT):
            folded, self._said = self._said[:-KEPT], self._said[-KEPT:]
            self._base = self._after(self._base, folded)
            self._folded_ms = folded[-1].time_ms
            self._ids.difference_update(heard.id for heard in folded)
        if (sources := (self.legs.times, self.answers, len(self.answers.values))) != self._sources:
            self._sources = sources
            watched, values = self._watched, (*self.legs.times, *self.answers.values)
            self.values = tuple(
                [each for each in values if not watched or each.queue_id is None or each.queue_id in watched]
            )

    def _after(self, base: Answers, messages: list[Heard]) -> Answers:
        answers = base.copy()
        for sender, connected_ms in self.legs.connections():
            answers.clock.connected(sender, connected_ms)
        for heard in messages:
            answers.hear(heard, self.legs[heard.sender])
        return answers

    # --- what a row shows ---------------------------------------------------------------------------------

    @property
    def last(self) -> Heard | None:
        """The newest message."""
        return self._said[-1] if self._said else None

    @property
    def unread(self) -> int:
        """The customer's messages that no agent has answered and nobody has looked at here."""
        asked = self.answers.asked_ms
        return len(asked) - bisect_right(asked, self._looked_at_ms)

    @property
    def queue_id(self) -> str | None:
        """Through which queue it came last."""
        return self.legs.queue_id or (None if self.listed is None else self.listed.queue_id)

    def holder(self) -> tuple[State, Leg | None]:
        """Who has it, and by which part."""
        if self.is_gone:
            return "ended", None
        if self.legs:
            return self.legs.holder
        return ("open" if self.listed is None else self.listed.state), None
