"""``ig.timeline``: who said, typed, read and waited when, a lane a participant, or a lane a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from ipygenesys._pictures.picture import Picture
from ipygenesys._pictures.sources import Answering
from ipygenesys._pictures.talks import Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Scene
from ipygenesys._verbs.verbs import Verbs


class Timeline(Picture):
    """A timeline, as ``ig.timeline`` makes it."""


def timeline(
    x: object, *, since_start: bool | None = None, title: str = "", locale: str | None = None
) -> Timeline:
    """Who said, typed, read and waited when: a lane for each participant; of several conversations, a lane for each.

    A live conversation's goes on as it does. Typing, lost connections and receipts are known from when the picture was
    made. In the page: zoom, pan, point at something or go through it by keyboard; a click on a
    message, or Enter, goes to it in the chat. ``.savefig("timeline.svg")`` saves it without a page.

    The same with altair, from a frame: ``alt.Chart(chat.to_pandas()[["time", "sender", "role"]]).mark_point()
    .encode(x=alt.X("time", scale=alt.Scale(type="utc")), y="sender", color="role")``; with plotly:
    ``px.scatter(chat.to_pandas(), x="time", y="sender", color="role")``.

    Args:
        x: a Chat, a Client, messages, a frame of messages (``to_pandas``), a file that
            ``read_transcript`` reads, or a list of these.
        since_start: count each conversation's time from its beginning; by default where there are several.
        title: above the picture.
        locale: the language of its words, such as ``"de"``; by default the browser's.

    Raises:
        TypeError: ``x`` is none of these.
        ValueError: a frame lacks columns, or that language is not known.
    """
    if isinstance(x, Answering):
        raise TypeError(
            "A timeline is made of messages, and an inbox knows when there were some, not all of them: "
            "ig.response_times(inbox), or ig.timeline(inbox.open(id)) of one conversation."
        )
    has_chat = isinstance(x, Verbs)

    def make(talks: Sequence[Talk], now_ms: int | None) -> Scene:
        is_relative = len(talks) > 1 if since_start is None else since_start
        return timeline_scene(talks, since_start=is_relative, now_ms=now_ms, has_ids=has_chat, title=title)

    return Timeline(x, make, locale)
