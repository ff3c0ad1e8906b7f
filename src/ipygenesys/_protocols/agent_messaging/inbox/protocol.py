"""AgentQueue and AgentUser: the conversations of queues, and those of a user."""

from __future__ import annotations

from ipygenesys._protocols.agent_messaging.channels import MAX_TOPICS
from ipygenesys._protocols.agent_messaging.inbox.watching import AgentInbox
from ipygenesys._wire import agent_messaging as wire
from ipygenesys._wire.identifiers import checked_id
from ipygenesys.credentials import ClientCredentials, Credentials


class AgentQueue(AgentInbox):
    """The message conversations of one or several queues, watched by anybody who may.

    Give one of ``region``, ``domain`` and ``base_url``.

    Args:
        queue_id: which queue, or several.
        credentials: ``ClientCredentials``, ``UserLogin`` or an ``AccessToken``. Inboxes and conversations with the same
            object share one token and one of the 20 channels of a user and app.
        region: such as ``eu_west_1``.
        domain: such as ``mypurecloud.ie``, for a region that is not in the table yet.
        base_url: a gateway or a simulator in place of all hosts. Plain http for loopback only.

    Raises:
        TypeError: the credentials, or an id, are something else.
        ValueError: no queue, a queue that is no id, or more than there can be topics.
    """

    def __init__(
        self,
        *,
        queue_id: str | list[str] | tuple[str, ...],
        credentials: Credentials,
        region: str | None = None,
        domain: str | None = None,
        base_url: str | None = None,
    ) -> None:
        ids = [queue_id] if isinstance(queue_id, str) else list(queue_id)
        if not ids:
            raise ValueError("queue_id must name one queue at least.")
        if len(ids) > MAX_TOPICS:
            raise ValueError(f"At most {MAX_TOPICS} queues can be watched by one inbox, not {len(ids)}.")
        self._queue_ids = tuple(dict.fromkeys(checked_id("queue_id", each) for each in ids))
        super().__init__(credentials=credentials, region=region, domain=domain, base_url=base_url)

    def fresh(self) -> AgentQueue:
        """The same without its memory: each inbox has its own."""
        return AgentQueue(
            queue_id=self._queue_ids,
            credentials=self.credentials,
            domain=self.platform.domain,
            base_url=self.platform.base_url,
        )

    @property
    def queue_ids(self) -> tuple[str, ...]:
        """The queues that are watched."""
        return self._queue_ids

    def __repr__(self) -> str:
        return f"AgentQueue({self.platform.name!r}, queue_id={list(self._queue_ids)!r})"


class AgentUser(AgentInbox):
    """The message conversations of the user whose credentials these are.

    Give one of ``region``, ``domain`` and ``base_url``.

    Args:
        credentials: ``UserLogin`` or a user's ``AccessToken``.
        region: such as ``eu_west_1``.
        domain: such as ``mypurecloud.ie``, for a region that is not in the table yet.
        base_url: a gateway or a simulator in place of all hosts. Plain http for loopback only.

    Raises:
        TypeError: the credentials are something else, or those of an app, which has no conversations.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        region: str | None = None,
        domain: str | None = None,
        base_url: str | None = None,
    ) -> None:
        if isinstance(credentials, ClientCredentials):
            raise TypeError("An app has no conversations of its own: use UserLogin or a user's AccessToken.")
        super().__init__(credentials=credentials, region=region, domain=domain, base_url=base_url)

    def fresh(self) -> AgentUser:
        """The same without its memory: each inbox has its own."""
        return AgentUser(
            credentials=self.credentials, domain=self.platform.domain, base_url=self.platform.base_url
        )

    @property
    def _message_topics(self) -> dict[str, None]:
        if self.stream.user_id is None:
            return {}
        return {wire.USER_MESSAGES_TOPIC.format(user_id=self.stream.user_id): None}

    def __repr__(self) -> str:
        return f"AgentUser({self.platform.name!r})"
