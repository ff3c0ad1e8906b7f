"""Tables of a live conversation: what the wire told of receipts, typing and answers is in them."""

from __future__ import annotations

from ipygenesys._transcripts import events
from ipygenesys.simulator import Simulator
from tests.io.watch import connected


async def test_receipts_typing_and_answers_of_a_live_conversation_are_in_its_tables(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        await client.send("hello")
        simulator.agent_read()
        await client.until(lambda: client.messages[0].status == "read")
        simulator.agent_typing(True)
        await client.until(lambda: bool(client.typing))
        simulator.agent_say("hi there")
        await client.until(lambda: len(client.messages) == 2)
        frame, log = client.to_pandas(), client.events_frame()

    ours, theirs = frame.iloc[0], frame.iloc[1]
    assert ours["read_at"] >= ours["sent_at"]
    assert theirs["typing_before_s"] > 0
    assert theirs["response_time_s"] == (theirs["time"] - ours["time"]).total_seconds()
    assert frame["conversation_id"].nunique() == 1
    assert list(log.columns) == list(events.DTYPES) and log.dtypes.astype(str).to_dict() == {
        name: "string" if "string" in dtype else dtype for name, dtype in events.DTYPES.items()
    }
    seen = list(zip(log["event"], log["detail"].fillna(""), log["raw_bytes"].notna(), strict=True))
    assert ("TypingNoticed", "on", True) in seen and ("ReceiptArrived", "read", True) in seen
    assert log[log["event"] == "MessageArrived"]["message_id"].isin(frame["id"]).all()
    assert "hi there" not in log.to_csv()


async def test_before_anything_came_the_tables_have_the_same_types(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("hello")
        full = client.events_frame()
    empty = events.events_frame([])

    assert len(full) > 0 and len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
