"""A long recording, as a client would have written it: two people who take turns, each frame heard by itself."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from ipygenesys._core.model.inputs import CallSucceeded, Connect, FrameReceived, Input, Now, StreamOpened
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History
from ipygenesys._protocols.messaging_events.frames import decode_frame
from ipygenesys._recordings.coding import lines_of
from ipygenesys._recordings.entries import AnyEntry, Ended, FrameIn, Header, InputTaken
from ipygenesys._recordings.masking import Masks
from tests.benchmarks.explore.held import CONVERSATION, frames
from tests.examples import profile

BEGAN_S = 1_767_225_600.0
TOGETHER = 1_000


def entries(count: int) -> Iterator[AnyEntry]:
    """So many: a header, three that connect, then a frame and what the session was told of it, and so on, and an end."""

    def taken(input_: Input, seconds: float) -> InputTaken:
        now = Now(seconds, int((BEGAN_S + seconds) * 1000), 0.5)
        return InputTaken(at_s=BEGAN_S + seconds, now=now, input=input_)

    yield Header(at_s=BEGAN_S, profile=profile(own_participant_id="p-customer"), protocol="MessagingEvents")
    yield taken(Connect(), 0.0)
    yield taken(StreamOpened(1), 0.1)
    yield taken(CallSucceeded(FetchHistory(), History(messages=(), has_more=False)), 0.2)
    for number, frame in enumerate(frames((count - 5) // 2)):
        seconds = 20.0 * number + 1
        yield FrameIn(at_s=BEGAN_S + seconds, stream=1, data=frame.decode())
        yield taken(FrameReceived(1, decode_frame(frame, CONVERSATION)), seconds)
    yield Ended(at_s=BEGAN_S + 20.0 * count)


def write(path: Path, count: int) -> Path:
    """A file of so many entries; packed, if its name says so."""
    masks, waiting = Masks(), list[AnyEntry]()
    with gzip.open(path, "wb", 5) if path.suffix == ".gz" else path.open("wb") as file:
        for entry in entries(count):
            waiting.append(entry)
            if len(waiting) == TOGETHER:
                file.write(lines_of(waiting, masks))
                waiting.clear()
        file.write(lines_of(waiting, masks))
    return path
