"""The house rules that a linter cannot check: layers, mirrors, names, first lines, and what is never tracked."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import ipygenesys
from tests.tools import file_table
from tests.tools.paths import JS, NOTEBOOKS, ROOT, SOURCE

MAX_FIRST_LINE = 110
"""The line length of the house: one line that fits."""
MAX_FILES = 16
MAX_LINES = 300
MAX_README_LINES = 300

PUBLIC_NAMES = {
    "AccessToken",
    "AgentMessaging",
    "AgentQueue",
    "AgentUser",
    "Answer",
    "Attachment",
    "AuthenticationError",
    "Button",
    "CapabilitiesChanged",
    "Card",
    "Carousel",
    "Chat",
    "Client",
    "ClientCredentials",
    "ConnectionFailed",
    "DatePicker",
    "Delivery",
    "DeliveryFailed",
    "DeliveryUnknown",
    "DraftUnresolved",
    "ErrorRaised",
    "Event",
    "GenesysError",
    "GuestAuth",
    "HistoryPrepended",
    "Inbox",
    "Inspector",
    "ListItem",
    "ListPicker",
    "ListSection",
    "Location",
    "Message",
    "MessagePlaced",
    "MessageReceived",
    "MessageRemoved",
    "MessageStatusChanged",
    "MessagingEvents",
    "NotFound",
    "PermissionDenied",
    "ProtocolError",
    "QuickReplies",
    "QuickReply",
    "RateLimited",
    "Relay",
    "Replay",
    "Run",
    "Script",
    "ScriptError",
    "Secret",
    "SessionExpiring",
    "Simulator",
    "Slot",
    "StatusChanged",
    "TypingChanged",
    "UnreadChanged",
    "Unsupported",
    "UploadProgressed",
    "UserLogin",
    "WebMessaging",
    "enable_nested_asyncio",
    "read_transcript",
    "response_times",
    "table",
    "timeline",
}

# Put together from pieces, so that this file is not what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
REGISTRIES = re.compile(
    "|".join(["registry" + r"\.npm" + "js", "files" + r"\.python" + "hosted", "pypi" + r"\.org/simple"])
)
LOCAL_PATHS = re.compile(r"(?<![\w.])/(work|root|home/[a-z]+|Users/[A-Za-z]+)/")
SKIPS = re.compile(r"\b(it|test|describe)\.(skip|todo)\b")
SKIPPING = {"pytest.skip", *(f"pytest.mark.{name}" for name in ("skip", "skipif", "xfail"))}


def tracked() -> list[Path]:
    """The text files that git knows; in an archive without git, all that are there."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    if answer.returncode == 0:
        names = [ROOT / name for name in answer.stdout.split("\0") if name]
    else:
        names = [
            path
            for top in ("src", "js/src", "js/test", "tests", "notebooks")
            for path in (ROOT / top).rglob("*")
        ]
    binary = {".png", ".ico", ".gz", ".woff2"}
    return [path for path in names if path.is_file() and path.suffix not in binary]


