"""Files that come from a page in pieces: each piece is asked for, none is kept twice, nothing without a limit."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.inputs import Send
from ipygenesys._core.model.messages import Message, MessageStatus, OutgoingFile, UploadRules
from ipygenesys._core.view import files as view_files
from ipygenesys._core.view.files import IN_VAIN_S, SILENCE_S, ForgetFile, KeepBytes, ViewFiles
from ipygenesys._core.view.protocol import MAX_CHUNK_BYTES, FileChunk, FileOffered, FileRefused, FileWanted
from tests import examples as eg

DRAFT = "draft-001"
RULES = UploadRules(types=("image/*",), max_bytes=5_000_000)


def offer(**fields: Any) -> FileOffered:
    known: dict[str, Any] = {
        "client": "c",
        "seq": 1,
        "draft_id": DRAFT,
        "name": "a.png",
        "media_type": "image/png",
        "size_bytes": 5,
        "text": "see",
    }
    return FileOffered(**{**known, **fields})


def chunk(offset: int, data: bytes, draft_id: str = DRAFT) -> FileChunk:
    return FileChunk(client="c", seq=2, draft_id=draft_id, offset=offset, data=data)


def wanted(offset: int) -> FileWanted:
    return FileWanted(to="c", draft_id=DRAFT, offset=offset)


@pytest.fixture
def files() -> ViewFiles:
    return ViewFiles("/folder")


@pytest.mark.parametrize(
    ("media_type", "kept"),
    [
        ("image/svg+xml", True),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.12", True),
        ("x" * 127 + "/" + "x" * 127, True),
        ("x" * 128 + "/x", False),
        ("", False),
        ("image", False),
        ("image/", False),
        ("a/b/c", False),
        ("text/plain; charset=utf-8", False),
        ("text/plain\n", False),
        ("text/plain\r\nAuthorization: x", False),
        ("téxt/plain", False),
    ],
)
def test_a_media_type_that_is_no_token_says_nothing(files: ViewFiles, media_type: str, kept: bool) -> None:
    files.offered(offer(size_bytes=1, media_type=media_type), RULES, 0.0)
    sent = files.received(chunk(0, b"x"), 0.0)
    assert isinstance(sent, Send)
    assert sent.file is not None
    assert sent.file.media_type == (media_type if kept else "application/octet-stream")


def test_a_file_comes_piece_by_piece_and_ends_as_a_message(files: ViewFiles) -> None:
    assert files.offered(offer(), RULES, 0.0) == wanted(0)
    assert files.received(chunk(0, b"abc"), 1.0) == wanted(3)

    sent = files.received(chunk(3, b"de"), 2.0)

    file = OutgoingFile(path=f"/folder/{DRAFT}", name="a.png", media_type="image/png", size_bytes=5)
    assert sent == Send(DRAFT, "see", file=file)
    assert files.work == [KeepBytes(DRAFT, b"abc"), KeepBytes(DRAFT, b"de")]
    files.done(DRAFT)
    files.done(DRAFT)
    files.done(None)
    assert files.work[2:] == [ForgetFile(DRAFT)]
    assert files.next_deadline() is None


@pytest.mark.parametrize(
    "piece",
    [chunk(0, b""), chunk(1, b"b"), chunk(0, b"abcdef"), chunk(-1, b"a"), chunk(5, b"")],
    ids=["empty", "not the next", "more than there is", "before the first", "beyond"],
)
def test_what_is_not_the_next_piece_is_not_kept_and_the_next_one_is_asked_for(
    files: ViewFiles, piece: FileChunk
) -> None:
    files.offered(offer(), RULES, 0.0)

    assert not files.is_wanted(piece)
    assert files.received(piece, 1.0) == wanted(0)
    assert files.work == []


def test_a_piece_that_comes_twice_is_kept_once(files: ViewFiles) -> None:
    files.offered(offer(), RULES, 0.0)
    files.received(chunk(0, b"ab"), 0.0)

    assert files.received(chunk(0, b"ab"), 0.0) == wanted(2)
    assert files.offered(offer(seq=9), RULES, 0.0) == wanted(2)
    assert files.work == [KeepBytes(DRAFT, b"ab")]


def test_a_piece_is_never_larger_than_agreed(files: ViewFiles) -> None:
    files.offered(offer(size_bytes=4_000_000), RULES, 0.0)

    assert files.is_wanted(chunk(0, bytes(MAX_CHUNK_BYTES)))
    assert not files.is_wanted(chunk(0, bytes(MAX_CHUNK_BYTES + 1)))


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, None),
        ({"size_bytes": 0}, RULES),
        ({"size_bytes": -1}, RULES),
        ({"size_bytes": 5_000_001}, RULES),
        ({"size_bytes": view_files.MAX_FILE_BYTES + 1}, UploadRules()),
        ({"draft_id": "../../etc"}, RULES),
        ({"draft_id": ""}, RULES),
    ],
    ids=["no files", "empty", "less than nothing", "too large", "without a limit", "a path", "no id"],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_of_it(
    files: ViewFiles, fields: dict[str, Any], rules: UploadRules | None
) -> None:
    reply = files.offered(offer(**fields), rules, 0.0)

    assert isinstance(reply, FileRefused) and reply.error.message and reply.error.cause
    assert isinstance(files.received(chunk(0, b"a", reply.draft_id), 0.0), FileRefused)
    assert files.work == []


def test_an_id_is_used_once(files: ViewFiles) -> None:
    files.offered(offer(size_bytes=1), RULES, 0.0)
    files.received(chunk(0, b"a"), 0.0)

    assert isinstance(files.offered(offer(size_bytes=1), RULES, 0.0), FileRefused)


def test_an_announced_file_cannot_change_its_size(files: ViewFiles) -> None:
    files.offered(offer(), RULES, 0.0)
    files.received(chunk(0, b"ab"), 0.0)

    reply = files.offered(offer(size_bytes=9), RULES, 0.0)
    assert isinstance(reply, FileRefused) and (reply.to, reply.draft_id) == ("c", DRAFT)
    assert reply.error.message == "It was announced with another size."
    assert files.received(chunk(2, b"c"), 0.0) == wanted(3)


def test_only_so_many_come_at_once(files: ViewFiles) -> None:
    for number in range(view_files.MAX_FILES):
        assert isinstance(files.offered(offer(draft_id=f"draft-{number:03}"), RULES, 0.0), FileWanted)

    assert isinstance(files.offered(offer(draft_id="draft-999"), RULES, 0.0), FileRefused)


def handed_over(files: ViewFiles, *names: str, size: int = 1) -> None:
    for name in names:
        assert files.offered(offer(draft_id=name, size_bytes=size), RULES, 0.0).to == "c"
        assert isinstance(files.received(chunk(0, bytes(size), name), 0.0), Send)


def draft(name: str, status: MessageStatus, cause: Cause | None = None) -> Message:
    made = eg.message(1, draft_id=name, status=status, cause=cause)
    return msgspec.structs.replace(made, id=name)


@pytest.mark.parametrize(("bound", "most"), [("MAX_KEPT_FILES", 3), ("MAX_KEPT_BYTES", 3)])
def test_files_that_wait_for_the_server_are_bounded_with_those_that_come(
    files: ViewFiles, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(view_files, bound, most)
    handed_over(files, "draft-001", "draft-002")
    assert isinstance(files.offered(offer(draft_id="draft-003", size_bytes=1), RULES, 0.0), FileWanted)

    refused = files.offered(offer(draft_id="draft-004", size_bytes=1), RULES, 0.0)
    assert isinstance(refused, FileRefused)
    assert refused.error.cause == "too_many_files"

    files.done("draft-001")
    assert isinstance(files.offered(offer(draft_id="draft-004", size_bytes=1), RULES, 0.0), FileWanted)


def test_those_that_failed_make_room_the_oldest_first(
    files: ViewFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_files, "MAX_KEPT_BYTES", 8)
    names = ("draft-001", "draft-002", "draft-003", "draft-004")
    handed_over(files, *names, size=2)
    files.work.clear()
    for name in ("draft-003", "draft-001", "draft-002"):
        files.draft_changed(draft(name, "failed", "unreachable"))
    files.draft_changed(draft("draft-003", "sending"))

    assert isinstance(files.offered(offer(draft_id="draft-005", size_bytes=3), RULES, 0.0), FileWanted)
    assert files.work == [ForgetFile("draft-001"), ForgetFile("draft-002")]
    assert isinstance(files.offered(offer(draft_id="draft-006", size_bytes=3), RULES, 0.0), FileRefused)


def test_a_file_that_the_server_does_not_take_is_gone_and_one_that_failed_otherwise_may_be_tried_again(
    files: ViewFiles,
) -> None:
    handed_over(files, "draft-001", "draft-002")
    files.work.clear()

    files.draft_changed(draft("draft-001", "failed", "bad_file"))
    files.draft_changed(draft("draft-002", "failed", "unavailable"))
    files.draft_changed(draft("draft-009", "failed", "bad_file"))

    assert files.work == [ForgetFile("draft-001")]


def test_a_file_with_which_nobody_goes_on_is_forgotten(files: ViewFiles) -> None:
    files.offered(offer(), RULES, 0.0)
    files.received(chunk(0, b"ab"), 10.0)
    assert files.next_deadline() == 10.0 + SILENCE_S

    files.tick(9.0 + SILENCE_S)
    assert files.work == [KeepBytes(DRAFT, b"ab")]
    files.tick(10.0 + SILENCE_S)

    assert files.work[1:] == [ForgetFile(DRAFT)]
    assert isinstance(files.received(chunk(2, b"c"), 200.0), FileRefused)


def test_a_file_of_which_no_bytes_come_is_refused_after_twenty_seconds(files: ViewFiles) -> None:
    """As in a host that passes no bytes on: the page asks again every five seconds."""
    assert files.offered(offer(), RULES, 0.0) == wanted(0)
    assert [files.offered(offer(), RULES, now) for now in (5.0, 10.0, 15.0)] == [wanted(0)] * 3

    refusal = files.offered(offer(), RULES, IN_VAIN_S)

    assert isinstance(refusal, FileRefused) and "no bytes" in refusal.error.message
    assert files.work == [ForgetFile(DRAFT)]
    assert files.offered(offer(), RULES, 21.0) == wanted(0)


def test_on_a_slow_line_and_after_a_long_sleep_a_file_goes_on(files: ViewFiles) -> None:
    files.offered(offer(), RULES, 0.0)
    assert files.received(chunk(0, b"ab"), 60.0) == wanted(2)
    for _ in range(8):  # Asked meanwhile, and come with it.
        assert files.offered(offer(), RULES, 60.5) == wanted(2)
    assert files.received(chunk(0, b"ab"), 70.0) == wanted(2)
    assert files.received(chunk(2, b"c"), 130.0) == wanted(3)
    assert files.offered(offer(), RULES, 3600.0) == wanted(3)
    assert files.offered(offer(), RULES, 3601.0) == wanted(3)


def test_a_file_that_cannot_be_kept_is_refused_and_may_be_sent_again(files: ViewFiles) -> None:
    files.offered(offer(), RULES, 0.0)
    files.received(chunk(0, b"ab"), 0.0)

    refusal = files.failed(DRAFT)

    assert isinstance(refusal, FileRefused) and refusal.draft_id == DRAFT
    assert files.work[1:] == [ForgetFile(DRAFT)]
    assert files.failed(DRAFT) is None
    assert files.offered(offer(), RULES, 0.0) == wanted(0)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../x.png", "x.png"), ("C:\\x\\y.png", "y.png"), ("", "file"), ("n" * 2000, "n" * 1023)],
)
def test_names_are_names_and_not_paths(files: ViewFiles, name: str, kept: str) -> None:
    files.offered(offer(name=name, size_bytes=1, media_type=""), RULES, 0.0)

    sent = files.received(chunk(0, b"a"), 0.0)

    assert isinstance(sent, Send) and sent.file is not None
    assert (sent.file.name, sent.file.media_type) == (kept, "application/octet-stream")


def test_no_repr_shows_what_is_in_a_file() -> None:
    assert "secret" not in repr(chunk(0, b"secret")) + repr(KeepBytes(DRAFT, b"secret"))
