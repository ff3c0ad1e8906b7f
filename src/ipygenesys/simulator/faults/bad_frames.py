"""Makes the frames that no client should choke on, of each wire."""

from __future__ import annotations

from collections.abc import Iterator

DEEP = 20_000
"""Levels of nesting, far past any decoder's recursion limit."""

Frames = dict[str, str | bytes]

_ANYWHERE: Frames = {
    "not_json": "<html>502 Bad Gateway</html>",
    "empty": "",
    "binary": b"\x00\xff\xfe{}",
    "array": "[1,2,3]",
    "string": '"typing"',
    "number": "42",
    "null": "null",
}


def guest_garbage() -> Frames:
    """For web messaging's sockets; the names that all wires share mean the same on each."""

    def message(body: str) -> str:
        return f'{{"type":"message","class":"StructuredMessage","code":200,"body":{body}}}'

    return {
        **_ANYWHERE,
        "truncated": '{"type":"message","class":"StructuredMessage","code":200,"body":{"id":"',
        "no_event_type": '{"type":"message","code":200,"body":{}}',
        "event_type_number": '{"type":"message","class":7,"code":200,"body":{}}',
        "unknown_event_type": '{"type":"message","class":"HologramEvent","code":200,"body":{"x":[1]}}',
        "code_string": '{"type":"message","class":"StructuredMessage","code":"fine","body":{}}',
        "payload_array": message("[true]"),
        "payload_null": message("null"),
        "text_number": message('{"id":"bad-2","type":"Text","direction":"Outbound","text":5}'),
        "message_id_object": message('{"id":{"id":1},"type":"Text","direction":"Outbound","text":"x"}'),
        "unknown_type": message('{"id":"bad-6","type":"Hologram","direction":"Outbound"}'),
        "unknown_presence": message(
            '{"id":"bad-7","type":"Event","direction":"Outbound",'
            '"events":[{"eventType":"Presence","presence":{"type":"Levitate"}}]}'
        ),
        "unknown_event": message(
            '{"id":"bad-8","type":"Event","direction":"Outbound","events":[{"eventType":"Hologram"}]}'
        ),
        "events_null": message('{"id":"bad-9","type":"Event","direction":"Outbound","events":null}'),
        "nan": message('{"id":"bad-4","type":"Text","direction":"Outbound","text":NaN}'),
        "lone_surrogate": message('{"id":"bad-5","type":"Text","direction":"Outbound","text":"\\ud800"}'),
        "deep": message("[" * DEEP + "]" * DEEP),
        "unknown_error": '{"type":"response","class":"string","code":4999,"body":"no such code"}',
    }


def agent_garbage(conversation_id: str) -> Frames:
    """For notification sockets."""
    topic = '"topicName":"v2.users.nobody.conversations.messages","version":"2"'

    def event(body: str) -> str:
        return f'{{{topic},"eventBody":{body}}}'

    def participants(messages: str) -> str:
        return event(f'{{"id":"{conversation_id}","participants":[{{"id":"p","messages":{messages}}}]}}')

    return {
        **_ANYWHERE,
        "truncated": '{"topicName":"v2.users.nobody.conversations.messages","eventBody":{"id":"',
        "no_event_type": '{"eventBody":{}}',
        "event_type_number": '{"topicName":7,"eventBody":{}}',
        "unknown_event_type": '{"topicName":"v2.users.nobody.holograms","eventBody":{"x":[1]}}',
        "payload_array": event("[true]"),
        "payload_null": event("null"),
        "no_participants": event(f'{{"id":"{conversation_id}"}}'),
        "participants_object": event(f'{{"id":"{conversation_id}","participants":{{}}}}'),
        "messages_null": participants("null"),
        "message_without_id": participants('[{"messageStatus":"sent"}]'),
        "message_id_object": participants('[{"message":{"id":{"id":1}}}]'),
        "status_unknown": participants('[{"message":{"id":"bad-3"},"messageStatus":"eaten"}]'),
        "nan": participants('[{"message":{"id":"bad-4"},"messageSegmentCount":NaN}]'),
        "deep": event("[" * DEEP + "]" * DEEP),
        "foreign_conversation": event('{"id":"elsewhere","participants":[]}'),
        "typing_string": '{"topicName":"v2.users.nobody.conversations.inbound.typing.event","eventBody":"On"}',
    }


def tutorial_garbage(conversation_id: str) -> Frames:
    """For the tutorial's event stream."""
    return dict(_tutorial_frames(conversation_id))


def _tutorial_frames(conversation_id: str) -> Iterator[tuple[str, str | bytes]]:
    ids = f'"conversation_id":"{conversation_id}","participant_id":"nobody"'
    yield "not_json", "<html>502 Bad Gateway</html>"
    yield "empty", ""
    yield "truncated", '{"event_type":"message","conversation_id":"'
    yield "binary", b"\x00\xff\xfe{}"
    yield "array", "[1,2,3]"
    yield "string", '"typing"'
    yield "number", "42"
    yield "null", "null"
    yield "no_event_type", f"{{{ids}}}"
    yield "event_type_number", f'{{"event_type":7,{ids},"payload":{{}}}}'
    yield "unknown_event_type", f'{{"event_type":"hologram",{ids},"payload":{{"x":[1]}}}}'
    yield "payload_array", f'{{"event_type":"typing",{ids},"payload":[true]}}'
    yield "payload_null", f'{{"event_type":"message",{ids},"message_id":"bad-1","payload":null}}'
    yield "typing_string", f'{{"event_type":"typing",{ids},"payload":{{"typing":"true"}}}}'
    yield (
        "text_number",
        f'{{"event_type":"message",{ids},"message_id":"bad-2","payload":{{"text":5,"sequence":"x"}}}}',
    )
    yield "message_id_object", f'{{"event_type":"message",{ids},"message_id":{{"id":1}},"payload":{{}}}}'
    yield "message_without_id", f'{{"event_type":"message",{ids},"payload":{{}}}}'
    yield (
        "receipt_unknown",
        f'{{"event_type":"receipt",{ids},"message_id":"bad-3","payload":{{"status":"eaten"}}}}',
    )
    yield "nan", f'{{"event_type":"message",{ids},"message_id":"bad-4","payload":{{"sequence":NaN}}}}'
    yield (
        "lone_surrogate",
        f'{{"event_type":"message",{ids},"message_id":"bad-5","payload":{{"text":"\\ud800"}}}}',
    )
    yield "deep", f'{{"event_type":"message",{ids},"payload":{"[" * DEEP}{"]" * DEEP}}}'
    yield (
        "foreign_conversation",
        '{"event_type":"typing","conversation_id":"elsewhere","payload":{"typing":true}}',
    )


BIG = {
    "messaging-events": (
        '{"event_type":"message","conversation_id":"CONVERSATION","message_id":"big","payload":{"text":"',
        '"}}',
    ),
    "web-messaging": (
        '{"type":"message","class":"StructuredMessage","code":200,"body":{"id":"big","type":"Text",'
        '"direction":"Outbound","channel":{},"text":"',
        '"}}',
    ),
    "agent-messaging": (
        '{"topicName":"v2.users.nobody.conversations.messages","eventBody":{"id":"CONVERSATION","name":"',
        '"}}',
    ),
}
"""What stands before and after the filling of a frame as big as one likes."""
