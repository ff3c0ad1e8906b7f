"""What is published of an inbox, as commands of Redis."""

from __future__ import annotations

from ipygenesys._core.relay.inbox import entries
from ipygenesys._core.relay.inbox.publisher import RowsPublication
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.writing import MAX_ENTRIES, Write, entry_write, in_chunks


def writes_of(
    published: RowsPublication, keys: Keys, at: Position, max_entries: int = MAX_ENTRIES
) -> list[Write]:
    """What a publication comes to, whose entry has this id, if it has one."""
    writes = [Write("DEL", keys.rows, ())] if published.is_whole else []
    writes += in_chunks(
        "HSET", keys.rows, [(id_, entries.encoded(row)) for id_, row in published.rows.items()]
    )
    writes += in_chunks("HDEL", keys.rows, [(id_,) for id_ in published.gone])
    if published.state is not None:
        writes.append(Write("SET", keys.state, (entries.encoded(published.state), "KEEPTTL")))
    if published.events:
        writes.append(entry_write(keys, at, entries.encoded(tuple(published.events)), max_entries))
    if published.passing:
        writes.append(Write("PUBLISH", keys.typing, (entries.encoded(tuple(published.passing)),)))
    return writes
