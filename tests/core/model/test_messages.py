"""Messages, and the lattice of their states."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.model.messages import Attachment, MessageStatus, advance
from tests import examples as eg

STATUSES: tuple[MessageStatus, ...] = get_args(MessageStatus)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("sent", "delivered", "delivered"),
        ("delivered", "sent", "delivered"),
        ("read", "delivered", "read"),
        ("sent", "failed", "failed"),
        ("delivered", "failed", "delivered"),
        ("failed", "read", "read"),
        ("unread", "read", "read"),
        ("read", "unread", "read"),
    ],
)
def test_a_message_only_ever_advances(old: MessageStatus, new: MessageStatus, status: MessageStatus) -> None:
    assert advance(old, new) == status


@given(st.lists(st.sampled_from(["sent", "delivered", "read"]), min_size=1))
def test_receipts_in_any_order_end_in_the_furthest(statuses: list[MessageStatus]) -> None:
    ends = set()
    for order in itertools.islice(itertools.permutations(statuses), 20):
        status: MessageStatus = "sending"
        for new in order:
            status = advance(status, new)
        ends.add(status)
    assert ends == {max(statuses, key=["sent", "delivered", "read"].index)}


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_advancing_twice_is_advancing_once(old: MessageStatus, new: MessageStatus) -> None:
    assert advance(advance(old, new), new) == advance(old, new)


def test_a_message_is_a_draft_until_it_has_an_id_of_the_server() -> None:
    assert eg.draft_message(1).is_draft
    assert not eg.own_message(1, draft_id="d1").is_draft
    assert not eg.message(1).is_draft


def test_the_time_is_in_utc() -> None:
    assert eg.message(1, time_ms=1_500).time == dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=dt.UTC)


def test_neither_a_message_nor_an_attachment_shows_its_content() -> None:
    message = eg.message(1, text="secret words", sender="Secret Name", time_ms=0)
    assert repr(message) == "<Message agent unread 1970-01-01 00:00:00Z, 12 characters>"
    assert repr(eg.own_message(1, text=None, time_ms=0)) == "<Message own sent 1970-01-01 00:00:00Z, no text>"
    attachment = Attachment(
        name="secret.pdf", media_type="application/pdf", size_bytes=7, url="https://secret.test"
    )
    assert repr(attachment) == "<Attachment application/pdf 7 bytes>"
    assert repr(Attachment(name="secret")) == "<Attachment file ? bytes>"
