"""What is new of a picture: only that is sent, and time alone is nothing new."""

from __future__ import annotations

import random
from typing import TypeVar

import msgspec

from ipygenesys._pictures.response_scene import response_scene
from ipygenesys._pictures.revisions import Revisions
from ipygenesys._pictures.talks import Said, Span, Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import TimelineScene
from tests.pictures.talking import LOST_PARCEL, START_MS, said, talk

ColumnsT = TypeVar("ColumnsT", bound=msgspec.Struct)


def scene_of(made: Talk, now_ms: int | None = None) -> TimelineScene:
    return timeline_scene([made], since_start=False, now_ms=now_ms)


def test_a_new_message_alone_is_sent() -> None:
    revisions = Revisions()
    revisions.whole(scene_of(LOST_PARCEL))
    new = revisions.next(scene_of(talk(*LOST_PARCEL.said, said(70, "Ben"))))

    assert isinstance(new, TimelineScene)
    assert (revisions.number, new.keep_messages, new.messages.time_ms) == (2, 6, [START_MS + 70_000])
    assert (new.keep_spans, new.spans.end_ms) == (1, [START_MS + 70_000])


def test_nothing_new_is_no_revision_however_late_it_is() -> None:
    revisions = Revisions()
    revisions.whole(scene_of(LOST_PARCEL, START_MS + 70_000))

    assert revisions.next(scene_of(LOST_PARCEL, START_MS + 90_000)) is None
    assert revisions.number == 1


def test_before_anybody_has_looked_there_is_nothing_to_add_to() -> None:
    assert Revisions().next(scene_of(LOST_PARCEL)) is None


def test_response_times_are_sent_whole() -> None:
    revisions = Revisions()
    revisions.whole(response_scene([talk()], by="agent"))

    assert revisions.next(response_scene([LOST_PARCEL], by="agent")) == response_scene(
        [LOST_PARCEL], by="agent"
    )


def test_a_page_that_keeps_and_adds_has_the_whole_after_any_changes() -> None:
    dice = random.Random(5)
    revisions, messages, spans = Revisions(), list(LOST_PARCEL.said), list[Span]()
    held = revisions.whole(scene_of(LOST_PARCEL))
    assert isinstance(held, TimelineScene)
    for step in range(60):
        match dice.randrange(4):
            case 0:
                messages.append(said(100 + step, dice.choice(["Cleo", "Ann", "Ben"])))
            case 1:
                at = dice.randrange(len(messages))
                messages[at] = messages[at]._replace(read_ms=START_MS + step)
            case 2 if len(messages) > 3:
                del messages[dice.randrange(len(messages))]
            case _:
                spans.append(Span("typing", "Ann", START_MS + step, START_MS + step + 9))
        made = scene_of(Talk("", tuple[Said, ...](messages), tuple(spans)))
        new = revisions.next(made)
        if new is not None:
            assert isinstance(new, TimelineScene)
            held = msgspec.structs.replace(
                new,
                messages=joined(held.messages, new.messages, new.keep_messages),
                spans=joined(held.spans, new.spans, new.keep_spans),
                keep_messages=0,
                keep_spans=0,
            )
        assert held == made


def joined(before: ColumnsT, after: ColumnsT, keep: int) -> ColumnsT:
    names = before.__struct_fields__
    return type(before)(*([*getattr(before, name)[:keep], *getattr(after, name)] for name in names))
