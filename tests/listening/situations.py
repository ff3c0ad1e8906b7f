"""What happens to who listens: each situation plays itself and gives back what was said."""

from __future__ import annotations

import re
from collections.abc import Callable

from ipygenesys._core.view import protocol as vp
from tests.listening.reader import Reader
from tests.view import rich
from tests.view.kernel import conversation, failure, message

Situation = Callable[[Reader], list[str]]
"""Plays itself; what was said, line by line."""


# --- in the list ------------------------------------------------------------------------------------------


def into_the_list(reader: Reader) -> list[str]:
    reader.opens(conversation(8))
    return reader.goes_to(".ipg-scroller")


def into_the_middle_of_many(reader: Reader) -> list[str]:
    reader.opens(conversation(300), newest=300)
    reader.scrolls_up()
    return reader.goes_to(".ipg-scroller")


def message_by_message(reader: Reader) -> list[str]:
    reader.opens(conversation(8))
    reader.focuses(".ipg-scroller")
    heard = [each for key in ("Page_Up", "Page_Up", "Return") for each in reader.presses(key)]
    return [re.sub("UTC, .*", "UTC, …", each) for each in heard]  # How long ago it was depends on the day.


def line_by_line(reader: Reader) -> list[str]:
    """In browse mode."""
    reader.opens(conversation(8))
    reader.focuses('[data-message-id="m3"]')
    return [each for key in ("Down", "Down", "Down", "Up") for each in reader.presses(key)]


def to_the_latest(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(60))
    reader.scrolls_up()
    reader.hears(lambda: kernel.say(*(message(n, is_own=False) for n in (60, 61))))
    return [*reader.focuses(".ipg-jump"), *reader.presses("Return")]


def copied(reader: Reader) -> list[str]:
    reader.opens(conversation(8))
    reader.focuses(".ipg-scroller")
    reader.presses("Page_Up")
    reader.presses("Return")
    return [*reader.focuses(".ipg-copy button"), *reader.presses("Return")]


# --- what comes while one writes --------------------------------------------------------------------------


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


def while_one_writes(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()

    def write() -> None:
        reader.types("w", "a")
        kernel.say(message(10, is_own=False, text="It is on its way."))
        reader.types("i", "t")

    return reader.hears(write)


def cut_by_a_key(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    news = message(10, is_own=False, text="It is on its way, and will be with you before noon.")

    def cut() -> None:
        kernel.say(news)
        reader.waits_for_a_word()
        reader.types("x")

    return reader.hears(cut)


def who_types(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    return [*reader.hears(lambda: kernel.typing("Ann Archer")), *reader.hears(kernel.typing)]


# --- what goes wrong --------------------------------------------------------------------------------------


def not_sent(reader: Reader) -> list[str]:
    kernel = reader.opens([message(0), message(1, status="sending", draft_id="m1", text="Line one")])
    kernel.say(message(3, status="sending", draft_id="m3", text="Line two"))
    reader.goes_to_write()
    heard = []
    for number, text in ((1, "Line one"), (3, "Line two")):
        failed = message(number, status="failed", draft_id=f"m{number}", text=text, error="It is too long.")
        heard += reader.hears(lambda failed=failed: kernel.replace(failed.id, failed))  # type: ignore[misc]
    return heard


def tried_again(reader: Reader) -> list[str]:
    failed = message(1, status="failed", draft_id="m1", text="Line one", error="No.")
    kernel = reader.opens([message(0), failed])
    reader.goes_to(".ipg-scroller")
    heard = [*reader.presses("Tab"), *reader.presses("Return")]
    again = message(1, status="sending", draft_id="m1", text="Line one")
    return [*heard, *reader.hears(lambda: kernel.replace(failed.id, again))]


def an_error(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    return reader.hears(lambda: kernel.change(failure("You may not do that.")))


def lost_and_back(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    lost = reader.hears(lambda: kernel.set_status("reconnecting", "The server closed the stream.", 9_000))
    return [*lost, *reader.hears(lambda: kernel.set_status("connected"))]


def read_only(reader: Reader) -> list[str]:
    kernel = reader.opens(conversation(3))
    reader.goes_to_write()
    return reader.hears(lambda: kernel.set_status("read_only", "The agent has left the conversation."))


# --- what is offered, what is looked for -------------------------------------------------------------------


def picked(reader: Reader) -> list[str]:
    kernel = reader.opens([rich.bot(1, rich.REPLIES, text="What would you like to do?")], can_answer=True)
    reader.goes_to(".ipg-scroller")
    heard = [*reader.presses("Tab"), *reader.presses("Return")]
    kernel.wait_for(vp.AnswerRequested)
    return heard


def cards(reader: Reader) -> list[str]:
    reader.opens([rich.bot(1, rich.CAROUSEL)], can_answer=True)
    take = "li:nth-child(2) .ipg-card-buttons button"
    return [
        *reader.focuses(".ipg-carousel-controls button:last-child"),
        *reader.presses("Return"),
        *reader.focuses(take),
    ]


def found(reader: Reader) -> list[str]:
    talk = conversation(24)
    talk[5], talk[9] = message(5, text="The parcel"), message(9, text="A parlour")
    kernel = reader.opens(talk)

    def search() -> None:
        reader.types("p", "a", "r")
        kernel.answer_search_for("par")
        kernel.answer_page()

    reader.goes_to(".ipg-tools button")
    reader.presses("Return")
    heard = reader.hears(search)
    reader.types("Return")
    return [*heard, *reader.hears(lambda: kernel.answer_page(2))]


ALL: dict[str, Situation] = {
    each.__name__.replace("_", " "): each
    for each in (
        into_the_list, into_the_middle_of_many, message_by_message, line_by_line, to_the_latest, copied,
        two_at_once, the_same_again, while_one_writes, cut_by_a_key, who_types,
        not_sent, tried_again, an_error, lost_and_back, read_only,
        picked, cards, found,
    )
}  # fmt: skip
