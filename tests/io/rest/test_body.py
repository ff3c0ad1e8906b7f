"""Bodies of answers: what is unpacked is bounded, piece by piece, and one encoding is taken."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest

from ipygenesys._io.rest.body import UnreadableBody, unpacked


async def pieces(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
async def test_what_was_packed_is_unpacked(encoding: str) -> None:
    assert await unpacked(pieces(gzip.compress(b"answer" * 50)), encoding, 300) == b"answer" * 50


@pytest.mark.parametrize("encoding", ["", "identity"])
async def test_what_was_not_packed_is_taken_as_it_is(encoding: str) -> None:
    assert await unpacked(pieces(b"answer"), encoding, 6) == b"answer"


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_an_answer_without_a_body_has_none_whatever_it_is_called(encoding: str) -> None:
    assert await unpacked(pieces(b""), encoding, 6) == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br", "zstd", "x-gzip"])
async def test_any_other_encoding_is_refused_and_so_are_two(encoding: str) -> None:
    with pytest.raises(UnreadableBody, match="not asked for"):
        await unpacked(pieces(gzip.compress(b"answer")), encoding, 300)


@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_what_is_larger_than_may_be_is_too_large_to_the_byte(encoding: str) -> None:
    data = gzip.compress(b"x" * 1001) if encoding else b"x" * 1001

    with pytest.raises(UnreadableBody, match="too large"):
        await unpacked(pieces(data), encoding, 1000)

    assert len(await unpacked(pieces(data), encoding, 1001)) == 1001


async def test_no_more_is_unpacked_than_may_be_however_much_is_in_a_piece() -> None:
    packed = gzip.compress(b"x" * 4_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableBody, match="too large"):
            await unpacked(pieces(packed, len(packed)), "gzip", 1000)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no gzip", "cannot be unpacked"),
        (gzip.compress(b"answer")[:-9], "cannot be unpacked"),
        (zlib.compress(b"answer"), "cannot be unpacked"),
        (gzip.compress(b"answer") + b"x" * 20, "behind its end"),
    ],
    ids=["not packed", "cut", "zlib", "with more behind it"],  # A packed text holds the time.
)
async def test_what_is_no_gzip_as_a_whole_is_not_taken_in_part(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableBody, match=words):
        await unpacked(pieces(data), "gzip", 1000)
