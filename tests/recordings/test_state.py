"""A session's state as a hash, and whole: what comes back goes on as if it had never been away."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from ipygenesys._core.machines.conversation import blocks
from ipygenesys._core.machines.conversation.packing import Held
from ipygenesys._core.model.inputs import Connect, FrameReceived, Send, StreamOpened, Tick
from ipygenesys._core.model.platform_events import MessageArrived, PresenceChanged, TypingNoticed
from ipygenesys._core.session.session import Session
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import NoState, digest_of, moment_of, packed, unpacked
from tests import examples as eg
from tests.core.driver import Driver


def digest(session: Session) -> str:
    return digest_of(moment_of(session), Masks())


def busy() -> Driver:
    """With messages, somebody who types, a send under way, a page of history to come."""
    driver = Driver()
    driver.step(Connect())
    driver.step(StreamOpened(1))
    driver.step(
        FrameReceived(1, (PresenceChanged(participant_id="p1", has_joined=True, name="Ann", role="agent"),))
    )
    for number in range(20):
        arrived = MessageArrived(
            id=f"m{number}", text=f"text {number}", participant_id="p1", time_ms=eg.START_MS
        )
        driver.step(FrameReceived(1, (arrived,)))
    driver.step(Send("d1", "hello"))
    driver.step(FrameReceived(1, (TypingNoticed(participant_id="p1", is_typing=True),)))
    return driver


@pytest.mark.parametrize(
    "again", [lambda session: unpacked(packed(session)), lambda each: pickle.loads(pickle.dumps(each))]
)
def test_a_session_that_comes_back_goes_on_in_the_same_way(again: object) -> None:
    driver = busy()
    other: Session = again(driver.session)  # type: ignore[operator]
    assert digest(other) == digest(driver.session)
    assert other.next_deadline() == driver.session.next_deadline()
    for _ in range(10):
        deadline = driver.session.next_deadline()
        assert other.next_deadline() == deadline
        if deadline is None:
            break
        driver.clock.advance_to(deadline)
        assert other.step(Tick(), driver.clock.now) == driver.session.step(Tick(), driver.clock.now)
        assert digest(other) == digest(driver.session)


def test_a_long_conversation_is_as_small_as_before_once_its_state_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 2)
    monkeypatch.setattr(blocks, "AT_HAND", 1)
    session = busy().session

    def unpacked_blocks(of: Session) -> int:
        layout = of.conversation.timeline._placed._layout
        return sum(isinstance(block.holds, Held) for block in layout.blocks)

    state = packed(session)
    assert unpacked_blocks(session) == 1
    assert unpacked_blocks(unpacked(state)) == 1


def test_the_hash_is_that_of_what_can_be_seen() -> None:
    driver = busy()
    before = digest(driver.session)
    assert digest(driver.session) == before
    driver.step(
        FrameReceived(1, (MessageArrived(id="m5", text="text 5", participant_id="p1", time_ms=eg.START_MS),))
    )
    assert digest(driver.session) == before
    driver.step(FrameReceived(1, (TypingNoticed(participant_id="p1", is_typing=False),)))
    assert digest(driver.session) != before


def test_secrets_make_no_difference_to_the_hash() -> None:
    digests = set()
    for signature in ("one-signature", "another", "***"):
        driver = Driver()
        url = (
            f"https://files.example/a?X-Amz-Signature={signature}"
            if signature != "***"
            else "https://files.example/a?***"
        )
        message = eg.message(1)
        arrived = MessageArrived(id=message.id, text=url, participant_id="p1", time_ms=eg.START_MS)
        driver.step(Connect())
        driver.step(StreamOpened(1))
        driver.step(FrameReceived(1, (arrived,)))
        digests.add(digest(driver.session))
    assert len(digests) == 1


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {},
        ["os:system", 1, {}],
        ["session.session:Session", 1, {}],
        ["session.session:msgspec", 1, {}],
        ["model.inputs:Tick", 1, {}],
        ["method", 0, [["model.inputs:Tick", 1, {}], "__init__"]],
        ["method", 0, [["list", 1, []], "append"]],
        ["same", 7, None],
        ["builtins:eval", 1, "1"],
    ],
)
def test_what_is_no_state_of_a_session_is_refused(state: object) -> None:
    with pytest.raises(NoState):
        unpacked(msgspec.Raw(msgspec.json.encode(state)))
