"""Rasa's end-to-end tests: ``user`` and ``bot``; what names things inside Rasa is an error."""

from __future__ import annotations

from ipygenesys._scripts.files import nodes
from ipygenesys._scripts.files.nodes import Listed, Mapped
from ipygenesys._scripts.files.yaml_script import Found
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Expect, Say, Step, Wanted

INSIDE = ("utter", "slot_was_set", "slot_was_not_set", "assertions", "metadata")
WHOLE_FILE = ("fixtures", "metadata", "stub_custom_actions")


def found(top: Mapped) -> Found:
    """The test cases of a file.

    Raises:
        ScriptError: it holds something else.
    """
    nodes.mapping(top, "a Rasa test", ("test_cases", *WHOLE_FILE))
    cases = top.items["test_cases"]
    if not isinstance(cases, Listed):
        raise ScriptError("test_cases has to be a list.", cases.place)
    return Found([_scenario(nodes.mapping(case, "a test case")) for case in cases.items])


def _scenario(case: Mapped) -> Scenario:
    for name in ("test_case", "steps"):
        if name not in case.items:
            raise ScriptError(f"a test case has no {name!r}.", case.place)
    steps = case.items["steps"]
    if not isinstance(steps, Listed):
        raise ScriptError("steps have to be a list.", steps.place)
    name = nodes.text(case.items["test_case"], "test_case")
    return Scenario(
        name, tuple(_step(nodes.mapping(step, "a step")) for step in steps.items), place=case.place
    )


def _step(step: Mapped) -> Step:
    for name in step.items:
        if name in INSIDE:
            raise ScriptError(
                f"{name!r} names something inside Rasa, which a guest does not see.", step.places[name]
            )
        if name not in ("user", "bot"):
            raise ScriptError(f"a step of Rasa's has no {name!r} that can be played here.", step.places[name])
    if len(step.items) != 1:
        raise ScriptError("a step is either 'user' or 'bot'.", step.place)
    ((who, value),) = step.items.items()
    words = nodes.text(value, who).replace("{", "{{").replace("}", "}}")
    place = step.places[who]
    return Say(words, place) if who == "user" else Expect(Wanted(equals=words), is_next=True, place=place)
