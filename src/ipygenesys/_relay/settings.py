"""What ``relay.toml`` says, section by section. Secrets stand in the environment; the file names the variables."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from ipygenesys._core.relay.rights import Right

Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")]
"""Of an upstream or a team: it is part of keys, and of patterns in an ACL."""
ConversationId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\Z")]
"""Likewise."""
Variable = Annotated[str, Meta(pattern=r"\A[A-Z_][A-Z0-9_]*\Z")]
"""The name of an environment variable, in capitals: a secret that somebody has put in its place is none, as a rule."""
Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class RedisSettings(_Section, frozen=True, kw_only=True):
    """Where Redis or Valkey is. Without an address it is this machine's."""

    url: Text | None = None
    """As redis-py takes it, without a password: ``rediss://relay@redis.example:6379/0``."""
    url_env: Variable | None = None
    """The whole address instead, from a variable."""
    password_env: Variable | None = None


class StreamSettings(_Section, frozen=True, kw_only=True):
    """How much of what happens is kept in Redis of each conversation and inbox: events, and for how long."""

    max_entries: Count = 10_000
    max_age_s: Seconds = 604_800.0


class Listen(Struct, frozen=True):
    """An address of this machine's."""

    host: str
    port: int

    @property
    def shown_host(self) -> str:
        """As it stands in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host


class MetricsSettings(_Section, frozen=True, kw_only=True):
    """Where health and figures are told. Empty: nowhere."""

    listen: str = "127.0.0.1:9464"

    @property
    def address(self) -> Listen | None:
        """The same in its parts.

        Raises:
            ValueError: it is none.
        """
        if not self.listen:
            return None
        parts = urlsplit(f"//{self.listen}")
        if parts.port is None or not parts.hostname or parts.path or parts.username:
            raise ValueError
        return Listen(parts.hostname, parts.port)


class SignedSettings(_Section, frozen=True, kw_only=True):
    """Tokens of our own; ``ipygenesys relay --token NAME`` makes them."""

    secret_env: Variable
    audience: Name = "ipygenesys-relay"
    leeway_s: Annotated[float, Meta(ge=0, le=300)] = 30.0


class HubSettings(_Section, frozen=True, kw_only=True):
    """JupyterHub says whose token it is. The relay is one of its services."""

    api_url: Text | None = None
    """None takes what the Hub tells its services (``JUPYTERHUB_API_URL``)."""
    scope: Text | None = None
    """What a viewer's token must be allowed, such as ``access:services!service=relay``."""
    cache_s: Annotated[float, Meta(ge=0, le=600)] = 60.0


class IdentitySettings(_Section, frozen=True, kw_only=True):
    """Besides Redis' own users: who else can prove who they are."""

    signed: SignedSettings | None = None
    jupyterhub: HubSettings | None = None


class TeamSettings(_Section, frozen=True, kw_only=True):
    """Some people and what they may do, by upstream, conversation id, or ``*``.

    A team with a password gets a Redis user of its name. ``users`` are named by their tokens.
    """

    name: Name
    users: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    """Of JupyterHub."""
    password_env: Variable | None = None
    see: tuple[Text, ...] = ()
    type: tuple[Text, ...] = ()
    send: tuple[Text, ...] = ()
    read: tuple[Text, ...] = ()

    def places(self, right: Right) -> tuple[str, ...]:
        """Where it has a right."""
        found: tuple[str, ...] = getattr(self, right)
        return found


class _Upstream(_Section, frozen=True, kw_only=True, tag_field="protocol"):
    name: Name


class _WithCredentials(_Upstream, frozen=True, kw_only=True):
    client_id_env: Variable | None = None
    client_secret_env: Variable | None = None
    access_token_env: Variable | None = None


class _AsAgent(_WithCredentials, frozen=True, kw_only=True):
    region: Text | None = None
    domain: Text | None = None
    base_url: Text | None = None


class AgentQueueSettings(_AsAgent, frozen=True, kw_only=True, tag="agent-queue"):
    """The conversations of queues."""

    queue_ids: Annotated[tuple[Text, ...], Meta(min_length=1)]


class AgentUserSettings(_AsAgent, frozen=True, kw_only=True, tag="agent-user"):
    """The conversations of the user whose token it is."""


class AgentMessagingSettings(_AsAgent, frozen=True, kw_only=True, tag="agent-messaging"):
    """Conversations, as an agent (a user's token) or as somebody who watches (an OAuth client)."""

    conversation_ids: Annotated[tuple[ConversationId, ...], Meta(min_length=1)]


class MessagingEventsSettings(_WithCredentials, frozen=True, kw_only=True, tag="messaging-events"):
    """Conversations, by the tutorial's contract."""

    conversation_ids: Annotated[tuple[ConversationId, ...], Meta(min_length=1)]
    environment: Text | None = None
    base_url: Text | None = None


class WebMessagingSettings(_Upstream, frozen=True, kw_only=True, tag="web-messaging"):
    """One guest's conversation."""

    conversation_id: ConversationId
    """What its viewers call it: a guest is not told Genesys' own id at once."""
    deployment_id: Text
    region: Text | None = None
    domain: Text | None = None
    base_url: Text | None = None
    origin: Text | None = None
    session_token_env: Variable
    """Whose conversation it is, for each relay that leads it: a random id of your own that stays the same, as
    ``python -c "import uuid; print(uuid.uuid4())"`` prints one."""


class ReplaySettings(_Upstream, frozen=True, kw_only=True, tag="replay"):
    """A recording, played to all viewers at once."""

    conversation_id: ConversationId
    path: Text
    speed: Annotated[float, Meta(gt=0)] = 1.0


UpstreamSettings = (
    AgentQueueSettings
    | AgentUserSettings
    | AgentMessagingSettings
    | MessagingEventsSettings
    | WebMessagingSettings
    | ReplaySettings
)


class Settings(_Section, frozen=True, kw_only=True):
    """The whole file."""

    redis: RedisSettings = RedisSettings()
    streams: StreamSettings = StreamSettings()
    metrics: MetricsSettings = MetricsSettings()
    identities: IdentitySettings = IdentitySettings()
    upstreams: Annotated[tuple[UpstreamSettings, ...], Meta(min_length=1)]
    teams: tuple[TeamSettings, ...] = ()
