"""Corpora of ConvoKit: a directory of utterances, speakers and conversations, read and written.

Source: convokit.cornell.edu, Data Format; of older corpora CornellNLP/ConvoKit 1fa0e47e, corpusHelper.py: there utterances
are one array, speakers are users, conversations roots. A conversation is named by its first utterance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec

from ipygenesys._core.model.messages import Role
from ipygenesys._transcripts.frame import moment, written
from ipygenesys._transcripts.rows import Row, Unread, epoch_ms, loaded, text_in

UTTERANCES, SPEAKERS = "utterances.jsonl", "speakers.json"
OLD_UTTERANCES, OLD_SPEAKERS = "utterances.json", "users.json"

_META = {
    "status": "status",
    "is_own": "is_own",
    "attachments": "attachments",
    "content": "content",
    "withdrawn": "withdrawn",
    "error": "error",
    "conversation": "conversation_id",
    "typing_before_s": "typing_before_s",
    "response_time_s": "response_time_s",
    "handover_response_time_s": "handover_response_time_s",
}
"""What ConvoKit has no field for, by its name in an utterance's ``meta``."""
_TIMES = {"delivered_at": "delivered_ms", "read_at": "read_ms"}
_ROLES = frozenset({"agent", "customer", "bot", "system"})


def utterances_in(lines: Iterable[bytes]) -> Iterator[Any]:
    """What the lines of utterances.jsonl say; None for one that says nothing."""
    for line in lines:
        if line.strip():
            try:
                yield loaded(line)
            except ValueError:
                yield None


def rows_of_utterances(utterances: Iterable[Any], speakers: Any) -> Iterator[Row]:
    """One row each, in their order.

    Args:
        utterances: of a corpus.
        speakers: of speakers.json; without it nobody knows who is who.

    Raises:
        Unread: one is none.
    """
    people = speakers if isinstance(speakers, dict) else {}
    for number, utterance in enumerate(utterances, start=1):
        speaker = utterance.get("speaker", utterance.get("user")) if isinstance(utterance, dict) else None
        if speaker is None or "id" not in utterance:
            words = f"Utterance {number}: expected a JSON object with id, conversation_id, text, speaker, timestamp."
            raise Unread(words)
        yield _row(utterance, str(utterance["id"]), str(speaker), _meta_of(people.get(str(speaker))))


def _row(utterance: dict[str, Any], id_: str, speaker: str, person: dict[str, Any]) -> Row:
    meta = _meta_of(utterance)
    known = {name: meta[key] for key, name in _META.items() if meta.get(key) is not None}
    role = meta.get("role") or person.get("role")
    row = Row(
        time_ms=epoch_ms(_number(utterance.get("timestamp"))),
        sender=text_in(person.get("name")) or speaker,
        text=text if isinstance(text := utterance.get("text"), str) else None,
        role=cast("Role", role) if role in _ROLES else None,
        status="sent",
        id=id_,
        participant_id=text_in(person.get("participant_id")),
        conversation_id=text_in(utterance.get("conversation_id")) or text_in(utterance.get("root")),
        delivered_ms=epoch_ms(meta.get("delivered_at")),
        read_ms=epoch_ms(meta.get("read_at")),
    )
    try:
        return msgspec.convert({**msgspec.to_builtins(row), **known}, Row)
    except msgspec.ValidationError:
        return row  # Somebody else's meta, which has the same names for something else.


def _meta_of(item: Any) -> dict[str, Any]:
    """Newer versions have ``meta`` beside ``vectors``, older ones the meta alone."""
    meta = item.get("meta", item) if isinstance(item, dict) else None
    return meta if isinstance(meta, dict) else {}


def _number(value: Any) -> Any:
    """Times that a corpus keeps as text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def corpus_of(rows: Sequence[Row]) -> dict[str, bytes]:
    """The files of a corpus, by name: utterances in order of time, each a reply to the one before it.

    Args:
        rows: of one or many conversations; what has no text, such as a segment, is left out.
    """
    talks: dict[str | None, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.time_ms or 0):
        if row.kind == "message":
            talks.setdefault(row.conversation_id, []).append(row)
    utterances: list[dict[str, Any]] = []
    speakers: dict[str, dict[str, Any]] = {}
    for talk in talks.values():
        ids = [row.id or f"utterance-{len(utterances) + place}" for place, row in enumerate(talk)]
        for place, (id_, row) in enumerate(zip(ids, talk, strict=True)):
            speaker = _speaker_of(row, speakers)
            reply_to = ids[place - 1] if place else None
            utterances.append(
                {
                    "id": id_,
                    "conversation_id": ids[0],
                    "text": row.text or "",
                    "speaker": speaker,
                    "meta": _meta(row),
                    # Documents have the one name, its own files the other; it reads both.
                    "reply_to": reply_to,
                    "reply-to": reply_to,
                    "timestamp": None if row.time_ms is None else row.time_ms / 1000,
                    "vectors": [],
                }
            )
    roots = dict.fromkeys(each["conversation_id"] for each in utterances)
    return {
        UTTERANCES: b"".join(msgspec.json.encode(each) + b"\n" for each in utterances),
        SPEAKERS: _document(speakers),
        "conversations.json": _document({root: {"meta": {}, "vectors": []} for root in roots}),
        "corpus.json": _document({"name": "ipygenesys"}),
        "index.json": _document(_index(utterances, speakers)),
    }


def _speaker_of(row: Row, speakers: dict[str, dict[str, Any]]) -> str:
    """Who says it: by name, unless two have the same."""
    meta = {"name": row.sender, "role": row.role, "participant_id": row.participant_id}
    for suffix in ("", f" ({row.role})", f" ({row.participant_id})"):
        speaker = f"{row.sender or 'unknown'}{suffix}"
        if speakers.setdefault(speaker, {"meta": meta, "vectors": []})["meta"] == meta:
            return speaker
    return speaker


def _meta(row: Row) -> dict[str, Any]:
    times = {key: getattr(row, name) for key, name in _TIMES.items()}
    known = {key: written(at) if (at := moment(time_ms)) else None for key, time_ms in times.items()}
    return {"role": row.role, **{key: getattr(row, name) for key, name in _META.items()}, **known}


def _index(utterances: list[dict[str, Any]], speakers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Which types each field of a meta has, as ConvoKit writes them."""
    return {
        "utterances-index": _types([each["meta"] for each in utterances]),
        "speakers-index": _types([each["meta"] for each in speakers.values()]),
        "conversations-index": {},
        "overall-index": {"name": [str(str)]},
        "version": 1,
        "vectors": [],
    }


def _types(metas: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for meta in metas:
        for key, value in meta.items():
            found.setdefault(key, {}).update({} if value is None else {str(type(value)): None})
    return {key: list(types) for key, types in found.items()}


def _document(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
