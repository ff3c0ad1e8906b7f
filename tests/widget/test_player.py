"""The player of a replay: what its pages are told, and what they can ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipygenesys as ig
from tests.benchmarks.explore.long import write
from tests.widget.browser import RecordedComm, eventually
from tests.widget.conftest import Bench


class Page:
    """Looks at a chat of a replay, and keeps what its player says."""

    def __init__(self, chat: ig.Chat) -> None:
        assert isinstance(chat.comm, RecordedComm)
        self.comm = chat.comm
        self.told: list[dict[str, Any]] = []
        self.comm.views.append(self)  # type: ignore[arg-type] # it only hears

    def hear(self, content: dict[str, Any]) -> None:
        if content["kind"] == "player":
            self.told.append(content)

    def say(self, kind: str, **fields: Any) -> None:
        self.comm.from_browser({"kind": f"player-{kind}", **fields})


@pytest.fixture
def recorded(bench: Bench, tmp_path: Path) -> Path:
    chat = bench.chat()
    with chat.record(tmp_path / "talk.jsonl") as recording:
        chat.connect().wait(10)
        bench.simulator.agent_say("hello")
        eventually(lambda: len(chat.messages) == 1)
    assert recording.path
    chat.close()
    return tmp_path / "talk.jsonl"


def shown(bench: Bench, replay: ig.Replay, locale: str | None = None) -> tuple[ig.Chat, Page]:
    chat = ig.Chat(replay, locale=locale)
    bench.chats.append(chat)
    page = Page(chat)
    bench.view(chat)
    return chat, page


def test_a_page_is_told_where_it_is_and_does_what_it_asks_for(bench: Bench, recorded: Path) -> None:
    replay = ig.Replay(recorded, speed=0.01)
    chat, page = shown(bench, replay)
    page.say("look", languages=["de-AT", "en"])
    eventually(lambda: page.told)
    first = page.told[0]
    assert first["words"]["play"] == "Abspielen" and first["locale"] == "de-AT"
    assert first["duration"] == replay.duration > 0 and first["speed"] == 0.01 and first["isPlaying"]
    assert first["beganMs"] > 1_600_000_000_000

    page.say("play", on=False)
    eventually(lambda: not page.told[-1]["isPlaying"])
    assert page.told[-1]["words"] == {}
    page.say("seek", seconds=replay.duration)
    eventually(lambda: [message.text for message in chat.messages] == ["hello"])
    eventually(lambda: page.told[-1]["position"] == replay.duration)
    page.say("speed", speed=0)
    eventually(lambda: page.told[-1]["speed"] == 0)
    assert replay.speed == float("inf")
    page.say("play", on=True)
    eventually(lambda: page.told[-1]["isOver"])


def test_python_and_the_pages_have_the_same_controls(bench: Bench, recorded: Path) -> None:
    replay = ig.Replay(recorded, speed=0.01)
    _, page = shown(bench, replay, locale="fr")
    page.say("look", languages=[])
    eventually(lambda: page.told and page.told[0]["locale"] == "fr")
    replay.pause()
    eventually(lambda: not page.told[-1]["isPlaying"])
    replay.speed = 5.0
    eventually(lambda: page.told[-1]["speed"] == 5.0)


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "player-seek", "seconds": -1},
        {"kind": "player-speed", "speed": "fast"},
        {"kind": "player-x"},
        {"kind": "player-look"},
        {"kind": "player-look", "languages": ["en"] * 11},
    ],
)
def test_what_no_player_says_is_ignored_and_counted(bench: Bench, recorded: Path, content: object) -> None:
    chat, page = shown(bench, ig.Replay(recorded, speed=0.01))
    page.comm.from_browser(content)
    eventually(lambda: chat.counters["malformed_from_view"] == 1)
    assert page.told == []


def test_a_live_chat_has_none_and_travels_without_it(bench: Bench, recorded: Path) -> None:
    live = bench.chat()
    replayed = ig.Chat(ig.Replay(recorded))
    bench.chats.append(replayed)
    assert "player-look" in str(replayed._esm) and "player-look" not in str(live._esm)
    assert ".ipg-player" in str(replayed._css) and ".ipg-player" not in str(live._css)


def test_nobody_is_told_who_does_not_look(bench: Bench, recorded: Path) -> None:
    replay = ig.Replay(recorded, speed=float("inf"))
    _, page = shown(bench, replay)
    eventually(lambda: replay.is_over)
    assert page.told == []


def test_a_page_that_loads_while_it_plays_comes_to_the_same(bench: Bench, tmp_path: Path) -> None:
    replay = ig.Replay(write(tmp_path / "long.jsonl", 400), speed=0.001)
    chat, page = shown(bench, replay)
    page.say("look", languages=[])
    eventually(lambda: page.told)
    replay.seek(2_000)
    eventually(lambda: len(chat.messages) == 100)
    midway = bench.view(chat)
    assert len(midway.messages) == 100
    replay.speed = float("inf")
    loaded = bench.view(chat)
    eventually(lambda: replay.is_over)

    for view in (midway, loaded):
        eventually(lambda view=view: len(view.messages) == 197)  # type: ignore[misc]
        view.fill()
        assert [text for _, text, *_ in view.shown] == [message.text for message in chat.messages]
