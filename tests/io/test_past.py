"""The past: there when connecting is done, loaded page by page as far as was asked for, and said where it is not all."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest

from ipygenesys import Client, GenesysError
from ipygenesys._verbs import past
from ipygenesys.simulator import Simulator
from tests.io.test_news import protocol
from tests.io.watch import Watched, calls, connected, eventually, protocol_for

NOTE = "Not all: the server has older messages."


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "FIRST_WAIT_S", 0.01)


@pytest.mark.parametrize("name", ["tutorial", "guest", "agent"])
async def test_connecting_is_done_when_the_first_page_of_history_is_there(
    name: str, simulator: Simulator
) -> None:
    async with Client(protocol(name, simulator)) as client:
        await client.connect()
        assert list(client.messages) == []
        for number in range(3):
            await client.send(f"line {number}")
    simulator.fault("delay", ms=100)
    async with Client(protocol(name, simulator)) as client:
        await client.connect()
        assert [message.text for message in client.messages] == ["line 0", "line 1", "line 2"]
        await asyncio.wait_for(client.connect(), 5)


async def test_connecting_is_done_when_the_history_is_known_not_to_come(simulator: Simulator) -> None:
    simulator.fault("error", status=500, path="/messages", method="GET", count=1)
    async with Client(protocol_for(simulator)) as client:
        await client.connect()
        assert client.status == "connected"
    simulator.fault("error", status=404, path="/messages", method="GET", count=1)
    async with Client(protocol_for(simulator)) as client:
        await client.connect()
        assert client.status == "connected"


async def test_any_number_is_loaded_page_by_page(simulator: Simulator) -> None:
    simulator.agent_say("m", count=900)
    async with connected(simulator) as client:
        older = client.load_older(450)
        await older
        assert (older.count, older.has_older, len(client.messages)) == (450, True, 650)
        assert repr(older) == "<Loading done, 450 messages, there are more>"
        simulator.agent_say("news")
        told: list[int] = []
        rest = client.load_all(progress=told.append)
        await rest
        await client.until(lambda: len(client.messages) == 901)
        assert (rest.count, rest.has_older, len(told), told[-1]) == (250, False, 2, 250)
        assert repr(rest) == "<Loading done, 250 messages, that is all>"
        nothing = client.load_older(5)
        await nothing
        assert (nothing.count, nothing.has_older) == (0, False)
    assert client.texts == [f"m {number}" for number in range(1, 901)] + ["news"]


async def test_a_page_that_fails_is_asked_for_again_and_one_that_is_refused_is_said(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.agent_say("m", count=250)
    async with connected(simulator) as client:
        simulator.fault("error", status=503, path="/messages", method="GET", count=2)
        simulator.fault("rate_limit", path="/messages", method="GET", count=1, retry_after=1)
        simulator.fault("error", status=403, path="/messages", method="GET", count=1)
        older = client.load_older(30)
        with pytest.raises(GenesysError, match="not allowed"):
            await older
        assert (older.count, older.has_older) == (0, True)
        await client.load_all(progress=True)
        assert len(client.messages) == 250
    assert capsys.readouterr().err == "\r50 older messages"
    assert calls(simulator, "/messages")[("GET", 503)] >= 1


async def test_a_load_that_is_interrupted_by_the_close_says_so(simulator: Simulator) -> None:
    simulator.agent_say("m", count=250)
    client = Watched(protocol_for(simulator))
    async with client:
        await client.until_caught_up()
        simulator.fault("delay", ms=60_000)
        older = client.load_all()
        await eventually(lambda: client._gateway.session.catch_up._older_in_flight)
    with pytest.raises(GenesysError, match="closed"):
        await older


async def test_what_fails_in_the_progress_is_told_where_it_is_waited_for(simulator: Simulator) -> None:
    simulator.agent_say("m", count=250)
    async with connected(simulator) as client:
        with pytest.raises(ZeroDivisionError):
            await client.load_all(progress=lambda count: count / 0)
        with pytest.raises(TypeError, match="progress must be a bool or a function, not int"):
            _ = client.load_all(progress=5)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="limit must be an int, not bool"):
            _ = client.load_older(True)


async def test_tables_and_files_say_that_they_are_not_all(simulator: Simulator, tmp_path: Path) -> None:
    simulator.agent_say("m", count=250)
    async with connected(simulator) as client:
        for _ in range(2):
            is_all = not client._gateway.session.catch_up.has_older
            assert client.to_pandas().attrs == {"has_older": not is_all}
            files = {}
            for ending in ("json", "csv", "md", "html"):
                path = await asyncio.to_thread(client.export, tmp_path / f"t.{ending}")
                files[ending] = await asyncio.to_thread(path.read_text, "utf-8")
            assert {ending for ending, text in files.items() if NOTE in text} == (
                set() if is_all else set(files)
            )
            assert len(json.loads(files["json"])["messages"]) == len(client.messages)
            lines = [row for row in csv.reader(files["csv"].splitlines()) if not row[0].startswith("#")]
            assert len(lines) == 1 + len(client.messages)
            await client.load_all()
        assert len(client.messages) == 250
