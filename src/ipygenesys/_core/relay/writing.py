"""What a publication comes to in Redis: commands that are carried out together, or not at all.

Theory of operation. They are sent with the epoch that they are written under. Redis carries them out if that is still the
newest one, and refuses an entry whose id is not above the last: so nothing is written by a leader that was deposed, and
what is sent twice, because an answer was lost, is there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    Keep,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._core.relay import commands, entries
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.publisher import Publication
from ipygenesys._core.relay.serving import Reply

MAX_ENTRIES = 10_000
"""Chosen: how many of the newest entries are kept, more or less; who is behind further reads a snapshot."""
REMEMBERED_S = 86_400
"""Chosen: how long it is known what a viewer's send has become."""
CHUNK = 500
"""Chosen: arguments to one command, far below what a script can hand on."""
FIELD = "e"
_DRAFT, _SEEN, _READ = "draft:", "seen:", "read"


class Write(NamedTuple):
    """One command of Redis."""

    name: str
    key: str
    """Or channel."""
    arguments: tuple[str | bytes, ...]

    def __repr__(self) -> str:
        return f"<Write {self.name} {self.key}, {len(self.arguments)} arguments>"


def writes_of(
    published: Publication, keys: Keys, at: Position, max_entries: int = MAX_ENTRIES
) -> list[Write]:
    """What a publication comes to, whose entry has this id, if it has one."""
    writes: list[Write] = []
    if published.is_whole:
        writes += [Write("DEL", keys.messages, ()), Write("DEL", keys.order, ())]
    messages = [(id_, entries.encoded(message)) for id_, message in published.messages.items()]
    writes += in_chunks("HSET", keys.messages, messages)
    writes += in_chunks("ZADD", keys.order, [(repr(place), id_) for id_, place in published.places.items()])
    gone = [(id_,) for id_ in published.gone]
    writes += in_chunks("HDEL", keys.messages, gone) + in_chunks("ZREM", keys.order, gone)
    for draft_id, id_ in published.sent.items():
        writes.append(Write("SET", keys.sent(draft_id), (id_, "EX", str(REMEMBERED_S))))
    for change in published.keeps:
        writes += _kept(change, keys)
    if published.state is not None:
        writes.append(Write("SET", keys.state, (entries.encoded(published.state), "KEEPTTL")))
    if published.events:
        writes.append(entry_write(keys, at, entries.encoded(tuple(published.events)), max_entries))
    if published.passing:
        passing = (entries.Reached(at), *published.passing)
        writes.append(Write("PUBLISH", keys.typing, (entries.encoded(passing),)))
    return writes


def entry_write(keys: Keys, at: Position, entry: bytes, max_entries: int) -> Write:
    """One more entry; Redis lets go of old ones when it suits it."""
    return Write("XADD", keys.events, ("MAXLEN", "~", str(max_entries), str(at), FIELD, entry))


def reply_of(reply: Reply, keys: Keys) -> Write:
    """An answer to a viewer."""
    channel = keys.answers(reply.to.user, reply.to.viewer)
    return Write("PUBLISH", channel, (commands.encoded(reply.answer),))


def done(keys: Keys, user: str, command_ids: Iterable[str]) -> Write:
    """These commands need not be looked at again."""
    return Write("XDEL", keys.commands(user), tuple(command_ids))


def kept_anew(state: DurableState, keys: Keys) -> list[Write]:
    """All that is under way, where Redis may have lost it."""
    changes: list[Keep] = [KeepDraft(draft) for draft in state.drafts]
    changes += [KeepSeen(state.seen)] if state.seen else []
    changes += [KeepReadPosition(state.read_up_to_ms)] if state.read_up_to_ms else []
    return [Write("DEL", keys.kept, ()), *(write for change in changes for write in _kept(change, keys))]


def kept_in(fields: Mapping[str, bytes]) -> DurableState:
    """What another relay has left behind.

    Raises:
        msgspec.DecodeError: it is none of this version.
    """
    drafts = [
        msgspec.json.decode(body, type=Draft) for name, body in fields.items() if name.startswith(_DRAFT)
    ]
    return DurableState(
        drafts=tuple(sorted(drafts, key=lambda draft: draft.created_ms)),
        seen=tuple(name.removeprefix(_SEEN) for name in fields if name.startswith(_SEEN)),
        read_up_to_ms=int(fields.get(_READ, b"0")),
    )


def changed(state: DurableState, change: Keep) -> DurableState:
    """The same, with one change."""
    replace = msgspec.structs.replace
    match change:
        case KeepDraft(draft):
            drafts = {each.draft_id: each for each in state.drafts} | {draft.draft_id: draft}
            return replace(state, drafts=tuple(drafts.values()))
        case ForgetDraft(draft_id):
            return replace(state, drafts=tuple(d for d in state.drafts if d.draft_id != draft_id))
        case KeepSeen(ids):
            return replace(state, seen=(*state.seen, *ids))
        case ForgetSeen(ids):
            return replace(state, seen=tuple(id_ for id_ in state.seen if id_ not in ids))
        case _:
            return replace(state, read_up_to_ms=max(change.time_ms, state.read_up_to_ms))


def _kept(change: Keep, keys: Keys) -> list[Write]:
    match change:
        case KeepDraft(draft):
            return [Write("HSET", keys.kept, (_DRAFT + draft.draft_id, msgspec.json.encode(draft)))]
        case ForgetDraft(draft_id):
            return [Write("HDEL", keys.kept, (_DRAFT + draft_id,))]
        case KeepSeen(ids):
            return in_chunks("HSET", keys.kept, [(_SEEN + id_, b"") for id_ in ids])
        case ForgetSeen(ids):
            return in_chunks("HDEL", keys.kept, [(_SEEN + id_,) for id_ in ids])
        case _:
            return [Write("HSET", keys.kept, (_READ, str(change.time_ms)))]


def in_chunks(name: str, key: str, pieces: Sequence[tuple[str | bytes, ...]]) -> list[Write]:
    """One command for many, or several where they are too many."""
    return [
        Write(name, key, tuple(part for piece in pieces[start : start + CHUNK] for part in piece))
        for start in range(0, len(pieces), CHUNK)
    ]
