from __future__ import annotations

from ipygenesys._core.inbox.rows import LIVE, STATES, LastMessage, Row

SAID = LastMessage(id="m1", time_ms=1, role="customer", kind="text", text="a secret", text_state="here")


def test_a_row_shows_neither_names_nor_texts() -> None:
    row = Row(conversation_id="c1", customer="Ada Lovelace", last=SAID)

    assert repr(row) == "<Row 'c1' open>"
    assert repr(SAID) == "<LastMessage inbound text>"


def test_the_direction_is_the_platforms_view() -> None:
    outbound = [LastMessage(id="m", time_ms=1, role=role).direction for role in ("agent", "bot", "system")]

    assert SAID.direction == "inbound"
    assert outbound == ["outbound"] * 3


def test_all_states_but_the_last_are_live() -> None:
    assert [state for state in STATES if state not in LIVE] == ["ended"]
    assert [Row(conversation_id="c", state=state).is_live for state in STATES] == [True] * 5 + [False]
