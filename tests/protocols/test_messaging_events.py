"""The codec of the tutorial's contract: every frame, every call, and whatever else may arrive."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipygenesys import AccessToken, ClientCredentials, MessagingEvents
from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.operations import (
    CheckHealth,
    ClearConversation,
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    FrameIgnored,
    History,
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    TypingNoticed,
)
from ipygenesys._protocols import tolerant
from ipygenesys._protocols.flow import CallError, GetToken, OpenSocket
from ipygenesys._wire import messaging_events as wire

CONVERSATION = "conversation-1"
MALFORMED = (FrameIgnored("malformed"),)
CREDENTIALS = ClientCredentials("client", "secret")
PLATFORM_EVENTS = (
    TypingNoticed,
    MessageArrived,
    ReceiptArrived,
    PresenceChanged,
    ConversationChanged,
    FrameIgnored,
)


def protocol(**changes: Any) -> MessagingEvents:
    options: dict[str, Any] = {
        "environment": "us-east-1",
        "conversation_id": CONVERSATION,
        "credentials": CREDENTIALS,
    }
    return MessagingEvents(**{**options, **changes})


def opening(adapter: MessagingEvents) -> OpenSocket:
    """The one step of opening a stream, once it has been given the token."""
    flow = adapter.open_stream()
    assert next(flow) == GetToken()
    step = flow.send("TOKEN")
    assert isinstance(step, OpenSocket)
    with pytest.raises(StopIteration) as end:
        next(flow)
    assert end.value.value == ()
    return step


def frame(event_type: str = "message", **fields: Any) -> str:
    return json.dumps({"event_type": event_type, "conversation_id": CONVERSATION, **fields})


def decode(data: str | bytes) -> tuple[PlatformEvent, ...]:
    return protocol().decode_frame(data)


def decode_message(payload: Any, **fields: Any) -> MessageArrived:
    (event,) = decode(frame(message_id="m1", payload=payload, **fields))
    assert isinstance(event, MessageArrived)
    return event


# --- where and who ----------------------------------------------------------------------------------------


def opened_socket(adapter: MessagingEvents, token: str = "TOKEN") -> OpenSocket:
    flow = adapter.open_stream()
    assert next(flow) == GetToken()
    step = flow.send(token)
    assert isinstance(step, OpenSocket)
    return step


def test_an_environment_gives_the_tutorials_hosts() -> None:
    adapter = protocol()

    assert adapter.endpoints.rest_url == "https://us-east-1.mypurecloud.com"
    assert adapter.endpoints.token_url == "https://us-east-1.mypurecloud.com/oauth/token"
    step = opened_socket(adapter)
    assert step.url == "wss://us-east-1.mypurecloud.com/api/v2/conversations/messaging/events"


def test_a_base_url_replaces_every_host() -> None:
    adapter = protocol(environment=None, base_url="http://127.0.0.1:8080/")

    assert adapter.endpoints.rest_url == "http://127.0.0.1:8080"
    assert adapter.endpoints.token_url == "http://127.0.0.1:8080/oauth/token"
    step = opened_socket(adapter)
    assert step.url == "ws://127.0.0.1:8080/api/v2/conversations/messaging/events"


def test_the_token_goes_into_the_handshake_and_the_mandatory_first_frame() -> None:
    step = opened_socket(protocol())

    assert step.headers == {"Authorization": "Bearer TOKEN"}
    assert [json.loads(frame) for frame in step.first_frames] == [{"type": "authenticate", "token": "TOKEN"}]
    assert "TOKEN" not in repr(step)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://gw.example/x"]
)
def test_plain_http_is_fine_on_loopback_and_https_everywhere(url: str) -> None:
    assert protocol(environment=None, base_url=url).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://genesys.example",
        "http://127.0.0.1.genesys.example",
        "http://0.0.0.0:80",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "https://",
        "https://user:password@gw.example",
        "https://gw.example/?a=b",
        "https://gw.example/#a",
        "",
    ],
)
def test_other_base_urls_are_refused_without_quoting_them(url: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|Plain http") as caught:
        protocol(environment=None, base_url=url)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"environment": None}, ValueError),
        ({"environment": "evil.example/"}, ValueError),
        ({"environment": "us-east-1.evil"}, ValueError),
        ({"environment": None, "base_url": 5}, TypeError),
        ({"conversation_id": ""}, ValueError),
        ({"conversation_id": "  "}, ValueError),
        ({"conversation_id": ".."}, ValueError),
        ({"conversation_id": 5}, TypeError),
        ({"credentials": "secret"}, TypeError),
        ({"role": "robot"}, ValueError),
    ],
)
def test_wrong_arguments_are_refused_at_once(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        protocol(**options)


def test_the_profile_offers_everything_and_says_whose_side_we_are_on() -> None:
    profile = protocol(role="agent", participant_id="me").profile

    assert profile.own_role == "agent"
    assert profile.own_participant_id == "me"
    assert profile.is_send_idempotent
    assert profile.capabilities == {
        "send",
        "send_typing",
        "receive_typing",
        "send_read",
        "receive_read",
        "history",
        "attachments",
    }


def test_the_scopes_are_the_tutorials() -> None:
    assert protocol().scopes == ("conversations:messaging", "conversations:read", "messaging:write")


def test_its_repr_shows_no_secret() -> None:
    assert "secret" not in repr(protocol())
    assert "TOKEN" not in repr(protocol(credentials=AccessToken("TOKEN")))


# --- frames -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_typing", [True, False])
def test_a_typing_frame_says_who_types(is_typing: bool) -> None:
    data = frame("typing", participant_id="p1", payload={"typing": is_typing})

    assert decode(data) == (TypingNoticed(participant_id="p1", is_typing=is_typing),)


def test_a_whole_message_frame_is_read_in_full() -> None:
    payload = {
        "text": "Hello ☺",
        "timestamp": "2026-11-22T10:20:30.456Z",
        "sender": {"name": "Ann", "role": "agent"},
        "direction": "outbound",
        "attachments": [
            {
                "id": "a1",
                "name": "bill.pdf",
                "media_type": "application/pdf",
                "size": 12,
                "url": "https://x/y",
            }
        ],
        "client_message_id": "d1",
        "sequence": 7,
        "status": "delivered",
    }

    assert decode_message(payload, participant_id="p1") == MessageArrived(
        id="m1",
        text="Hello ☺",
        participant_id="p1",
        sender="Ann",
        role="agent",
        time_ms=1_795_342_830_456,
        attachments=(
            Attachment(name="bill.pdf", media_type="application/pdf", size_bytes=12, url="https://x/y"),
        ),
        draft_id="d1",
        sequence=7,
        status="delivered",
    )


@pytest.mark.parametrize("fields", [{}, {"payload": {}}, {"payload": {"anything": 1}}])
def test_a_bare_tutorial_frame_is_a_message_without_content(fields: dict[str, Any]) -> None:
    (event,) = decode(frame(message_id="m1", participant_id="p1", **fields))

    assert event == MessageArrived(id="m1", has_content=False, participant_id="p1")


WHOLE: dict[str, Any] = {
    "text": "t",
    "timestamp": "2026-11-22T10:20:30Z",
    "sender": {"name": "Ann", "role": "agent"},
    "direction": "outbound",
    "attachments": [],
    "client_message_id": "d",
    "sequence": 1,
    "status": "sent",
}


@pytest.mark.parametrize("missing", sorted(WHOLE))
@pytest.mark.parametrize("as_null", [False, True])
def test_each_part_of_a_payload_may_be_missing_or_null(missing: str, as_null: bool) -> None:
    payload = {name: value for name, value in WHOLE.items() if name != missing}
    if as_null:
        payload[missing] = None

    message = decode_message(payload)

    assert message.has_content is (missing != "text")


@pytest.mark.parametrize("sender", [{}, {"name": None}, {"role": None}, {"name": "", "role": "wizard"}])
def test_a_sender_may_say_little_or_what_nobody_knows(sender: dict[str, Any]) -> None:
    message = decode_message({"text": "t", "sender": sender})

    assert (message.sender, message.role) == (None, None)


@pytest.mark.parametrize(
    ("direction", "role"), [("inbound", "customer"), ("outbound", "agent"), ("sideways", None)]
)
def test_the_direction_stands_in_for_the_role(direction: str, role: str | None) -> None:
    assert decode_message({"text": "t", "direction": direction}).role == role


def test_an_attachment_alone_is_content_and_a_nameless_one_is_a_file() -> None:
    message = decode_message({"attachments": [{}]})

    assert message.has_content
    assert message.text is None
    assert message.attachments == (Attachment(name="file"),)


def test_empty_text_is_content() -> None:
    assert decode_message({"text": ""}).has_content


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "failed"])
def test_a_receipt_frame_tells_a_messages_state(status: str) -> None:
    data = frame(
        "receipt", message_id="m1", participant_id="p1", payload={"status": status, "timestamp": "x"}
    )

    (event,) = decode(data)

    assert isinstance(event, ReceiptArrived)
    assert (event.message_id, event.participant_id, event.status) == ("m1", "p1", status)


def test_a_presence_frame_introduces_and_says_goodbye() -> None:
    joined = frame(
        "presence", participant_id="p1", payload={"state": "joined", "name": "Ann", "role": "agent"}
    )
    left = frame("presence", participant_id="p1", payload={"state": "left"})

    assert decode(joined) == (
        PresenceChanged(participant_id="p1", has_joined=True, name="Ann", role="agent"),
    )
    assert decode(left) == (PresenceChanged(participant_id="p1", has_joined=False),)


@pytest.mark.parametrize(("state", "is_open"), [("connected", True), ("disconnected", False)])
def test_a_conversation_frame_opens_and_ends_it(state: str, is_open: bool) -> None:
    assert decode(frame("conversation", payload={"state": state})) == (ConversationChanged(is_open),)


def test_text_and_binary_frames_are_read_alike() -> None:
    data = frame("typing", payload={"typing": True})

    assert decode(data) == decode(data.encode())


def test_unknown_fields_are_ignored_everywhere() -> None:
    data = frame(
        message_id="m1",
        surprise=1,
        payload={"text": "t", "surprise": {}, "sender": {"name": "A", "surprise": []}},
    )

    (event,) = decode(data)

    assert isinstance(event, MessageArrived)
    assert event.text == "t"


def test_of_duplicate_keys_the_last_one_counts() -> None:
    data = f'{{"event_type":"typing","event_type":"message","conversation_id":"{CONVERSATION}","message_id":"m1"}}'

    assert decode(data) == (MessageArrived(id="m1", has_content=False),)


# --- frames that say nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("event_type", ["hologram", "", "Message", "v2.system.socket_closing"])
def test_unknown_event_types_are_ignored_and_named_so(event_type: str) -> None:
    assert decode(frame(event_type, payload={"x": [1]})) == (FrameIgnored("unknown_event"),)


@pytest.mark.parametrize("event_type", ["typing", "message", "receipt", "presence", "conversation"])
def test_other_conversations_are_counted_apart(event_type: str) -> None:
    data = json.dumps({"event_type": event_type, "conversation_id": "elsewhere", "message_id": "m1"})

    assert decode(data) == (FrameIgnored("other_conversation"),)


def test_a_frame_beyond_the_limit_is_not_read_at_all() -> None:
    text = "x" * tolerant.MAX_FRAME_BYTES

    assert decode(frame(message_id="m1", payload={"text": text})) == (FrameIgnored("oversized"),)


def test_a_word_of_100_kb_is_kept_whole() -> None:
    word = "w" * 100_000

    assert decode_message({"text": word}).text == word


IDS = f'"conversation_id":"{CONVERSATION}","participant_id":"p"'


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "<html>502 Bad Gateway</html>",
        '{"event_type":"message","conversation_id":"',
        b"\x00\xff\xfe{}",
        b'{"event_type":"typing\xff"}',
        "[1,2,3]",
        '"typing"',
        "42",
        "null",
        "NaN",
        "\ud800",
        "{}",
        f"{{{IDS}}}",
        f'{{"event_type":7,{IDS}}}',
        f'{{"event_type":null,{IDS}}}',
        '{"event_type":"typing","payload":{"typing":true}}',
        '{"event_type":"message","message_id":"m1"}',
        '{"event_type":"typing","conversation_id":7,"payload":{"typing":true}}',
        f'{{"event_type":"typing",{IDS}}}',
        f'{{"event_type":"typing",{IDS},"payload":[true]}}',
        f'{{"event_type":"typing",{IDS},"payload":{{"typing":"true"}}}}',
        f'{{"event_type":"typing",{IDS},"payload":{{"typing":1}}}}',
        f'{{"event_type":"message",{IDS}}}',
        f'{{"event_type":"message",{IDS},"message_id":null}}',
        f'{{"event_type":"message",{IDS},"message_id":""}}',
        f'{{"event_type":"message",{IDS},"message_id":".."}}',
        f'{{"event_type":"message",{IDS},"message_id":{{"id":1}}}}',
        f'{{"event_type":"message",{IDS},"message_id":"{"x" * 129}"}}',
        f'{{"event_type":"receipt",{IDS},"payload":{{"status":"read"}}}}',
        f'{{"event_type":"receipt",{IDS},"message_id":"m1","payload":{{"status":"eaten"}}}}',
        f'{{"event_type":"receipt",{IDS},"message_id":"m1","payload":{{}}}}',
        f'{{"event_type":"presence",{IDS},"payload":{{}}}}',
        f'{{"event_type":"conversation",{IDS},"payload":{{"state":1}}}}',
        "[" * 100_000 + "]" * 100_000,
        '{"event_type":' + '{"a":' * 100_000,
        f'{{"event_type":"typing",{IDS},"payload":{"[" * 100_000}{"]" * 100_000}}}',
        f'{{"event_type":{"9" * 10_000}}}',
        f'{{"event_type":"typing",{IDS},"payload":{{"typing":NaN}}}}',
    ],
)
def test_what_cannot_be_read_is_malformed_and_never_raises(data: str | bytes) -> None:
    assert decode(data) == MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        "null",
        "[]",
        '{"text":5}',
        '{"sequence":"x"}',
        '{"sequence":1.5}',
        f'{{"sequence":{"9" * 10_000}}}',
        '{"attachments":{}}',
        '{"attachments":[1]}',
        '{"sender":"Ann"}',
    ],
)
def test_a_message_with_unreadable_content_is_counted_and_fetched_instead(payload: str) -> None:
    data = f'{{"event_type":"message",{IDS},"message_id":"m1","payload":{payload}}}'

    events = decode(data)

    assert events == (*MALFORMED, MessageArrived(id="m1", has_content=False, participant_id="p"))


@pytest.mark.parametrize("payload", ['{"sequence":NaN}', f'{{"x":{"[" * 5_000}{"]" * 5_000}}}', "{'text':1}"])
def test_a_message_that_is_not_json_at_all_is_left_to_history(payload: str) -> None:
    assert decode(f'{{"event_type":"message",{IDS},"message_id":"m1","payload":{payload}}}') == MALFORMED


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"half \ud83d an emoji", "half \ufffd an emoji"),
        (r"\ude00", "\ufffd"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\ud83d\u0041", "\ufffdA"),
        (r"\ud83d\ude00 \ud800", "😀 \ufffd"),
        (r"\\ud83d stays \ud83d", r"\ud83d stays " + "\ufffd"),
        (r"\\\ud83d", "\\\ufffd"),
    ],
)
def test_half_an_emoji_is_replaced_and_the_rest_of_the_message_kept(written: str, text: str) -> None:
    data = f'{{"event_type":"message",{IDS},"message_id":"m1","payload":{{"text":"{written}"}}}}'

    for form in (data, data.encode()):
        (event,) = decode(form)
        assert isinstance(event, MessageArrived)
        assert event.text == text


def test_ids_and_names_that_are_too_long_are_dropped_or_cut() -> None:
    message = decode_message(
        {"text": "t", "sender": {"name": "n" * 10_000}, "attachments": [{"name": "f" * 10_000}]},
        participant_id="p" * 129,
    )

    assert message.participant_id is None
    assert message.sender == "n" * tolerant.MAX_NAME_CHARACTERS
    assert len(message.attachments[0].name) == tolerant.MAX_NAME_CHARACTERS
    assert decode(frame("typing", participant_id="p" * 129, payload={"typing": True})) == (
        TypingNoticed(participant_id=None, is_typing=True),
    )


@pytest.mark.parametrize(
    ("timestamp", "time_ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01", 1000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00.1234567Z", 123),
        ("9999-12-31T23:59:59.999Z", tolerant.LATEST_TIME_MS),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1969-12-31T23:59:59Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        ("1795342830", None),
    ],
)
def test_timestamps_are_read_as_rfc_3339_or_left_out(timestamp: str, time_ms: int | None) -> None:
    assert decode_message({"text": "t", "timestamp": timestamp}).time_ms == time_ms


# --- calls ------------------------------------------------------------------------------------------------

CONVERSATIONS = "/api/v2/conversations/messaging/conversations"
MESSAGES = "/api/v2/conversations/messaging/messages"


@pytest.mark.parametrize(
    ("operation", "method", "path", "query", "body"),
    [
        (SetTyping(True), "POST", f"{CONVERSATIONS}/{CONVERSATION}/typing", {}, b'{"typing":true}'),
        (SetTyping(False), "POST", f"{CONVERSATIONS}/{CONVERSATION}/typing", {}, b'{"typing":false}'),
        (MarkRead("m1"), "PUT", f"{MESSAGES}/m1/read", {}, b'{"read":true}'),
        (
            MarkReadUpTo("m2", ("m1", "m2")),
            "PUT",
            f"{CONVERSATIONS}/{CONVERSATION}/read",
            {},
            b'{"up_to_message_id":"m2"}',
        ),
        (
            PostMessage("d1", "Hello ☺"),
            "POST",
            f"{CONVERSATIONS}/{CONVERSATION}/messages",
            {},
            '{"text":"Hello ☺","client_message_id":"d1"}'.encode(),
        ),
        (FetchMessage("m1"), "GET", f"{MESSAGES}/m1", {}, None),
        (FetchHistory(), "GET", f"{CONVERSATIONS}/{CONVERSATION}/messages", {"limit": "200"}, None),
        (
            FetchHistory(after="m1", limit=5),
            "GET",
            f"{CONVERSATIONS}/{CONVERSATION}/messages",
            {"after": "m1", "limit": "5"},
            None,
        ),
        (
            FetchHistory(before="m1", limit=5),
            "GET",
            f"{CONVERSATIONS}/{CONVERSATION}/messages",
            {"before": "m1", "limit": "5"},
            None,
        ),
    ],
)
def test_calls_are_exactly_the_contracts(
    operation: Operation, method: str, path: str, query: dict[str, str], body: bytes | None
) -> None:
    request = protocol().request(operation)

    assert (request.method, request.path, request.query, request.body) == (method, path, query, body)


@pytest.mark.parametrize(
    ("operation", "scope"),
    [
        (SetTyping(True), "conversations:messaging"),
        (MarkRead("m"), "messaging:write"),
        (MarkReadUpTo("m", ("m",)), "messaging:write"),
        (PostMessage("d", "t"), "messaging:write"),
        (FetchMessage("m"), "conversations:read"),
        (FetchHistory(), "conversations:read"),
    ],
)
def test_each_call_knows_the_scope_that_it_needs(operation: Operation, scope: str) -> None:
    assert protocol().request(operation).needs == (scope,)


def test_ids_cannot_leave_their_place_in_the_path() -> None:
    adapter = protocol(conversation_id="a/../b?c#d%2e é")

    assert adapter.request(SetTyping(True)).path == f"{CONVERSATIONS}/a%2F..%2Fb%3Fc%23d%252e%20%C3%A9/typing"
    assert adapter.request(MarkRead("../x")).path == f"{MESSAGES}/..%2Fx/read"


def test_half_an_emoji_is_sent_as_a_question_mark() -> None:
    body = protocol().request(PostMessage("d1", "half \ud83d")).body

    assert body is not None
    assert json.loads(body)["text"] == "half ?"


def test_no_repr_shows_text() -> None:
    request = protocol().request(PostMessage("d1", "CANARY"))
    answer = protocol().decode_answer(FetchMessage("m1"), b'{"id":"m1","text":"CANARY"}')
    shown = [
        repr(request),
        repr(answer),
        repr(PostMessage("d1", "CANARY")),
        repr(wire.SendRequest("CANARY", "d1")),
    ]

    assert not [words for words in shown if "CANARY" in words]


# --- answers ----------------------------------------------------------------------------------------------


def body_of(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": f"m{number}", "text": f"text {number}", "sequence": number, **changes}


@pytest.mark.parametrize("operation", [PostMessage("d1", "t"), FetchMessage("m1")])
def test_a_message_answer_is_a_whole_message(operation: Operation) -> None:
    answer = protocol().decode_answer(operation, json.dumps(body_of(1, client_message_id="d1")).encode())

    assert answer == MessageArrived(id="m1", text="text 1", sequence=1, draft_id="d1")


def test_a_fetched_message_without_text_is_whole_all_the_same() -> None:
    answer = protocol().decode_answer(FetchMessage("m1"), b'{"id":"m1"}')

    assert isinstance(answer, MessageArrived)
    assert answer.has_content


def test_a_history_answer_is_a_page() -> None:
    body = json.dumps({"messages": [body_of(1), body_of(2)], "has_more": True}).encode()

    page = protocol().decode_answer(FetchHistory(), body)

    assert isinstance(page, History)
    assert [message.id for message in page.messages] == ["m1", "m2"]
    assert page.has_more


def test_has_more_may_be_missing() -> None:
    assert protocol().decode_answer(FetchHistory(), b'{"messages":[]}') == History((), has_more=False)


def test_one_unreadable_message_does_not_hide_the_rest_of_a_page() -> None:
    messages = [
        body_of(1),
        body_of(2, sequence="x"),
        body_of(3, text=5, participant_id="p"),
        {"text": "no id"},
        body_of(4, id="x" * 200),
        17,
        body_of(5),
    ]

    page = protocol().decode_answer(FetchHistory(), json.dumps({"messages": messages}).encode())

    assert isinstance(page, History)
    assert [(message.id, message.has_content) for message in page.messages] == [
        ("m1", True),
        ("m2", False),
        ("m3", False),
        ("m5", True),
    ]


def test_half_an_emoji_does_not_poison_a_page_of_history() -> None:
    body = rb'{"messages":[{"id":"m1","text":"a \ud83d b"},{"id":"m2","text":"c"}]}'

    page = protocol().decode_answer(FetchHistory(), body)

    assert isinstance(page, History)
    assert [message.text for message in page.messages] == ["a \ufffd b", "c"]


@pytest.mark.parametrize("operation", [SetTyping(True), MarkRead("m"), MarkReadUpTo("m", ("m",))])
def test_other_answers_are_not_read(operation: Operation) -> None:
    assert protocol().decode_answer(operation, b"anything") is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[]", b'{"id":5}', b'{"id":""}', b'{"id":"."}', b"\xff"]
)
@pytest.mark.parametrize("operation", [PostMessage("d", "t"), FetchMessage("m")])
def test_an_unreadable_message_answer_is_said_to_be_one(operation: Operation, body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        protocol().decode_answer(operation, body)


def test_one_operation_is_one_call() -> None:
    flow = protocol().perform(FetchMessage("m1"))

    assert next(flow) == protocol().request(FetchMessage("m1"))
    with pytest.raises(StopIteration) as end:
        flow.send(b'{"id":"m1","text":"t"}')
    assert end.value.value == MessageArrived(id="m1", text="t")


# --- errors -----------------------------------------------------------------------------------------------


def test_an_error_body_gives_code_correlation_id_and_named_permissions() -> None:
    body = {
        "message": "You need conversation:message:create or messaging:write",
        "code": "missing.any.permissions",
        "status": 403,
        "contextId": "c-1",
        "details": [{"x": 1}],
        "errors": [{"message": "also conversations:read"}],
    }

    assert protocol().decode_error(json.dumps(body).encode()) == ErrorDetails(
        code="missing.any.permissions",
        correlation_id="c-1",
        permissions=("conversation:message:create", "messaging:write", "conversations:read"),
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"message":5}', b"\xff", b"[" * 100_000, b'{"code":"' + b"x" * 100_000 + b'"}'],
)
def test_an_unreadable_error_body_says_nothing_and_never_raises(body: bytes) -> None:
    assert protocol().decode_error(body) == ErrorDetails()


def test_what_a_server_says_is_bounded() -> None:
    details = protocol().decode_error(json.dumps({"code": "c" * 1000, "contextId": "i" * 1000}).encode())

    assert details.code == "c" * 128
    assert details.correlation_id == "i" * 128


# --- fuzz -------------------------------------------------------------------------------------------------

SAMPLES = [
    frame("typing", participant_id="p1", payload={"typing": True}),
    frame(message_id="m1", participant_id="p1", payload=WHOLE),
    frame(message_id="m1", payload={**WHOLE, "attachments": [{"name": "a", "size": 1}]}),
    frame("receipt", message_id="m1", payload={"status": "read"}),
    frame("presence", participant_id="p1", payload={"state": "joined", "name": "Ann", "role": "agent"}),
    frame("conversation", payload={"state": "connected"}),
]
SNIPPETS = [
    b"{",
    b"}",
    b'"',
    b"[",
    b"\\",
    b"\\ud800",
    b"\xff",
    b"\x00",
    b"NaN",
    b"null",
    b"1e999",
    b"9" * 400,
    b":",
    b",",
]

# The default profile is for quick runs; `explore` and `deep` bring their own, larger number.
_EXAMPLES = max(2_000, settings().max_examples)


@settings(max_examples=_EXAMPLES)
@given(
    sample=st.sampled_from(SAMPLES),
    edits=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 6), st.sampled_from(SNIPPETS) | st.binary(max_size=4)),
        min_size=1,
        max_size=4,
    ),
)
def test_no_mutated_frame_raises_or_yields_what_cannot_be_encoded(
    sample: str, edits: list[tuple[int, int, bytes]]
) -> None:
    data = bytearray(sample.encode())
    for at, length, replacement in edits:
        data[at : at + length] = replacement

    events = decode(bytes(data))

    assert events
    assert all(isinstance(event, PLATFORM_EVENTS) for event in events)
    msgspec.json.encode(events)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=_EXAMPLES // 4)
@given(
    event_type=st.sampled_from(["typing", "message", "receipt", "presence", "conversation"]),
    message_id=st.just("m1") | json_values,
    participant_id=st.just("p1") | json_values,
    payload=st.dictionaries(
        st.sampled_from([*WHOLE, "typing", "state", "name", "role"]), json_values, max_size=5
    )
    | json_values,
)
def test_no_well_formed_frame_of_odd_values_raises(
    event_type: str, message_id: Any, participant_id: Any, payload: Any
) -> None:
    events = decode(frame(event_type, message_id=message_id, participant_id=participant_id, payload=payload))

    assert all(isinstance(event, PLATFORM_EVENTS) for event in events)
    msgspec.json.encode(events)


@settings(max_examples=_EXAMPLES // 4)
@given(body=st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_error_body_raises(body: bytes) -> None:
    assert isinstance(protocol().decode_error(body), ErrorDetails)


@pytest.mark.parametrize(
    "operation",
    [
        CheckHealth(),
        StartNewConversation(),
        ClearConversation(),
        RefreshAttachment("m", "a"),
        PostMessage("d", "", None, OutgoingFile(path="a", name="a", media_type="text/plain", size_bytes=1)),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_the_contract_does_not_have_is_refused_without_a_call(operation: Operation) -> None:
    with pytest.raises(CallError) as caught:
        next(protocol().perform(operation))

    assert caught.value.failure.kind == "unsupported"
