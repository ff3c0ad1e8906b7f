"""Transcripts in parts: whole, in order, slowly, bounded."""

from __future__ import annotations

import base64

from ipygenesys._core.view.exports import EVERY_S, MAX_BYTES, PART_BYTES, ViewExports
from ipygenesys._core.view.protocol import ErrorDelta, ExportPart, ExportRequested
from tests.core.desk import Desk


def request(client: str = "c") -> ExportRequested:
    return ExportRequested(client=client, seq=1, request_id="r", format="json")


def test_a_transcript_arrives_whole_and_slowly() -> None:
    data = bytes(range(256)) * (PART_BYTES // 100)
    exports, now, parts = ViewExports(), 100.0, list[ExportPart]()
    assert exports.next_deadline() is None
    exports.offer(request(), data)
    while (deadline := exports.next_deadline()) is not None:
        now = max(now, deadline)
        (part,) = exports.due(now)
        assert exports.due(now) == []
        parts.append(part)
    assert [part.number for part in parts] == list(range(1, parts[0].count + 1))
    assert b"".join(base64.b64decode(part.data) for part in parts) == data
    assert now - 100.0 >= EVERY_S * (len(parts) - 1) - 1e-6
    assert PART_BYTES * 4 / 3 / EVERY_S < 1_000_000


def test_one_that_is_too_large_or_could_not_be_made_says_so() -> None:
    exports = ViewExports()
    exports.offer(request(), b"x" * (MAX_BYTES + 1))
    (part,) = exports.due(0.0)
    assert part.error is not None and "chat.export(path)" in part.error.message
    why = ErrorDelta(code="c", message="words", cause="internal")
    exports.refuse(request(), why)
    (part,) = exports.due(1.0)
    assert (part.error, part.count, part.data) == (why, 0, "")


def test_a_page_that_has_gone_gets_no_more() -> None:
    exports = ViewExports()
    exports.offer(request("a"), b"1")
    exports.offer(request("b"), b"2")
    exports.forget("a")
    assert [part.to for part in exports.due(0.0)] == ["b"]


def test_the_hub_sends_what_the_shell_has_made() -> None:
    desk = Desk()
    desk.connect()
    desk.hello()
    assert desk.says(ExportRequested, request_id="r", format="csv") == []
    desk.hub.exports.offer(request(), b"1")
    desk.rest(1.0)
    assert [part.data for part in desk.sent if isinstance(part, ExportPart)] == ["MQ=="]
