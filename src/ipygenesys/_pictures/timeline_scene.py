"""What a timeline shows: lanes, the messages and spans in them, and from when to when; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from ipygenesys._core.model.messages import Role
from ipygenesys._pictures.talks import Said, Span, Talk, waits
from ipygenesys._pictures.wire import Lane, MessageColumns, Sender, SpanColumns, TimelineScene

MAX_TEXTS = 2_000
"""Chosen: a timeline of more messages than this is sent without their words."""
MAX_CHARACTERS = 120
"""Of a message's text that a timeline shows."""
LEAST_MS = 1_000
"""Chosen: what a timeline spans at least."""


def timeline_scene(
    talks: Sequence[Talk],
    *,
    since_start: bool,
    now_ms: int | None = None,
    has_ids: bool = False,
    title: str = "",
) -> TimelineScene:
    """A lane for each participant of one conversation; of several, a lane for each of them.

    Args:
        talks: the conversations.
        since_start: count from the beginning of each conversation.
        now_ms: of live ones, what goes on goes on until now.
        has_ids: a message can be shown where it stands.
        title: of the picture.
    """
    is_one = len(talks) == 1
    senders: dict[tuple[str, bool], int] = {}
    known: list[Sender] = []
    lanes: list[Lane] = []
    messages = MessageColumns([], [], [], [], [], [], [], [])
    spans = SpanColumns([], [], [], [])
    has_texts = sum(len(talk.said) for talk in talks) <= MAX_TEXTS
    ends: list[int] = []
    for place, talk in enumerate(talks):
        origin_ms = (talk.begin_ms or 0) if since_start else 0
        everything = (*talk.spans, *waits(talk))
        for name, role, is_own in _participants(talk.said, everything):
            if (name, is_own) not in senders:
                senders[name, is_own] = len(known)
                known.append(Sender(name, role, is_own))
        lane_of = _Lanes(talk, everything, len(lanes)) if is_one else None
        lanes += lane_of.lanes if lane_of else [Lane(talk.title, None, False, len(talk.said))]
        said = talk.said
        messages.time_ms += [each.time_ms - origin_ms for each in said]
        messages.lane += (
            [lane_of.of(each.sender, each.is_own) for each in said] if lane_of else [place] * len(said)
        )
        messages.sender += [senders[each.sender, each.is_own] for each in said]
        messages.status += [each.status for each in said]
        messages.delivered_ms += [_shifted(each.delivered_ms, origin_ms) for each in said]
        messages.read_ms += [_shifted(each.read_ms, origin_ms) for each in said]
        messages.id += [each.id if has_ids else "" for each in said]
        messages.text += [_beginning(each.text) if has_texts else None for each in said]
        # Those that are over come first: of a live picture they stay.
        for kind, who, begin_ms, end_ms in sorted(everything, key=lambda span: span.end_ms is None):
            spans.kind.append(kind)
            spans.lane.append(place if lane_of is None else -1 if who is None else lane_of.of_name(who))
            spans.begin_ms.append(begin_ms - origin_ms)
            spans.end_ms.append(_shifted(end_ms, origin_ms))
        ends.append((now_ms or 0) - origin_ms if now_ms is not None and _goes_on(everything) else 0)
    times = list(
        chain(messages.time_ms, messages.delivered_ms, messages.read_ms, spans.begin_ms, spans.end_ms)
    )
    known_times = [time for time in times if time is not None] or [now_ms or 0]
    begin_ms = 0 if since_start and talks else min(known_times)
    return TimelineScene(
        lanes=lanes,
        senders=known,
        is_relative=since_start,
        begin_ms=begin_ms,
        end_ms=max(begin_ms + LEAST_MS, *known_times, *ends),
        now_ms=now_ms,
        messages=messages,
        spans=spans,
        talks=len(talks),
        title=title,
    )


class _Lanes:
    """The lanes of one conversation: who came first stands first."""

    def __init__(self, talk: Talk, spans: Sequence[Span], first: int) -> None:
        count = Counter((each.sender, each.is_own) for each in talk.said)
        people = _participants(talk.said, spans)
        self.lanes = [Lane(name, role, is_own, count[name, is_own]) for name, role, is_own in people]
        self._place = {(name, is_own): first + at for at, (name, _, is_own) in enumerate(people)}
        self._by_name = {name: first + at for at, (name, _, _) in reversed([*enumerate(people)])}

    def of(self, name: str, is_own: bool) -> int:
        return self._place[name, is_own]

    def of_name(self, name: str) -> int:
        return self._by_name[name]


def _participants(said: Sequence[Said], spans: Sequence[Span]) -> list[tuple[str, Role | None, bool]]:
    """Who has said or typed something, in this order; somebody's last role counts."""
    people: dict[tuple[str, bool], Role | None] = {(each.sender, each.is_own): each.role for each in said}
    names = {name for name, _ in people}
    people |= {(span.who, False): None for span in spans if span.who is not None and span.who not in names}
    return [(name, role, is_own) for (name, is_own), role in people.items()]


def _goes_on(spans: Sequence[Span]) -> bool:
    return any(span.end_ms is None for span in spans)


def _shifted(time_ms: int | None, origin_ms: int) -> int | None:
    return None if time_ms is None else time_ms - origin_ms


def _beginning(text: str | None) -> str | None:
    if text is None or len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS - 1] + "…"
