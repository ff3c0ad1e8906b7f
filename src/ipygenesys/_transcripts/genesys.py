"""What Genesys keeps of a conversation: recordings of messages, speech-and-text transcripts, analytics details.

Sources: the models of Genesys' SDK (RecordingMessagingMessage, AnalyticsConversation); for transcripts the types of
MakingChatbots/genesys-cloud-mcp-server, which cite the official schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipygenesys._core.machines.conversation.participants import ROLE_NAMES
from ipygenesys._transcripts.rows import Connected, Row, epoch_ms, objects_in, role_of, text_in

_STATUS = {"Sent": "sent", "Published": "sent", "Delivered": "delivered", "Read": "read", "Failed": "failed"}
_RANK = ("sent", "failed", "delivered", "read")

# --- names ------------------------------------------------------------------------------------------------------------


def as_the_api_names_it(document: Any) -> Any:
    """The same where the Python SDK has written it: ``to_dict()`` and ``to_json()`` have names of Python's.

    ``message_text`` is messageText, ``pcFrom`` is from. Seen with PureCloudPlatformClientV2 269.0.0.
    """
    if isinstance(document, list):
        return [as_the_api_names_it(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {_api_name(name): as_the_api_names_it(value) for name, value in document.items()}


def _api_name(name: str) -> str:
    if name == "pcFrom":
        return "from"
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


# --- GET /api/v2/conversations/{id}/recordings ------------------------------------------------------------------------


def are_recordings(document: Any) -> bool:
    """Recordings of messages, one or several, or the messages alone."""
    return any(True for _ in _transcripts(document))


def rows_of_recordings(document: Any) -> tuple[list[Row], list[Connected]]:
    """One row a message, by its time; receipts are in it, when agents came is not.

    A conversation may have a recording for each that took part, which hold the same messages.
    """
    rows: dict[tuple[str | None, object], Row] = {}
    for conversation_id, messages in _transcripts(document):
        for message in messages:
            if (row := _recorded(message, conversation_id)) is not None:
                rows.setdefault((conversation_id, row.id or len(rows)), row)
    talks = dict.fromkeys(row.conversation_id for row in rows.values())
    order = {conversation_id: number for number, conversation_id in enumerate(talks)}
    return sorted(rows.values(), key=lambda row: (order[row.conversation_id], row.time_ms or 0)), []


def _transcripts(document: Any) -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
    listed = _listed(document, "entities")
    recordings = [each for each in listed if isinstance(each.get("messagingTranscript"), list)]
    for each in recordings:
        yield text_in(each.get("conversationId")), objects_in(each["messagingTranscript"])
    messages = [each for each in listed if "messageText" in each or "messageReceipts" in each]
    if messages and not recordings:
        yield None, [each for each in listed if "timestamp" in each]


def _listed(document: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a document: of an array, of a page of an answer, of many pages."""
    pages = document if isinstance(document, list) else [document]
    found: list[dict[str, Any]] = []
    for page in objects_in(pages):
        found += objects_in(page[name]) if isinstance(page.get(name), list) else [page]
    return found


def _recorded(message: dict[str, Any], conversation_id: str | None) -> Row | None:
    content = list(_content(message))
    files = objects_in(message.get("messageMediaAttachments"))
    text = message.get("messageText")
    if not isinstance(text, str) and not content and not files:
        if not (kind := text_in(message.get("contentType"))):
            return None  # Typing, or somebody's coming.
        content = [f"unsupported content: {kind}"]
    role = role_of(message.get("purpose"))
    row = Row(
        time_ms=epoch_ms(message.get("timestamp")),
        sender=_name(message) or (ROLE_NAMES[role] if role else None),
        text=text if isinstance(text, str) else "",
        role=role,
        attachments=[str(each.get("name") or each.get("id") or "file") for each in files],
        content=content,
        id=text_in(message.get("id")),
        participant_id=text_in(message.get("participantId")),
        conversation_id=conversation_id,
    )
    _add_receipts(row, objects_in(message.get("messageReceipts")))
    return row


