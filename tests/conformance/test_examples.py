"""Every example of the protocol notes goes through the wire structs, both ways."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.conformance.examples import FRAMES, READ, WRITTEN, Example


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value[name]
        else:
            value = getattr(value, name)
    return value


def read(example: Example) -> Any:
    """The decoded example, or what is inside of its envelope."""
    decoded = msgspec.json.decode(msgspec.json.encode(example.json), type=example.kind)
    if example.body is None:
        return decoded
    raw = decoded.event_body if hasattr(decoded, "event_body") else decoded.body
    return msgspec.json.decode(raw, type=example.body)


@pytest.mark.parametrize("example", READ, ids=lambda e: e.name)
def test_an_example_is_read_with_all_that_matters(example: Example) -> None:
    decoded = read(example)
    assert {path: at(decoded, path) for path in example.fields} == example.fields


@pytest.mark.parametrize("example", READ, ids=lambda e: e.name)
def test_what_was_read_can_be_written_and_read_again(example: Example) -> None:
    decoded = read(example)
    again = msgspec.json.decode(msgspec.json.encode(decoded), type=type(decoded))
    assert again == decoded


@pytest.mark.parametrize("example", WRITTEN, ids=lambda e: e.name)
def test_what_a_client_sends_is_written_as_the_example_says(example: Example) -> None:
    written = msgspec.json.decode(msgspec.json.encode(read(example)))
    assert written == {**example.json, **{k: v for k, v in written.items() if k not in example.json}}
    assert [k for k, v in written.items() if k not in example.json and v is not None] == []


@pytest.mark.parametrize("example", READ, ids=lambda e: e.name)
def test_fields_that_nobody_knows_yet_are_no_error(example: Example) -> None:
    newer = {**example.json, "hologram": {"x": [1]}}
    assert msgspec.json.decode(msgspec.json.encode(newer), type=example.kind)


@pytest.mark.parametrize("example", FRAMES, ids=lambda e: e.name)
def test_an_envelope_keeps_class_code_and_tracing_id(example: Example) -> None:
    envelope = msgspec.json.decode(msgspec.json.encode(example.json), type=example.kind)
    assert (envelope.type, envelope.class_, envelope.code, envelope.tracing_id) == (
        example.json["type"],
        example.json["class"],
        example.json["code"],
        example.json.get("tracingId"),
    )


def test_no_repr_shows_a_token_or_a_text() -> None:
    for example in READ:
        shown = repr(read(example))
        for secret in ("'T'", "'jwt'", "'hi'", "'Hello'", "'j'"):
            if not isinstance(read(example), dict):
                assert secret not in shown, example.name
