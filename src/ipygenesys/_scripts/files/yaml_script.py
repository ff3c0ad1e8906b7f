"""Our own files, of which ovotech's are a part: scenarios by name, each a list of steps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ipygenesys._scripts.files import nodes, setup, shapes
from ipygenesys._scripts.files.nodes import Listed, Mapped, Node, Text
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.place import Place, ScriptError, nearest
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import (
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Step,
    Type,
    Upload,
    Wait,
    Wanted,
)
from ipygenesys._scripts.model.variables import filled

MOST_INCLUDED = 10_000
"""Chosen: steps that includes may come to."""


@dataclass
class Found:
    """What a file holds."""

    scenarios: list[Scenario] = field(default_factory=list)
    config: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    refusals: list[ScriptError] = field(default_factory=list)
    """Why ovotech's runner would not take it."""


class YamlScript:
    """One file; ``read_text`` gives the text of another one beside it."""

    def __init__(
        self,
        top: Mapped,
        file: str,
        read_text: Callable[[str, Place], tuple[str, str]],
        above: tuple[str, ...] = (),
    ) -> None:
        self._file = file
        self._read_text = read_text
        self._above = (*above, file)
        self._top = nodes.mapping(top, "a script", ("config", "variables", "scenarios"))
        self._count = 0
        self._refusals: list[ScriptError] = []
        if "scenarios" not in top.items:
            raise ScriptError("there are no scenarios.", top.place)
        self._scenarios = nodes.mapping(top.items["scenarios"], "scenarios")
        if not self._scenarios.items:
            raise ScriptError("there are no scenarios.", self._scenarios.place)

    def found(self) -> Found:
        """All of it, checked."""
        config = self._config()
        variables = setup.texts(self._top.items.get("variables"), "variables")
        scenarios = [one for name in self._scenarios.items for one in self._rows(name)]
        return Found(scenarios, config, variables, self._refusals)

    def _config(self) -> dict[str, str]:
        if "config" not in self._top.items:
            return {}
        known = {**shapes.CONFIG, **dict.fromkeys(shapes.FOREIGN_CONFIG, "text")}
        given = nodes.mapping(self._top.items["config"], "config", known)
        for name, node in given.items.items():
            if name == "timeout" and not nodes.number(node, name):
                raise ScriptError("timeout has to be above 0.", node.place)
        return {
            shapes.FOREIGN_CONFIG.get(name, name): nodes.text(node, name)
            for name, node in given.items.items()
        }

    # --- scenarios ----------------------------------------------------------------------------------------

    def _rows(self, name: str) -> Iterator[Scenario]:
        node, place = self._scenarios.items[name], self._scenarios.places[name]
        if isinstance(node, Mapped):
            about = nodes.mapping(node, "a scenario", shapes.SCENARIO)
            if "steps" not in about.items:
                raise ScriptError(f"{name!r} has no steps.", place)
            given = about.items
            scenario = Scenario(
                name,
                self.steps(name),
                frozenset(nodes.texts(given["tags"], "tags") if "tags" in given else ()),
                nodes.text(given["skip"], "skip") if "skip" in given else None,
                setup.read(given.get("setup")),
                setup.texts(given.get("variables"), "variables"),
                place,
            )
            rows = self._table(given["rows"]) if "rows" in given else [{}]
        else:
            scenario, rows = Scenario(name, self.steps(name), place=place), [{}]
        for count, row in enumerate(rows, 1):
            variables = {**scenario.variables, **row}
            number = f"{name} [{count}: {', '.join(row.values())}]" if row else name
            yield replace(
                scenario, name=filled(number, variables, place) if row else name, variables=variables
            )

    def _table(self, node: Node) -> list[dict[str, str]]:
        """Rows by the names of their columns: a list of mappings, or a CSV file beside this one."""
        if isinstance(node, Listed):
            if not node.items:
                raise ScriptError("there are no rows.", node.place)
            return [setup.texts(one, "a row") for one in node.items]
        text, file = self._read_text(nodes.text(node, "rows"), node.place)
        reader = csv.DictReader(io.StringIO(text), strict=True)
        try:
            rows = [dict(row) for row in reader]
        except csv.Error as error:
            raise ScriptError(f"no CSV: {error}", Place(file, reader.line_num)) from None
        if not rows:
            raise ScriptError("there are no rows below the names.", Place(file, 1))
        for count, row in enumerate(rows, 2):
            if None in row or None in row.values():
                raise ScriptError(
                    f"this row has not as many values as there are names, {len(reader.fieldnames or ())}.",
                    Place(file, count),
                )
        return rows

    # --- steps --------------------------------------------------------------------------------------------

    def steps(self, name: str, inside: tuple[str, ...] = ()) -> tuple[Step, ...]:
        """The steps of a scenario, those that it includes with them."""
        node, place = self._scenarios.items.get(name), self._scenarios.places.get(name)
        if node is None or place is None:
            raise ScriptError(
                f"no scenario {name!r}.{nearest(name, self._scenarios.items)}", self._scenarios.place
            )
        listed = node.items.get("steps", node) if isinstance(node, Mapped) else node
        if not isinstance(listed, Listed):
            raise ScriptError(f"steps have to be a list, not {nodes.kind_of(listed)}.", listed.place)
        return tuple(step for one in listed.items for step in self._step(one, (*inside, name)))

    def _step(self, node: Node, inside: tuple[str, ...]) -> Iterator[Step]:
        self._count += 1
        if self._count > MOST_INCLUDED:
            raise ScriptError(f"more than {MOST_INCLUDED:,} steps.", node.place)
        given = nodes.mapping(node, "a step", (*shapes.VERBS, "within"))
        verbs = [name for name in given.items if name in shapes.VERBS]
        if len(verbs) != 1:
            raise ScriptError(f"a step does one thing, not {' and '.join(verbs) or 'none'}.", node.place)
        verb, value, place = verbs[0], given.items[verbs[0]], given.places[verbs[0]]
        if isinstance(value, Text) and value.kind and verb in shapes.OVOTECH:
            words = f"{verb}: {value.value} is {value.kind} to ovotech's runner, which takes words alone: quote it."
            self._refusals.append(ScriptError(words, place))
        within = nodes.number(given.items["within"], "within") if "within" in given.items else None
        if within is not None and verb not in (
            "pick",
            "expect",
            "waitForReplyContaining",
            "waitForReplyMatching",
        ):
            raise ScriptError(
                f"{verb} waits for nothing, so that it has no 'within'.", given.places["within"]
            )
        if verb == "include":
            yield from self._included(nodes.text(value, "include"), place, inside)
        else:
            yield self._one(verb, value, within, place)

    def _one(self, verb: str, value: Node, within: float | None, place: Place) -> Step:
        match verb:
            case "say":
                return Say(nodes.text(value, verb), place)
            case "pick":
                return Pick(nodes.texts(value, verb), within, place)
            case "wait":
                return Wait(nodes.number(value, verb), place)
            case "type":
                return Type(nodes.number(value, verb), place)
            case "upload":
                return self._upload(value, place)
            case "waitForReplyContaining":
                return Expect(Wanted(contains=(_literal(nodes.text(value, verb)),)), within, place=place)
            case "waitForReplyMatching":
                return Expect(
                    Wanted(matches=Pattern(nodes.text(value, verb), True, place)), within, place=place
                )
            case _:
                return self._expect(value, within, place)

    def _upload(self, value: Node, place: Place) -> Upload:
        if isinstance(value, Text):
            return Upload(self._beside(nodes.text(value, "upload")), place=place)
        given = nodes.mapping(value, "upload", shapes.UPLOAD).items
        if "path" not in given:
            raise ScriptError("upload has no path.", place)
        text = nodes.text(given["text"], "text") if "text" in given else ""
        return Upload(self._beside(nodes.text(given["path"], "path")), text, place)

    def _beside(self, path: str) -> str:
        return str(Path(self._file).parent / Path(path).expanduser())

    def _expect(self, value: Node, within: float | None, place: Place) -> Step:
        if isinstance(value, Text):
            return Expect(Wanted(contains=(nodes.text(value, "expect"),)), within, place=place)
        given = nodes.mapping(value, "expect", shapes.EXPECT)
        read = {name: _READERS[shapes.EXPECT[name]](node, name) for name, node in given.items.items()}
        within = read.pop("within", within)
        other = [name for name in shapes.INSTEAD_OF_A_MESSAGE if name in read]
        if other:
            if len(read) > 1:
                raise ScriptError(f"{other[0]} stands alone, beside 'within'.", place)
            if read[other[0]] is False:
                raise ScriptError(f"{other[0]}: true, or leave it out.", place)
            if other[0] == "typing":
                return ExpectTyping(within, place)
            if other[0] == "nothing":
                return ExpectNothing(read["nothing"], place)
            return ExpectEnd(within, other[0] == "disconnect", place)
        more = {new: read.pop(old) for old, new in _NAMES.items() if old in read}
        if not read:
            raise ScriptError("expect what? Nothing is said of the message.", place)
        if "matches" in read:
            read["matches"] = Pattern(read["matches"], place=place)
        return Expect(Wanted(**read), within, place=place, **more)

    # --- includes -----------------------------------------------------------------------------------------

    def _included(self, what: str, place: Place, inside: tuple[str, ...]) -> Iterator[Step]:
        """``name`` of this file, or ``file.yml#name``."""
        file, hash_sign, name = what.rpartition("#")
        if not hash_sign or not file:
            name = what.removeprefix("#")
            if name in inside:
                raise ScriptError(
                    f"{name!r} includes itself, by way of {' → '.join((*inside, name))}.", place
                )
            if name not in self._scenarios.items:
                raise ScriptError(
                    f"no scenario {name!r} to include.{nearest(name, self._scenarios.items)}", place
                )
            yield from self.steps(name, inside)
            return
        text, path = self._read_text(file, place)
        if path in self._above:
            raise ScriptError(f"{file!r} includes itself.", place)
        top = nodes.mapping(nodes.parse(text, path), "a script")
        other = YamlScript(top, path, self._read_text, self._above)
        yield from other.steps(name)


def _literal(words: str) -> str:
    """Ovotech's files have no variables: braces are braces."""
    return words.replace("{", "{{").replace("}", "}}")


def _plain_json(node: Node, what: str) -> Mapping[str, Any]:
    return {name: nodes.plain(one) for name, one in nodes.mapping(node, what).items.items()}


_NAMES = {"next": "is_next", "not": "is_not", "optional": "is_optional", "let": "let"}
_READERS: dict[str, Callable[[Node, str], Any]] = {
    "text": nodes.text, "texts": nodes.texts, "number": nodes.number, "flag": nodes.flag, "json": _plain_json,
}  # fmt: skip
