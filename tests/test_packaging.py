"""What is in the wheel and the source archive, and that an installed wheel needs no Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._core.view.protocol.locale import LANGUAGES
from tests.tools.paths import JS, ROOT, SOURCE


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel, built from the source archive as an installer would, and that archive."""
    folder = tmp_path_factory.mktemp("dist")
    uv = shutil.which("uv")
    build = [uv, "build"] if uv else [sys.executable, "-m", "uv", "build"]
    # The bundle is committed: a build that reaches for Node has gone wrong.
    broken = folder / "bin"
    broken.mkdir()
    for name in ("node", "npm", "npx"):
        (broken / name).write_text("#!/bin/sh\nexit 97\n", "utf-8")
        (broken / name).chmod(0o755)
    subprocess.run(
        [*build, "--out-dir", str(folder), "--python", sys.executable, str(ROOT)],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": os.pathsep.join([str(broken), os.environ["PATH"]])},
        timeout=110,
    )
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def test_the_wheel_holds_what_a_user_needs_and_nothing_else(archives: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(archives[0]) as wheel:
        names = set(wheel.namelist())

    assert {
        "ipygenesys/py.typed",
        "ipygenesys/static/widget.js",
        "ipygenesys/static/widget.css",
        "ipygenesys/notebooks/01-quickstart.ipynb",
        "ipygenesys/notebooks/02-real-genesys.ipynb",
        "ipygenesys/notebooks/dashboards/conversation.ipynb",
    } <= names
    dialogues = {path.name for path in (SOURCE / "dialogues").glob("*.json")}
    assert len(dialogues) == 3
    assert {f"ipygenesys/dialogues/{name}" for name in dialogues} <= names
    assert {f"ipygenesys/words/{language}.json" for language in LANGUAGES if language != "en"} <= names
    outside = [name for name in names if not name.startswith(("ipygenesys/", "ipygenesys-"))]
    assert not outside
    assert not [
        name for name in names if "node_modules" in name or name.endswith((".ts", ".tsx", ".map", ".pyc"))
    ]


def test_the_source_archive_can_build_and_test_itself(archives: tuple[Path, Path]) -> None:
    with tarfile.open(archives[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "notebooks/01-quickstart.ipynb",
        "notebooks/02-real-genesys.ipynb",
        "js/package.json",
        "js/package-lock.json",
        "js/build.mjs",
        "js/src/widget.ts",
        "src/ipygenesys/static/widget.js",
        "src/ipygenesys/words/de.json",
        "tests/test_packaging.py",
    } <= names
    assert not [
        name
        for name in names
        if re.search(r"node_modules|\.artifacts|__pycache__|(^|/)\.venv|uv\.lock", name)
    ]


def test_an_installed_wheel_works_without_node_and_without_the_checkout(
    archives: tuple[Path, Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(archives[0]) as wheel:
        wheel.extractall(tmp_path / "site")
    code = (
        "from ipygenesys._widget.languages import view_words\n"
        "import ipygenesys, ipygenesys.commands.demo as demo, pathlib\n"
        "here = pathlib.Path(ipygenesys.__file__).parent\n"
        "chat = ipygenesys.Chat.demo(locale='de')\n"
        "print(here.parent.name, demo.notebooks().parent == here, len(str(chat._esm)) > 10_000, len(view_words()))\n"
        "chat.close()\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.stdout.split() == ["site", "True", "True", "4"], answer.stderr


def test_the_bundle_in_the_wheel_is_the_committed_one(archives: tuple[Path, Path]) -> None:
    committed = {each.name: each.read_bytes() for each in (SOURCE / "static").iterdir()}
    with zipfile.ZipFile(archives[0]) as wheel:
        assert {name: wheel.read(f"ipygenesys/static/{name}") for name in committed} == committed


def test_any_npm_on_any_platform_finds_each_package_in_the_lock() -> None:
    lock = json.loads((JS / "package-lock.json").read_text("utf-8"))
    packages: dict[str, dict[str, Any]] = lock["packages"]

    def is_there(path: str, name: str) -> bool:
        places = [f"{path[: at + 1]}node_modules/{name}" for at in range(len(path)) if path[at] == "/"]
        return any(
            place in packages for place in [*places, f"{path}/node_modules/{name}", f"node_modules/{name}"]
        )

    wanted = [
        (path, name)
        for path, entry in packages.items()
        for kind in ("dependencies", "optionalDependencies", "devDependencies")
        for name in entry.get(kind, {})
    ]
    assert len(wanted) > len(packages) / 2
    assert [each for each in wanted if not is_there(*each)] == []
    assert [path for path, entry in packages.items() if "resolved" in entry] == []


def test_what_is_bundled_has_its_notice_beside_the_bundle_and_in_the_wheel(
    archives: tuple[Path, Path],
) -> None:
    notices = (SOURCE / "static" / "THIRD-PARTY.txt").read_text("utf-8")
    assert re.findall(r"^(\S+) [\d.]+ \((.+)\)$", notices, re.MULTILINE) == [("preact", "MIT")]
    assert "Copyright (c) 2015-present Jason Miller" in notices
    assert "The above copyright notice and this permission notice shall be included" in notices
    with zipfile.ZipFile(archives[0]) as wheel:
        (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        folder = metadata.removesuffix("METADATA")
        for copy in ("ipygenesys/static/", f"{folder}licenses/src/ipygenesys/static/"):
            assert wheel.read(f"{copy}THIRD-PARTY.txt").decode() == notices
        assert b"License-File: src/ipygenesys/static/THIRD-PARTY.txt" in wheel.read(metadata)


def test_without_the_extras_what_is_missing_is_named(archives: tuple[Path, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(archives[0]) as wheel:
        wheel.extractall(tmp_path / "site")
    (tmp_path / "test_something.py").write_text("def test_something(): pass\n", "utf-8")
    code = (
        "import sys; sys.modules |= dict.fromkeys(('aiohttp', 'pandas'))\n"
        "import pytest, ipygenesys as ig\n"
        "def said(call):\n"
        "    try: call()\n"
        "    except ImportError as error: print(error)\n"
        "said(ig.Chat.demo); said(lambda: ig.Simulator())\n"
        "chat = ig.Chat(ig.WebMessaging(region='eu_west_1', deployment_id='d'))\n"
        "said(chat.to_pandas); chat.close()\n"
        "print(pytest.main(['-q', '-p', 'no:cacheprovider', 'test_something.py']).name)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=60,
    )

    lines = answer.stdout.splitlines()
    assert lines[:3] == [
        'The simulator needs aiohttp: pip install "ipygenesys[simulator]"',
        'The simulator needs aiohttp: pip install "ipygenesys[simulator]"',
        'to_pandas() needs pandas: pip install "ipygenesys[pandas]"',
    ], answer.stderr
    assert lines[-1] == "OK"  # pytest loads the package's fixture in every run.
