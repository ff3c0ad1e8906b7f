"""What no source confirms stands in one place each: named, explained, used, and nowhere else in words."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import ipygenesys
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.rest import tokens
from ipygenesys._protocols.regions import platform_of
from ipygenesys._protocols.web_messaging import frames as web_messaging_frames
from ipygenesys._protocols.web_messaging.session import GuestSession
from ipygenesys._wire import agent_messaging, content, web_messaging
from ipygenesys.simulator.state import deliveries

SOURCES = Path(ipygenesys.__file__).parent
WIRES: dict[str, Any] = {
    "agent_messaging": agent_messaging,
    "web_messaging": web_messaging,
    "content": content,
}

FACTS = {
    "a guest's receipts": "web_messaging.RECEIPTS_ARE_REFUSED",
    "echo of a guest's typing": "web_messaging.OWN_TYPING_IS_NEWS",
    "success status of a typing call": "agent_messaging.TYPING_STATUS",
    "HTTP status of invalid_client": "agent_messaging.BAD_CLIENT_STATUSES",
    "code of a 413": "agent_messaging.TOO_LARGE_CODE",
    "scopes of each endpoint": "agent_messaging.SCOPES",
    "longest text of a guest": "web_messaging.MAX_TEXT_BYTES",
    "longest text of an agent": "agent_messaging.MAX_TEXT_CHARACTERS",
    "pages of history a minute": "web_messaging.HISTORY_PAGES_PER_MIN",
    "body of disconnectCustomer": "web_messaging.DISCONNECT_ACTION",
    "statuses of a web message": "agent_messaging.STATUS_SEQUENCE",
    "messaging hosts of two regions": "web_messaging.MESSAGING_DOMAINS",
    "second domains of the older regions": "web_messaging.SECOND_DOMAINS",
    "where a guest's file is put": "web_messaging.UPLOAD_HOSTS",
    "names of guests' files": "web_messaging.NAMES_NEED_AN_EXTENSION",
    "longest name of a guest's file": "web_messaging.MAX_FILE_NAME_CHARACTERS",
    "connections of a session": "web_messaging.CONNECTIONS",
    "life of a JWT for the history": "web_messaging.HISTORY_JWT_S",
}
"""The open list of protocols/genesys.md, as far as the code relies on it. Left out, because nothing here depends on them:
how long a socket may idle or live, how a webhook is signed, which providers report that a message was read."""


def names(wire: Any) -> list[str]:
    return [name for name in vars(wire.Unverified) if not name.startswith("_")]


def sources() -> dict[str, str]:
    return {str(path.relative_to(SOURCES)): path.read_text() for path in SOURCES.rglob("*.py")}


ALL = [f"{wire}.{name}" for wire, module in WIRES.items() for name in names(module)]


@pytest.mark.parametrize("fact", FACTS)
def test_each_open_fact_that_the_code_relies_on_has_its_entry(fact: str) -> None:
    assert FACTS[fact] in ALL


@pytest.mark.parametrize("wire", WIRES)
def test_each_entry_says_what_is_not_known_of_it(wire: str) -> None:
    source = inspect.getsourcefile(WIRES[wire].Unverified)
    assert source is not None
    tree = ast.parse(Path(source).read_text("utf-8"))
    (body,) = [
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Unverified"
    ]
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            assert isinstance(following, ast.Expr), ast.unparse(node)


@pytest.mark.parametrize("entry", ALL)
def test_each_entry_is_used_by_one_module_of_the_client_at_most(entry: str) -> None:
    _wire, _, name = entry.partition(".")
    users = [path for path, text in sources().items() if re.search(rf"\bUnverified\.{name}\b", text)]
    users = [path for path in users if not path.startswith("_wire/")]
    of_client = [path for path in users if not path.startswith("simulator/")]
    shared = sum(name in names(module) for module in WIRES.values())
    assert users
    assert len(of_client) <= shared, of_client


def test_nothing_else_calls_itself_unverified() -> None:
    """A comment that says so is an entry that is missing."""
    for path, text in sources().items():
        rest = text.replace("Unverified", "")
        assert "unverified" not in rest.lower(), path


# --- one edit is enough -----------------------------------------------------------------------------------


def changed(monkeypatch: pytest.MonkeyPatch, entry: str, value: object) -> None:
    wire, _, name = entry.partition(".")
    monkeypatch.setattr(WIRES[wire].Unverified, name, value)


def test_another_messaging_host_of_a_region_is_one_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = platform_of(region="sa_east_1")
    assert platform.url("webmessaging") == "https://webmessaging.sae1.pure.cloud"
    changed(monkeypatch, "web_messaging.MESSAGING_DOMAINS", {"sae1.pure.cloud": "chat.example"})
    assert platform.url("webmessaging") == "https://webmessaging.chat.example"
    assert platform.url("api") == "https://api.sae1.pure.cloud"


@pytest.mark.parametrize("is_news", [False, True])
def test_whether_own_typing_counts_is_one_edit(monkeypatch: pytest.MonkeyPatch, is_news: bool) -> None:
    changed(monkeypatch, "web_messaging.OWN_TYPING_IS_NEWS", is_news)
    frame = (
        '{"type":"message","class":"StructuredMessage","code":200,"body":{"id":"a","type":"Event",'
        '"direction":"Inbound","events":[{"eventType":"Typing","typing":{"type":"On"}}]}}'
    )
    session = GuestSession("d", token=None, custom_attributes={})
    assert bool(web_messaging_frames.decode_frame(frame, session)) is is_news


def test_the_status_of_a_bad_client_is_one_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Failure(kind="rejected", message="x", status=418)
    assert tokens._token_failure(refused, ()).kind == "rejected"
    changed(monkeypatch, "agent_messaging.BAD_CLIENT_STATUSES", (418,))
    assert tokens._token_failure(refused, ()).kind == "credentials"


def test_the_simulators_messages_follow_the_sequence() -> None:
    assert deliveries.STEPS == ("sent", "delivered")
