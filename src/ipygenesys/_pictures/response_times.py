"""``ig.response_times``: how long customers waited for answers, for each agent or conversation."""

from __future__ import annotations

from collections.abc import Sequence

from ipygenesys._pictures.picture import Picture
from ipygenesys._pictures.response_scene import By, answered_scene, response_scene
from ipygenesys._pictures.sources import Answering
from ipygenesys._pictures.talks import Talk
from ipygenesys._pictures.wire import Scene


class ResponseTimes(Picture):
    """A picture of response times, as ``ig.response_times`` makes it."""


def response_times(
    x: object, *, by: By = "agent", title: str = "", locale: str | None = None
) -> ResponseTimes:
    """How long customers waited for an answer: how many how long, on a logarithmic axis, with n, median and p90.

    A response time is that from the first message of a customer that no agent has answered yet to the agent's next
    message. Values of several conversations are pooled; bots have rows of
    their own. Of an ``Inbox`` those of all its conversations that are live or still count, for as long as it is connected. ``.savefig("response-times.svg")`` saves it without a page.

    The same with altair, from a frame: ``alt.Chart(chat.to_pandas()[["response_time_s", "sender"]].dropna()).mark_bar()
    .encode(x=alt.X("response_time_s", bin=True), y="count()", row="sender")``; with plotly:
    ``px.histogram(chat.to_pandas(), x="response_time_s", facet_row="sender")``.

    Args:
        x: a Chat, a Client, messages, a frame of messages (``to_pandas``), a file that
            ``read_transcript`` reads, or a list of these; or an Inbox.
        by: a row for each ``"agent"`` or for each ``"conversation"``, where who waited longest comes first; of an Inbox by agent.
        title: above the picture.
        locale: the language of its words, such as ``"de"``; by default the browser's.

    Raises:
        TypeError: ``x`` is none of these.
        ValueError: a frame lacks columns, ``by`` is something else, or that language is not known.
    """
    if by not in ("agent", "conversation"):
        raise ValueError(f"by must be 'agent' or 'conversation', not {by!r}.")
    if isinstance(x, Answering):
        if by != "agent":
            raise ValueError("Of an inbox, response times are known by agent: leave out by='conversation'.")
        return ResponseTimes(x, lambda *_: answered_scene(x._answered(), title=title), locale)

    def make(talks: Sequence[Talk], _now_ms: int | None) -> Scene:
        return response_scene(talks, by=by, title=title)

    return ResponseTimes(x, make, locale)
