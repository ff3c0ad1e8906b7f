"""Mirrors the control plane as Python methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ipygenesys.simulator.person.dialogue import Actions, load_dialogue
from ipygenesys.simulator.state.conversation import Played


class Controls(ABC):
    """What a user can do to a running simulator.

    Where several conversations are there, ``conversation_id`` says which one is meant: its own id, or what a guest's
    Chat or Client calls it (``chat.conversation_id``). Without one it is that of the latest guest, else the first.
    """

    @abstractmethod
    def _control(self, method: str, path: str, order: dict[str, Any] | None = None) -> Any:
        """Performs one call of the control plane."""

    # --- the person on the other side

    def agent_typing(self, typing: bool, **options: Any) -> None:
        """One typing event; ``name`` and ``role`` choose another participant, ``conversation_id`` the conversation."""
        self._control("POST", "/agent/typing", {"typing": typing, **options})

    def agent_say(
        self, text: str = "", count: int = 1, rate_per_s: float | None = None, **options: Any
    ) -> list[str]:
        """Messages, at once; returns their ids (none for a burst at a rate, which goes on in the background).

        Options: ``name`` and ``role`` of another participant, ``attachments``, and ``content``: parts as Genesys'
        structured messages have them (``simulator.person.rich_content`` makes them), or the name of one of its
        samples, such as ``"carousel"``; and ``conversation_id``.
        """
        order = {"text": text, "count": count, "rate_per_s": rate_per_s, **options}
        message_ids: list[str] = self._control("POST", "/agent/say", order)["message_ids"]
        return message_ids

    def agent_read(self, message_id: str | None = None, *, conversation_id: str | None = None) -> list[str]:
        """Reads one or all of the client's messages; returns the ids newly read."""
        order = {"message_id": message_id, "conversation_id": conversation_id}
        message_ids: list[str] = self._control("POST", "/agent/read", order)["message_ids"]
        return message_ids

    def agent_leave(self, **options: Any) -> None:
        """The person leaves the conversation, until the next thing that they do."""
        self._control("POST", "/agent/leave", options)

    # --- the customer, for tests of an agent's client

    def customer_typing(self, typing: bool = True, *, conversation_id: str | None = None) -> None:
        """One typing event of the customer."""
        self._control("POST", "/customer/typing", {"typing": typing, "conversation_id": conversation_id})

    def customer_say(
        self, text: str, count: int = 1, rate_per_s: float | None = None, **options: Any
    ) -> list[str]:
        """Messages of the customer, as ``agent_say``."""
        order = {"text": text, "count": count, "rate_per_s": rate_per_s, **options}
        message_ids: list[str] = self._control("POST", "/customer/say", order)["message_ids"]
        return message_ids

    def customer_read(
        self, message_id: str | None = None, *, conversation_id: str | None = None
    ) -> list[str]:
        """The provider reports that the customer has read one or all of the agent's messages."""
        order = {"message_id": message_id, "conversation_id": conversation_id}
        message_ids: list[str] = self._control("POST", "/customer/read", order)["message_ids"]
        return message_ids

    def customer_withdraw(self, message_id: str) -> None:
        """The customer takes a message of theirs back."""
        self._control("POST", "/customer/withdraw", {"message_id": message_id})

    # --- dialogues

    def play(
        self,
        dialogue: str | Path | Sequence[Any],
        *,
        speed: float | None = None,
        actions: Actions = "skip",
        person: Played | None = None,
        conversation_id: str | None = None,
    ) -> None:
        """Plays a dialogue from now on: the person's turns are spoken, the client's are waited for.

        ``person`` says whom the simulator plays: ``"agent"``, ``"customer"`` or ``"both"``; None: as until now.
        """
        turns = load_dialogue(dialogue) if isinstance(dialogue, str | Path) else dialogue
        order = {"turns": list(turns), "speed": speed, "actions": actions, "person": person}
        self._control("POST", "/dialogue", {**order, "conversation_id": conversation_id})

    def dialogue(self, conversation_id: str | None = None) -> dict[str, Any]:
        """How far the dialogue has come: playing, position, turns, done, mismatches, and the ``turn`` that is next."""
        state: dict[str, Any] = self._control("GET", "/dialogue", {"conversation_id": conversation_id})
        return state

    # --- conversations

    def conversations(self) -> list[dict[str, Any]]:
        """All of them, oldest first: conversation_id, guest_id, customer, state, messages (how many)."""
        conversations: list[dict[str, Any]] = self._control("GET", "/conversations")["conversations"]
        return conversations

    def open_conversation(self) -> str:
        """One more, with an agent and a customer of its own; returns its id. Each guest has one without being asked."""
        conversation_id: str = self._control("POST", "/conversations")["conversation_id"]
        return conversation_id

    def queues(self) -> list[dict[str, Any]]:
        """The organisation's queues: queue_id, name, and target_s, within which a customer should have an agent."""
        queues: list[dict[str, Any]] = self._control("GET", "/queues")["queues"]
        return queues

    @property
    def queue_ids(self) -> list[str]:
        """The ids of the queues, as ``queues`` lists them."""
        return [queue["queue_id"] for queue in self.queues()]

    def agents(self) -> list[dict[str, Any]]:
        """The organisation's agents: user_id, name."""
        agents: list[dict[str, Any]] = self._control("GET", "/queues")["agents"]
        return agents

    # --- ways in, without a login

    def agent_access_token(self, user_id: str | None = None) -> str:
        """A fresh access token of the agent's user, or of another of the organisation's agents."""
        token: str = self._control("POST", "/agent/token", {"user_id": user_id})["access_token"]
        return token

    def guest_session(self) -> dict[str, str]:
        """A session token that nobody has used yet, with the ``deployment_id`` to use it with."""
        session: dict[str, str] = self._control("POST", "/guest/session")
        return session

    # --- conditions and truth

    def fault(self, kind: str, **options: Any) -> None:
        """Lets something go wrong: ``drop``, ``half_open``, ``refuse``, ``expire_token``, ``rate_limit``, ``error``, ….

        Kinds and options are those of the control plane: the classes of ``ipygenesys.simulator.faults.kinds``.

        Raises:
            ValueError: there is no such kind or option; it names the kinds.
        """
        self._control("POST", "/faults", {"kind": kind, **options})

    def set_deployment(self, **toggles: Any) -> dict[str, Any]:
        """Changes toggles of the deployment; returns all of them."""
        deployment: dict[str, Any] = self._control("POST", "/deployment", toggles)
        return deployment

    def set_guest_limits(self, **limits: Any) -> dict[str, Any]:
        """Changes limits of the guest's side; returns all of them."""
        guest_limits: dict[str, Any] = self._control("POST", "/guest_limits", limits)
        return guest_limits

    def set_agent_api(self, **values: Any) -> dict[str, Any]:
        """Changes what the agent's API allows; returns all of it."""
        agent_api: dict[str, Any] = self._control("POST", "/agent_api", values)
        return agent_api

    def set_conversation(self, state: str, *, conversation_id: str | None = None) -> None:
        """``connected`` or ``disconnected``; ``alerting`` makes the agent's part wait to be answered."""
        self._control("POST", "/conversation", {"state": state, "conversation_id": conversation_id})

    def log(self, conversation_id: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """The ground truth: sent, received, connections, of all conversations or of one; times are epoch seconds."""
        truth: dict[str, list[dict[str, Any]]] = self._control(
            "GET", "/log", {"conversation_id": conversation_id}
        )
        return truth

    def truth(self, *, queue_ids: list[str] | None = None, since: float | None = None) -> dict[str, Any]:
        """What is true of the queues now: rows, lengths of time, waits, counts; see ``simulator.org.truth.Truth``.

        Times are milliseconds since 1970 and lengths milliseconds. ``since`` (epoch seconds), the time of
        a subscription, leaves out what had ended by then, after-call work included: who listens since then hears nothing of it.
        """
        truth: dict[str, Any] = self._control("GET", "/truth", {"queue_ids": queue_ids, "since": since})
        return truth

    def requests(self) -> list[dict[str, Any]]:
        """Every REST call with its status."""
        requests: list[dict[str, Any]] = self._control("GET", "/requests")["requests"]
        return requests

    def reset(self) -> None:
        """Back to the start, with the same ids and tokens; open streams are closed."""
        self._control("POST", "/reset")
