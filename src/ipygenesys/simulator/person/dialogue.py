"""Reads dialogue files: JSON lists of ``["agent" | "customer" | "action", text]`` turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from ipygenesys.simulator.state.conversation import Turn

PACKAGED = Path(__file__).resolve().parents[2] / "dialogues"

Actions = Literal["skip", "system"]


def packaged_dialogues() -> list[str]:
    """The names of the dialogues that come with the package."""
    return sorted(path.stem for path in PACKAGED.glob("*.json"))


def parse_turns(turns: Iterable[Any], *, actions: Actions = "skip") -> tuple[Turn, ...]:
    """Checks the turns and drops or converts the action turns.

    Raises:
        ValueError: naming the first bad turn.
    """
    parsed = []
    for number, turn in enumerate(turns, start=1):
        match turn:
            case ["agent" | "customer" as who, str(text)] if _is_sayable(text):
                parsed.append(Turn(who, text))
            case ["action", str(text)] if _is_sayable(text):
                if actions == "system":
                    parsed.append(Turn("system", text))
            case _:
                raise ValueError(f"turn {number} is not [agent|customer|action, text]")
    return tuple(parsed)


def _is_sayable(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def load_dialogue(name_or_path: str | Path) -> Sequence[Any]:
    """The raw turns of a packaged dialogue or of a file: a list, or an object with the list as ``original``.

    Raises:
        ValueError: no such dialogue, or not a list of turns.
    """
    name = str(name_or_path)
    return packaged_dialogue(name) if name in packaged_dialogues() else _turns_in(Path(name_or_path))


def packaged_dialogue(name: str) -> Sequence[Any]:
    """The raw turns of a dialogue that comes with the package, never of another file.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in packaged_dialogues():
        raise ValueError(f"no dialogue {name!r}; packaged are {', '.join(packaged_dialogues())}")
    return _turns_in(PACKAGED / f"{name}.json")


def some_dialogue(number: int) -> tuple[Turn, ...]:
    """One that comes with the package; the next number has the next one."""
    names = packaged_dialogues()
    return parse_turns(packaged_dialogue(names[number % len(names)]))


def _turns_in(path: Path) -> Sequence[Any]:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        known = ", ".join(packaged_dialogues())
        raise ValueError(f"no dialogue {str(path)!r} ({error.strerror}); packaged are {known}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"dialogue {str(path)!r} is not JSON: {error}") from None
    if isinstance(content, dict):
        content = content.get("original")
    if not isinstance(content, list):
        raise ValueError(f"dialogue {str(path)!r} is not a list of turns")
    return content
