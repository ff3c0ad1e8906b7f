"""What pytest gets: simulators and conversations as fixtures, and scripts as tests.

Outside the packages that it brings: pytest imports this in every run, also where they cannot be imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ipygenesys.chat import Chat
    from ipygenesys.simulator import Simulator

SCRIPTS = (".yml", ".yaml", ".convo.txt")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--genesys-scripts DIR``, and against which deployment they are played."""
    group = parser.getgroup("genesys", "conversation tests of ipygenesys")
    group.addoption(
        "--genesys-scripts", metavar="DIR", help="collect the scripts of this folder, one test a scenario"
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
    from ipygenesys._protocols.web_messaging.protocol import WebMessaging
    from ipygenesys.chat import Chat

    chats: list[Chat] = []

    def make(protocol: Any = None, **options: Any) -> Chat:
        if protocol is None:
            simulator: Simulator = request.getfixturevalue("genesys_simulator")
            protocol = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
        chat = Chat(protocol, **options)
        chats.append(chat)
        chat.connect().wait()
        return chat

    yield make
    for chat in chats:
        chat.close()