def _add_receipts(row: Row, receipts: list[dict[str, Any]]) -> None:
    status = "sent"
    for receipt in receipts:
        said = _STATUS.get(str(receipt.get("status")), "sent")
        status = max(status, said, key=_RANK.index)
        time_ms = epoch_ms(receipt.get("receiptTime"))
        if said == "delivered":
            row.delivered_ms = _earliest(row.delivered_ms, time_ms)
        elif said == "read":
            row.read_ms = _earliest(row.read_ms, time_ms)
        elif said == "failed":
            listed = objects_in(receipt.get("reasons"))
            reasons = (text_in(each.get("message")) or text_in(each.get("code")) for each in listed)
            row.error = next(filter(None, reasons), "The platform could not deliver it.")
        row.withdrawn |= receipt.get("status") == "Removed"
    row.status = status
    if status != "failed":
        row.error = None


def _earliest(known: int | None, time_ms: int | None) -> int | None:
    return min((each for each in (known, time_ms) if each is not None), default=None)


def _name(message: dict[str, Any]) -> str | None:
    """Who it is from, as far as they have a name; an address is none."""
    contact, user = message.get("fromExternalContact"), message.get("fromUser")
    if isinstance(user, dict) and (name := text_in(user.get("name"))):
        return name
    if isinstance(contact, dict):
        parts = (text_in(contact.get(part)) for part in ("firstName", "lastName"))
        return " ".join(filter(None, parts)) or text_in(contact.get("name"))
    return None


def _content(message: dict[str, Any]) -> Iterator[str]:
    if replies := objects_in(message.get("quickReplies")):
        yield _line("quick replies", [each.get("text") for each in replies], replies)
    for card in objects_in(message.get("cards")):
        buttons = objects_in(card.get("actions"))
        words = [card.get("title"), card.get("description"), *(each.get("text") for each in buttons)]
        yield _line("card", words, buttons)
    for answer in objects_in([message.get("buttonResponse")]) + objects_in(message.get("buttonResponses")):
        yield f"answer: {answer.get('text') or ''}"
    for _ in objects_in(message.get("messageStickerAttachments")):
        yield "sticker"
    for name, (kind, fields) in _PARTS.items():
        if isinstance(part := message.get(name), dict):
            yield _line(kind, [_at(part, field) for field in fields])


_PARTS = {
    "datePicker": ("date picker", ["title"]),
    "listPicker": ("list picker", ["title"]),
    "form": ("form", ["title", "introduction.title"]),
    "richLink": ("rich link", ["text", "url"]),
    "notificationTemplate": ("template", ["header.text", "body.text", "footer.text"]),
    "notificationResponse": ("answer to a notification", ["notificationText", "notificationStatus"]),
    "interactiveApplication": ("interactive application", ["name"]),
    "paymentRequest": ("payment request", ["currencyCode"]),
    "paymentResponse": ("payment response", ["paymentStatus", "failureReason"]),
    "roadsideAssistance": ("roadside assistance", ["text", "phoneNumber"]),
    "story": ("story", ["type"]),
}
"""What a message may hold one of, what that is called, and which of its fields people read."""


def _line(kind: str, words: list[Any], offered: list[dict[str, Any]] | None = None) -> str:
    """As ``messages.words_of_part`` has it."""
    said = [word for word in words if text_in(word)]
    picked = [str(each.get("text")) for each in offered or () if each.get("isSelected") is True]
    line = f"{kind}: {' | '.join(said)}" if said else kind
    return f"{line} (picked: {', '.join(picked)})" if picked else line


def _at(part: dict[str, Any], field: str) -> Any:
    name, _, rest = field.partition(".")
    value = part.get(name)
    return _at(value, rest) if rest and isinstance(value, dict) else None if rest else value


# --- speech-and-text-analytics transcripts ----------------------------------------------------------------------------


def is_speech_transcript(document: Any) -> bool:
    """What a transcript URL leads to, or several of them."""
    listed = (each for one in _listed(document, "entities") for each in objects_in(one.get("transcripts")))
    return any("phrases" in each for each in listed)


def rows_of_speech(document: Any) -> tuple[list[Row], list[Connected]]:
    """One row a phrase, said by whichever participant of its purpose was there at that time."""
    read = [_speech(one) for one in _listed(document, "entities")]
    return [row for rows, _ in read for row in rows], [each for _, connected in read for each in connected]


