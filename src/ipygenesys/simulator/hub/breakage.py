"""Does to the open streams what a fault asks for at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ipygenesys.simulator.faults.garbage import PROTOCOLS, garbage_frames
from ipygenesys.simulator.faults.kinds import Clear, Drop, ExpireToken, Fault, Garbage, HalfOpen

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.stream import Stream


def strike(
    fault: Fault, conversation_id: str, *, open_streams: Iterable[Stream], authenticated: Iterable[Stream]
) -> None:
    """Strikes all open streams, or those that have authenticated where others could not notice.

    Raises:
        ValueError: garbage is asked for that does not exist.
    """
    match fault:
        case Drop(code=None):
            for stream in list(open_streams):
                stream.abort()
        case Drop(code=int(code), reason=reason):
            for stream in list(open_streams):
                stream.close(code, reason)
        case HalfOpen(seconds=seconds):
            for stream in list(open_streams):
                stream.freeze(seconds)
        case Clear():
            for stream in list(open_streams):
                stream.thaw()
        case ExpireToken():
            for stream in list(authenticated):
                stream.expire_session()
        case Garbage(only=only, bytes=size):
            frames = {
                protocol: list(garbage_frames(conversation_id, only=only, size=size, protocol=protocol))
                for protocol in PROTOCOLS
            }
            for stream in list(authenticated):
                for _, content in frames[stream.protocol]:
                    stream.send_raw(content)
        case _:
            pass
