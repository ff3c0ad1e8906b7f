"""The committed bundle is what the sources build, and it stays small."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.view.conftest import BUNDLES, ROOT, STATIC

LIMITS_BYTES = {
    "widget": 52_000,
    "replay": 56_000,
    "pictures": 25_000,
    "inspector": 25_000,
    "inbox": 25_000,
    "runs": 16_000,
}
"""Script and style sheet together, gzipped; a bundle travels once per widget instance."""


def test_the_committed_bundle_is_what_the_sources_build(tmp_path: Path) -> None:
    node = shutil.which("node", path=os.pathsep.join((str(ROOT / ".venv" / "bin"), os.environ["PATH"])))
    if node is None or not (ROOT / "js" / "node_modules").is_dir():
        pytest.skip("node or js/node_modules is missing: `uv run poe test-js` installs them")
    subprocess.run(
        [node, "build.mjs", f"--outdir={tmp_path}"],
        cwd=ROOT / "js",
        check=True,
        capture_output=True,
        timeout=240,
    )
    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in STATIC.iterdir()}
    for name in (each.name for each in STATIC.iterdir()):
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), (
            f"{name} is stale: run `npm run build` in js/"
        )


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_bundle_is_small_and_needs_nothing_else(bundle: str) -> None:
    texts = [(STATIC / f"{bundle}.{ending}").read_bytes() for ending in ("js", "css")]
    assert sum(len(gzip.compress(text, 9)) for text in texts) <= LIMITS_BYTES[bundle]
    for text in texts:
        assert b"import(" not in text and b"@import" not in text and b"url(" not in text
        assert b"sourceMappingURL" not in text
        assert (
            b"eval(" not in text and b"Function(" not in text
        )  # Pages with a policy of their own refuse those.


def test_what_cannot_be_selected_cannot_be_selected_in_safari_either() -> None:
    """It knows the property by its own name alone: choosing messages by dragging would select their text."""
    for bundle in BUNDLES:
        rules = re.findall(r"[{;]((?:-webkit-)?user-select):none", (STATIC / f"{bundle}.css").read_text())
        assert rules.count("-webkit-user-select") == rules.count("user-select")


def test_the_types_are_those_of_the_protocol() -> None:
    if not (ROOT / "js" / "node_modules").is_dir():
        pytest.skip("js/node_modules is missing: `uv run poe test-js` installs it")
    path = os.pathsep.join((str(ROOT / ".venv" / "bin"), os.environ["PATH"]))
    checked = subprocess.run(
        [sys.executable, "js/codegen.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