def _speech(document: dict[str, Any]) -> tuple[list[Row], list[Connected]]:
    conversation_id = text_in(document.get("conversationId"))
    people = [_Present(each) for each in objects_in(document.get("participants"))]
    agents = {each.user_id for each in people if each.role == "agent"}
    rows: list[Row] = []
    for transcript in objects_in(document.get("transcripts")):
        start_ms = epoch_ms(transcript.get("startTime")) or epoch_ms(document.get("startTime"))
        for phrase in objects_in(transcript.get("phrases")):
            purpose, time_ms = phrase.get("participantPurpose"), _phrase_ms(phrase, start_ms)
            role = "bot" if purpose == "acd" else role_of(purpose)
            who = next(
                (each.user_id for each in people if each.role == role and each.is_there(time_ms)), None
            )
            name = ROLE_NAMES[role] if role else None
            rows.append(
                Row(
                    time_ms=time_ms,
                    sender=f"{name} {who[:8]}" if who and role == "agent" and len(agents) > 1 else name,
                    text=text_in(phrase.get("decoratedText")) or text_in(phrase.get("text")) or "",
                    status="sent",
                    role=role,
                    id=f"{transcript.get('transcriptId') or conversation_id}/{phrase.get('phraseIndex', len(rows))}",
                    participant_id=who,
                    conversation_id=conversation_id,
                )
            )
    names = {row.participant_id: row.sender for row in rows if row.role == "agent"}
    connected = [
        Connected(conversation_id, names[each.user_id] or "", each.start_ms)
        for each in people
        if each.role == "agent" and each.user_id in names and each.start_ms is not None
    ]
    return rows, connected


class _Present:
    """When who was there."""

    def __init__(self, participant: dict[str, Any]) -> None:
        purpose = participant.get("participantPurpose")
        self.role = "bot" if purpose == "acd" else role_of(purpose)
        self.user_id = text_in(participant.get("userId"))
        self.start_ms = epoch_ms(participant.get("startTimeMs"))
        self.end_ms = epoch_ms(participant.get("endTimeMs"))

    def is_there(self, time_ms: int | None) -> bool:
        return time_ms is None or (self.start_ms or 0) <= time_ms <= (self.end_ms or time_ms)


def _phrase_ms(phrase: dict[str, Any], start_ms: int | None) -> int | None:
    """Since the epoch, or since the transcript began: the size tells."""
    value = phrase.get("startTimeMs")
    if (time_ms := epoch_ms(value)) is not None:
        return time_ms
    if start_ms is None or not isinstance(value, int | float) or not 0 <= value < 1e11:
        return start_ms
    return start_ms + round(value)


# --- analytics details ------------------------------------------------------------------------------------------------


def are_details(document: Any) -> bool:
    """The answer to a details query, or one conversation of it."""
    return any("participants" in each and "conversationId" in each for each in _conversations(document))


def rows_of_details(document: Any) -> tuple[list[Row], list[Connected]]:
    """One row a segment: they hold no messages, but who was there, in which state, and until when."""
    rows: list[Row] = []
    for conversation in _conversations(document):
        for participant in objects_in(conversation.get("participants")):
            role = role_of(participant.get("purpose"))
            sender = text_in(participant.get("participantName")) or text_in(participant.get("purpose"))
            for session in objects_in(participant.get("sessions")):
                for segment in objects_in(session.get("segments")):
                    start_ms = epoch_ms(segment.get("segmentStart"))
                    end_ms = epoch_ms(segment.get("segmentEnd")) or epoch_ms(
                        conversation.get("conversationEnd")
                    )
                    rows.append(
                        Row(
                            time_ms=start_ms,
                            ends_ms=end_ms,
                            kind=text_in(segment.get("segmentType")) or "unknown",
                            sender=sender,
                            role=role or "system",
                            participant_id=text_in(participant.get("participantId")),
                            conversation_id=text_in(conversation.get("conversationId")),
                        )
                    )
    rows.sort(key=lambda row: (row.conversation_id or "", row.time_ms or 0))
    return rows, []


def _conversations(document: Any) -> list[dict[str, Any]]:
    return _listed(document, "conversations")
