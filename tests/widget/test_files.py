"""Files from a page through a widget to the server: whole, in pieces, and gone from the disk afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import Chat, WebMessaging
from ipygenesys._core.view.protocol import MAX_CHUNK_BYTES
from tests.widget.browser import View, eventually
from tests.widget.conftest import Bench

DRAFT = "0b8f4a52-1111-4222-8333-444455556666"
DATA = bytes(range(256)) * 6000


@pytest.fixture
def chat(bench: Bench) -> Chat:
    guest = Chat(
        WebMessaging(base_url=bench.simulator.base_url, deployment_id=bench.simulator.deployment_id),
        connect=True,
    )
    bench.chats.append(guest)
    eventually(lambda: guest.status == "connected")
    return guest


def offer(view: View, **fields: Any) -> None:
    known = {
        "draftId": DRAFT,
        "name": "notes.txt",
        "mediaType": "text/plain",
        "sizeBytes": len(DATA),
        "text": "see",
    }
    view.say("file-offered", **{**known, **fields})


def send_all(view: View, draft_id: str = DRAFT, data: bytes = DATA) -> None:
    """As a page does: the piece that is asked for, until none is."""
    said = 0
    while True:
        before = said
        eventually(partial(_has_more, view, before))
        if len(view.files) == before:
            return
        last, said = view.files[-1], len(view.files)
        if last["kind"] != "file-wanted" or last["draftId"] != draft_id:
            continue
        piece = data[last["offset"] : last["offset"] + 500_000]
        view.say("file-chunk", piece, draftId=draft_id, offset=last["offset"])


def _has_more(view: View, before: int) -> bool:
    return len(view.files) > before or bool(view.messages)


def folder(chat: Chat) -> Path:
    return Path(chat._views._files.folder)


def test_a_file_arrives_whole_and_leaves_nothing_on_the_disk(bench: Bench, chat: Chat) -> None:
    view = bench.view(chat)
    offer(view)
    send_all(view)

    eventually(lambda: chat.messages and chat.messages[0].status == "sent")
    (message,) = chat.messages
    assert (message.text, message.attachments[0].name) == ("see", "notes.txt")
    assert message.attachments[0].size_bytes == len(DATA)
    uploads = bench.simulator._running().hub.uploads
    assert [each.content for each in uploads._uploads.values()] == [DATA]
    assert [each["kind"] for each in view.files].count("upload-progress") > 1
    eventually(lambda: list(folder(chat).iterdir()) == [])
    assert folder(chat).stat().st_mode & 0o077 == 0
    chat.close()
    eventually(lambda: not folder(chat).exists())


@pytest.mark.parametrize(
    "fields",
    [{"sizeBytes": 11_000_000}, {"sizeBytes": 0}, {"draftId": "../../../tmp/x"}],
    ids=["too large", "empty", "a path"],
)
def test_what_cannot_be_taken_is_refused(bench: Bench, chat: Chat, fields: dict[str, Any]) -> None:
    view = bench.view(chat)

    offer(view, **fields)

    eventually(lambda: view.files)
    assert view.files[0]["kind"] == "file-refused"
    assert not folder(chat).exists()


def test_pieces_without_bytes_and_larger_ones_than_agreed_are_asked_for_again(
    bench: Bench, chat: Chat
) -> None:
    view = bench.view(chat)
    offer(view)
    eventually(lambda: len(view.files) == 1)

    for buffers in ([], [b""], [bytes(MAX_CHUNK_BYTES + 1)]):
        view.say("file-chunk", *buffers, draftId=DRAFT, offset=0)

    eventually(lambda: len(view.files) == 4)
    assert {(each["kind"], each["offset"]) for each in view.files} == {("file-wanted", 0)}
    send_all(view)
    eventually(lambda: chat.messages[0].status == "sent")


def test_a_disk_that_takes_nothing_is_said(
    bench: Bench, chat: Chat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    view = bench.view(chat)
    monkeypatch.setattr(chat._views._files, "_path", tmp_path / "missing" / "folder")
    offer(view)
    eventually(lambda: len(view.files) == 1)

    view.say("file-chunk", DATA[:100], draftId=DRAFT, offset=0)

    eventually(lambda: any(each["kind"] == "file-refused" for each in view.files))
    assert not chat.messages


def test_a_file_that_the_server_refuses_for_good_is_gone_and_its_message_stays_until_it_is_given_up(
    bench: Bench, chat: Chat
) -> None:
    view = bench.view(chat)
    offer(view, name="page.html", mediaType="text/html")
    send_all(view)
    eventually(lambda: chat.messages[0].status == "failed")
    eventually(lambda: list(folder(chat).iterdir()) == [])
    assert chat.messages[0].status == "failed"

    view.say("discard-requested", draftId=DRAFT)

    eventually(lambda: not chat.messages)


def test_the_rich_demo_is_a_guests_who_is_offered_everything_and_may_send_files(bench: Bench) -> None:
    chat = Chat.demo(scenario="rich", speed=50)
    bench.chats.append(chat)
    _ = chat.connect()
    eventually(lambda: chat.messages and chat.messages[0].options)
    _ = chat.answer(chat.messages[0].options[1])

    eventually(lambda: len(chat.messages) == 3 and chat.messages[2].options)
    assert chat.messages[0].content[0].picked == (1,)  # type: ignore[union-attr]
    assert [each.text for each in chat.messages[:2]][1] == "Get the money back"
    assert chat._gateway.session.allowed.uploads is not None
