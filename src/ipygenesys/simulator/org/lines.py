"""Says what is said in a conversation: a packaged dialogue that the customer opens; pure."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from ipygenesys.simulator.person.dialogue import packaged_dialogue, parse_turns

Line = tuple[Literal["customer", "agent"], str]

BOT_GREETING = "Thank you for your message. I am the assistant; may I have a name for our colleagues?"
BOT_HANDOVER = "Thank you. I am putting you through to a colleague."
NUDGES = ("Hello? Is anybody there?", "Are you still there?", "?", "I have been waiting for a while now.")
_SCRIPTED_NAME = "Ann"


@cache
def lines_of(dialogue: str) -> tuple[Line, ...]:
    """The lines of a packaged dialogue; the first is the customer's.

    Raises:
        ValueError: there is no such dialogue.
    """
    lines: list[Line] = [
        (t.who, t.text) for t in parse_turns(packaged_dialogue(dialogue)) if t.who != "system"
    ]
    opening = next(line for line in lines if line[0] == "customer")
    lines.remove(opening)
    return (("customer", re.sub(rf" {_SCRIPTED_NAME}\b", "", opening[1])), *lines)


def named(text: str, agent: str) -> str:
    """The text as it is said by or to this agent."""
    return re.sub(rf"\b{_SCRIPTED_NAME}\b", agent, text)
