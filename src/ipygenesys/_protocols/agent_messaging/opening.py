"""How an agent's stream is opened: who we are, our part, and its topics on a channel."""

from __future__ import annotations

from urllib.parse import quote

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import MoveRequested, PlatformEvent
from ipygenesys._protocols.agent_messaging.channels import NotificationChannels
from ipygenesys._protocols.agent_messaging.content import LooseConversation
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.flow import CallError, Flow, GetOccasion, GetToken, InTurn, Join, Request, asked
from ipygenesys._wire import agent_messaging as wire


class AgentOpening:
    """Opens the streams of one adapter, and learns on the way what its other calls need.

    Args:
        channel: what its stream comes by.
        conversation: takes in what is learned.
        has_user: the credentials are a person's, not an app's.
    """

    def __init__(
        self, channel: NotificationChannels, conversation: AgentConversation, *, has_user: bool
    ) -> None:
        self.channel = channel
        """Is replaced by that which the conversations of these credentials share."""
        self._conversation = conversation
        self._has_user = has_user

    def flow(self) -> Flow[tuple[PlatformEvent, ...]]:
        """Who am I, what is my part, and the channel with its topics."""
        occasion = yield GetOccasion()
        yield GetToken()  # A login may take minutes; a call would not wait that long for its token.
        yield from self.learn_user()
        yield from self.learn_conversation()
        topics = self._topics()
        yield Join(stream=self.channel, topics=topics, address=self._conversation.conversation_id)
        self.channel.check(topics)
        self._conversation.people.has_typing_topic = self.channel.has_typing(topics)
        self._conversation.untold.clear()
        rotate_in_s = self.channel.rotate_in_s(occasion.now_s)
        return (*self._conversation.people.all_that_is_known(), MoveRequested(in_s=rotate_in_s))

    def learn_user(self) -> Flow[None]:
        """Who we are; asked once.

        Raises:
            CallError: the token has no user.
        """
        if self._has_user and self._conversation.people.user_id is None:
            yield InTurn(self.channel.learn_user())
            self._conversation.people.user_id = self.channel.user_id

    def learn_conversation(self) -> Flow[tuple[PlatformEvent, ...]]:
        """Who takes part, and which part is ours."""
        request = Request(
            method="GET",
            path=f"{wire.ANY_CONVERSATIONS_PATH}/{quote(self._conversation.conversation_id, safe='')}",
            what="Fetching the conversation",
            needs=wire.PERMISSIONS_WATCH,
        )
        return self._conversation.people.learn((yield from asked(request, LooseConversation)))

    def _topics(self) -> tuple[str, ...]:
        if topics := self._conversation.people.topics:
            self._conversation.people.follow(topics)
            return topics
        whose = "The token's user takes" if self._has_user else "An app takes"
        words = (
            f"{whose} no part in this conversation, and it came through no queue: there is nothing to watch it by. "
            "Use the credentials of an agent who takes part in it."
        )
        raise CallError(Failure(kind="permission", message=words))
