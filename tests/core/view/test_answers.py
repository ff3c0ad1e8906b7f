"""What a view that asks is given: the snapshot in its language, the whole of a cut text."""

from __future__ import annotations

import pytest

from ipygenesys._core.view.protocol import (
    FullText,
    Hello,
    KeystrokeNoted,
    Snapshot,
    TextRequested,
)
from tests import examples as eg
from tests.core.desk import Desk


def test_each_page_is_spoken_to_in_its_own_language(desk: Desk) -> None:
    spoken: dict[str, object] = {}
    for client, languages in {"a": ("pt", "fr-CA"), "b": ("de",), "c": ()}.items():
        desk.says(Hello, client=client, protocol_version=1, languages=languages)
        spoken |= {m.to: (m.locale, m.words) for m in desk.flush() if isinstance(m, Snapshot)}
    assert spoken == {
        "a": ("fr-CA", {"send": "Envoyer"}),
        "b": ("de", {"send": "Senden"}),
        "c": ("en", None),
    }


def test_the_snapshot_holds_the_newest_page_and_the_state(desk: Desk) -> None:
    desk.hears(*(eg.arrived(n) for n in range(1, 6)), eg.typing(participant_id=eg.OTHER_AGENT))
    snapshot = desk.hello(page_size=2)
    assert (snapshot.total, snapshot.first_index, [m.id for m in snapshot.messages]) == (5, 3, ["m4", "m5"])
    assert (snapshot.unread_count, snapshot.first_unread_id) == (5, "m1")
    assert snapshot.typing == ("Agent",)
    assert snapshot.status.status == "connected"
    assert not snapshot.has_older
    assert snapshot.error is None


def test_the_snapshot_shows_the_last_error(desk: Desk) -> None:
    desk.says(KeystrokeNoted)
    desk.fail(desk.calls[-1], eg.failure("not_found"))
    error = desk.hello().error
    assert error is not None
    assert error.code == "not-found"


@pytest.mark.parametrize("page_size", [-3, 0, 10**9])
def test_a_senseless_page_size_is_bounded(desk: Desk, page_size: int) -> None:
    desk.hears(*(eg.arrived(n) for n in range(1, 600)))
    assert 1 <= len(desk.hello(page_size=page_size).messages) <= 1000


def test_the_whole_text_of_a_cut_message_is_given_to_who_asks(desk: Desk) -> None:
    desk.hears(eg.arrived(1, text="x" * 20_000), eg.bare(2))
    desk.hello()
    desk.says(TextRequested, id="m1")
    assert desk.flush() == [FullText(to="c", id="m1", text="x" * 20_000)]
    desk.says(TextRequested, id="m2")
    desk.says(TextRequested, id="nobody")
    assert desk.flush() == []
