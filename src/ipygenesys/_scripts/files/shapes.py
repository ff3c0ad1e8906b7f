"""The names that a script may use: from this table files are read, and the JSON Schema for editors is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Shape = Literal[
    "text",
    "texts",
    "number",
    "flag",
    "json",
    "upload",
    "expect",
    "rows",
    "steps",
    "setup",
    "auth",
    "texts-by-name",
]

PACKAGED = Path(__file__).with_name("script.schema.json")
"""The JSON Schema as editors take it."""

CONFIG: dict[str, Shape] = {
    "deployment_id": "text", "region": "text", "domain": "text", "origin": "text", "base_url": "text", "timeout": "number",
}  # fmt: skip
FOREIGN_CONFIG: dict[str, str] = {"deploymentId": "deployment_id"}
"""How ovotech's files call it."""
SCENARIO: dict[str, Shape] = {
    "steps": "steps", "tags": "texts", "skip": "text", "setup": "setup", "variables": "texts-by-name", "rows": "rows",
}  # fmt: skip
SETUP: dict[str, Shape] = {
    "custom_attributes": "texts-by-name", "auth": "auth", "deployment_id": "text", "origin": "text", "session_token": "text",
    "infer_seen": "flag",
}  # fmt: skip
"""Arguments of WebMessaging."""
AUTH: dict[str, Shape] = dict.fromkeys(("code", "redirect_uri", "code_verifier", "id_token", "nonce"), "text")
"""Arguments of GuestAuth."""
VERBS: dict[str, Shape] = {
    "say": "text", "pick": "texts", "upload": "upload", "wait": "number", "type": "number", "expect": "expect", "include": "text",
    "waitForReplyContaining": "text", "waitForReplyMatching": "text",
}  # fmt: skip
OVOTECH = ("say", "waitForReplyContaining", "waitForReplyMatching")
"""The steps of ovotech's runner."""
UPLOAD: dict[str, Shape] = {"path": "text", "text": "text"}
OF_A_MESSAGE: dict[str, Shape] = {
    "equals": "text", "contains": "texts", "matches": "text", "one_of": "texts", "similar": "text", "at_least": "number",
    "exact": "flag", "quick_replies": "texts", "buttons": "texts", "cards": "texts", "items": "texts", "links": "texts",
    "files": "texts", "json": "json",
}  # fmt: skip
INSTEAD_OF_A_MESSAGE: dict[str, Shape] = {
    "typing": "flag",
    "nothing": "number",
    "read_only": "flag",
    "disconnect": "flag",
}
WITH_IT: dict[str, Shape] = {
    "within": "number",
    "next": "flag",
    "not": "flag",
    "optional": "flag",
    "let": "text",
}
EXPECT = {**OF_A_MESSAGE, **INSTEAD_OF_A_MESSAGE, **WITH_IT}

_WORDS: dict[str, Any] = {"anyOf": [{"type": "string", "minLength": 1}, {"type": ["number", "boolean"]}]}
"""Where nothing but words can stand, an unquoted 5 is the word."""
_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": _WORDS,
    "texts": {"anyOf": [_WORDS, {"type": "array", "items": _WORDS}]},
    "number": {"type": "number", "minimum": 0},
    "flag": {"type": "boolean"},
    "json": {"type": "object"},
    "rows": {"anyOf": [_WORDS, {"type": "array", "items": {"type": "object"}}]},
    "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
    "texts-by-name": {"type": "object"},
}


def json_schema() -> dict[str, Any]:
    """JSON Schema of a script's YAML, for editors that complete and check."""
    known = dict(_SCHEMAS)

    def mapping(fields: Mapping[str, Shape], **more: Any) -> dict[str, Any]:
        named = {name: known[shape] for name, shape in fields.items()}
        return {"type": "object", "properties": named, "additionalProperties": False, **more}

    known["auth"] = mapping(AUTH)
    known["setup"] = mapping(SETUP)
    known["expect"] = {"anyOf": [_WORDS, mapping(EXPECT, minProperties=1)]}
    known["upload"] = {"anyOf": [_WORDS, mapping(UPLOAD, required=["path"])]}
    verbs = {name: known[shape] for name, shape in VERBS.items()}
    step = {
        "type": "object",
        "properties": {**verbs, "within": _SCHEMAS["number"]},
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in verbs],
    }
    config: dict[str, Shape] = {**CONFIG, **dict.fromkeys(FOREIGN_CONFIG, "text")}
    scenario = {"anyOf": [_SCHEMAS["steps"], mapping(SCENARIO, required=["steps"])]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conversation tests of ipygenesys",
        "type": "object",
        "properties": {
            "config": mapping(config),
            "variables": {"type": "object"},
            "scenarios": {"type": "object", "minProperties": 1, "additionalProperties": scenario},
        },
        "required": ["scenarios"],
        "additionalProperties": False,
        "$defs": {"step": step},
    }


if __name__ == "__main__":
    PACKAGED.write_text(json.dumps(json_schema(), indent=1) + "\n", encoding="utf-8")
