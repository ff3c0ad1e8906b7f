"""The lowest and the newest versions allowed, on each supported Python that is found: installs them, runs the tests."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.tools.paths import ARTIFACTS, ROOT

ENVIRONMENTS = ARTIFACTS / "versions"
RESOLUTIONS = ("lowest-direct", "highest")
TESTS = ("tests/core", "tests/protocols", "tests/io", "tests/widget")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def supported() -> list[str]:
    """The Pythons that the package says it runs on."""
    words = [classifier.rpartition(" :: ")[2] for classifier in PROJECT["classifiers"]]
    return [word for word in words if word.startswith("3.")]


def found(version: str) -> str | None:
    """An interpreter of this version on this machine: on the path, or one of pyenv's. None is fetched."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [*([on_path] if on_path else []), *sorted(map(str, pyenv.glob(f"{version}*/bin/python3")))]
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    for candidate in candidates:  # What is on the path may be a shim that knows no such version.
        answer = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        if answer.stdout.strip() == version:
            return candidate
    return None


def installed(version: str, python: str, resolution: str) -> Path:
    """An environment of its own: of what the package needs these versions, of the tests' own tools the newest."""
    folder = ENVIRONMENTS / f"{version}-{resolution}"
    chosen = folder / "versions.txt"
    name, extras = PROJECT["name"], ",".join(PROJECT["optional-dependencies"])
    uv("venv", "--clear", "--python", python, str(folder))
    uv(
        *("pip", "compile", "pyproject.toml", "--all-extras", f"--resolution={resolution}", "--no-build"),
        *("--python", str(folder), "--output-file", str(chosen)),
    )
    uv(
        *("pip", "install", "--python", str(folder), "--constraints", str(chosen)),
        *("--editable", f"{name}[{extras}] @ {ROOT.as_uri()}", "--group", "dev"),
    )
    return folder


def uv(*arguments: str) -> None:
    on_path = shutil.which("uv")
    command = [on_path] if on_path else [sys.executable, "-m", "uv"]
    subprocess.run([*command, "--quiet", *arguments], cwd=ROOT, check=True)


def is_passed(environment: Path, arguments: list[str]) -> bool:
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    options = ["-q", "-m", "not slow", "-p", "no:cacheprovider", *arguments]
    return subprocess.run([str(python), "-m", "pytest", *TESTS, *options], cwd=ROOT).returncode == 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, epilog="Other arguments are for pytest.")
    parser.add_argument("--python", nargs="+", default=supported(), choices=supported())
    parser.add_argument("--resolution", nargs="+", default=RESOLUTIONS, choices=RESOLUTIONS)
    options, rest = parser.parse_known_args(arguments)
    outcomes: dict[str, str] = {}
    for version in options.python:
        if (python := found(version)) is None:
            outcomes[f"Python {version}"] = "not found"
            continue
        for resolution in options.resolution:
            print(f"\n━━━ Python {version}, {resolution}", flush=True)
            passed = is_passed(installed(version, python, resolution), rest)
            outcomes[f"Python {version}, {resolution}"] = "passed" if passed else "FAILED"
    print("\n━━━ summary")
    for name, outcome in outcomes.items():
        print(f"{name:<28} {outcome}")
    return 0 if set(outcomes.values()) == {"passed"} else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
