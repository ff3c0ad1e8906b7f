"""Reading what a server says: one odd field never costs the others, and none is left out in silence."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._protocols.tolerant import (
    MAX_DEPTH,
    MAX_LEFT_OUT,
    UNREADABLE,
    Leftovers,
    convert,
    decode,
    decode_whole,
    time_ms_of,
)


class Inner(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    is_on: bool = False
    names: list[str] = msgspec.field(default_factory=list)


class Outer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    id: str
    count: int = 0
    inner: Inner = Inner()
    maybe: Inner | None = None
    by_name: dict[str, int] = msgspec.field(default_factory=dict)
    either: int | str | None = None
    raw: msgspec.Raw = msgspec.Raw(b"null")


def read(body: Any) -> tuple[Any, list[str]]:
    with Leftovers() as names:
        return decode(json.dumps(body), Outer), names


@pytest.mark.parametrize(
    ("odd", "names", "rest"),
    [
        ({"count": "x"}, ["count"], {}),
        ({"inner": 5, "count": 3}, ["inner"], {"count": 3}),
        (
            {"inner": {"isOn": "yes", "names": ["a", 1, "b"]}},
            ["isOn", "[]"],
            {"inner": Inner(names=["a", "b"])},
        ),
        ({"maybe": {"isOn": 1, "names": ["a"]}}, ["isOn"], {"maybe": Inner(names=["a"])}),
        ({"maybe": []}, ["maybe"], {}),
        ({"byName": {"a": 1, "b": "x"}}, ["b"], {"by_name": {"a": 1}}),
        ({"byName": [1], "either": []}, ["byName", "either"], {}),
        ({"count": None, "inner": None, "byName": None}, [], {}),
        ({"count": "x", "raw": {"deep": [1]}}, ["count"], {"raw": msgspec.Raw(b'{"deep": [1]}')}),
        ({"newer": [1], "count": 1}, [], {"count": 1}),
    ],
)
def test_what_cannot_be_read_is_left_out_and_named(odd: Any, names: list[str], rest: Any) -> None:
    assert read({"id": "a", **odd}) == (Outer(id="a", **rest), names)


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_how_deep_it_is_read_is_ours_not_the_interpreters(brackets: str) -> None:
    def nested(depth: int) -> str:
        begin = brackets[0] if brackets == "[]" else '{"a":'
        value = begin * (depth - 1) + "1" + brackets[1] * (depth - 1)
        return f'{{"id":"a","count":"{"[{" * 100}","newer":{value}}}'

    def names_left_out(depth: int) -> list[str]:
        with Leftovers() as names:
            decode(nested(depth), Outer)
        return names

    assert names_left_out(MAX_DEPTH) == ["count"]
    for depth in (MAX_DEPTH + 1, 500, 5_000):
        with pytest.raises(msgspec.DecodeError, match="nested too deep"):
            decode(nested(depth), Outer)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    by_name = {'"]}\\"[{' * 100: 1}
    body = {"id": "a", "newer": [[{}]] * 1000, "byName": by_name}
    assert read(body) == (Outer(id="a", by_name=by_name), [])


@pytest.mark.parametrize("body", [{}, {"id": 5}, {"id": None}, [], 7, None, "x"])
def test_what_lacks_what_it_cannot_do_without_is_not_of_its_type(body: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(body)


def test_more_oddities_than_anybody_makes_are_another_type() -> None:
    read({"id": "a", "inner": {"names": [1] * MAX_LEFT_OUT}})
    with pytest.raises(msgspec.ValidationError):
        read({"id": "a", "inner": {"names": [1] * (MAX_LEFT_OUT + 1)}})


def test_half_an_emoji_beside_an_odd_field_is_shown_as_one_that_is_missing() -> None:
    read_as = decode(b'{"id":"a\\ud83d","count":"x","inner":{"names":["\\ud83d"]}}', Outer)
    assert (read_as.id, read_as.inner.names) == ("a\ufffd", ["\ufffd"])


def test_what_is_no_json_is_not_read_piece_by_piece() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode('{"count":"x","id":"a"', Outer)


def test_plain_values_are_read_in_the_same_way() -> None:
    with Leftovers() as names:
        assert convert({"id": "a", "count": 2}, Outer) == Outer(id="a", count=2)
        assert convert({"id": "a", "count": "x"}, Outer) == Outer(id="a")
    assert names == ["count"]


def test_what_can_be_had_in_another_way_is_read_whole_or_not_at_all() -> None:
    assert decode_whole(b'{"id":"a"}', Outer) == Outer(id="a")
    with pytest.raises(msgspec.ValidationError):
        decode_whole(b'{"id":"a","count":"x"}', Outer)


def test_who_counts_hears_of_its_own_reading_alone() -> None:
    decode(b'{"id":"a","count":"x"}', Outer)
    with Leftovers() as outer:
        with Leftovers() as inner:
            decode(b'{"id":"a","count":"x"}', Outer)
        decode(b'{"id":"a","maybe":1}', Outer)
    assert (outer, inner) == (["maybe"], ["count"])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries({"count": JSON, "inner": JSON, "maybe": JSON, "byName": JSON, "either": JSON}))
def test_no_value_of_any_field_costs_the_others(body: dict[str, Any]) -> None:
    assert decode(json.dumps({"id": "a", **body}), Outer).id == "a"


@given(st.binary())
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        decode(data, Outer)
    except UNREADABLE:
        pass


@pytest.mark.parametrize(
    ("written", "time_ms"),
    [
        ("2026-01-01T10:00:00Z", 1_767_261_600_000),
        ("2026-01-01t10:00:00.1234567z", 1_767_261_600_123),
        ("2026-01-01 12:00:00,5+02:00", 1_767_261_600_500),
        ("2026-01-01T10:00:00", 1_767_261_600_000),
        ("Thu, 01 Jan 2026 10:00:00 GMT", None),
        ("1767261600000", None),
        (None, None),
    ],
)
def test_a_time_is_read_in_whatever_form_rfc_3339_allows(written: str | None, time_ms: int | None) -> None:
    assert time_ms_of(written) == time_ms
