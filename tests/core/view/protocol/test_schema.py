"""The JSON Schema from which the TypeScript is generated."""

from __future__ import annotations

import json
from typing import get_args

from ipygenesys._core.view import protocol as view_protocol
from ipygenesys._core.view.protocol.schema import view_protocol_schema


def test_the_schema_is_json_and_holds_both_unions() -> None:
    schema = view_protocol_schema()
    assert json.loads(json.dumps(schema)).keys() == schema.keys()
    assert {"KernelToView", "ViewToKernel"} <= schema["$defs"].keys()


def test_every_message_of_both_unions_is_defined() -> None:
    definitions = view_protocol_schema()["$defs"]
    for union in (view_protocol.KernelToView, view_protocol.ViewToKernel, view_protocol.Delta):
        for message in get_args(union):
            assert message.__name__ in definitions


def test_every_reference_of_the_schema_is_defined() -> None:
    schema = view_protocol_schema()
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert names <= schema["$defs"].keys()


def test_what_the_browser_sends_allows_no_unknown_fields() -> None:
    definitions = view_protocol_schema()["$defs"]
    for message in get_args(view_protocol.ViewToKernel):
        assert definitions[message.__name__]["additionalProperties"] is False
