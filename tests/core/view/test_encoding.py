"""Messages and events as the view wants them."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.content import Answer, Card, Unsupported
from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    DraftUnresolved,
    ErrorRaised,
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    OlderHistoryFailed,
    ReadPositionMoved,
    SessionExpiring,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
    UploadProgressed,
)
from ipygenesys._core.model.messages import Attachment
from ipygenesys._core.view.encoding import delta_of, view_message
from ipygenesys._core.view.protocol import (
    MAX_SHOWN_CHARACTERS,
    CapabilitiesDelta,
    Delta,
    ErrorDelta,
    HistoryPrependedDelta,
    MessagePlacedDelta,
    MessageRemovedDelta,
    MessageStatusDelta,
    StatusDelta,
    TypingDelta,
    UnreadDelta,
    ViewAttachment,
)
from tests import examples as eg

MESSAGE = eg.message(1)
SHOWN = view_message(MESSAGE)


def test_content_beyond_all_measure_is_named_instead_of_shown() -> None:
    cards = (Card(title="x" * 2_000),) * 40

    assert view_message(eg.message(1, content=cards)).content == (Unsupported(type="too large"),)


def test_words_that_only_repeat_the_content_are_not_shown_twice() -> None:
    card = Card(title="Boots", description="Warm")
    answer = Answer(text="Yes", payloads=("y",), type="button")

    shown = view_message(eg.message(1, text="Boots\nWarm", content=(card,)))
    assert (shown.text, shown.full_length, shown.content) == ("", 0, (card,))
    assert view_message(eg.message(1, text="Look:", content=(card,))).text == "Look:"
    assert view_message(eg.message(1, text="Yes", content=(answer,))).text == "Yes"


@pytest.mark.parametrize(
    ("event", "delta"),
    [
        (MessagePlaced(message=MESSAGE, index=3), MessagePlacedDelta(message=SHOWN, index=3)),
        (
            MessagePlaced(message=MESSAGE, index=3, former_index=5, former_id="d1"),
            MessagePlacedDelta(message=SHOWN, index=3, former_index=5, former_id="d1"),
        ),
        (
            MessageStatusChanged(message=MESSAGE, index=3),
            MessageStatusDelta(id="m1", index=3, status="unread"),
        ),
        (MessageRemoved(message=MESSAGE, index=3), MessageRemovedDelta(id="m1", index=3)),
        (HistoryPrepended(count=9, has_older=True), HistoryPrependedDelta(count=9, has_older=True)),
        (TypingChanged(("Ann",)), TypingDelta(names=("Ann",))),
        (UnreadChanged(2), UnreadDelta(count=2)),
        (StatusChanged(status="connected"), StatusDelta(status="connected")),
        (
            StatusChanged(status="reconnecting", detail="why", retry_in_s=1.5),
            StatusDelta(status="reconnecting", detail="why", retry_in_ms=1500),
        ),
        (
            CapabilitiesChanged(frozenset({"send_read", "history"})),
            CapabilitiesDelta(capabilities=("history", "send_read")),
        ),
        (
            CapabilitiesChanged(frozenset(), looks_on=True),
            CapabilitiesDelta(capabilities=(), looks_on=True),
        ),
        (
            ErrorRaised(eg.failure("rate_limited", correlation_id="c")),
            ErrorDelta(
                code="rate-limited",
                message="It failed: rate_limited.",
                correlation_id="c",
                cause="rate_limited",
            ),
        ),
        (MessageReceived(MESSAGE), None),
        (OlderHistoryFailed(eg.failure()), None),
        (DraftUnresolved("d1"), None),
        (ReadPositionMoved(1), None),
        (UploadProgressed(draft_id="d1", sent_bytes=1, total_bytes=2), None),
        (
            SessionExpiring(300.0),
            ErrorDelta(
                code="session-expiring",
                message="The session ends in about 5 min unless something is said.",
                cause="expiring",
            ),
        ),
    ],
)
def test_every_event_has_its_delta_or_none(event: Event, delta: Delta | None) -> None:
    assert delta_of(event) == delta


def test_long_text_is_cut_and_its_length_told() -> None:
    shown = view_message(eg.message(1, text="x" * 100_000))
    assert shown.text == "x" * MAX_SHOWN_CHARACTERS
    assert shown.full_length == 100_000


def test_of_text_that_is_whole_no_length_is_told() -> None:
    assert view_message(eg.message(1, text="x" * MAX_SHOWN_CHARACTERS)).full_length == 0


def test_a_message_without_text_yet_has_no_length() -> None:
    shown = view_message(eg.message(1, text=None, is_unavailable=True))
    assert (shown.text, shown.full_length, shown.unavailable) == (None, 0, True)


def test_attachments_are_shown_with_what_is_known_of_them() -> None:
    attachment = Attachment(name="a.pdf", media_type="application/pdf", size_bytes=5, url="https://x.test/a")
    shown = view_message(eg.message(1, attachments=(attachment, Attachment(name="b"))))
    assert shown.attachments == (
        ViewAttachment(name="a.pdf", media_type="application/pdf", size_bytes=5, url="https://x.test/a"),
        ViewAttachment(name="b"),
    )


def test_an_event_that_the_views_do_not_know_is_none_of_theirs() -> None:
    assert delta_of("nonsense") is None  # type: ignore[arg-type]
