"""Makes the frames that no client should choke on."""

from __future__ import annotations

from collections.abc import Iterator

from ipygenesys.simulator.faults.bad_frames import DEEP, agent_garbage, guest_garbage

PROTOCOLS = ("messaging-events", "web-messaging", "agent-messaging")


def garbage_frames(
    conversation_id: str,
    *,
    only: list[str] | None,
    size: int | None,
    protocol: str = "messaging-events",
) -> Iterator[tuple[str, str | bytes]]:
    """Name and content of each frame; text frames are str, binary frames bytes.

    Raises:
        ValueError: ``only`` names a frame that does not exist.
    """
    everything = {
        "messaging-events": dict(_frames(conversation_id)),
        "web-messaging": guest_garbage(),
        "agent-messaging": agent_garbage(conversation_id),
    }
    known = dict.fromkeys(name for frames in everything.values() for name in frames)
    if unknown := sorted(set(only or ()) - set(known)):
        raise ValueError(f"unknown garbage {', '.join(unknown)}; there is {', '.join(known)}")
    frames = everything[protocol]
    names = (frames if size is None else ()) if only is None else [n for n in only if n in frames]
    yield from ((name, frames[name]) for name in names)
    if size is not None:
        head, tail = _BIG[protocol]
        head = head.replace("CONVERSATION", conversation_id)
        yield "big", head + "x" * max(0, size - len(head) - len(tail)) + tail


_BIG = {
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


def _frames(conversation_id: str) -> Iterator[tuple[str, str | bytes]]:
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
