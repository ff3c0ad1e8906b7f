"""What the conversation is called in its views: as its owner says, else by its customer, else by its id."""

from __future__ import annotations

from ipygenesys._core.session.session import Session
from ipygenesys._core.view.protocol import TitleDelta


def checked_title(given: object) -> str:
    """Empty where none was given.

    Raises:
        TypeError: it is not a str.
    """
    if not isinstance(given, str | None):
        raise TypeError(f"title must be a str, not {type(given).__name__}.")
    return (given or "").strip()


class ViewTitle:
    """A customer's name is personal: it travels to the pages, and stands in no trait.

    Args:
        session: of the conversation.
        given: by whoever has made the view; empty: nothing.
        otherwise: what there is to say where no name is known.
    """

    def __init__(self, session: Session, *, given: str = "", otherwise: str = "") -> None:
        self._session = session
        self._given = given
        self._otherwise = otherwise
        self._told = self.text

    @property
    def text(self) -> str:
        """As things stand; to the customer their own name says nothing."""
        people = self._session.conversation.people
        is_ours = people.own_role == "customer" and not self._session.allowed.looks_on
        return self._given or (None if is_ours else people.customer_name) or self._otherwise

    def news(self) -> TitleDelta | None:
        """What it is now, if that has not been said yet."""
        if (text := self.text) == self._told:
            return None
        self._told = text
        return TitleDelta(title=text)
