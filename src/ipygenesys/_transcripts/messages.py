"""Messages of a conversation as rows, with what was heard of them besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ipygenesys._core.measures.message_times import MessageTimes
from ipygenesys._core.model.content import Content, Unsupported, words_of
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.offers import options_of
from ipygenesys._transcripts.rows import Connected, Row, measured


def rows_of(
    messages: Iterable[Message], times: MessageTimes | None = None, conversation_id: str | None = None
) -> Sequence[Row]:
    """The messages as rows.

    Args:
        messages: oldest first.
        times: what was heard of them besides.
        conversation_id: which conversation they are of.
    """
    times = times or MessageTimes()
    came = (Connected(conversation_id, each.sender, each.time_ms) for each in times.agents_came)
    return measured([_row(message, times, conversation_id) for message in messages], came)


def _row(message: Message, times: MessageTimes, conversation_id: str | None) -> Row:
    heard = times.of(message.id, message.draft_id)
    told = message.status_time_ms
    return Row(
        time_ms=message.time_ms,
        sender=message.sender,
        text=message.text,
        status=message.status,
        is_own=message.is_own,
        role=message.role,
        attachments=[attachment.name for attachment in message.attachments],
        content=[words_of_part(part) for part in message.content],
        seen_inferred=message.is_seen_inferred,
        withdrawn=message.is_withdrawn,
        error=message.error,
        id=message.id,
        kind="draft" if message.is_draft else "message",
        delivered_ms=heard.delivered_ms or (told if message.status == "delivered" else None),
        read_ms=heard.read_ms or (told if message.status == "read" else None),
        typing_before_s=heard.typing_before_s,
        participant_id=message.participant_id,
        conversation_id=conversation_id,
    )


def words_of_part(part: Content) -> str:
    """A part of a message in one line: what it is, what it offers, what was picked of that."""
    kind = part.__struct_config__.tag
    options = options_of(part)
    said = (
        [line for line in words_of((part,)).splitlines() if line] if not isinstance(part, Unsupported) else []
    )
    offered = [option.label for option in options]
    picked = [offered[pick] for pick in getattr(part, "picked", None) or () if pick < len(offered)]
    name = (
        f"unsupported content: {part.type}" if isinstance(part, Unsupported) else str(kind).replace("-", " ")
    )
    line = f"{name}: {' | '.join([*said, *offered])}" if said or offered else name
    return f"{line} (picked: {', '.join(picked)})" if picked else line