def offences(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


MODULES = [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(SOURCE)]


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_says_in_one_line_what_it_is_for(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8")))
    assert docstring
    line = docstring.partition("\n")[0]

    assert len(line) <= MAX_FIRST_LINE


@pytest.mark.parametrize("table", file_table.TABLES, ids=lambda table: table.readme.parent.name)
def test_a_readmes_table_of_files_is_the_generated_one(table: file_table.Table) -> None:
    _, between, _ = table.written()

    assert between == table.text(), "run `uv run poe codegen`"


README = (ROOT / "README.md").read_text("utf-8")
WAYS = {
    way.partition(":")[0]: re.findall(r"`([\w/-]+\.(?:py|tsx?))", way)
    for way in re.findall(
        r"^One .+?(?=\n\n)", (SOURCE / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
}


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES


@pytest.mark.parametrize("way", ["One event, from wire to pixel", "One keystroke, from pixel to wire"])
def test_the_readmes_ways_through_the_code_name_files_that_are_there_and_each_once(way: str) -> None:
    names = WAYS[way]

    assert len(names) > 5 and len(set(names)) == len(names)
    assert not [name for name in names if not ((SOURCE / name).is_file() or (ROOT / name).is_file())]


def test_no_folder_of_source_has_more_files_than_one_looks_through() -> None:
    folders = Counter(module.parent for module in MODULES)

    assert not {
        str(folder.relative_to(SOURCE)): count for folder, count in folders.items() if count > MAX_FILES
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_stays_readable(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= MAX_LINES


def test_each_core_module_has_its_test_module_in_the_same_wing() -> None:
    # Declarations only: there is nothing to decide in them.
    declarations = {
        "__init__",
        "effects",
        "events",
        "inputs",
        "kept",
        "operations",
        "platform_events",
        "profile",
        "deltas",
    }
    core, tests = SOURCE / "_core", ROOT / "tests" / "core"
    homes = {path.relative_to(core) for path in core.rglob("*.py") if path.stem not in declarations}
    missing = {home for home in homes if not (tests / home.with_name(f"test_{home.name}")).is_file()}

    assert not missing, sorted(missing)


def test_nothing_is_left_unfinished() -> None:
    assert not offences(UNFINISHED, tracked())


def test_a_skipped_test_has_a_reason() -> None:
    assert not offences(SKIPS, [path for path in tracked() if path.suffix in (".ts", ".tsx")])
    assert not [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in tracked()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SKIPPING and not has_reason(node)
    ]


def has_reason(call: ast.Call) -> bool:
    return any(keyword.arg == "reason" for keyword in call.keywords) or (
        ast.unparse(call.func) == "pytest.skip" and bool(call.args)
    )


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    assert not offences(REGISTRIES, tracked())
    assert not offences(LOCAL_PATHS, tracked())


def test_lock_files_record_no_addresses() -> None:
    lock = json.loads((JS / "package-lock.json").read_text("utf-8"))

    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert not [path for path in tracked() if path.name in ("uv.lock", "poetry.lock", "pdm.lock")]


def test_the_public_names_are_these() -> None:
    assert set(ipygenesys.__all__) == PUBLIC_NAMES
    for name in ipygenesys.__all__:
        assert getattr(ipygenesys, name) is not None


WIDGETS = frozenset({"anywidget", "ipywidgets", "IPython", "traitlets"})
CONNECTIONS = frozenset({"httpx", "httpcore", "websockets", "aiohttp", "http.server"})
"""What a conversation needs when it begins, and an import does not; and what httpx brings for its command line."""
COMMAND_LINES = frozenset({"rich", "click"})
EXTRAS = frozenset(
    {"pandas", "ipygenesys.simulator", "ipygenesys.commands.cli", "ipygenesys.commands.doctor.command"}
)


@pytest.mark.parametrize(
    ("names", "unwanted"),
    [
        ("__all__", WIDGETS | CONNECTIONS | COMMAND_LINES | EXTRAS),
        ("MessagingEvents, WebMessaging, ClientCredentials", WIDGETS | CONNECTIONS | COMMAND_LINES | EXTRAS),
        ("AgentMessaging, UserLogin, GenesysError", WIDGETS | CONNECTIONS | COMMAND_LINES | EXTRAS),
        ("Chat", CONNECTIONS | COMMAND_LINES | EXTRAS),
        ("Client", WIDGETS | EXTRAS),
    ],
)
def test_an_import_brings_nothing_that_only_a_conversation_or_a_widget_needs(
    names: str, unwanted: frozenset[str]
) -> None:
    code = f"import sys; from ipygenesys import {names}; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert not unwanted & set(answer.stdout.split())


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs(notebook: Path) -> None:
    content = json.loads(notebook.read_text("utf-8"))
    cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]

    assert not [cell["id"] for cell in cells if cell["outputs"] or cell["execution_count"] is not None]
    assert "widgets" not in content["metadata"]
