"""Makes the frames of the real protocols that no client should choke on."""

from __future__ import annotations

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
