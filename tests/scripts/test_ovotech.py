"""ovotech's scripts: the same verdicts as by its rules, on a clock that stands still in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ipygenesys import Script, ScriptError
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import (
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    TypingNoticed,
)
from ipygenesys._scripts.files.nodes import parse
from ipygenesys._scripts.files.yaml_script import YamlScript
from ipygenesys._scripts.model.steps import Say, Step
from ipygenesys._scripts.play.ovotech import HOLD_AGAIN_S, HOLD_S, OvotechPlayer
from ipygenesys._scripts.play.player import Player
from ipygenesys.commands.cli import main
from tests.scripts.heard import said
from tests.scripts.ovotech_rules import Bot, Came, Reply, Rules, frames_after, verdict

BEGAN_S = 1_000.0


class World:
    """A bot on virtual time, and a player that talks to it."""

    def __init__(self, player: Player, bot: Bot) -> None:
        self.player, self._bot = player, bot
        self._coming: list[Came] = []
        self._says = self._count = 0
        self._heard: list[Message] = []

    def failed_at(self) -> int | None:
        """The step at which it fails; None: it passes."""
        now = BEGAN_S
        while True:
            if self.player.step(now) is not None:
                self._coming += frames_after(self._says, round((now - BEGAN_S) * 1000), self._bot)
                self._says += 1
                self.player.acted(now)
                continue
            if self.player.done:
                break
            moments = [BEGAN_S + came.at_ms / 1000 for came in self._coming]
            deadline = self.player.next_deadline()
            now = min([*moments, *([] if deadline is None else [deadline])])
            for came in [one for one in self._coming if BEGAN_S + one.at_ms / 1000 <= now]:
                self._coming.remove(came)
                self._hear(now, came)
        outcomes = [turn.outcome for turn in self.player.turns]
        return outcomes.index("failed") if "failed" in outcomes else None

    def _hear(self, now: float, came: Came) -> None:
        self._count += 1
        id_ = f"m{self._count}"
        event: PlatformEvent
        if came.is_end:
            event = PresenceChanged(participant_id=None, has_joined=False)
            self.player.situation.ended, self.player.situation.ended_at = "it is over.", now
        elif came.text is None:
            event = TypingNoticed(participant_id=None, is_typing=True, duration_s=5.0, time_ms=came.time_ms)
        else:
            event = MessageArrived(id=id_, text=came.text, time_ms=came.time_ms)
            if not came.is_ours:
                self._heard.append(said(came.text, came.time_ms, id=id_))
        self.player.situation.heard = sorted(self._heard, key=lambda message: message.time_ms)
        if isinstance(self.player, OvotechPlayer):
            self.player.frames(now, (event,), came.time_ms)


def steps_of(text: str) -> tuple[Step, ...]:
    def no_file(*_: object) -> tuple[str, str]:
        raise AssertionError

    script = YamlScript(parse(f"scenarios: {{it: {text}}}", "a.yml"), "a.yml", no_file)  # type: ignore[arg-type]
    return script.found().scenarios[0].steps


def strict_verdict(steps: tuple[Step, ...], bot: Bot) -> int | None:
    player = OvotechPlayer(steps)
    failed_at = World(player, bot).failed_at()
    if failed_at is not None and player.pool.was_disordered:
        return World(OvotechPlayer(steps, hold_s=HOLD_AGAIN_S), bot).failed_at()
    return failed_at


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("5", "a number"), ("-5", "a number"), ("017", "a number"), ("0x1F", "a number"), ("-0o7", "a number"),
        ("0b101", "a number"), ("1_000", "a number"), ("1.", "a number"), ("-1.5e3", "a number"), (".5", "a number"),
        ("1_e3", "a number"), ("-.inf", "a number"), (".NaN", "a number"), ("1e999", "a number"),
        ("true", "true or false"), ("FALSE", "true or false"), ("~", "nothing"), ("Null", "nothing"),
        ("2001-12-14", "a date"), ("2001-02-30", "a date"), ("2001-12-14 21:59:43.10 -5", "a date"),
        ("2001-12-14t21:59:43Z", "a date"),
        ("Yes", ""), ("off", ""), ("12:30", ""), ("190:20:30", ""), ("tRue", ""), ("nUll", ""), ("-.5", ""), ("1_", ""),
        ("0b2", ""), ("0O17", ""), ("2001-1-4", ""), ("2001-12-14 21:59", ""), ("<<", ""), (".iNf", ""), ("1,000", ""),
        ("'5'", ""), ('"true"', ""), ("1.5_", ""), ("0x", ""), ("e1", ""),
    ],
)  # fmt: skip
def test_what_is_no_word_to_its_reader_is_refused_where_its_verdicts_are_wanted(
    written: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.yml"
    file.write_text(f"scenarios:\n  a:\n    - waitForReplyContaining: hi\n    - say: {written}\n")
    script = Script.load(file)
    assert isinstance(script.scenarios[0].steps[1], Say)
    words = [str(why) for why in script.only(names=["a"])._refusals]
    if kind:
        assert len(words) == 1
        assert words[0].startswith(f"{file}:4: say: {written} is {kind} to")
        with pytest.raises(ScriptError, match="quote it"):
            script.run(lambda: None, strict="ovotech")
        assert main(["test", str(file), "-id", "d", "-r", "eu_west_1", "--strict", "ovotech"]) == 2
        assert "quote it" in capsys.readouterr().err
    else:
        assert words == []


def at(after_s: float, text: str | None, **more: Any) -> Reply:
    return Reply(round(after_s * 1000), text, **more)


HELLO = "{say: hi}"
ASKED = at(0.5, "Can we ask you some questions?")
SCRIPTS: dict[str, tuple[str, Bot, int | None]] = {
    "a greeting": (f"[{HELLO}, {{waitForReplyContaining: how can i help}}]", [[at(0.5, "How can I HELP?")]], None),
    "another greeting": (f"[{HELLO}, {{waitForReplyContaining: nonsense}}]", [[at(0.5, "Hello")]], 1),
    "a survey": (
        f"[{HELLO}, {{waitForReplyContaining: some questions}}, {{say: 'Yes'}}, {{waitForReplyMatching: 'next question[.]+'}}]",
        [[ASKED], [at(1, "Thank you! Now for the NEXT question..")]], None,
    ),
    "a survey that is declined": (
        f"[{HELLO}, {{waitForReplyContaining: some questions}}, {{say: No}}, {{waitForReplyContaining: Maybe next time}}]",
        [[ASKED], [at(1, "Maybe next time. Goodbye")]], None,
    ),
    "a wrong answer": (
        f"[{HELLO}, {{waitForReplyContaining: some questions}}, {{say: Hm}}, {{waitForReplyContaining: 'Please input \"Yes\" or \"No\"'}}]",
        [[ASKED], [at(1, 'Sorry. Please input "Yes" or "No".')]], None,
    ),
    "no answer at all": (f"[{HELLO}, {{waitForReplyContaining: hi}}]", [], 1),
    "our own words are no answer": (f"[{HELLO}, {{waitForReplyContaining: echo}}]", [[at(1, "Hello")]], 1),
    "typing alone": (f"[{HELLO}, {{waitForReplyMatching: '.*'}}]", [[at(1, None)]], 1),
    "just in time": (f"[{HELLO}, {{waitForReplyContaining: hello}}]", [[at(9.9, "Hello")]], None),
    "too late": (f"[{HELLO}, {{waitForReplyContaining: hello}}]", [[at(10.6, "Hello")]], 1),
    "two in a row": (
        f"[{HELLO}, {{waitForReplyContaining: one}}, {{waitForReplyContaining: two}}]",
        [[at(0.3, "one"), at(0.3, "two")]], None,
    ),
    "two in the wrong row": (
        f"[{HELLO}, {{waitForReplyContaining: two}}, {{waitForReplyContaining: one}}]",
        [[at(0.3, "one"), at(0.3, "two")]], 2,
    ),
    "overtaken": (
        f"[{HELLO}, {{waitForReplyContaining: one}}, {{waitForReplyContaining: two}}]",
        [[at(0.3, "two"), at(0.5, "one", early_ms=300)]], None,
    ),
    "overtaken by more than a second": (
        f"[{HELLO}, {{waitForReplyContaining: one}}, {{waitForReplyContaining: two}}]",
        [[at(0.3, "two"), at(3.5, "one", early_ms=3_400)]], None,
    ),
    "said before it is asked for": (
        f"[{HELLO}, {{waitForReplyContaining: one}}, {{say: go on}}, {{waitForReplyContaining: two}}]",
        [[at(0.3, "one"), at(0.4, "two")]], 3,
    ),
    "the fifth comes late enough": (
        f"[{HELLO}, {{waitForReplyContaining: one}}, {{say: go on}}, {{waitForReplyContaining: five}}]",
        [[at(0.1, "one"), at(0.1, "two"), at(0.1, "three"), at(0.1, "four"), at(0.1, "five")]], None,
    ),
    "more than there is time for": (
        f"[{HELLO}, {{waitForReplyContaining: 'number 14'}}]", [[at(0.1, f"number {n}") for n in range(1, 15)]], 1,
    ),
    "an end while it waits": (
        f"[{HELLO}, {{waitForReplyContaining: bye}}]", [[at(0.5, "so long"), at(0.6, None, is_end=True)]], 1,
    ),
    "a text after the end": (
        f"[{HELLO}, {{waitForReplyContaining: bye}}, {{say: one}}, {{say: two}}]",
        [[at(0.5, "bye"), at(0.6, None, is_end=True)]], 3,
    ),
    "spaces and lines": (f"[{HELLO}, {{waitForReplyMatching: '^ready $'}}]", [[at(1, "Well\nReady \nso")]], None),
    "letters that are not the same": (f"[{HELLO}, {{waitForReplyContaining: STRASSE}}]", [[at(1, "Straße")]], 1),
    "nothing to do": ("[]", [], None),
    "braces": (f"[{HELLO}, {{waitForReplyContaining: '{{order}}'}}]", [[at(1, "an {order} of yours")]], None),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_ends_as_by_ovotechs_rules(name: str) -> None:
    text, bot, failed_at = SCRIPTS[name]
    assert verdict(yaml.safe_load(text), bot) == failed_at
    assert strict_verdict(steps_of(text), bot) == failed_at


@pytest.mark.parametrize("name", [name for name, (_, _, failed_at) in SCRIPTS.items() if failed_at is None])
def test_what_passes_by_its_rules_passes_without_its_pauses_too(name: str) -> None:
    text, bot, _ = SCRIPTS[name]
    assert World(Player(steps_of(text)), bot).failed_at() is None


def test_what_only_its_forgetting_lets_fail_passes_without() -> None:
    text, bot, failed_at = SCRIPTS["said before it is asked for"]
    assert failed_at is not None
    assert World(Player(steps_of(text)), bot).failed_at() is None


WORDS = st.sampled_from(["one", "two", "three"])
REPLIES = st.lists(
    st.builds(
        Reply,
        st.integers(0, 1_300).map(lambda n: 10 * n),
        st.one_of(st.none(), WORDS),
        st.sampled_from([0, 0, 0, 300, 2_500]),
        st.sampled_from([False] * 12 + [True]),
    ),
    max_size=6,
)
STEPS = st.lists(
    st.one_of(
        st.builds(lambda: {"say": "hi"}), st.builds(lambda word: {"waitForReplyContaining": word}, WORDS)
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.lists(REPLIES, max_size=3))
def test_any_script_ends_as_by_ovotechs_rules(steps: list[dict[str, str]], bot: Bot) -> None:
    text = yaml.safe_dump(steps, default_flow_style=True)
    assert strict_verdict(steps_of(text), bot) == verdict(steps, bot)


def test_its_rules_take_four_seconds_a_turn_and_a_second_for_each_frame_besides() -> None:
    steps = [{"say": "hi"}, {"waitForReplyContaining": "hello"}] * 2
    rules = Rules(steps, [[at(0, "hello")], [at(0, "hello")]])
    assert rules.failed_at() is None
    assert rules.now_ms == 2 * (3_000 + 2_000)
    player = OvotechPlayer(steps_of(yaml.safe_dump(steps, default_flow_style=True)))
    assert World(player, [[at(0, "hello")], [at(0, "hello")]]).failed_at() is None
    assert [turn.waited_s for turn in player.turns] == pytest.approx([3.0, 2.0, 3.0, 2.0])
    assert player.hold_s == HOLD_S
