"""Scripts from files: our YAML, ovotech's, Botium's, Rasa's; and what is wrong with them, with its line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ipygenesys import Script, ScriptError
from ipygenesys._scripts.files.shapes import PACKAGED, json_schema
from ipygenesys._scripts.model.steps import (
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Type,
    Upload,
    Wait,
)


def load(folder: Path, text: str, name: str = "a.yml") -> Script:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Script.load(path)


OURS = """
config: {deployment_id: d, region: eu_west_1, timeout: 5}
variables: {name: Ann}
scenarios:
  Returns:
    tags: [smoke, returns]
    setup: {custom_attributes: {vip: "yes"}}
    steps:
      - say: Yes
      - say: 12:30
      - expect: {contains: Hello, within: 3, let: greeting}
      - expect: {matches: 'order (?P<order>\\d+)', next: true}
      - expect: {quick_replies: [Yes, No], json: {role: bot}}
      - expect: {similar: Goodbye, at_least: 0.7, optional: true}
      - expect: {contains: sorry, not: true, within: 2}
      - expect: {typing: true, within: 4}
      - expect: {nothing: 2}
      - expect: {read_only: true}
      - pick: [Red, Blue]
        within: 3
      - upload: {path: bill.pdf, text: Here}
      - wait: 1.5
      - type: 2
      - include: Goodbye
  Goodbye:
    - say: bye
"""


def test_our_own(tmp_path: Path) -> None:
    script = load(tmp_path, OURS)
    returns, goodbye = script.scenarios
    assert script.config == {"deployment_id": "d", "region": "eu_west_1", "timeout": "5"}
    assert script.variables == {"name": "Ann"}
    assert (returns.name, set(returns.tags)) == ("Returns", {"smoke", "returns"})
    assert returns.setup == {"custom_attributes": {"vip": "yes"}}
    kinds = [type(step) for step in returns.steps]
    assert kinds == [
        Say,
        Say,
        *[Expect] * 5,
        ExpectTyping,
        ExpectNothing,
        ExpectEnd,
        Pick,
        Upload,
        Wait,
        Type,
        Say,
    ]
    assert [step.text for step in returns.steps if isinstance(step, Say)] == ["Yes", "12:30", "bye"]
    assert returns.steps[0].place.line == 9
    expects = [step for step in returns.steps if isinstance(step, Expect)]
    assert (expects[0].wanted.contains, expects[0].within_s, expects[0].let) == (("Hello",), 3, "greeting")
    assert expects[1].is_next
    assert expects[2].wanted.quick_replies == ("Yes", "No")
    assert expects[3].is_optional
    assert expects[4].is_not
    assert returns.steps[10] == Pick(("Red", "Blue"), 3, returns.steps[10].place)
    assert returns.steps[11] == Upload(str(tmp_path / "bill.pdf"), "Here", returns.steps[11].place)
    assert goodbye.steps == (Say("bye", goodbye.steps[0].place),)
    assert script.only(tags=["smoke"]).scenarios == (returns,)
    assert script.only(names=["good"]).scenarios == (goodbye,)


def test_the_schema_for_editors_takes_what_is_read_and_nothing_else(tmp_path: Path) -> None:
    checker = jsonschema.Draft202012Validator(json_schema())
    checker.check_schema(json_schema())
    checker.validate(yaml.safe_load(OURS))
    for wrong in (
        "scenarios: {a: [{sya: hi}]}",
        "scenarios: {a: [{say: hi, expect: b}]}",
        "{}",
        "scenarios: {}",
    ):
        with pytest.raises(ScriptError):
            load(tmp_path, wrong)
        assert not checker.is_valid(yaml.safe_load(wrong))


def test_the_schema_in_the_package_is_that_one() -> None:
    """Mended by: python -m ipygenesys._scripts.files.shapes."""
    assert json.loads(PACKAGED.read_text("utf-8")) == json_schema()


def test_a_table_makes_a_scenario_a_row(tmp_path: Path) -> None:
    (tmp_path / "cities.csv").write_text("city,answer\nBonn,Rhine\nHalle,Saale\n")
    inline = "scenarios: {a: {rows: [{city: Bonn}, {city: Halle}], steps: [{say: '{city}'}]}}"
    for text in (inline, inline.replace("[{city: Bonn}, {city: Halle}]", "cities.csv")):
        script = load(tmp_path, text)
        assert [one.variables["city"] for one in script.scenarios] == ["Bonn", "Halle"]
        assert len({one.name for one in script.scenarios}) == 2
    (tmp_path / "cities.csv").write_text("city,answer\nBonn\n")
    with pytest.raises(ScriptError, match=r"cities\.csv:2: this row has not as many values"):
        load(tmp_path, inline.replace("[{city: Bonn}, {city: Halle}]", "cities.csv"))


def test_steps_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "login.yml").write_text("scenarios: {log in: [{say: hello}, {expect: welcome}]}")
    script = load(tmp_path, "scenarios: {a: [{include: 'login.yml#log in'}, {say: bye}]}")
    assert [type(step) for step in script.scenarios[0].steps] == [Say, Expect, Say]
    assert script.scenarios[0].steps[0].place.file.endswith("login.yml")


OVOTECH = """
config:
  deploymentId: d
  region: mypurecloud.ie
