"""Finds something sensible for the demo's agent to answer; seeded, and varied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

SECOND_LINE_CHANCE = 0.3

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"\b(bye|goodbye|that'?s all|see you)\b",
        (
            "Thanks for getting in touch. Have a lovely day!",
            "Glad I could help. Take care!",
            "All right, I'll close this for you. Bye for now!",
        ),
    ),
    (
        r"\b(thanks?|thank you|cheers|great|perfect)\b",
        (
            "You're very welcome.",
            "Happy to help!",
            "Any time. Is there anything else I can look at?",
        ),
    ),
    (
        r"\b(refund|return|money back|exchange)\b",
        (
            "No problem, I can start a return for you. Do you have the order number at hand?",
            "Refunds usually take three to five working days once we have the item.",
            "I can arrange that. Would you like a refund or an exchange?",
        ),
    ),
    (
        r"\b(order|parcel|package|delivery|shipping|track)\b",
        (
            "Let me look that order up, one moment please.",
            "I can see it left our warehouse yesterday, so it should be with you tomorrow.",
            "Could you give me the order number? It starts with two letters.",
        ),
    ),
    (
        r"\b(card|payment|charge[ds]?|bill|invoice|price)\b",
        (
            "I'll check the payment for you.",
            "I can see one charge on the account. Is that the one you mean?",
            "Please don't send card numbers here; the last four digits are enough.",
        ),
    ),
    (
        r"\b(problem|broken|error|fail(s|ed)?|not working|doesn'?t work)\b",
        (
            "Sorry to hear that. When did it start?",
            "That shouldn't happen. What do you see on the screen?",
            "Let's sort it out together. Have you tried it on another device?",
        ),
    ),
    (
        r"\b(hi|hello|hey|good (morning|afternoon|evening))\b",
        (
            "Hello! What can I do for you?",
            "Hi there, good to hear from you.",
            "Hello! How is your day going?",
        ),
    ),
    (
        r"\d{4,}",
        (
            "Thank you, I've found it.",
            "Got it, that number is on our system.",
            "Perfect, that matches what I have here.",
        ),
    ),
    (
        r"\?\s*$",
        (
            "Good question, let me check that.",
            "Yes, that should be possible.",
            "I believe so. Give me a second to make sure.",
            "As far as I can see, yes.",
        ),
    ),
)

_OTHERWISE = (
    "I see. Could you tell me a little more?",
    "Understood, I'm making a note of that.",
    "Thanks, that helps.",
    "Right, let me see what I can do.",
    "Okay, I'm with you so far.",
    "That makes sense.",
)

_SECOND_LINES = (
    "It won't take long.",
    "Is there anything else I should know?",
    "I'm still here, by the way.",
    "Just a moment.",
    "By the way, you can keep typing, I see that you do.",
)


class SmallTalk:
    """Answers by keyword."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._last = ""

    def answer(self, text: str) -> tuple[str, ...]:
        """One line, or now and then two."""
        lines = next(
            (lines for pattern, lines in _RULES if re.search(pattern, text, re.IGNORECASE)), _OTHERWISE
        )
        first = self._pick(lines)
        if self._rng.random() < SECOND_LINE_CHANCE:
            return first, self._pick(_SECOND_LINES)
        return (first,)

    def _pick(self, lines: tuple[str, ...]) -> str:
        self._last = self._rng.choice([line for line in lines if line != self._last])
        return self._last
