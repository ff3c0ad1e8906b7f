"""Names the ready-made scripts of the other side, and the limits they run under."""

from __future__ import annotations

from dataclasses import dataclass

from ipygenesys.simulator.person.script import Line, Pace, Script

GREETING = ("Hi, this is Ann. How can I help you today?",)
QUESTION = ("Hello, I have a question about my order.",)


@dataclass(frozen=True)
class Scenario:
    """A script and, where it needs them, limits tighter than the server's own."""

    about: str
    script: Script
    rate_limit_per_min: int | None = None
    typing_min_interval_s: float | None = None
    conversations: int = 1
    """How many there are, if nothing else is said."""
    is_busy: bool = False
    """An organisation with queues and agents is at work; nobody has to come for that."""


SCENARIOS: dict[str, Scenario] = {
    "greeting": Scenario(
        "Ann greets and answers what you write", Script(opening=GREETING, customer_opening=QUESTION)
    ),
    "slow_agent": Scenario(
        "everything takes its time: long reading, long typing that has to be refreshed",
        Script(
            opening=("Hello, Ann speaking. Sorry, it is a busy day; please bear with me.",),
            customer_opening=("Hello. Sorry, I am on the move; my answers may take a while.",),
            pace=Pace(
                deliver_s=(0.5, 1.5),
                read_s=(4.0, 8.0),
                think_s=(2.0, 5.0),
                chars_per_s=(3.0, 5.0),
                typing_s=(5.0, 15.0),
                first_typing_s=(5.0, 8.0),
            ),
        ),
    ),
    "out_of_order": Scenario(
        "messages arrive in the wrong order; their sequence numbers tell",
        Script(
            opening=(*GREETING, "Please have your order number ready.", "It is on the receipt."),
            customer_opening=(*QUESTION, "The number is AB 1234.", "It should have come on Monday."),
            faults=((0.0, {"kind": "reorder", "event_type": "message", "hold_s": 4.0}),),
        ),
    ),
    "dropped_connection": Scenario(
        "the stream is cut, stays away for a moment, and something is said meanwhile",
        Script(
            opening=(
                *GREETING,
                "I have your file open now.",
                "Tell me when you are back, the line seems bad.",
            ),
            customer_opening=(*QUESTION, "It has not come yet.", "Are you still there?"),
            faults=((3.0, {"kind": "drop"}), (3.0, {"kind": "refuse", "seconds": 2.0})),
        ),
    ),
    "rate_limited": Scenario(
        "few calls a minute and few typing notices: answers 429 with Retry-After",
        Script(opening=GREETING, customer_opening=QUESTION),
        rate_limit_per_min=20,
        typing_min_interval_s=2.0,
    ),
    "rich": Scenario(
        "Ann offers quick replies, a carousel, times, a list and more, one after the other, whatever you pick",
        Script(
            opening=(Line("Hi, this is Ann. What shall we do about the boots?", "quick-replies"),),
            customer_opening=QUESTION,
            replies=(
                Line("These are one size larger:", "carousel"),
                Line("Good choice. One question:", "date-picker"),
                Line("It is in the calendar.", "list-picker"),
                Line("People often take this along:", "card"),
                Line("You can also bring the old pair here:", "location"),
                Line("Would you tell us how it was?", "form"),
                "If you like, send me a photo of the old pair: the paper clip attaches it.",
            ),
        ),
    ),
    "busy_hour": Scenario(
        "three queues and their agents at a busy hour: customers come, wait, are answered, transferred, parked, leave",
        Script(answers=False, reads=False),
        conversations=200,
        is_busy=True,
    ),
    "manual": Scenario(
        "nobody acts by themselves: only what the control plane says happens",
        Script(answers=False, reads=False),
    ),
}


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        ValueError: listing the names there are.
    """
    try:
        return SCENARIOS[name]
    except KeyError:
        raise ValueError(f"unknown scenario {name!r}; there is {', '.join(SCENARIOS)}") from None


def how_many(name: str, wanted: int | None, *, is_scripted: bool) -> int:
    """The conversations that there are in a scenario, if no number is wanted.

    Raises:
        ValueError: there is no such scenario, or its people play no script of one's own.
    """
    chosen = scenario(name)
    if chosen.is_busy and is_scripted:
        raise ValueError(f"{name} has people of its own: leave out dialogue, bot and person")
    return chosen.conversations if wanted is None else wanted
