"""The body of an answer: what is unpacked of it is bounded, whatever came in."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

ENCODING = "gzip"
"""The one that is asked for, and taken."""


class UnreadableBody(Exception):
    """Says why in words."""


async def unpacked(pieces: AsyncIterable[bytes], encoding: str, most: int) -> bytes:
    """All of it.

    Args:
        pieces: as they come in.
        encoding: what the answer calls its encoding; empty if nothing.
        most: bytes that are taken.

    Raises:
        UnreadableBody: it is larger, was not packed by ENCODING, or not well.
    """
    if encoding.lower() not in ("", "identity", ENCODING):
        raise UnreadableBody("is packed in a way that was not asked for")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding.lower() == ENCODING else None
    body, is_whole = bytearray(), True
    async for piece in pieces:
        if inflate is None:
            body += piece
        elif inflate.eof:
            raise UnreadableBody("goes on behind its end")
        else:
            try:
                body += inflate.decompress(piece, most + 1 - len(body))
            except zlib.error:
                raise UnreadableBody("cannot be unpacked") from None
        if len(body) > most:
            raise UnreadableBody("is too large")
        is_whole = inflate is None or inflate.eof
    if not is_whole:
        raise UnreadableBody("cannot be unpacked")
    return bytes(body)
