"""Picks the frames that no client should choke on."""

from __future__ import annotations

from collections.abc import Iterator

from ipygenesys.simulator.faults.bad_frames import BIG, agent_garbage, guest_garbage, tutorial_garbage

PROTOCOLS = ("messaging-events", "web-messaging", "agent-messaging")


def garbage_frames(
    conversation_id: str,
    *,
    only: list[str] | None,
    size: int | None,
    protocol: str = "messaging-events",
) -> Iterator[tuple[str, str | bytes]]:
    """Name and content of each frame; text frames are str, binary frames bytes.

    Raises:
        ValueError: ``only`` names a frame that does not exist.
    """
    everything = {
        "messaging-events": tutorial_garbage(conversation_id),
        "web-messaging": guest_garbage(),
        "agent-messaging": agent_garbage(conversation_id),
    }
    known = dict.fromkeys(name for frames in everything.values() for name in frames)
    if unknown := sorted(set(only or ()) - set(known)):
        raise ValueError(f"unknown garbage {', '.join(unknown)}; there is {', '.join(known)}")
    frames = everything[protocol]
    names = (frames if size is None else ()) if only is None else [n for n in only if n in frames]
    yield from ((name, frames[name]) for name in names)
    if size is not None:
        head, tail = BIG[protocol]
        head = head.replace("CONVERSATION", conversation_id)
        yield "big", head + "x" * max(0, size - len(head) - len(tail)) + tail
