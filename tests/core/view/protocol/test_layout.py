"""Structs by position: nothing is lost, nothing is said twice, and a lone message costs little more than its text."""

from __future__ import annotations

import json
from typing import get_args

import msgspec
import pytest

from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.protocol import (
    LAYOUT,
    Delta,
    Deltas,
    KernelToView,
    MessagePlacedDelta,
    Snapshot,
    StatusDelta,
    UnreadDelta,
    encode_to_view,
)
from ipygenesys._core.view.protocol.layout import Layout, Shape
from tests import examples as eg
from tests.wire import named

SENTENCE = "Sure, could you share the order number so that I can look it up?"
ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


class Dot(msgspec.Struct, frozen=True, tag="dot"):
    at: int
    name: str = ""


class Line(msgspec.Struct, frozen=True, rename="camel"):
    dots_on_it: tuple[Dot, ...] = ()
    next_line: Line | None = None


def test_structs_are_numbered_as_they_are_met_and_know_their_names() -> None:
    assert Layout(Line).shapes == (
        Shape(1, None, ("dots_on_it", "next_line"), ("dotsOnIt", "nextLine"), ((), None)),
        Shape(2, "dot", ("at", "name"), ("at", "name"), (msgspec.NODEFAULT, "")),
    )


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (Line(), [1]),
        (Line((Dot(0),)), [1, [0, [2, 0]]]),
        (Line(next_line=Line((Dot(1, "a"), Dot(2)))), [1, [0], [1, [0, [2, 1, "a"], [2, 2]]]]),
    ],
)
def test_defaults_are_left_out_at_the_end_only(line: Line, written: object) -> None:
    assert Layout(Line).encode(line) == written


def test_every_message_and_delta_has_a_number() -> None:
    kinds = {shape.kind for shape in LAYOUT.shapes}
    for struct in (*get_args(KernelToView), *get_args(Delta)):
        assert struct.__struct_config__.tag in kinds


def test_the_version_always_travels() -> None:
    snapshot = Snapshot(
        to="c",
        epoch="e",
        revision=0,
        total=0,
        first_index=0,
        messages=(),
        has_older=False,
        status=StatusDelta(status="idle"),
        typing=(),
        unread_count=0,
        capabilities=(),
    )
    assert named(encode_to_view(snapshot))["protocolVersion"] == snapshot.protocol_version
    assert snapshot.protocol_version in encode_to_view(snapshot)


def size_of(*deltas: Delta) -> int:
    """Bytes of a batch in the middle of a long conversation, as Jupyter writes JSON."""
    batch = Deltas(epoch="0a1b", revision=100_000, deltas=deltas)
    return len(json.dumps(encode_to_view(batch), ensure_ascii=False).encode())


def placed(index: int) -> MessagePlacedDelta:
    message = eg.message(1, id=ID, text=SENTENCE, sender="Agent Ana", status="unread")
    return MessagePlacedDelta(message=view_message(message), index=index)


def test_a_lone_message_costs_its_text_and_its_id_and_little_more() -> None:
    assert size_of(placed(99_999), UnreadDelta(count=1)) - len(SENTENCE) - len(ID) <= 92
    assert size_of(placed(99_999)) - size_of(placed(99)) == len("99999") - len("99")


def test_a_message_of_a_burst_costs_even_less() -> None:
    many = size_of(*(placed(100_000 + number) for number in range(64)))
    assert many / 64 - len(SENTENCE) - len(ID) <= 60
