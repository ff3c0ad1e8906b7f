"""What pytest gets: simulators and conversations as fixtures, and scripts as tests.

Outside the packages that it brings: pytest imports this in every run, also where they cannot be imported.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ipygenesys.chat import Chat
    from ipygenesys.simulator import Simulator

SCRIPTS = (".yml", ".yaml", ".convo.txt")
RECORD = ("once", "none", "all")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--genesys-scripts DIR``, and against which deployment they are played."""
    group = parser.getgroup("genesys", "conversation tests of ipygenesys")
    group.addoption(
        "--genesys-scripts", metavar="DIR", help="collect the scripts of this folder, one test a scenario"
    )
    group.addoption(
        "--genesys-record",
        choices=RECORD,
        default="once",
        help="of genesys_recording: once, what was not recorded yet; none, never (for CI); all, everything anew",
    )
    group.addoption(
        "--genesys-associate-id",
        action="store_true",
        help="ask the platform for the ids of the scripts' conversations, for reports: GENESYS_CLIENT_ID and "
        "GENESYS_CLIENT_SECRET, or GENESYS_ACCESS_TOKEN",
    )
    for name in ("deployment-id", "region", "origin", "base-url"):
        variable = f"GENESYS_{name.upper().replace('-', '_')}"
        group.addoption(
            f"--genesys-{name}",
            metavar=name.upper(),
            default=os.environ.get(variable),
            help=f"of the scripts; else {variable}",
        )


def pytest_configure(config: pytest.Config) -> None:
    """The folder is collected beside what else was named."""
    if folder := config.getoption("genesys_scripts"):
        if not Path(folder).is_dir():
            raise pytest.UsageError(f"--genesys-scripts: no folder {folder!r}.")
        config.args.append(str(folder))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scripts of that folder, and of no other."""
    folder = parent.config.getoption("genesys_scripts")
    if (
        not folder
        or not file_path.name.endswith(SCRIPTS)
        or Path(folder).resolve() not in file_path.resolve().parents
    ):
        return None
    from ipygenesys._scripts.collecting import ScriptFile

    return ScriptFile.from_parent(parent, path=file_path)


@pytest.fixture
def genesys_simulator() -> Iterator[Simulator]:
    """A fast simulator in its own thread, where nobody acts unless told."""
    from ipygenesys.simulator import Simulator

    with Simulator(scenario="manual", speed=20) as simulator:
        yield simulator


@pytest.fixture
def genesys_chat(request: pytest.FixtureRequest) -> Iterator[Callable[..., Chat]]:
    """``genesys_chat(protocol)`` gives a connected Chat, which is closed after the test; without one, a guest of ``genesys_simulator``."""
    from ipygenesys.chat import Chat

    chats: list[Chat] = []

    def make(protocol: Any = None, **options: Any) -> Chat:
        chat = Chat(_guest(request) if protocol is None else protocol, **options)
        chats.append(chat)
        chat.connect().wait()
        return chat

    yield make
    for chat in chats:
        chat.close()


def _guest(request: pytest.FixtureRequest) -> Any:
    from ipygenesys._protocols.web_messaging.protocol import WebMessaging

    simulator: Simulator = request.getfixturevalue("genesys_simulator")
    return WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of a test that has failed, no recording is kept."""
    report = yield
    if report.when == "call":
        item.stash[_HAS_PASSED] = report.passed
    return report


_HAS_PASSED = pytest.StashKey[bool]()


@pytest.fixture
def genesys_recording(request: pytest.FixtureRequest) -> Iterator[Callable[..., Chat]]:
    """``genesys_recording(protocol)`` gives a connected Chat: the first time a real one, which is recorded; from then on the recording.

    The protocol may be a function that makes it, which is called only where a real one is needed; without one, it is a
    guest of ``genesys_simulator``. The recording lies in ``recordings`` beside the test, and is kept when the test has
    passed. It holds no secrets, but it does hold names and texts. A test that says something else than was recorded
    fails; ``--genesys-record=all`` records it anew.
    """
    from ipygenesys.chat import Chat

    mode, found = request.config.getoption("genesys_record"), _Recordings(request.node)
    chats: list[Chat] = []

    def make(protocol: Any = None, **options: Any) -> Chat:
        path = found.next()
        if mode == "none" and not path.is_file():
            pytest.fail(f"No recording {path}, and --genesys-record=none makes none.", pytrace=False)
        if mode != "all" and path.is_file():
            chat = Chat(found.cassette(path), **options)
            chats.append(chat)
        else:
            real = _guest(request) if protocol is None else protocol
            chat = Chat(real() if callable(real) else real, **options)
            chats.append(chat)
            chat.record(found.begin(path))
        chat.connect().wait()
        return chat

    yield make
    for chat in chats:
        chat.close()
    found.end(has_passed=request.node.stash.get(_HAS_PASSED, False))


class _Recordings:
    """Of one test: a file for each of its conversations, so that no two processes write the same."""

    def __init__(self, item: pytest.Item) -> None:
        name = re.sub(r"[^\w.-]+", "-", item.name).strip("-")[:100]
        if name != item.name:  # Others may be alike without what was left out.
            name += f"-{hashlib.sha256(item.name.encode()).hexdigest()[:8]}"
        parent = item.getparent(pytest.Class)
        within = f"{parent.name}." if parent is not None else ""
        self._stem = item.path.parent / "recordings" / item.path.stem / f"{within}{name}"
        self._count = 0
        self._fresh: dict[Path, Path] = {}
        self._cassettes: list[Any] = []

    def next(self) -> Path:
        """Of the next conversation."""
        self._count += 1
        number = f"-{self._count}" if self._count > 1 else ""
        return self._stem.with_name(f"{self._stem.name}{number}.jsonl")

    def begin(self, path: Path) -> Path:
        """Where it is written meanwhile."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fresh[path] = fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        return fresh

    def cassette(self, path: Path) -> Any:
        """What stands in for the platform."""
        from ipygenesys._io.recordings.cassette import Cassette

        self._cassettes.append(cassette := Cassette(path))
        return cassette

    def end(self, *, has_passed: bool) -> None:
        """What was recorded is kept, if it is any good; what was not there to be had fails the test."""
        for path, fresh in self._fresh.items():
            if has_passed:
                fresh.replace(path)
            else:
                fresh.unlink(missing_ok=True)
        if problems := [words for cassette in self._cassettes for words in cassette.problems]:
            words = "\n".join(problems)
            pytest.fail(
                f"The recording lacks what the test does:\n{words}\nRecord it again: --genesys-record=all",
                pytrace=False,
            )
