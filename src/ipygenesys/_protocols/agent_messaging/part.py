"""An agent's part in a conversation: which communication sends go to, and what may be done with it."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import Action, AnswerConversation, EndConversation, WrapUp
from ipygenesys._protocols.agent_messaging.channels import NEEDS_USER
from ipygenesys._protocols.agent_messaging.content import OwnPart
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.agent_messaging.opening import AgentOpening
from ipygenesys._protocols.flow import CallError, Flow, Request
from ipygenesys._wire import agent_messaging as wire


class AgentPart:
    """Our part, with its communication, which may be another one after a transfer.

    Args:
        path: of the conversation.
        conversation: what is known of it.
        opening: learns who we are and what our part is.
        has_user: the credentials are a person's, not an app's.
    """

    def __init__(
        self, path: str, conversation: AgentConversation, opening: AgentOpening, *, has_user: bool
    ) -> None:
        self._path = path
        self._conversation = conversation
        self._opening = opening
        self._has_user = has_user

    def call(
        self, method: str, below: str, what: str, *, needs: tuple[str, ...], body: bytes | None = None
    ) -> Flow[bytes]:
        """Call something of our communication; if that is gone, of the one that has taken its place.

        A refusal with 404 was not carried out, so that this never sends anything twice.

        Args:
            method: of HTTP.
            below: the path below the communication.
            what: the call in words, for errors.
            needs: any of these permissions.
            body: JSON.
        """
        part = yield from self._acting(what)
        request = Request(
            method=method, path=self._of_communication(part, below), body=body, what=what, needs=needs
        )
        answer: bytes
        try:
            answer = yield request
        except CallError as error:
            if error.failure.kind != "not_found":
                raise
            self._conversation.untold += yield from self._opening.learn_conversation()
            again = yield from self._acting(what)
            if again.communication_id == part.communication_id:
                raise
            answer = yield msgspec.structs.replace(request, path=self._of_communication(again, below))
        return answer

    def act(self, action: Action) -> Flow[None]:
        """Answer, leave or wrap up."""
        match action:
            case AnswerConversation():
                yield from self._set_state("connected", "Answering the conversation")
            case EndConversation():
                yield from self._set_state("disconnected", "Leaving the conversation")
            case WrapUp(code, notes):
                what = "Wrapping up the conversation"
                part = yield from self._acting(what, must_be_connected=False)
                yield Request(
                    method="POST",
                    path=f"{self._of_participant(part)}/wrapup",
                    body=msgspec.json.encode(wire.WrapupBody(code=code, notes=notes)),
                    what=what,
                    needs=wire.PERMISSIONS_WRAPUP,
                )

    def _set_state(self, state: str, what: str) -> Flow[None]:
        part = yield from self._acting(what, must_be_connected=False)
        # By the communication rather than by the participant: this needs no permission. Source: PD.
        yield Request(
            method="PATCH",
            path=self._of_participant(part),
            body=msgspec.json.encode(wire.StateBody(state=state)),
            what=what,
            needs=wire.PERMISSIONS_STATE,
        )

    def _acting(self, what: str, *, must_be_connected: bool = True) -> Flow[OwnPart]:
        """Our own part, with its communication.

        Raises:
            CallError: we have none, or it is not one that may do this.
        """
        own = self._conversation.people.own
        if own is None or own.communication_id is None:
            yield from self._opening.learn_user()
            self._conversation.untold += yield from self._opening.learn_conversation()
            own = self._conversation.people.own
        if own is None:
            cure = "Only an agent who takes part in it can." if self._has_user else NEEDS_USER
            words = f"{what}: we only watch this conversation. {cure}"
            raise CallError(Failure(kind="permission", message=words))
        if must_be_connected and not own.is_connected:
            is_waiting = self._conversation.people.is_open
            cure = "Call answer() first." if is_waiting else "It is over for this agent."
            words = f"{what}: the conversation is not connected ({own.state or 'unknown'}). {cure}"
            raise CallError(Failure(kind="rejected", message=words))
        return own

    def _of_communication(self, part: OwnPart, below: str) -> str:
        return f"{self._path}/communications/{quote(part.communication_id or '', safe='')}/{below}"

    def _of_participant(self, part: OwnPart) -> str:
        participant, communication = (
            quote(part.participant_id, safe=""),
            quote(part.communication_id or "", safe=""),
        )
        return f"{self._path}/participants/{participant}/communications/{communication}"
