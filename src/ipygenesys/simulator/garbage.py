"""Makes the frames that no client should choke on."""

from __future__ import annotations

from collections.abc import Iterator

DEEP = 20_000
"""Levels of nesting, far past any decoder's recursion limit."""


def garbage_frames(
    conversation_id: str, *, only: list[str] | None, size: int | None
) -> Iterator[tuple[str, str | bytes]]:
    """Name and content of each frame; text frames are str, binary frames bytes.

    Raises:
        ValueError: ``only`` names a frame that does not exist.
    """
    frames = dict(_frames(conversation_id))
    if unknown := sorted(set(only or ()) - set(frames)):
        raise ValueError(f"unknown garbage {', '.join(unknown)}; there is {', '.join(frames)}")
    names = (frames if size is None else ()) if only is None else only
    yield from ((name, frames[name]) for name in names)
    if size is not None:
        yield "big", _big(conversation_id, size)


def _big(conversation_id: str, size: int) -> str:
    head = f'{{"event_type":"message","conversation_id":"{conversation_id}","message_id":"big","payload":{{"text":"'
    return head + "x" * max(0, size - len(head) - 3) + '"}}'


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
