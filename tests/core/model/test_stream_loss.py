"""What each way to lose a stream means, and how it is put in words."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.stream_loss import StreamLoss, classify, failure_of
from tests import examples as eg


def closed(code: int | None) -> StreamLoss:
    return StreamLoss(close_code=code)


def refused(kind: FailureKind, **changes: object) -> StreamLoss:
    return StreamLoss(failure=eg.failure(kind, **changes))


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        *((closed(code), "transient") for code in (None, 1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014)),
        *((closed(code), "fatal") for code in (1002, 1003, 1007, 1010)),
        *((closed(code), "suspect") for code in (1008, 4000, 4400, 4999)),
        (closed(1009), "poison"),
        (closed(4001), "expired"),
        (closed(4401), "reauthenticate"),
        (refused("authentication"), "reauthenticate"),
        *((refused(kind), "transient") for kind in ("rate_limited", "unavailable", "unreachable", "lost")),
        *(
            (refused(kind), "fatal")
            for kind in ("permission", "not_found", "unsupported", "rejected", "protocol")
        ),
        (StreamLoss(failure=eg.failure("unreachable"), is_tls=True), "fatal"),
    ],
)
def test_every_loss_has_its_class(loss: StreamLoss, verdict: str) -> None:
    assert classify(loss) == verdict


def test_why_it_could_not_be_opened_is_said_as_it_was_told() -> None:
    assert failure_of(refused("permission")) == eg.failure("permission")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4401, "refused the token"),
        (4001, "session has expired"),
        (1009, "too large (1009)"),
        (1006, "closed (1006)"),
        (4999, "closed (4999)"),
    ],
)
def test_a_close_is_put_in_words_with_its_code(code: int, words: str) -> None:
    failure = failure_of(closed(code))
    assert words in failure.message
    assert failure.code == str(code)
    assert failure.kind == ("authentication" if code == 4401 else "unreachable")


def test_a_close_without_a_code_has_none() -> None:
    assert failure_of(closed(None)).code is None


def test_a_certificate_that_was_not_accepted_is_named() -> None:
    assert "certificate" in failure_of(StreamLoss(is_tls=True, close_code=1006)).message
