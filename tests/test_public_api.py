"""What ``import ipygenesys`` offers, and what it does not load."""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import pydoc
import re
import subprocess
import sys
from typing import Any, get_args

import pytest

import ipygenesys
from ipygenesys._core.model.messages import ConnectionStatus, MessageStatus

NAMES = {
    "AccessToken",
    "Attachment",
    "AuthenticationError",
    "Chat",
    "Client",
    "ClientCredentials",
    "ConnectionFailed",
    "Delivery",
    "DeliveryFailed",
    "DeliveryUnknown",
    "GenesysError",
    "Message",
    "MessagingEvents",
    "NotFound",
    "PermissionDenied",
    "ProtocolError",
    "RateLimited",
    "Secret",
    "Simulator",
    "enable_nested_asyncio",
}
"""Those that the design fixes; more may follow."""

CHAT_VERBS = {
    "aclose",
    "capabilities",
    "close",
    "demo",
    "events",
    "export",
    "mark_read",
    "messages",
    "next_message",
    "on_event",
    "on_message",
    "send",
    "set_typing",
    "status",
    "to_pandas",
    "typing",
    "unread_count",
    "until",
    "wait_for_message",
    "wait_until",
}

WIDGETS = ("anywidget", "ipywidgets", "traitlets", "IPython", "comm")
HEAVY = ("httpx", "websockets", "aiohttp", "pandas", "nest_asyncio2", "asyncio")


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after running this."""
    script = (
        f"{code}\nimport sys, json; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_fixed_names_are_there() -> None:
    assert set(ipygenesys.__all__) >= NAMES


@pytest.mark.parametrize("name", ipygenesys.__all__)
def test_every_public_name_can_be_had_and_is_documented(name: str) -> None:
    value = getattr(ipygenesys, name)

    if inspect.isclass(value) or inspect.isfunction(value):
        assert inspect.getdoc(value)
        assert value.__name__ == name


def test_every_name_is_listed_once_in_order_and_by_dir() -> None:
    assert list(ipygenesys.__all__) == sorted(set(ipygenesys.__all__))
    assert [name for name in dir(ipygenesys) if not name.startswith("__")] == ipygenesys.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'ipygenesys' has no attribute 'Nonsense'"):
        _ = ipygenesys.Nonsense


def test_star_import_gives_the_public_names() -> None:
    namespace: dict[str, object] = {}

    exec("from ipygenesys import *", namespace)

    assert set(ipygenesys.__all__) <= set(namespace)


def test_the_version_is_the_packages() -> None:
    assert ipygenesys.__version__ == importlib.metadata.version("ipygenesys")


def test_chat_has_the_fixed_verbs() -> None:
    assert set(dir(ipygenesys.Chat)) >= CHAT_VERBS


def test_client_has_the_same_verbs_but_the_widgets_own() -> None:
    assert set(dir(ipygenesys.Client)) >= CHAT_VERBS - {"close", "demo"}


def test_client_and_chat_agree_on_the_verbs_signatures() -> None:
    for name in sorted(
        CHAT_VERBS - {"close", "demo", "status", "typing", "unread_count", "capabilities", "messages"}
    ):
        ours, theirs = getattr(ipygenesys.Client, name), getattr(ipygenesys.Chat, name)
        assert inspect.signature(ours) == inspect.signature(theirs), name


@pytest.mark.parametrize("host", [ipygenesys.Chat, ipygenesys.Client])
@pytest.mark.parametrize(
    ("given", "what"),
    [("3f0c", "str"), (None, "NoneType"), (ipygenesys.WebMessaging, "the class WebMessaging")],
)
def test_what_is_no_protocol_is_refused_by_name(host: Any, given: object, what: str) -> None:
    with pytest.raises(TypeError, match=rf"protocol must be a WebMessaging\(…\), .*, not {what}"):
        host(given)


def test_importing_the_package_loads_next_to_nothing() -> None:
    assert not loaded_by("import ipygenesys") & {*WIDGETS, *HEAVY, "msgspec"}


def test_the_headless_client_loads_no_widget() -> None:
    loaded = loaded_by(
        "from ipygenesys import Client, ClientCredentials, MessagingEvents, GenesysError, Message"
    )

    assert not loaded & {*WIDGETS, "aiohttp", "pandas", "nest_asyncio2"}
    assert "httpx" in loaded


def test_the_widget_loads_neither_simulator_nor_pandas() -> None:
    assert not loaded_by("from ipygenesys import Chat") & {"aiohttp", "pandas", "nest_asyncio2"}


def test_nested_asyncio_is_patched_by_the_users_word_only() -> None:
    code = """
import asyncio
run = asyncio.run
import ipygenesys
from ipygenesys import Chat, Client, Simulator, enable_nested_asyncio
assert asyncio.run is run

async def inner(): return 42
async def outer(): return asyncio.run(inner())
try:
    run(outer())
except RuntimeError as error:
    assert "cannot be called from a running event loop" in str(error)
else:
    raise AssertionError
import warnings; warnings.simplefilter("ignore")
enable_nested_asyncio()
enable_nested_asyncio()
assert asyncio.run(outer()) == 42
"""
    loaded_by(code)


def test_its_logger_is_silent_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ipygenesys, logging; logging.getLogger('ipygenesys.x').warning('words')",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(
    "kind", [ipygenesys.Message, ipygenesys.Attachment, *ipygenesys.Event.__subclasses__()]
)
def test_each_field_and_each_status_is_explained_where_help_shows_it(kind: type[Any]) -> None:
    attributes = (kind.__doc__ or "").partition("Attributes:")[2]
    assert re.findall(r"^        (\w+): \S", attributes, re.M) == list(kind.__struct_fields__)
    of_kind = {"Message": get_args(MessageStatus), "StatusChanged": get_args(ConnectionStatus)}
    values: tuple[str, ...] = of_kind.get(kind.__name__, ())
    assert [value for value in values if f"``{value}``" not in attributes] == []


def test_help_of_event_names_every_event_in_one_line() -> None:
    words = pydoc.plain(pydoc.render_doc(ipygenesys.Event))
    public = {
        name
        for name in ipygenesys.__all__
        if name != "Event" and name in ipygenesys._HOMES["_core.model.events"].split()
    }
    assert {name for name in public if f"|  {name}: " not in words} == set()
    assert all(issubclass(getattr(ipygenesys, name), ipygenesys.Event) for name in public)
