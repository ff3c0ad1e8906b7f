"""Pictures of live conversations: what pages that look are sent, and that nothing of it is kept or held alive."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ipygenesys as ig
from ipygenesys._pictures import picture, recorded
from ipygenesys._pictures.picture import Picture
from ipygenesys._pictures.recorded import Recorded
from tests.benchmarks.explore.long import write
from tests.widget.browser import RecordedComm, eventually
from tests.widget.conftest import Bench


class Page:
    """Looks at a picture, and keeps the numbers of what it is sent."""

    def __init__(self, made: Picture, *languages: str) -> None:
        assert isinstance(made.comm, RecordedComm)
        self.comm = made.comm
        self.languages = list(languages)
        self.drawings: list[dict[str, Any]] = []
        self.readings: list[tuple[float | None, bool]] = []
        """How far the recordings have been read, and whether that is all, as it was told."""
        self.comm.views.append(self)  # type: ignore[arg-type] # it only hears

    def hear(self, content: dict[str, Any]) -> None:
        if content["kind"] == "reading":
            self.readings.append((content["share"], content["isWhole"]))
        else:
            self.drawings.append(content)

    @property
    def latest(self) -> dict[str, Any]:
        return self.drawings[-1]

    @property
    def revision(self) -> int:
        return self.latest["revision"] if self.drawings else 0

    def look(self, revision: int | None = None) -> None:
        wanted = self.revision if revision is None else revision
        self.comm.from_browser({"kind": "look", "revision": wanted, "languages": self.languages})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    monkeypatch.setattr(picture, "UPDATE_S", 0.0)
    monkeypatch.setattr(picture, "SHARE", 0)


def test_a_page_is_sent_the_whole_once_and_then_what_is_new(bench: Bench) -> None:
    chat = bench.connected()
    made = ig.timeline(chat)
    page = Page(made)
    bench.simulator.agent_say("before")
    eventually(lambda: len(chat.messages) == 1)
    assert page.drawings == []  # Nobody looks.

    page.look()
    assert (page.latest["base"], page.latest["locale"]) == (0, "en")
    assert page.latest["scene"]["messages"]["text"] == ["before"]
    assert page.latest["words"]["timeline"] == "Timeline"

    page.look()
    assert len(page.drawings) == 1  # It has it.

    bench.simulator.agent_say("after")
    eventually(lambda: len(page.drawings) > 1 and page.latest["scene"]["keepMessages"] == 1)
    assert page.latest["scene"]["messages"]["text"] == ["after"]
    assert page.latest["base"] == page.drawings[-2]["revision"]
    assert page.latest["words"] == {}
    made.close()


def test_typing_is_a_span_while_it_goes_on_and_afterwards(bench: Bench) -> None:
    chat = bench.connected()
    page = Page(made := ig.timeline(chat))
    page.look()
    bench.simulator.agent_typing(True)
    eventually(lambda: page.latest["scene"]["spans"]["kind"] == ["typing"])
    assert page.latest["scene"]["spans"]["endMs"] == [None]
    bench.simulator.agent_typing(False)
    eventually(lambda: page.latest["scene"]["spans"]["endMs"] not in ([], [None]))
    [end_ms] = page.latest["scene"]["spans"]["endMs"]
    assert end_ms >= page.latest["scene"]["spans"]["beginMs"][0]
    made.close()


def test_response_times_follow_the_conversation(bench: Bench) -> None:
    chat = bench.connected()
    page = Page(made := ig.response_times(chat), "de-AT")
    page.look()
    assert page.latest["scene"]["rows"] == []
    assert page.latest["words"]["median"] == "Median" and page.latest["locale"] == "de-AT"
    chat.send("question").wait(10)
    bench.simulator.agent_say("answer")
    eventually(lambda: page.latest["scene"]["rows"])
    assert [row["n"] for row in page.latest["scene"]["rows"]] == [1, 1]
    made.close()


def test_a_page_that_lost_something_is_sent_the_whole_again(bench: Bench) -> None:
    page = Page(made := ig.timeline(bench.connected()))
    page.look()
    page.look(revision=99)

    assert [drawing["base"] for drawing in page.drawings] == [0, 0]
    made.close()


def test_pages_that_have_gone_are_not_drawn_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = bench.connected()
    page = Page(made := ig.timeline(chat))
    page.look()
    monkeypatch.setattr(picture, "SILENCE_S", 0.0)
    bench.simulator.agent_say("unseen")
    eventually(lambda: len(chat.messages) == 1)
    time.sleep(0.05)
    assert len(page.drawings) == 1
    monkeypatch.undo()
    page.look()  # What it missed comes as soon as it looks again.
    eventually(lambda: page.latest["scene"]["messages"]["text"] == ["unseen"])
    made.close()


@pytest.mark.parametrize(
    "content", [None, {}, {"kind": "look"}, {"kind": "look", "revision": "1"}, {"kind": "x"}]
)
def test_what_no_page_says_is_ignored(bench: Bench, content: object) -> None:
    page = Page(made := ig.timeline(bench.chat()))
    page.comm.from_browser(content)

    assert page.drawings == []
    made.close()


def test_no_word_or_name_of_a_conversation_is_in_a_trait_or_the_output(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.agent_say("secret words")
    eventually(lambda: len(chat.messages) == 1)
    made = ig.timeline(chat, title="Mine")
    page = Page(made)
    page.look()
    shown, _ = made._repr_mimebundle_()
    kept = f"{made.get_state()}{shown}{made!r}"

    assert "secret words" in str(page.latest)
    assert "secret words" not in kept and chat.messages[0].sender not in kept
    made.close()


def test_a_picture_is_not_kept_alive_by_its_conversation_and_its_end_is_whole(bench: Bench) -> None:
    chat = bench.connected()
    listeners, views = len(chat._gateway._listeners), len(chat._gateway._views)
    made = ig.timeline([chat, chat])
    assert len(chat._gateway._listeners) == listeners + 2
    made.close()
    assert (len(chat._gateway._listeners), len(chat._gateway._views)) == (listeners, views)

    alive = weakref.ref(made)
    del made
    gc.collect()
    assert alive() is None


async def test_a_client_has_pictures_too(bench: Bench) -> None:
    async with ig.Client(bench.protocol()) as client:
        made = ig.timeline(client)
        page = Page(made)
        page.look()
        bench.simulator.agent_say("to a script")
        await client.until(lambda: any(each.get("base") for each in page.drawings))
        await client.until(lambda: page.latest["scene"]["messages"]["text"] == ["to a script"])
        made.close()


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_a_page_is_sent_more_of_a_recording_as_it_is_read_and_told_how_far_that_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(recorded, "AT_ONCE_S", 0.0)
    monkeypatch.setattr(recorded, "SLICE_S", 0.0)
    monkeypatch.setattr(recorded, "TOGETHER", 10)
    monkeypatch.setattr(recorded, "TOLD_S", 0.0)
    monkeypatch.setattr(recorded, "_read_on", lambda _: None)  # In steps, here.
    made = ig.timeline(write(tmp_path / f"talk{ending}", 200))
    page, [source] = Page(made), made._sources
    assert isinstance(source, Recorded)
    page.look()
    assert [is_whole for _, is_whole in page.readings] == [False]
    shown = len(page.latest["scene"]["messages"]["id"])
    assert (page.latest["base"], shown) == (0, 3)

    while source._go_on():
        pass

    assert 3 < len(page.drawings) < 10
    for drawing in page.drawings[1:]:
        scene = drawing["scene"]
        assert (drawing["base"], scene["keepMessages"]) == (drawing["revision"] - 1, shown)
        shown += len(scene["messages"]["id"])
    assert shown == 97
    shares = [share for share, _ in page.readings]
    assert len(shares) == 20 and shares == sorted(shares) and shares[-1] == 1.0  # type: ignore[type-var]
    assert [is_whole for _, is_whole in page.readings] == [False] * 19 + [True]
    page.look(revision=0)
    assert len(page.readings) == 20  # Nothing is to be said any more.
    made.close()


# --- of an inbox ------------------------------------------------------------------------------------------


@pytest.fixture
def inbox(bench: Bench) -> Iterator[ig.Inbox]:
    with_two = [bench.simulator.conversation_id, bench.simulator.open_conversation()]
    made = ig.Inbox([bench.protocol(conversation_id=each) for each in with_two])
    yield made
    made.close()


def test_an_inbox_is_drawn_from_its_figures_and_goes_on_as_they_do(inbox: ig.Inbox, bench: Bench) -> None:
    made = ig.response_times(inbox, title="Now")
    page = Page(made)
    page.look()
    assert (page.latest["scene"]["rows"], inbox.status) == ([], "idle"), (
        "to look at a picture connects nothing"
    )

    inbox.connect()
    eventually(lambda: inbox.status == "connected" and len(inbox.rows) == 2)
    id_ = inbox.rows[0].conversation_id
    inbox.open(id_).send("Hello?").wait(20)
    eventually(lambda: page.latest["scene"]["unanswered"] == 1)
    bench.simulator.agent_say("Here I am", conversation_id=id_)
    eventually(lambda: page.latest["scene"]["unanswered"] == 0)

    scene = page.latest["scene"]
    assert [(row["label"], row["role"], row["n"]) for row in scene["rows"]] == [
        ("", None, 1),
        (scene["rows"][1]["label"], "agent", 1),
    ]
    assert page.latest["base"] == page.drawings[-2]["revision"] and scene["title"] == "Now"
    page.look(0)
    eventually(lambda: page.latest["base"] == 0)
    assert "<ResponseTimes of <Inbox connected, 2 conversations" in repr(made)
    made.close()


def test_it_is_saved_from_any_thread_whether_the_inbox_runs_or_not(inbox: ig.Inbox, tmp_path: Path) -> None:
    made = ig.response_times(inbox)
    assert "No answers yet" in made.savefig(tmp_path / "idle.svg").read_text("utf-8")
    inbox.connect()
    eventually(lambda: inbox.status == "connected")
    assert "No answers yet" in made.savefig(tmp_path / "live.svg").read_text("utf-8")
    inbox.close()
    assert "No answers yet" in made.savefig(tmp_path / "closed.svg").read_text("utf-8")
    page = Page(made)
    page.look()
    assert page.latest["scene"]["rows"] == []
    made.close()


def test_a_picture_that_fails_stops_no_inbox(inbox: ig.Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ig.response_times(inbox)
    page = Page(made)
    page.look()
    monkeypatch.setattr(made, "_make", None)
    inbox.connect()
    eventually(lambda: inbox.status == "connected" and len(inbox.rows) == 2)
    inbox.open(inbox.rows[0].conversation_id).send("Hello?").wait(20)
    eventually(lambda: inbox.unanswered == 1)
    made.close()


def test_a_forgotten_picture_of_an_inbox_is_let_go(inbox: ig.Inbox) -> None:
    made = ig.response_times(inbox)
    reference = weakref.ref(made)
    made.close()
    del made
    gc.collect()
    assert reference() is None


def test_what_an_inbox_cannot_be_drawn_as_is_said(inbox: ig.Inbox) -> None:
    with pytest.raises(TypeError, match=r"ig\.response_times\(inbox\)"):
        ig.timeline(inbox)
    with pytest.raises(ValueError, match="by agent"):
        ig.response_times(inbox, by="conversation")
    with pytest.raises(TypeError, match="not of Inbox"):
        ig.response_times([inbox])
