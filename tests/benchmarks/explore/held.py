"""One build's memory of a message, in a process of its own: ``python held.py MESSAGES``, its source first on the path.

It runs with builds of long ago too, whose modules had other names; so it imports nothing of the tests.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from importlib import import_module
from typing import Any

WHERE = {
    "Session": ("_core.session.session", "_core.session"),
    "Profile": ("_core.model.profile", "_core.profile"),
    "Now": ("_core.model.inputs", "_core.inputs"),
    "decode_frame": ("_protocols.messaging_events.frames", "_protocols.messaging_events_frames"),
    "Noted": ("_core.measures.noted",),
}
"""The newest place of each first."""
CONVERSATION = "c0ffee00-0000-4000-8000-000000000001"
WORDS = "I see. The parcel {} left our house on Monday morning, and it should be with you by Thursday: no more than {} days."


def named(name: str) -> Any:
    """None: this build has nothing of the kind."""
    for module in WHERE[name]:
        try:
            return getattr(import_module(f"ipygenesys.{module}"), name)
        except (ImportError, AttributeError):
            continue
    return None


def frames(count: int) -> list[bytes]:
    """Two people, taking turns, a message every 20 seconds; each frame has all that the platform tells."""
    made = []
    for number in range(count):
        is_ours = number % 2 == 0
        name, role = ("Customer Jo", "customer") if is_ours else ("Agent Ann", "agent")
        minutes, seconds = divmod(number * 20, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        payload = {
            "text": WORDS.format(number, number % 7),
            "timestamp": f"2026-{1 + days // 28:02}-{1 + days % 28:02}T{hours:02}:{minutes:02}:{seconds:02}.{number % 1000:03}Z",
            "sender": {"name": name, "role": role},
            "direction": "inbound" if is_ours else "outbound",
            "sequence": number + 1,
            "status": "read",
        }
        frame = {
            "event_type": "message",
            "conversation_id": CONVERSATION,
            "message_id": f"5e551011-0000-4000-8000-{number:012x}",
            "participant_id": f"p-{role}",
            "payload": payload,
        }
        made.append(json.dumps(frame).encode())
    return made


def held(count: int) -> dict[str, float]:
    """Bytes of each message that a conversation holds, with all that is noted of it; the frames themselves are not held.

    Those of the second half by themselves, too: what every conversation needs, however short, is not among them.
    """
    Session, Profile, Now, decode_frame, Noted = map(named, WHERE)
    inputs = sys.modules[Now.__module__]
    profile = Profile(
        own_role="customer",
        own_participant_id="p-customer",
        capabilities=frozenset(
            {"send", "send_typing", "receive_typing", "send_read", "receive_read", "history"}
        ),
        is_send_idempotent=True,
    )
    said = iter(frames(count))
    session, noted = Session(profile), Noted("customer") if Noted else None

    def step(input_: object, seconds: float) -> None:
        session.step(input_, Now(seconds, 1_767_225_600_000 + int(seconds * 1000), 0.5))

    step(inputs.Connect(), 0.0)
    generation = session.connection.active
    step(inputs.StreamOpened(generation), 0.1)
    gc.collect()
    tracemalloc.start()
    sizes = []
    for number, frame in enumerate(said, start=1):
        events, seconds = decode_frame(frame, CONVERSATION), 1.0 + number
        if noted is not None:
            noted.heard(events, len(frame), seconds, 1_767_225_600 + seconds, is_live=True)
        step(inputs.FrameReceived(generation, events), seconds)
        if number in (count // 2, count):
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(session.conversation.timeline) == count
    half, whole = sizes
    return {"bytes_a_message": whole / count, "bytes_of_one_more": (whole - half) / (count - count // 2)}


if __name__ == "__main__":
    print(json.dumps(held(int(sys.argv[1]))))
