"""What happens to who listens: each situation plays itself and gives back what was said."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.listening.reader import Reader
from tests.view.kernel import conversation, message

Situation = Callable[[Reader], list[str]]
"""Plays itself; what was said, line by line."""


def into_the_list(reader: Reader) -> list[str]:
    reader.opens(conversation(8))
    reader.presses("Tab")
    reader.presses("Tab")
    return reader.presses("Tab")


def message_by_message(reader: Reader) -> list[str]:
    reader.opens(conversation(8))
    reader.focuses(".ipg-scroller")
    heard = [each for key in ("Page_Up", "Page_Up", "Return") for each in reader.presses(key)]
    return [re.sub("UTC, .*", "UTC, …", each) for each in heard]  # How long ago it was depends on the day.


def two_at_once(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    say = [message(10 + n, is_own=False, text=text) for n, text in enumerate(("Alpha", "Beta", "Gamma"))]
    return reader.hears(lambda: kernel.say(*say))


def the_same_again(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    heard = []
    for n in range(2):
        heard += reader.hears(lambda n=n: kernel.say(message(10 + n, is_own=False, text="OK")))  # type: ignore[misc]
    return heard


def not_sent(reader: Reader) -> list[str]:
    kernel = reader.opens([message(0), message(1, status="sending", draft_id="m1", text="Line one")])
    kernel.say(message(3, status="sending", draft_id="m3", text="Line two"))
    reader.goes_to_write()
    heard = []
    for number, text in ((1, "Line one"), (3, "Line two")):
        failed = message(number, status="failed", draft_id=f"m{number}", text=text, error="It is too long.")
        heard += reader.hears(lambda failed=failed: kernel.replace(failed.id, failed))  # type: ignore[misc]
    return heard


def lost_and_back(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    lost = reader.hears(lambda: kernel.set_status("reconnecting", "The server closed the stream.", 9_000))
    return [*lost, *reader.hears(lambda: kernel.set_status("connected"))]


ALL: dict[str, Situation] = {
    each.__name__.replace("_", " "): each
    for each in (
        into_the_list, message_by_message, two_at_once, the_same_again, not_sent, lost_and_back,
    )
}  # fmt: skip
