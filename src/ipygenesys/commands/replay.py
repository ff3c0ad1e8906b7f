"""`ipygenesys replay`: plays a recording to the terminal, and writes its transcript."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from ipygenesys._core.model.events import Event, MessagePlaced, MessageRemoved, StatusChanged
from ipygenesys._core.model.messages import Message
from ipygenesys._io.recordings.har import write_har
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._io.recordings.replay import Replay
from ipygenesys.client import Client

POLL_S = 0.02


def run(path: str, *, speed: float, export_to: str | None, conversation_id: str | None = None) -> int:
    """Play it to its end.

    Args:
        path: the recording.
        speed: as a factor; infinite is as fast as it goes.
        export_to: a file for the transcript; its name's ending chooses the format.
        conversation_id: of several conversations, which one.

    Returns:
        0 when it came to the recorded states, 1 when it cannot be played or did not.
    """
    try:
        return asyncio.run(_play(Replay(path, speed, conversation_id=conversation_id), export_to))
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1


async def _play(replay: Replay, export_to: str | None) -> int:
    shown = _Shown(replay)
    async with Client(replay, remember_read=False) as client:
        client.on_event(shown.hear)
        while not replay.is_over:  # noqa: ASYNC110 - it is another's to say so
            await asyncio.sleep(POLL_S)
        count = len(client.messages)
        if export_to is not None and export_to.endswith(".har"):
            write_har(read_entries(replay.path, replay.conversation_id), Path(export_to))
        elif export_to is not None:
            print(f"Written: {client.export(export_to)}", file=sys.stderr)
    print(_summary(replay, count), file=sys.stderr)
    return 1 if replay.differences else 0


def _summary(replay: Replay, count: int) -> str:
    if replay.differences:
        state = f"{replay.differences} of {replay.checks} checkpoints differ: the recording is damaged, or of another version"
    elif replay.checks:
        state = f"{replay.checks} checkpoints, all as recorded"
    else:
        state = "no checkpoints"
    words = f"{count} messages in {_clock(replay.duration)}; {state}."
    return (
        words
        if replay.is_whole
        else f"{words} The recording was cut off: it is played up to its last whole line."
    )


class _Shown:
    """One line for each message, when it is first there, and for each change of the connection."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._messages: set[str] = set()

    def hear(self, event: Event) -> None:
        match event:
            case MessagePlaced(message=message) if message.text is not None:
                names = {message.id, message.draft_id or message.id}
                if not names & self._messages:
                    self._line(_said(message))
                self._messages |= names
            case MessageRemoved(message=message):
                self._messages.discard(message.id)
            case StatusChanged(status=status, detail=detail):
                self._line(f"({status}{f': {detail}' if detail else ''})")
            case _:
                pass

    def _line(self, words: str) -> None:
        print(f"{_clock(self._replay.position)}  {words}", flush=True)


def _said(message: Message) -> str:
    text = " / ".join((message.text or "").splitlines())
    return f"{message.sender}: {''.join(each if each.isprintable() else ' ' for each in text)}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{seconds % 60:04.1f}"
