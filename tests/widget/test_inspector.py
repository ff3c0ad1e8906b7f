"""An inspector of a live conversation: rows, details, injected frames, and that it leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipygenesys as ig
from tests.widget.browser import RecordedComm, eventually
from tests.widget.conftest import Bench


class Page:
    """Looks at an inspector, and keeps the rows that it is sent."""

    def __init__(self, made: ig.Inspector) -> None:
        assert isinstance(made.comm, RecordedComm)
        self.comm = made.comm
        self.revision = 0
        self.rows: dict[int, dict[str, Any]] = {}
        self.said: list[dict[str, Any]] = []
        self.comm.views.append(self)  # type: ignore[arg-type] # it only hears

    def hear(self, content: dict[str, Any]) -> None:
        if content["kind"] != "rows":
            self.said.append(content)
            return
        self.revision = content["revision"]
        self.rows |= {row["number"]: row for row in (*content["rows"], *content["changed"])}

    def say(self, kind: str, **fields: Any) -> None:
        self.comm.from_browser({"kind": kind, **fields})

    def words(self) -> list[str]:
        return [row["words"] for _, row in sorted(self.rows.items())]


def test_all_that_passes_is_shown_with_answers_at_their_requests(bench: Bench) -> None:
    chat = bench.chat()
    made = ig.Inspector(chat)
    page = Page(made)
    page.say("look", revision=0)
    chat.connect().wait(10)
    chat.send("a question").wait(10)
    bench.simulator.agent_say("an answer")
    eventually(lambda: len(chat.messages) == 2 and "Answer to Sending a message" in page.words())
    eventually(lambda: page.words().count("MessageArrived") == 2)
    answer = next(row for row in page.rows.values() if row["words"] == "Answer to Sending a message")

    assert page.rows[answer["answers"]]["words"] == "Sending a message"
    assert answer["latencyMs"] >= 0 and answer["status"] == "201"
    assert "Stream 1 opened" in made.words() and "MessageArrived" in made.words("in")
    [opened] = [row["number"] for row in page.rows.values() if row["messageId"] == chat.messages[1].id][:1]
    page.say("open", number=opened)
    assert page.said[-1]["became"][0].startswith("MessageArrived")
    assert any("new message" in line for line in page.said[-1]["changed"])
    made.close()


def test_what_became_of_entries_is_told_in_the_pages_language_and_in_python_as_ever(bench: Bench) -> None:
    chat = bench.chat()
    made = ig.Inspector(chat)
    page = Page(made)
    page.say("look", revision=0, languages=["de-AT"])
    chat.connect().wait(10)
    bench.simulator.agent_say("an answer")
    eventually(lambda: "MessageArrived" in page.words())
    [number] = [row["number"] for row in page.rows.values() if row["words"] == "MessageArrived"]
    page.say("open", number=number)

    assert "Stream 1 geöffnet" in page.words() and "Stream 1 opened" in made.words()
    assert page.said[-1]["became"][0].endswith("(Agent, 9 Zeichen)")
    assert page.said[-1]["changed"][0].startswith("neue Nachricht")
    page.say("open", number=99_999)
    assert page.said[-1]["words"] == "Dieser Eintrag hat neueren Platz gemacht."
    made.close()


def test_no_secret_reaches_a_page(bench: Bench) -> None:
    chat = bench.chat()
    made = ig.Inspector(chat)
    chat.connect().wait(10)
    page = Page(made)
    page.say("look", revision=0)
    for number in list(page.rows):
        page.say("open", number=number)
    told = f"{page.rows}{page.said}"

    assert page.rows and bench.simulator.client_secret not in told
    assert '"token":"***"' in told
    made.close()


def test_frames_are_injected_in_the_simulators_conversations_only(bench: Bench) -> None:
    real = ig.Inspector(bench.connected())
    page = Page(real)
    page.say("inject", direction="in", text="{}")
    assert "simulator only" in page.said[-1]["words"]
    real.close()

    chat = ig.Chat.demo(scenario="manual")
    bench.chats.append(chat)
    chat.connect().wait(10)
    demo = ig.Inspector(chat)
    Page(demo).say("inject", direction="in", text='{"event_type": "nobody knows"}')
    eventually(lambda: demo.words("in")[-1:] == ["FrameIgnored"])
    Page(demo).say("inject", direction="out", text='{"type": "odd"}')
    eventually(lambda: "Frame: odd" in demo.words("out"))
    demo.close()


@pytest.mark.parametrize(
    "content", [None, {}, {"kind": "look"}, {"kind": "open", "number": "1"}, {"kind": "x"}]
)
def test_what_no_page_says_is_ignored(bench: Bench, content: object) -> None:
    made = ig.Inspector(bench.chat())
    page = Page(made)
    page.comm.from_browser(content)
    page.say("open", number=99)

    assert page.said[-1]["kind"] == "problem"
    made.close()


def test_only_conversations_are_inspected() -> None:
    with pytest.raises(TypeError, match="a Chat or a Client"):
        ig.Inspector("talk.jsonl")  # type: ignore[arg-type]


def test_its_end_is_whole_and_nothing_of_it_is_kept(bench: Bench) -> None:
    chat = bench.connected()
    views = len(chat._gateway._views)
    made = ig.Inspector(chat)
    bench.simulator.agent_say("secret words")
    eventually(lambda: "MessageArrived" in made.words())
    shown, _ = made._repr_mimebundle_()
    assert "secret words" not in f"{made.get_state()}{shown}{made!r}"
    made.close()

    assert not chat._gateway.tap and len(chat._gateway._views) == views


def test_a_replay_is_inspected_directly_and_plays_when_it_is_looked_at(bench: Bench, tmp_path: Path) -> None:
    chat = bench.connected()
    with chat.record(tmp_path / "talk.jsonl"):
        bench.simulator.agent_say("hello")
        eventually(lambda: len(chat.messages) == 1)
    replay = ig.Replay(tmp_path / "talk.jsonl", speed=float("inf"))
    made = ig.Inspector(replay)
    assert not replay.is_playing and made.words() == []
    page = Page(made)
    page.say("look", revision=0, languages=["ja"])
    eventually(lambda: replay.is_over and "MessageArrived" in page.words())
    made.close()


def test_it_speaks_the_language_that_a_page_reads_or_that_was_asked_for(bench: Bench) -> None:
    chat = bench.chat()
    for locale, languages, wanted in ((None, ["de-CH"], "de-CH"), ("fr", ["de"], "fr"), (None, [], "en")):
        made = ig.Inspector(chat, locale=locale)
        page = Page(made)
        page.say("look", revision=0, languages=languages)
        told = page.comm.customs()[-1][2]
        assert told["locale"] == wanted and told["words"]["pause"]
        made.close()
    with pytest.raises(ValueError, match="tlh"):
        ig.Inspector(chat, locale="tlh")
