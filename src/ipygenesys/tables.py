"""One table of many conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from ipygenesys._verbs.verbs import Verbs


def table(chats: Iterable[Verbs] | Verbs) -> pd.DataFrame:
    """The messages of several conversations, one row each, with the columns of ``to_pandas``.

    ``conversation_id`` tells them apart: ``ig.table(chats).groupby("conversation_id").size()``.

    Args:
        chats: Chats or Clients, in the order in which their messages shall stand.

    Raises:
        ImportError: pandas is not installed.
        TypeError: something else was given.
        ValueError: there is none.
    """
    from ipygenesys._verbs.verbs import Verbs

    given: list[Any] = [chats] if isinstance(chats, Verbs) else list(chats)
    if not given:
        raise ValueError("There is no conversation to make a table of.")
    if strangers := [type(each).__name__ for each in given if not isinstance(each, Verbs)]:
        raise TypeError(f"table() takes Chats and Clients, not {strangers[0]}.")
    frames = [chat.to_pandas() for chat in given]
    import pandas as pd

    for chat, frame in zip(given, frames, strict=True):
        frame["conversation_id"] = pd.Series(chat.conversation_id, frame.index, dtype="string[python]")
    return pd.concat(frames, ignore_index=True)
