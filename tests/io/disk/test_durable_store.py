"""The durable outbox: what is on disk, who may open it, and what a client makes of it in its next run."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ipygenesys import Client, DeliveryFailed, DeliveryUnknown, ErrorRaised, GenesysError, WebMessaging
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.kept import ForgetDraft, ForgetSeen, Keep, KeepDraft, KeepReadPosition, KeepSeen
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._io.disk.durable_store import VERSION, DurableStore, StoreError, open_store
from ipygenesys._io.disk.write_ahead import WriteAhead
from ipygenesys.simulator import Simulator
from tests.io.watch import Watched, eventually, protocol_for, received, sent_texts

SECRET = "CANARY-of-a-text"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "a.sqlite3"


def draft(draft_id: str = "d1", **changes: Any) -> Draft:
    fields: dict[str, Any] = {"text": SECRET, "since": 0.0, "created_ms": 1}
    return Draft(draft_id=draft_id, **{**fields, **changes})


def rewritten(path: Path, *changes: Any) -> DurableStore:
    """Write, close, open again."""
    store = DurableStore(path)
    store.write(changes)
    store.close()
    return DurableStore(path)


# --- the file ---------------------------------------------------------------------------------------------


def test_what_is_kept_comes_back_as_it_was_and_in_its_order(path: Path) -> None:
    file = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=3)
    first, second = draft("d2", state="in_flight", after=(5, "m5"), file=file), draft("d1")
    changed = draft("d2", state="failed")
    store = rewritten(path, KeepDraft(first), KeepDraft(second), KeepSeen(("m1", "m2")), KeepDraft(changed))
    assert list(store.state.drafts) == [changed, second]
    assert store.state.seen == ("m1", "m2")
    store.close()


def test_what_is_forgotten_is_gone_and_a_read_position_only_moves_forward(path: Path) -> None:
    store = rewritten(path, KeepDraft(draft()), KeepSeen(("m1", "m2")), KeepReadPosition(20))
    store.write([ForgetDraft("d1"), ForgetSeen(("m1",)), KeepReadPosition(10)])
    store.close()
    again = DurableStore(path)
    assert (again.state.drafts, again.state.seen, again.state.read_up_to_ms) == ((), ("m2",), 20)
    again.close()


def test_texts_are_for_the_user_alone_and_leave_no_trace_once_they_are_forgotten(path: Path) -> None:
    store = DurableStore(path)
    store.write([KeepDraft(draft())])
    files = list(path.parent.iterdir())
    assert any(SECRET.encode() in file.read_bytes() for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    store.write([ForgetDraft("d1")])
    assert not any(SECRET.encode() in file.read_bytes() for file in path.parent.iterdir())
    store.close()


@pytest.mark.parametrize("seed", range(4))
def test_of_what_is_forgotten_no_byte_is_left_in_any_file_whatever_else_is_kept(
    path: Path, seed: int
) -> None:
    random = Random(seed)
    store, texts = DurableStore(path), dict[str, str]()
    store.write([KeepSeen(("m1",))])
    for number in range(60):
        draft_id = f"d{random.randrange(20)}"
        if draft_id in texts:
            store.write([ForgetDraft(draft_id)])
            gone = texts.pop(draft_id)
            assert gone.encode() not in b"".join(file.read_bytes() for file in path.parent.iterdir())
        else:
            texts[draft_id] = f"text-{number}-{random.getrandbits(64):x}-" * random.choice((1, 1, 30, 400))
            store.write([KeepDraft(draft(draft_id, text=texts[draft_id]))])
            store.write([KeepDraft(draft(draft_id, text=texts[draft_id], state="failed"))])
        if random.random() < 0.1:
            store.close()
            store = DurableStore(path)
    store.close()
    again = DurableStore(path)
    assert {kept.draft_id: kept.text for kept in again.state.drafts} == texts != {}
    again.close()


def test_what_a_killed_program_left_in_its_log_goes_with_the_next_start(path: Path) -> None:
    store = DurableStore(path)
    store.write([KeepDraft(draft())])
    connection = store._connection
    connection.execute("DELETE FROM drafts")  # And killed before the log was emptied.
    copies = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    store.close()
    for name, content in copies.items():
        (path.parent / name).write_bytes(content)

    again = DurableStore(path)

    assert again.state.drafts == ()
    assert not any(SECRET.encode() in file.read_bytes() for file in path.parent.iterdir())
    again.close()


def test_files_that_others_could_read_are_narrowed(path: Path) -> None:
    DurableStore(path).close()
    log = Path(f"{path}-wal")
    log.touch()
    for file in (path, log):
        file.chmod(0o666)

    store = DurableStore(path)
    store.write([KeepDraft(draft())])

    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    store.close()


@pytest.mark.parametrize("ending", ["", "-wal", "-journal"])
def test_a_link_in_its_place_is_refused(path: Path, tmp_path: Path, ending: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    path.parent.mkdir()
    for target in ("nothing", b""):
        if target == b"":
            elsewhere.write_bytes(target)
        Path(f"{path}{ending}").unlink(missing_ok=True)
        Path(f"{path}{ending}").symlink_to(elsewhere)
        with pytest.raises(GenesysError, match="is a link or belongs to somebody else"):
            DurableStore(path)
    assert elsewhere.read_bytes() == b""


def test_somebody_elses_file_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    DurableStore(path).close()
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(GenesysError, match="is a link or belongs to somebody else"):
        DurableStore(path)


def test_a_change_that_cannot_be_made_takes_those_with_it_that_came_together(path: Path) -> None:
    store = DurableStore(path)
    store._connection.execute("DROP TABLE seen")
    with pytest.raises(StoreError):
        store.write([KeepDraft(draft()), KeepSeen(("m1",))])
    assert store._connection.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
    store.close()


def test_one_program_at_a_time(path: Path) -> None:
    store = DurableStore(path)
    for _ in range(2):
        with pytest.raises(GenesysError, match="in use by another Chat or Client"):
            DurableStore(path)
        # Elsewhere too: to look at the file must not give up the lock on it.
        assert "in use by another" in opened_elsewhere(path)
    store.close()
    DurableStore(path).close()


def opened_elsewhere(path: Path) -> str:
    code = (
        "import sys, pathlib; from ipygenesys._io.disk.durable_store import DurableStore\n"
        "DurableStore(pathlib.Path(sys.argv[1])).close()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60
    ).stderr


def test_a_file_that_cannot_be_read_is_put_aside_and_said(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"nonsense" * 1000, b"more nonsense" * 1000):
        path.write_bytes(content)
        store = DurableStore(path)
        assert store.damaged_copy is not None
        assert store.damaged_copy.read_bytes() == content
        store.close()
    assert len(list(path.parent.glob("*.damaged-*"))) == 2


def test_drafts_that_cannot_be_read_are_put_aside_with_the_file(path: Path) -> None:
    store = DurableStore(path)
    store._connection.execute("INSERT INTO drafts VALUES ('d1', '{}')")
    store.close()
    again = DurableStore(path)
    assert again.damaged_copy is not None
    with closing(sqlite3.connect(again.damaged_copy)) as copy:
        assert copy.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
    again.close()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE seen",
        "ALTER TABLE drafts RENAME COLUMN body TO words",
        "INSERT INTO drafts VALUES ('d1', 7)",
        "INSERT INTO seen VALUES (NULL)",
        "INSERT INTO seen VALUES (CAST(x'ff' AS TEXT))",
        "INSERT INTO read_position VALUES (1, 'x')",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = -1; DROP TABLE drafts",
    ],
)
def test_a_damaged_file_of_the_right_version_is_put_aside_like_any_other(path: Path, damage: str) -> None:
    store = DurableStore(path)
    store._connection.executescript(damage)
    store.close()

    again = DurableStore(path)

    assert again.damaged_copy is not None
    again.write([KeepDraft(draft()), KeepSeen(("m1",)), KeepReadPosition(1)])
    again.close()


def test_damage_that_no_question_has_met_yet_is_found(path: Path) -> None:
    DurableStore(path).close()
    free_pages = slice(
        36, 40
    )  # Their number, of which there are none. Source: sqlite.org/fileformat.html, 1.3
    content = bytearray(path.read_bytes())
    content[free_pages] = (5).to_bytes(4, "big")
    path.write_bytes(content)

    again = DurableStore(path)

    assert again.damaged_copy is not None and again.damaged_copy.read_bytes() == content
    again.close()


def test_what_a_newer_version_has_written_is_left_alone(path: Path) -> None:
    store = DurableStore(path)
    store._connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    store.close()
    before = path.read_bytes()
    with pytest.raises(GenesysError, match="newer version"):
        DurableStore(path)
    assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GenesysError, match="cannot be kept"):
        DurableStore(tmp_path / "file" / "a.sqlite3")


def test_where_it_is_kept_is_one_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert open_store("key", False) is None
    stores = [
        open_store("key", True),
        open_store("key", str(tmp_path / "here")),
        open_store("other", tmp_path),
    ]
    folders = [store.path.parent for store in stores if store]
    assert folders == [tmp_path / "state" / "ipygenesys" / "durable", tmp_path / "here", tmp_path]
    for store in stores:
        assert store
        assert "key" not in store.path.name
        store.close()
    with pytest.raises(TypeError, match="durable must be"):
        open_store("key", 1)  # type: ignore[arg-type]


def test_a_guest_who_could_not_come_back_is_told_so() -> None:
    with pytest.raises(ValueError, match="session_token"):
        Client(WebMessaging(region="eu_west_1", deployment_id="d"), durable=True)


async def test_writes_are_in_order_and_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, batches = DurableStore(path), list[int]()
    write = store.write

    def counted(changes: list[Keep]) -> None:
        batches.append(len(changes))
        write(changes)

    monkeypatch.setattr(store, "write", counted)
    ahead = WriteAhead(store)
    first = ahead.keep(KeepDraft(draft("d1")))
    await asyncio.sleep(0)
    rest = [ahead.keep(KeepDraft(draft(f"d{number}"))) for number in range(2, 101)]
    await asyncio.gather(first, *rest)
    assert batches == [1, 99]
    await ahead.close()
    again = DurableStore(path)
    assert [kept.draft_id for kept in again.state.drafts] == [f"d{number}" for number in range(1, 101)]
    again.close()


# --- a client's next run ----------------------------------------------------------------------------------


class Durable(Watched):
    """A watched client with a store."""

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        super().__init__(protocol_for(simulator), durable=directory)

    async def kill(self) -> None:
        """What a kill leaves: nothing is said, nothing is finished, nothing more is written."""
        self._is_closed = True
        gateway = self._gateway
        gateway._is_over = True
        await gateway._tasks.cancel()
        assert gateway._write_ahead
        assert gateway._source
        await gateway._source.aclose()
        await gateway._write_ahead.close()


async def test_a_message_that_was_under_way_when_the_program_ended_is_sent_once(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with Durable(simulator, tmp_path) as killed:
        await killed.until_caught_up()
        simulator.fault("delay", ms=60_000)
        delivery = killed.send("arrived")
        await eventually(lambda: sent_texts(simulator) == ["arrived"])
        await killed.kill()
    assert delivery.status == "sending"
    simulator.fault("clear")
    async with Durable(simulator, tmp_path) as client:
        await client.until(lambda: [message.status for message in client.messages] == ["sent"])
        assert client.messages[0].draft_id == delivery.draft_id
    assert sent_texts(simulator) == ["arrived"]


async def test_a_message_that_had_not_arrived_when_the_program_ended_goes_out_in_the_next_run(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with Durable(simulator, tmp_path) as killed:
        await killed.until_caught_up()
        simulator.fault("error", status=503, path="/messages", method="POST")
        delivery = killed.send("not arrived")
        await eventually(lambda: any(request["status"] == 503 for request in simulator.requests()))
        await killed.kill()
    assert sent_texts(simulator) == []
    async with Durable(simulator, tmp_path) as client:
        await client.until(lambda: [message.status for message in client.messages] == ["sent"])
        assert client.messages[0].draft_id == delivery.draft_id
    assert sent_texts(simulator) == ["not arrived"]


async def test_what_was_not_sent_at_the_close_goes_out_in_the_next_run_and_says_so(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.conversation.gateway.CLOSE_S", 0.05)
    async with Durable(simulator, tmp_path) as client:
        await client.until_caught_up()
        simulator.fault("rate_limit", path="/messages", method="POST", count=1, retry_after=60)
        simulator.fault("rate_limit", path="/messages", method="POST", count=1, retry_after=20)
        with pytest.raises(DeliveryFailed):
            await client.send("too late")
        delivery = client.send("later")
        await eventually(lambda: client._gateway.session.outbox.next_deadline())
    with pytest.raises(DeliveryUnknown, match="kept for the next time"):
        await delivery
    simulator.fault("clear")

    async with Durable(simulator, tmp_path) as client:
        await client.until(lambda: [m.status for m in client.messages] == ["sent", "failed"])
        assert client.texts == ["later", "too late"]
        client.discard(client.messages[1].id)
        await client.until(lambda: len(client.messages) == 1)
    async with Durable(simulator, tmp_path) as client:
        await client.until_caught_up()
        assert client.texts == ["later"]


async def test_a_message_that_cannot_be_written_down_is_not_sent(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Durable(simulator, tmp_path) as client:
        await client.until_caught_up()

        def full(_: object) -> None:
            raise StoreError("OperationalError")

        with monkeypatch.context() as patch:
            patch.setattr(client._gateway._store, "write", full)
            delivery = client.send("hello")
            with pytest.raises(DeliveryFailed, match="disk full"):
                await delivery
        client.retry(delivery.draft_id)
        await client.until(lambda: delivery.status == "sent")
    assert sent_texts(simulator) == ["hello"]


async def test_what_was_read_is_acknowledged_in_the_next_run(simulator: Simulator, tmp_path: Path) -> None:
    simulator.agent_say("one")
    simulator.agent_say("two")
    async with Durable(simulator, tmp_path) as killed:
        await killed.until_caught_up()
        simulator.fault("error", status=503, path="/read", count=100)
        killed.mark_read()
        await eventually(lambda: any(r["status"] == 503 for r in simulator.requests()))
        await killed.kill()
    simulator.fault("clear")
    async with Durable(simulator, tmp_path) as client:
        await client.until(lambda: client.messages and client.unread_count == 0)
    reads = [entry["message_id"] for entry in received(simulator, "read")]
    assert len(reads) == len(set(reads)) == 2


async def test_a_damaged_file_is_said_in_the_conversation(simulator: Simulator, tmp_path: Path) -> None:
    store = open_store(protocol_for(simulator).profile.conversation_key, tmp_path)
    assert store
    store.close()
    store.path.write_bytes(b"nonsense" * 1000)
    told: list[Event] = []
    async with Durable(simulator, tmp_path) as client:
        client.on_event(told.append)
        await client.until_caught_up()
        errors = [e.failure.message for e in client.told if isinstance(e, ErrorRaised)]
        assert len(errors) == 1
        assert "put aside as" in errors[0]


async def test_a_client_that_is_never_entered_gives_its_store_back(
    simulator: Simulator, tmp_path: Path
) -> None:
    client = Durable(simulator, tmp_path)
    await client.aclose()
    async with Durable(simulator, tmp_path) as client:
        await client.until_caught_up()
