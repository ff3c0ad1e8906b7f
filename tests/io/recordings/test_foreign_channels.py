"""Captures of agents' pages: a channel tells of many conversations, and each of them is a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipygenesys as ig
from ipygenesys._io.recordings.foreign import conversations_in, read_foreign
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._pictures.recorded import Recorded
from ipygenesys._recordings.coding import NoRecording, line_of
from ipygenesys._recordings.entries import AnyEntry, CallMade, FrameIn, Header, StreamBegan, StreamEnded
from ipygenesys._recordings.masking import Masks
from ipygenesys._transcripts.reading import rows_in
from tests.io.recordings.test_foreign import kinds, messages_of, replayed
from tests.recordings.foreign import channels
from tests.recordings.foreign.captures import Line, har, iso
from tests.recordings.foreign.channels import (
    CALLS,
    LOGIN,
    LOGIN_SAID,
    ME,
    PARCEL,
    PARCEL_SAID,
    QUEUE,
    REFUND,
    TEXTS,
    TYPING,
    USERS,
    as_they_came,
    heartbeat,
    socket,
    told,
)

PARCEL_TEXTS = [TEXTS[id_] for id_ in ("p1", "p2", "p3")]


def read(data: bytes, folder: Path, conversation_id: str | None = None) -> list[AnyEntry]:
    path = folder / "x.har"
    path.write_bytes(data)
    return list(read_foreign(path, conversation_id))


def played(replay: ig.Replay) -> list[str | None]:
    with ig.Chat(replay) as chat:
        chat.wait_until(lambda: chat.status == "closed")
        return [message.text for message in chat.messages]


def texts(entries: list[AnyEntry]) -> list[str | None]:
    return [message.text for message in messages_of(entries)]


def test_each_conversation_of_a_watched_queue_is_there_with_the_texts_that_the_page_had(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.har").write_bytes(channels.queue())
    rows = rows_in(tmp_path / "x.har")

    assert [(row.conversation_id, row.sender, row.role, row.text) for row in rows] == [
        (PARCEL, "Bea", "customer", TEXTS["p1"]),
        (PARCEL, "Ann", "agent", TEXTS["p2"]),
        (PARCEL, "Bea", "customer", TEXTS["p3"]),
        (REFUND, "Cid", "customer", TEXTS["r1"]),
        (REFUND, "Ann", "agent", TEXTS["r2"]),
        (LOGIN, "Dan", "customer", None),  # The page has never asked what was said.
    ]
    assert [row.response_time_s for row in rows] == [None, 3.0, None, None, 3.0, None]


def test_the_longest_is_replayed_and_any_of_them_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "x.har").write_bytes(channels.queue())
    assert played(ig.Replay(tmp_path / "x.har", float("inf"))) == PARCEL_TEXTS
    by_id = ig.Replay(tmp_path / "x.har", float("inf"), conversation_id=REFUND)
    assert played(by_id) == [TEXTS["r1"], TEXTS["r2"]]
    header = next(read_entries(tmp_path / "x.har", REFUND))
    assert isinstance(header, Header) and header.title == "2 of 3 conversations of the file"


def test_a_conversation_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match=f"holds no conversation 'c1', but {PARCEL}, {REFUND}, {LOGIN}"):
        read(channels.queue(), tmp_path, "c1")
    ours = tmp_path / "talk.jsonl"
    ours.write_bytes(b"".join(line_of(each, Masks()) for each in read(channels.queue(), tmp_path)))
    assert list(read_entries(ours, PARCEL)) == list(read_entries(ours))
    with pytest.raises(NoRecording, match="holds no conversation 'c1'"):
        ig.Replay(ours, conversation_id="c1")


def test_nothing_of_the_other_conversations_is_in_the_recording_of_one(tmp_path: Path) -> None:
    entries = read(channels.queue(), tmp_path, REFUND)

    assert "Bea" not in str(entries) and PARCEL not in str(entries)
    assert [call.url.rpartition("/")[2] for call in kinds(entries, CallMade)] == ["me", "bulk", "r2"]
    assert len(kinds(entries, FrameIn)) == 4  # Two heartbeats are for all.


@pytest.mark.parametrize("tells", ["by a call", "by its topics", "not at all"])
def test_what_the_pages_own_user_says_is_ours_where_it_is_known_who_that_is(
    tmp_path: Path, tells: str
) -> None:
    topic = USERS if tells == "by its topics" else QUEUE
    calls = [ME, *CALLS] if tells == "by a call" else CALLS
    entries = read(har(*calls, socket(as_they_came(PARCEL, "Bea", PARCEL_SAID, topic))), tmp_path)

    is_known = tells != "not at all"
    assert [message.is_own for message in messages_of(entries)] == [False, is_known, False]
    assert [message.role for message in messages_of(entries)] == ["customer", "agent", "customer"]
    assert messages_of(entries)[1].status == ("delivered" if is_known else "unread")


def test_what_two_topics_tell_is_there_once_and_typing_is_heard(tmp_path: Path) -> None:
    typing = {
        "conversationId": PARCEL,
        "normalizedMessage": {
            "type": "Event",
            "direction": "Inbound",
            "channel": {"time": iso(0.4)},
            "events": [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}],
        },
    }
    by_user, by_queue = (as_they_came(PARCEL, "Bea", PARCEL_SAID, topic) for topic in (USERS, QUEUE))
    said = sorted([*by_user, *by_queue, told(0.4, TYPING, typing)], key=lambda line: line[1])
    entries = read(har(ME, *CALLS, socket(said)), tmp_path)

    assert texts(entries) == PARCEL_TEXTS
    assert "TypingNoticed" in str(entries)


def test_a_page_that_moves_to_another_socket_goes_on_with_the_same_conversation(tmp_path: Path) -> None:
    first, *rest = as_they_came(PARCEL, "Bea", PARCEL_SAID)
    closing = told(2.0, "v2.system.socket_closing", {"message": "The socket is closing."})
    entries = read(
        har(ME, *CALLS, socket([first, closing], time=2_500.0), socket(rest, 3.0, time=4_000.0)), tmp_path
    )

    assert texts(entries) == PARCEL_TEXTS
    assert [each.stream for each in kinds(entries, StreamBegan)] == [1, 2]
    assert len(kinds(entries, StreamEnded)) == 2
    assert replayed(entries).connection.status == "closed"


def test_two_channels_that_are_open_at_once_are_one_stream_in_order_of_time(tmp_path: Path) -> None:
    first, second, third = as_they_came(PARCEL, "Bea", PARCEL_SAID)
    other = "wss://streaming.mypurecloud.ie/channels/streaming-2-0def"
    entries = read(har(ME, *CALLS, socket([first, third]), socket([second], 0.06, url=other)), tmp_path)

    assert texts(entries) == PARCEL_TEXTS
    assert [each.at_s for each in kinds(entries, FrameIn)] == pytest.approx(
        [entries[0].at_s + second for second in (1.05, 4.05, 6.05)], abs=0.01
    )
    assert len(kinds(entries, StreamBegan)) == 1


def test_a_conversation_that_the_page_has_asked_for_is_history(tmp_path: Path) -> None:
    body = channels.conversation(PARCEL, "Bea", PARCEL_SAID)
    for participant in body["participants"]:
        for each in participant["messages"]:
            each["messageId"] = each.pop("message")["id"]
    asked = channels.called(0.1, "GET", f"/api/v2/conversations/messages/{PARCEL}", body)
    later: list[Line] = [told(9.0, QUEUE, channels.conversation(PARCEL, "Bea", PARCEL_SAID))]
    entries = read(har(ME, asked, *CALLS, socket([heartbeat(0.5), *later])), tmp_path)

    assert texts(entries) == PARCEL_TEXTS
    *_, last = messages_of([each for each in entries if each.at_s < entries[0].at_s + 1.0])
    assert last.text == TEXTS["p3"]


def test_a_channel_that_tells_of_no_messages_says_what_it_tells_of(tmp_path: Path) -> None:
    calls = told(1.0, "v2.users.0b0b0b0b-1111-4222-8333-444455556666.conversations.calls", {"id": PARCEL})
    with pytest.raises(
        NoRecording,
        match=r"tells of messages: its topics are v2\.users\.\{id\}\.conversations\.calls\. Those that do are v2\.users",
    ):
        read(har(socket([heartbeat(0.5), calls])), tmp_path)


def test_what_is_no_notification_is_skipped(tmp_path: Path) -> None:
    odd: list[Line] = [
        ("receive", 0.1, "AAEC", 2),
        ("receive", 0.2, "nonsense", 1),
        told(0.3, QUEUE, {"id": 7}),
        told(0.4, QUEUE, {"id": "../../etc"}),
        ("receive", 0.5, '{"topicName": "v2.x", "eventBody": [1]}', 1),
        ("send", 0.6, '{"message": "ping"}', 1),
    ]
    entries = read(
        har(ME, *CALLS, socket([heartbeat(0.05), *odd, *as_they_came(PARCEL, "Bea", PARCEL_SAID)])), tmp_path
    )

    assert texts(entries) == PARCEL_TEXTS


def test_a_timeline_has_a_lane_for_each_conversation(tmp_path: Path) -> None:
    (tmp_path / "x.har").write_bytes(channels.queue())
    assert [told.id for told in conversations_in(tmp_path / "x.har")] == [PARCEL, REFUND, LOGIN]
    made = ig.timeline(tmp_path / "x.har")
    [source] = made._sources
    made.close()

    assert isinstance(source, Recorded) and source.is_whole and source.share == 1.0
    assert [len(talk.said) for talk in source.talks()] == [len(PARCEL_SAID), 2, len(LOGIN_SAID)]