scenarios:
  "Accept Survey":
    - say: hi from a {test}
    - waitForReplyContaining: Can we ask you some questions
    - say: Yes
    - waitForReplyMatching: ^Thank (?<who>you)[^]
  Empty: []
"""


def test_ovotech(tmp_path: Path) -> None:
    script = load(tmp_path, OVOTECH)
    assert script.config == {"deployment_id": "d", "region": "mypurecloud.ie"}
    survey, empty = script.scenarios
    assert empty.steps == ()
    assert isinstance(survey.steps[1], Expect)
    assert survey.steps[1].wanted.contains == ("Can we ask you some questions",)
    last = survey.steps[3]
    assert isinstance(last, Expect)
    assert last.wanted.matches is not None
    assert last.wanted.matches.search("Bye.\nTHANK you\n!") == {"who": "you"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenarios:\n  a:\n    - sya: hi", r"a\.yml:3: a step has no 'sya'\. Did you mean 'say'\?"),
        ("scenarios:\n  a:\n    - say: hi\n      wait: 1", r"a\.yml:3: a step does one thing, not say and wait"),
        ("scenarios:\n  a:\n    - say: ''", r"a\.yml:3: say has to be words, not nothing"),
        ("scenarios:\n  a:\n    - say: [x]", r"a\.yml:3: say has to be words, not a list"),
        ("scenarios:\n  a:\n    - wait: soon", r"a\.yml:3: wait has to be a number"),
        ("scenarios:\n  a:\n    - say: hi\n      within: 2", r"a\.yml:4: say waits for nothing"),
        ("scenarios:\n  a:\n    - expect: {contians: x}", r"a\.yml:3: expect has no 'contians'\. Did you mean 'contains'"),
        ("scenarios:\n  a:\n    - expect: {typing: true, contains: x}", r"a\.yml:3: typing stands alone"),
        ("scenarios:\n  a:\n    - expect: {within: 2}", r"a\.yml:3: expect what\?"),
        ("scenarios:\n  a:\n    - expect: {exact: perhaps}", r"a\.yml:3: exact has to be true or false"),
        ("scenarios:\n  a:\n    - expect: {matches: '('}", r"a\.yml:3: '\(' is no regular expression of Python's"),
        ("scenarios:\n  a:\n    - include: a", r"a\.yml:3: 'a' includes itself"),
        ("scenarios:\n  a:\n    - include: b.yml#x", r"a\.yml:3: 'b\.yml' cannot be read"),
        ("scenarios:\n  a:\n    - include: a.yml#a", r"a\.yml:3: 'a\.yml' includes itself"),
        ("scenarios:\n  alpha: []\n  b:\n    - include: alhpa", r"a\.yml:4: no scenario 'alhpa' to include\. Did you mean 'alpha'"),
        ("scenarios:\n  a: []\n  a: []", r"a\.yml:3: 'a' stands here twice"),
        ("scenarios: [1]", r"a\.yml:1: scenarios has to be a mapping, not a list"),
        ("config: {deployment: d}\nscenarios: {a: []}", r"a\.yml:1: config has no 'deployment'\. Did you mean 'deployment"),
        ("config: {}", r"a\.yml:1: there are no scenarios"),
        ("- a", r"a\.yml:1: a script is a mapping"),
        ("a: [", r"a\.yml:\d: no YAML"),
        ("", r"a\.yml:1: one YAML document is needed, not 0"),
        ("a: &x [*x]", r"a\.yml:\d"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_the_nearest_word(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ScriptError, match=words):
        load(tmp_path, text)


def test_files_that_are_no_scripts(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"a: 1\nb: \xff")
    with pytest.raises(ScriptError, match=r"a\.yml:2: the file is not UTF-8"):
        Script.load(tmp_path / "a.yml")
    with pytest.raises(ScriptError, match="ends in"):
        load(tmp_path, "", "a.txt")
    with pytest.raises(FileNotFoundError):
        Script.load(tmp_path / "none.yml")


BOTIUM = """A parcel
is late

