"""Who takes part in a conversation: names and roles as far as they are known, and which of them are us."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ipygenesys._core.model.messages import Message, Role

ROLE_NAMES: dict[Role, str] = {"agent": "Agent", "customer": "Customer", "bot": "Bot", "system": "System"}


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part, as far as they have been introduced."""

    name: str | None = None
    role: Role | None = None


_NOBODY = Participant()


class Participants:
    """Those of one conversation, ourselves included."""

    def __init__(self, *, own_role: Role, own_participant_id: str | None, is_role_own: bool) -> None:
        self.own_role = own_role
        self.customer_name: str | None = None
        """Of the customer who was introduced last, as far as it is known."""
        self._is_role_own = is_role_own
        self._own_ids = {own_participant_id} if own_participant_id else set()
        self._known: dict[str, Participant] = {}
        self._last_to_speak: tuple[int, str] | None = None
        """Of the other side's newest message that has a name: its time, and the name."""

    def introduce(self, participant_id: str | None, name: str | None, role: Role | None) -> None:
        """Somebody has come, or has said something; what was known and is not said again stays."""
        known = self._known.get(participant_id or "", _NOBODY)
        if name == known.name and role == known.role and role not in ("customer", self.own_role):
            return  # Mostly, as with each of their messages.
        met = Participant(name=name or known.name, role=role or known.role)
        if met.role == "customer" and met.name not in (None, ROLE_NAMES["customer"]):
            self.customer_name = met.name
        if participant_id is None or (name is None and role is None):
            return
        self._known[participant_id] = met
        if self._has_own_role(role):
            self._own_ids.add(participant_id)

    def are_us(self, participant_ids: Iterable[str], role: Role | None = None) -> None:
        """It was said that these are us, and perhaps what we are."""
        self._own_ids.update(participant_ids)
        self.own_role = role or self.own_role

    def spoke(self, message: Message) -> None:
        """Where typing names nobody, it is most likely whoever of the others wrote last."""
        if message.is_own or message.role == "system" or message.sender == ROLE_NAMES[message.role]:
            return
        if self._last_to_speak is None or message.time_ms >= self._last_to_speak[0]:
            self._last_to_speak = (message.time_ms, message.sender)

    # --- us and the others --------------------------------------------------------------------------------

    @property
    def include_us(self) -> bool:
        """Whether any of them is known to be us."""
        return bool(self._own_ids)

    @property
    def own_ids(self) -> tuple[str, ...]:
        """Those that are known to be us, in an order of no meaning that is always the same."""
        return tuple(sorted(self._own_ids))

    def has_own_id(self, participant_id: str | None) -> bool:
        """Whether this participant is known to be us."""
        return participant_id in self._own_ids

    def is_us(self, participant_id: str | None, role: Role | None = None) -> bool:
        """The same, or their role says so: the one given, or else the one that is known."""
        return participant_id in self._own_ids or self._has_own_role(role or self.role_of(participant_id))

    def is_counterpart(self, role: Role | None) -> bool:
        """Whether we talk to them: for an agent the customer, not a colleague. What a bot says by itself shows nothing."""
        return role is None or role == self.other_role

    @property
    def other_role(self) -> Role:
        """Whom we expect on the other side."""
        return "agent" if self.own_role == "customer" else "customer"

    # --- names --------------------------------------------------------------------------------------------

    @property
    def own_name(self) -> str:
        """Ours, or at least what we are."""
        return next((name for id_ in self._own_ids if (name := self.name_of(id_))), ROLE_NAMES[self.own_role])

    def role_of(self, participant_id: str | None) -> Role | None:
        """As far as it is known."""
        participant = self._known.get(participant_id or "")
        return participant.role if participant else None

    def name_of(self, participant_id: str | None) -> str | None:
        """As far as it is known."""
        participant = self._known.get(participant_id or "")
        return participant.name if participant else None

    def typist_name(self, participant_id: str) -> str:
        """What to call somebody who types, known or not."""
        if name := self.name_of(participant_id):
            return name
        if not participant_id and self._last_to_speak:
            return self._last_to_speak[1]
        return ROLE_NAMES[self.role_of(participant_id) or self.other_role]

    def _has_own_role(self, role: Role | None) -> bool:
        """Whether who has this role must be us."""
        return self._is_role_own and role == self.own_role
