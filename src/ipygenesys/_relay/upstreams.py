"""The protocols that the upstreams of ``relay.toml`` name, with the credentials that the environment holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipygenesys._protocols.agent_messaging.inbox.protocol import AgentQueue, AgentUser
from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys._relay import settings as wanted
from ipygenesys._relay.address import SettingsError, variable
from ipygenesys._relay.reading import names_of
from ipygenesys._relay.settings import UpstreamSettings
from ipygenesys.credentials import AccessToken, ClientCredentials


def protocols_of(upstreams: tuple[UpstreamSettings, ...], environment: Mapping[str, str]) -> dict[str, Any]:
    """A protocol for each, by the names that their keys have. Those of the same app share a token and a channel.

    Raises:
        SettingsError: one cannot be made; the words are of the protocol itself, with the place.
    """
    maker = _Maker(environment)
    return {
        name: maker.protocol(f"upstreams[{number}]", each, name)
        for number, each in enumerate(upstreams)
        for name in names_of(each)
    }


class _Maker:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._credentials: dict[tuple[str | None, ...], ClientCredentials | AccessToken] = {}

    def protocol(self, place: str, each: UpstreamSettings, name: str) -> Any:
        try:
            return self._made(place, each, name)
        except SettingsError:
            raise
        except (TypeError, ValueError, OSError) as error:
            raise SettingsError(f"{place}: {error}") from None

    def _made(self, place: str, each: UpstreamSettings, name: str) -> Any:
        match each:
            case wanted.ReplaySettings(path=path, speed=speed):
                from ipygenesys._io.recordings.replay import Replay

                return Replay(path, speed)
            case wanted.MessagingEventsSettings():
                return MessagingEvents(
                    conversation_id=name,
                    credentials=self._credentials_of(place, each),
                    environment=each.environment,
                    base_url=each.base_url,
                )
            case wanted.WebMessagingSettings(deployment_id=deployment_id):
                token = variable(f"{place}.session_token_env", each.session_token_env, self._environment)
                return WebMessaging(
                    deployment_id=deployment_id, session_token=token, origin=each.origin, **_where(each)
                )
            case wanted.AgentQueueSettings(queue_ids=queue_ids):
                credentials = self._credentials_of(place, each)
                return AgentQueue(queue_id=queue_ids, credentials=credentials, **_where(each))
            case wanted.AgentUserSettings():
                return AgentUser(credentials=self._credentials_of(place, each), **_where(each))
            case wanted.AgentMessagingSettings():
                credentials = self._credentials_of(place, each)
                return AgentMessaging(conversation_id=name, credentials=credentials, **_where(each))

    def _credentials_of(self, place: str, each: Any) -> ClientCredentials | AccessToken:
        names = (each.client_id_env, each.client_secret_env, each.access_token_env)
        if names not in self._credentials:
            values = {
                key: variable(f"{place}.{key}", getattr(each, key), self._environment)
                for key in ("client_id_env", "client_secret_env", "access_token_env")
                if getattr(each, key)
            }
            self._credentials[names] = (
                AccessToken(values["access_token_env"])
                if "access_token_env" in values
                else ClientCredentials(values["client_id_env"], values["client_secret_env"])
            )
        return self._credentials[names]


def _where(each: Any) -> dict[str, Any]:
    return {"region": each.region, "domain": each.domain, "base_url": each.base_url}