#me
hi

#bot
Hello *
again

#bot
?!Sorry

#me
BUTTON Yes

#bot
Which one?
BUTTONS Red|Blue \\| Green
PAUSE 250

#bot
TEXT_CONTAINS_ALL_IC a|b
"""


def test_botium(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, BOTIUM, "parcel.convo.txt").scenarios
    assert scenario.name == "A parcel"
    kinds = [type(step) for step in scenario.steps]
    assert kinds == [Say, Expect, Expect, Pick, Wait, Expect, Expect]
    hello, sorry, which, both = (step for step in scenario.steps if isinstance(step, Expect))
    assert hello.is_next
    assert hello.wanted.matches is not None
    assert hello.wanted.matches.search("Well, HELLO you\n  again and again") == {}
    assert hello.wanted.matches.search("Hello you") is None
    assert (sorry.is_not, sorry.is_optional) == (True, True)
    assert which.wanted.quick_replies == ("Red", "Blue | Green")
    assert (both.wanted.contains, both.wanted.exact) == (("a", "b"), False)
    assert scenario.steps[4] == Wait(0.25, scenario.steps[4].place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n\n#bot\nBUTONS a", r":3: no assertion 'BUTONS' that is known here\. Did you mean 'BUTTONS'\?"),
        ("n\n#bot Hello\n", r":2: 'Hello' beside the tag names a channel"),
        ("n\n#begin\nPAUSE 1", ":2: #begin is not played here"),
        ("n\n#bot\nPAUSE", ":3: PAUSE takes milliseconds"),
        ("n\n#bot\n!no\nBUTTONS a", ":2: what is negated and what is not"),
        ("n\n#me\nINTENT a", ":3: no assertion 'INTENT'"),
        ("only words", ":1: there is neither #me nor #bot"),
    ],
)
def test_what_botium_would_take_for_a_text_or_drop_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        load(tmp_path, text, "a.convo.txt")


def test_a_sign_that_is_meant_is_doubled(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, "n\n#bot\n!!important\n#bot\n??\n", "a.convo.txt").scenarios
    first, second = scenario.steps
    assert isinstance(first, Expect)
    assert isinstance(second, Expect)
    assert not first.is_not
    assert first.wanted.matches is not None
    assert first.wanted.matches.search("!important") == {}
    assert not second.is_optional


RASA = "test_cases:\n- test_case: hours\n  steps:\n  - user: When?\n  - bot: At nine.\n"


def test_rasa(tmp_path: Path) -> None:
    (scenario,) = load(tmp_path, RASA).scenarios
    say, expect = scenario.steps
    assert say == Say("When?", say.place)
    assert isinstance(expect, Expect)
    assert (expect.wanted.equals, expect.is_next) == ("At nine.", True)
    with pytest.raises(ScriptError, match=r"a\.yml:6: 'utter' names something inside Rasa"):
        load(tmp_path, RASA + "  - utter: utter_bye\n")
