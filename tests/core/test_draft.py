"""A draft, and which message of ours it may be where the server returns no draft ids."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.draft import CLOCKS_DIFFER_MS, SERVERS_DIFFER_MS, Draft, may_be, words_of
from ipygenesys._core.model import Attachment, OutgoingFile
from ipygenesys._core.platform_events import MessageArrived
from tests import examples as eg

AT_MS = 1_000_000_000
FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=1)


def lost(**changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "text": "yes",
        "state": "checking",
        "may_be_at_server": True,
        "created_ms": AT_MS,
    }
    return Draft(draft_id="d1", since=100.0, **{**fields, **changes})


def ours(**changes: Any) -> MessageArrived:
    return eg.own_arrived(1, **{"text": "yes", "time_ms": AT_MS, **changes})


def test_a_draft_shows_its_state_and_not_its_text() -> None:
    draft = Draft(draft_id="a", text="secret words", since=100.0, created_ms=0)
    assert repr(draft) == "<Draft queued>"


def test_a_draft_whose_answer_was_lost_is_known_by_its_words() -> None:
    assert may_be(lost(), ours())
    assert may_be(lost(text=" so  be\nit"), ours(text="so be it "))
    assert not may_be(lost(), ours(text="no"))
    assert not may_be(lost(), ours(text=None))
    assert may_be(lost(text=""), ours(text=None))
    assert words_of("  a\t b ") == "a b"


@pytest.mark.parametrize("changes", [{"may_be_at_server": False}, {"state": "in_flight"}])
def test_only_a_draft_that_may_be_there_and_is_not_under_way_is_looked_for(changes: dict[str, Any]) -> None:
    assert not may_be(lost(**changes), ours())


def test_a_draft_without_a_place_is_not_older_than_clocks_differ() -> None:
    assert may_be(lost(), ours(time_ms=AT_MS - CLOCKS_DIFFER_MS))
    assert not may_be(lost(), ours(time_ms=AT_MS - CLOCKS_DIFFER_MS - 1))
    assert may_be(lost(), ours(time_ms=None))


def test_a_draft_with_a_place_comes_after_what_was_known() -> None:
    draft = lost(after=(AT_MS, "m0"))
    assert may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS))
    assert not may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS - 1))
    assert not may_be(draft, ours(id="m0"))
    left_behind = lost(after=(AT_MS, "m0"), is_left_behind=True)
    assert may_be(left_behind, ours())
    assert not may_be(left_behind, ours(time_ms=AT_MS - 1))


def test_a_file_is_not_a_text() -> None:
    picture = (Attachment(name="a.png", media_type="image/png", size_bytes=1),)
    assert may_be(lost(file=FILE), ours(attachments=picture))
    assert not may_be(lost(file=FILE), ours())
    assert not may_be(lost(), ours(attachments=picture))
