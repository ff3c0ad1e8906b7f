"""Transcripts one at a time and in parts: whole, in order, slowly, bounded."""

from __future__ import annotations

import base64

import pytest

from ipygenesys._core.view import exports as view_exports
from ipygenesys._core.view.exports import EVERY_S, MAX_BYTES, MAX_WAITING, PART_BYTES, TOO_MANY, ViewExports
from ipygenesys._core.view.protocol import ErrorDelta, ExportPart, ExportRequested, Goodbye
from tests.core.desk import Desk


def request(client: str = "c", request_id: str = "r") -> ExportRequested:
    return ExportRequested(client=client, seq=1, request_id=request_id, format="json")


def made(exports: ViewExports, result: bytes | ErrorDelta, client: str = "c") -> None:
    exports.requested(request(client))
    assert exports.begin() == request(client)
    exports.made(result)


def test_a_transcript_arrives_whole_and_slowly() -> None:
    data = bytes(range(256)) * (PART_BYTES // 100)
    exports, now, parts = ViewExports(), 100.0, list[ExportPart]()
    assert exports.next_deadline() is None
    made(exports, data)
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
    made(exports, b"x" * (MAX_BYTES + 1))
    (part,) = exports.due(0.0)
    assert part.error is not None and "chat.export(path)" in part.error.message
    why = ErrorDelta(code="c", message="words", cause="internal")
    made(exports, why)
    (part,) = exports.due(1.0)
    assert (part.error, part.count, part.data) == (why, 0, "")


def test_one_is_made_at_a_time_and_the_next_when_its_parts_are_out() -> None:
    exports = ViewExports()
    assert exports.begin() is None
    for name in ("a", "b"):
        exports.requested(request(name))

    assert exports.begin() == request("a")
    assert exports.begin() is None
    exports.made(b"x" * (PART_BYTES + 1))
    for at in (0.0, EVERY_S):
        assert exports.begin() is None
        assert [part.to for part in exports.due(at)] == ["a"]

    assert exports.begin() == request("b")


def test_who_asks_for_too_many_is_refused_and_in_the_end_not_heard() -> None:
    exports = ViewExports()
    for number in range(3 * MAX_WAITING):
        exports.requested(request(request_id=str(number)))

    refused = [part for at in range(3 * MAX_WAITING) for part in exports.due(float(at))]

    assert [part.error for part in refused] == [TOO_MANY] * MAX_WAITING
    assert [part.request_id for part in refused] == [str(MAX_WAITING + n) for n in range(MAX_WAITING)]
    begun = []
    while (one := exports.begin()) is not None:
        begun.append(one.request_id)
        exports.made(b"")
    assert begun == [str(number) for number in range(MAX_WAITING)]


def test_a_page_that_has_gone_gets_no_more() -> None:
    exports = ViewExports()
    made(exports, b"1", "a")
    for name in ("a", "b"):
        exports.requested(request(name))
    exports.forget("a")
    assert exports.due(0.0) == []
    assert exports.begin() == request("b")
    exports.forget("a")
    exports.made(b"2")
    assert [part.to for part in exports.due(1.0)] == ["b"]


def test_what_is_being_made_for_a_page_that_goes_is_not_kept() -> None:
    exports = ViewExports()
    exports.requested(request("a"))
    exports.begin()
    exports.forget("a")
    exports.requested(request("b"))
    assert exports.begin() is None
    exports.made(b"1")
    assert exports.due(0.0) == []
    assert exports.begin() == request("b")
    exports.made(b"2")
    assert [part.to for part in exports.due(0.0)] == ["b"]


def test_the_hub_sends_what_the_shell_has_made_and_hears_a_request_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(view_exports, "PART_BYTES", 1)
    desk = Desk()
    desk.connect()
    desk.hello()
    assert desk.says(ExportRequested, request_id="r", format="csv") == []
    desk.seqs["c"] -= 1
    assert desk.says(ExportRequested, request_id="r", format="csv") == []
    assert desk.hub.exports.begin() is not None
    desk.hub.exports.made(b"12")
    desk.rest(2.0)
    assert [part.data for part in desk.sent if isinstance(part, ExportPart)] == ["MQ==", "Mg=="]
    assert desk.hub.exports.begin() is None

    desk.says(ExportRequested, request_id="r", format="csv")
    desk.says(Goodbye)
    assert desk.hub.exports.begin() is None
