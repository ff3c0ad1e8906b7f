"""What a guest is before anything is said: attributes, a sign-in; and functions of the user's own that fail."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ipygenesys import GuestAuth, Script, ScriptError, Simulator, WebMessaging


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=20) as simulator:
        yield simulator


@pytest.fixture
def made() -> list[dict[str, Any]]:
    """With what each protocol was made."""
    return []


def guest_of(simulator: Simulator, made: list[dict[str, Any]]) -> Any:
    def guest(**setup: Any) -> WebMessaging:
        made.append(setup)
        given = {name: value for name, value in setup.items() if name != "auth"}
        return WebMessaging(
            base_url=simulator.base_url, **({"deployment_id": simulator.deployment_id} | given)
        )

    return guest


def loaded(folder: Path, text: str) -> Script:
    (folder / "a.yml").write_text(text, "utf-8")
    return Script.load(folder / "a.yml")


def test_variables_stand_in_what_is_set_up(simulator: Simulator, made: list[Any], tmp_path: Path) -> None:
    script = loaded(
        tmp_path,
        """
scenarios:
  plans:
    rows: [{plan: gold}, {plan: "12"}]
    setup: {custom_attributes: {plan: "{plan}", who: "{who}"}}
    steps: [{say: hi}, {expect: Ann}]
""",
    )
    run = script.run(guest_of(simulator, made), variables={"who": 7})
    assert run.passed
    assert made == [{"custom_attributes": {"plan": plan, "who": "7"}} for plan in ("gold", "12")]
    (result, _) = script.run(guest_of(simulator, made)).scenarios
    assert (result.outcome, result.words) == ("error", f"{tmp_path / 'a.yml'}:3: no variable 'who'.")


def test_a_guest_has_signed_in(simulator: Simulator, made: list[Any], tmp_path: Path) -> None:
    script = loaded(
        tmp_path,
        """
scenarios:
  by code: {setup: {auth: {code: "{code}", redirect_uri: "https://shop.example/in"}}, steps: []}
  by token: {setup: {auth: {id_token: "{code}", nonce: n1}}, steps: []}
""",
    )
    script.run(guest_of(simulator, made), variables={"code": "c0de"})
    by_code, by_token = (each["auth"] for each in made)
    assert isinstance(by_code, GuestAuth)
    assert by_code.fields() == {"code": "c0de", "redirectUri": "https://shop.example/in"}
    assert isinstance(by_token, GuestAuth)
    assert sorted(by_token.fields().values()) == ["c0de", "n1"]


def test_a_guest_signs_in_with_an_identity_provider(tmp_path: Path) -> None:
    with Simulator(speed=20, deployment={"auth_enabled": True, "allow_session_upgrade": True}) as simulator:
        guest = functools.partial(
            WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
        )

        def asked(**query: str) -> str:
            query["redirect_uri"] = "http://127.0.0.1/back"
            answer = httpx.get(f"{simulator.base_url}/idp/authorize", params=query, trust_env=False)
            return answer.headers["Location"]

        def sign_in() -> GuestAuth:
            return GuestAuth(parse_qs(urlsplit(asked()).query)["code"][0], "http://127.0.0.1/back")

        assert Script(Script.scenario("in", auth=sign_in).say("hi").expect("Ann")).run(guest).passed
        script = loaded(
            tmp_path,
            "scenarios: {in: {setup: {auth: {id_token: '{t}', nonce: n}}, steps: [{say: hi}]}}",
        )
        fragment = urlsplit(asked(response_type="id_token", nonce="n")).fragment
        assert script.run(guest, variables={"t": parse_qs(fragment)["id_token"][0]}).passed
        (refused,) = script.run(guest, variables={"t": "wrong"}).scenarios
        assert refused.outcome == "error"


def test_a_function_signs_in_for_each_session(simulator: Simulator, made: list[Any]) -> None:
    codes = iter("abc")
    signed_in = Script.scenario("in", auth=lambda: GuestAuth(next(codes), "https://shop.example/in"))
    Script(signed_in.expect("nobody says this", within=0.1)).run(guest_of(simulator, made), retries=1)
    assert [each["auth"].fields()["code"] for each in made] == ["a", "b"]


def broken(*_: Any) -> Any:
    raise KeyError("order")


@pytest.mark.parametrize(
    ("scenario", "outcome", "words"),
    [
        (Script.scenario("a", auth=broken), "error", "auth: KeyError: 'order'"),
        (
            Script.scenario("a").say("hi").expect(check=broken),
            "failed",
            "broken has failed: KeyError: 'order'",
        ),
        (Script.scenario("a").converse(broken), "failed", "The customer has failed: KeyError: 'order'"),
    ],
)
def test_functions_that_fail_are_said_and_stop_no_other_scenario(
    simulator: Simulator, made: list[Any], scenario: Any, outcome: str, words: str
) -> None:
    other = Script.scenario("other").say("hi").expect("Ann")
    first, second = Script(scenario, other).run(guest_of(simulator, made)).scenarios
    assert first.outcome == outcome
    assert words in first.words
    assert second.passed


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ("{custom_atributes: {a: b}}", r"a\.yml:4: setup has no 'custom_atributes'\. Did you mean 'custom_attributes'\?"),
        ("{custom_attributes: [a]}", r"a\.yml:4: custom_attributes has to be a mapping, not a list"),
        ("{custom_attributes: {a: [b]}}", r"a\.yml:4: a has to be words, not a list"),
        ("{locale: de}", r"a\.yml:4: setup has no 'locale': a guest tells Genesys no language"),
        ("{auth: {code: a}}", r"a\.yml:4: auth has to have 'code' and 'redirect_uri', or 'id_token'"),
        ("{auth: {cod: a}}", r"a\.yml:4: auth has no 'cod'\. Did you mean 'code'\?"),
        ("{infer_seen: maybe}", r"a\.yml:4: infer_seen has to be true or false"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said_with_its_line(tmp_path: Path, setup: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        loaded(tmp_path, f"scenarios:\n  a:\n    steps: []\n    setup: {setup}\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenarios: {a: {rows: [], steps: []}}", r"a\.yml:1: there are no rows"),
        ("scenarios: {a: {rows: none.csv, steps: []}}", r"none\.csv:1: there are no rows below the names"),
        ("config: {timeout: 0}\nscenarios: {a: []}", r"a\.yml:1: timeout has to be above 0"),
    ],
)
def test_a_file_that_would_test_nothing_says_so(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "none.csv").write_text("city,answer\n")
    with pytest.raises(ScriptError, match=words):
        loaded(tmp_path, text)


def test_options_of_the_wrong_type_are_said_at_once(simulator: Simulator) -> None:
    guest = functools.partial(
        WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
    )
    for wrong in ({"parallel": "4"}, {"retries": 1.5}, {"timeout": "10"}, {"paralel": 2}, {"variables": [1]}):
        with pytest.raises(TypeError):
            Script(Script.scenario("a")).start(guest, **wrong)
