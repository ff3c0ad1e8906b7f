"""What Genesys keeps of a conversation becomes rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._transcripts.reading import rows_in
from ipygenesys._transcripts.rows import Row


def written(document: Any, folder: Path) -> Path:
    path = folder / "file.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def receipt(status: str, time: str, **more: Any) -> dict[str, Any]:
    return {"id": "r", "status": status, "receiptTime": time, **more}


RECORDED = [
    {
        "from": "+15550100",
        "fromExternalContact": {"firstName": "Bea", "lastName": "Kim"},
        "timestamp": "2026-11-29T10:00:00.000Z",
        "id": "m1",
        "purpose": "customer",
        "participantId": "p1",
        "messageText": "Hello?",
        "messageReceipts": [],
    },
    {
        "timestamp": "2026-11-29T10:00:01.500Z",
        "id": "m2",
        "purpose": "botflow",
        "messageText": "Sales or support?",
        "quickReplies": [{"text": "Sales", "payload": "1"}, {"text": "Support", "payload": "2"}],
        "contentType": "QuickReply",
    },
    {
        "timestamp": "2026-11-29T10:00:02Z",
        "id": "e1",
        "purpose": "customer",
        "events": [{"eventType": "Typing"}],
    },
    {
        "timestamp": "2026-11-29T10:00:30Z",
        "id": "m3",
        "purpose": "agent",
        "participantId": "p3",
        "fromUser": {"id": "u1", "name": "Ann"},
        "messageText": "Here it is.",
        "messageMediaAttachments": [{"name": "bill.pdf", "url": "https://x/y"}],
        "messageReceipts": [
            receipt("Read", "2026-11-29T10:01:00Z"),
            receipt("Sent", "2026-11-29T10:00:30.100Z"),
            receipt("Delivered", "2026-11-29T10:00:31Z"),
            receipt("Delivered", "2026-11-29T10:00:40Z"),
        ],
    },
    {
        "timestamp": "2026-11-29T10:02:00Z",
        "id": "m4",
        "purpose": "agent",
        "fromUser": {"id": "u1", "name": "Ann"},
        "messageText": "Still there?",
        "messageReceipts": [
            receipt(
                "Failed",
                "2026-11-29T10:02:01Z",
                reasons=[{"code": "RecipientOptedOut", "message": "Opted out."}],
            ),
        ],
    },
]


@pytest.mark.parametrize(
    "document",
    [
        {"conversationId": "c1", "media": "message", "messagingTranscript": RECORDED},
        [{"conversationId": "c1", "messagingTranscript": RECORDED}],
        {"entities": [{"conversationId": "c1", "messagingTranscript": RECORDED}, {"media": "screen"}]},
    ],
    ids=["one", "list", "page"],
)
def test_a_recording_of_messages_has_a_row_each_with_receipts(tmp_path: Path, document: Any) -> None:
    rows = rows_in(written(document, tmp_path))

    assert [(row.id, row.sender, row.role, row.text, row.status) for row in rows] == [
        ("m1", "Bea Kim", "customer", "Hello?", "sent"),
        ("m2", "Bot", "bot", "Sales or support?", "sent"),
        ("m3", "Ann", "agent", "Here it is.", "read"),
        ("m4", "Ann", "agent", "Still there?", "failed"),
    ]
    assert {row.conversation_id for row in rows} == {"c1"}
    assert rows[1].content == ["quick replies: Sales | Support"]
    assert rows[2].attachments == ["bill.pdf"]
    assert rows[2].delivered_ms == rows[2].time_ms + 1_000  # type: ignore[operator]
    assert rows[2].read_ms == rows[2].time_ms + 30_000  # type: ignore[operator]
    assert rows[3].error == "Opted out."
    assert [row.response_time_s for row in rows] == [None, 1.5, 30.0, None]


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        ([{"code": "RateLimited", "message": None}], "RateLimited"),
        ([{}, {"code": "GeneralError", "message": "Try later."}], "Try later."),
        (None, "The platform could not deliver it."),
    ],
)
def test_why_a_message_failed_is_said_as_well_as_it_is_known(
    tmp_path: Path, reasons: Any, words: str
) -> None:
    failed = receipt("Failed", "2026-11-29T10:02:01Z", reasons=reasons)
    message = {
        "timestamp": "2026-11-29T10:02:00Z",
        "id": "m1",
        "purpose": "agent",
        "messageText": "x",
        "messageReceipts": [failed],
    }
    (row,) = rows_in(written({"messagingTranscript": [message]}, tmp_path))

    assert (row.status, row.error) == ("failed", words)


def test_a_recording_for_each_who_took_part_is_one_conversation_in_order_of_time(tmp_path: Path) -> None:
    recordings = [
        {"conversationId": "c1", "messagingTranscript": RECORDED[::-1]},
        {"conversationId": "c2", "messagingTranscript": RECORDED[:1]},
        {"conversationId": "c1", "messagingTranscript": RECORDED[:3]},
    ]
    rows = rows_in(written(recordings, tmp_path))

    assert [(row.conversation_id, row.id) for row in rows] == [
        ("c1", "m1"), ("c1", "m2"), ("c1", "m3"), ("c1", "m4"), ("c2", "m1"),
    ]  # fmt: skip


def test_the_messages_alone_are_read_too(tmp_path: Path) -> None:
    assert [row.id for row in rows_in(written(RECORDED, tmp_path))] == ["m1", "m2", "m3", "m4"]


def test_cards_answers_and_pickers_are_said_in_words(tmp_path: Path) -> None:
    message = {
        "timestamp": "2026-11-29T10:00:00Z",
        "id": "m1",
        "purpose": "workflow",
        "cards": [{"title": "Boots", "description": "Warm", "actions": [{"text": "Buy"}]}],
        "buttonResponse": {"text": "Sales"},
        "datePicker": {"title": "When?"},
        "form": {},
        "messageReceipts": None,
    }
    (row,) = rows_in(written({"messagingTranscript": [message]}, tmp_path))

    assert row.content == ["card: Boots | Warm | Buy", "answer: Sales", "date picker: When?", "form"]
    assert (row.text, row.role, row.sender) == ("", "bot", "Bot")


def test_what_is_picked_and_parts_of_all_other_kinds_are_named(tmp_path: Path) -> None:
    stated = {"timestamp": "2026-11-29T10:00:00Z", "purpose": "agent"}
    parts: list[tuple[dict[str, Any], str]] = [
        (
            {"quickReplies": [{"text": "Yes", "isSelected": True}, {"text": "No"}]},
            "quick replies: Yes | No (picked: Yes)",
        ),
        (
            {"cards": [{"title": "Boots", "actions": [{"text": "Buy", "isSelected": True}]}]},
            "card: Boots | Buy (picked: Buy)",
        ),
        (
            {"richLink": {"text": "Terms", "url": "https://example.com"}},
            "rich link: Terms | https://example.com",
        ),
        ({"notificationTemplate": {"body": {"text": "It ships."}, "header": None}}, "template: It ships."),
        ({"form": {"introduction": {"title": "Returns"}}}, "form: Returns"),
        ({"messageStickerAttachments": [{"id": "s1"}]}, "sticker"),
        ({"paymentResponse": {"paymentStatus": "Paid"}}, "payment response: Paid"),
        ({"roadsideAssistance": {"location": {}}}, "roadside assistance"),
        ({"contentType": "Reactions"}, "unsupported content: Reactions"),
    ]
    messages = [{**stated, "id": str(number), **part} for number, (part, _) in enumerate(parts)]
    rows = rows_in(written({"messagingTranscript": messages}, tmp_path))

    assert [row.content for row in rows] == [[words] for _, words in parts]


def test_names_and_times_as_python_writes_them_are_read_too(tmp_path: Path) -> None:
    message = {
        "pcFrom": "+15550100",
        "from_external_contact": {"first_name": "Bea", "last_name": "Kim"},
        "timestamp": "2026-11-29 10:00:00.123000+00:00",
        "id": "m1",
        "purpose": "customer",
        "message_text": "Hello?",
        "quick_replies": None,
        "message_receipts": [
            {"status": "Read", "receipt_time": "2026-11-29T10:00:01+00:00", "reasons": None}
        ],
    }
    (row,) = rows_in(written([{"conversation_id": "c1", "messaging_transcript": [message]}], tmp_path))

    assert (row.sender, row.text, row.status, row.conversation_id) == ("Bea Kim", "Hello?", "read", "c1")
    assert row.time_ms is not None and row.read_ms == row.time_ms + 877


BASE_MS = 1_795_946_400_000


def phrase(number: int, purpose: str, text: str, start_ms: int) -> dict[str, Any]:
    return {"phraseIndex": number, "participantPurpose": purpose, "text": text, "startTimeMs": start_ms}


@pytest.mark.parametrize("offset", [0, BASE_MS], ids=["since the start", "since 1970"])
def test_a_speech_transcript_has_a_row_a_phrase(tmp_path: Path, offset: int) -> None:
    document = {
        "conversationId": "c1",
        "communicationId": "k1",
        "mediaType": "message",
        "startTime": BASE_MS,
        "transcripts": [
            {
                "transcriptId": "t1",
                "startTime": BASE_MS,
                "phrases": [
                    phrase(0, "acd", "Welcome", offset),
                    phrase(1, "external", "My bill", offset + 1_000),
                    phrase(2, "internal", "I look", offset + 21_000),
                    phrase(3, "external", "Thanks", offset + 30_000),
                    phrase(4, "internal", "Bye", offset + 70_000),
                ],
            }
        ],
        "participants": [
            {"participantPurpose": "external", "startTimeMs": BASE_MS, "endTimeMs": BASE_MS + 90_000},
            {
                "participantPurpose": "internal",
                "userId": "aaaaaaaa-1111",
                "startTimeMs": BASE_MS + 11_000,
                "endTimeMs": BASE_MS + 50_000,
            },
            {
                "participantPurpose": "internal",
                "userId": "bbbbbbbb-2222",
                "startTimeMs": BASE_MS + 60_000,
                "endTimeMs": BASE_MS + 90_000,
            },
        ],
    }
    rows = rows_in(written(document, tmp_path))

    assert [(row.role, row.sender, row.text) for row in rows] == [
        ("bot", "Bot", "Welcome"),
        ("customer", "Customer", "My bill"),
        ("agent", "Agent aaaaaaaa", "I look"),
        ("customer", "Customer", "Thanks"),
        ("agent", "Agent bbbbbbbb", "Bye"),
    ]
    assert [row.time_ms for row in rows][:2] == [BASE_MS, BASE_MS + 1_000]
    assert [(row.response_time_s, row.handover_response_time_s) for row in rows if row.role == "agent"] == [
        (20.0, 10.0),
        (40.0, 10.0),
    ]


DETAILS = {
    "conversationId": "c1",
    "conversationStart": "2026-11-29T10:00:00.000Z",
    "conversationEnd": "2026-11-29T10:10:00.000Z",
    "originatingDirection": "inbound",
    "participants": [
        {
            "participantId": "p1",
            "participantName": "Bea",
            "purpose": "customer",
            "sessions": [
                {
                    "mediaType": "message",
                    "segments": [
                        {"segmentType": "interact", "segmentStart": "2026-11-29T10:00:00.000Z"},
                    ],
                }
            ],
        },
        {
            "participantId": "p2",
            "participantName": "Ann",
            "purpose": "agent",
            "sessions": [
                {
                    "segments": [
                        {
                            "segmentType": "interact",
                            "segmentStart": "2026-11-29T10:01:05.000Z",
                            "segmentEnd": "2026-11-29T10:09:00.000Z",
                        },
                        {
                            "segmentType": "alert",
                            "segmentStart": "2026-11-29T10:01:00.000Z",
                            "segmentEnd": "2026-11-29T10:01:05.000Z",
                        },
                    ]
                }
            ],
        },
    ],
}


@pytest.mark.parametrize(
    "document",
    [
        DETAILS,
        [DETAILS],
        {"conversations": [DETAILS], "totalHits": 1},
        [{"conversations": [DETAILS]}, {"totalHits": 1}],
    ],
    ids=["one", "list", "query", "pages"],
)
def test_analytics_details_have_a_row_a_segment(tmp_path: Path, document: Any) -> None:
    rows = rows_in(written(document, tmp_path))

    assert [(row.kind, row.sender, row.role, _length_s(row)) for row in rows] == [
        ("interact", "Bea", "customer", 600.0),
        ("alert", "Ann", "agent", 5.0),
        ("interact", "Ann", "agent", 475.0),
    ]
    assert {(row.text, row.sent_ms, row.response_time_s, row.conversation_id) for row in rows} == {
        (None, None, None, "c1")
    }


def test_lines_of_answers_are_read_together(tmp_path: Path) -> None:
    other = {**DETAILS, "conversationId": "c2"}
    path = tmp_path / "details.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in (DETAILS, other)), encoding="utf-8")

    assert [row.conversation_id for row in rows_in(path)] == ["c1"] * 3 + ["c2"] * 3


def _length_s(row: Row) -> float:
    assert row.time_ms is not None and row.ends_ms is not None
    return (row.ends_ms - row.time_ms) / 1000
