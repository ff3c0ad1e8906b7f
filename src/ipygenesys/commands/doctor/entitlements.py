"""What the token and the org allow, as `ipygenesys doctor` asks: permissions, scopes, switches, channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from fnmatch import fnmatchcase

from ipygenesys._protocols.flow import CallError, Request
from ipygenesys._protocols.tolerant import decode
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys._wire import agent_messaging as wire
from ipygenesys._wire import web_messaging as guest_wire
from ipygenesys.commands.doctor.findings import Finding, Step, skipped
from ipygenesys.credentials import ClientCredentials

MANY_CHANNELS = wire.MAX_CHANNELS - 2
NEEDED_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "sending and typing": wire.PERMISSIONS_SEND,
    "reading messages": wire.PERMISSIONS_VIEW,
    "finding our part": wire.PERMISSIONS_WATCH,
}
"""By purpose: any of them is enough."""

Ask = Callable[[Request], Awaitable[bytes]]
"""Carries out a call with the token, or without it where it is public; raises CallError."""


async def permissions(ask: Ask, credentials: object) -> Finding:
    """Who we are, and what that user may do."""
    if isinstance(credentials, ClientCredentials):
        words = "an app has no user, and can only watch a conversation by its queue"
        cure = "To take part, give GENESYS_ACCESS_TOKEN of a user, or --login."
        return Step("permissions", "Asking who we are").said("warning", words, cure)
    tried = "Asking who we are and what we may do"
    cure = "Use a token of a user: --login, or a GENESYS_ACCESS_TOKEN by authorization code."
    step = Step("permissions", tried, cure=cure)

    async def act() -> Finding | str:
        body = await ask(_get(wire.ME_PATH, tried, expand=wire.Unverified.EXPAND_PERMISSIONS))
        me = decode(body, wire.UserBody)
        if me.authorization is None:
            return "a user; the server does not tell the permissions, so the steps below have to show them"
        missing = [
            f"{' or '.join(any_of)} (for {purpose})"
            for purpose, any_of in NEEDED_PERMISSIONS.items()
            if not any(_is_granted(wanted, me.authorization.permissions) for wanted in any_of)
        ]
        if not missing:
            return "a user with all that is needed"
        cure = "Add them to a role of the user: Admin > People & Permissions > Roles / Permissions."
        return step.said("failed", f"missing: {'; '.join(missing)}", cure)

    return await step.run(act)


async def scopes(ask: Ask, wanted: tuple[str, ...]) -> Finding:
    """What the token was given for. An app's token has the roles of its OAuth client instead."""
    tried = "Asking for the token's scopes"
    if not wanted:
        return skipped("scopes", tried, "an app's token has the roles of its OAuth client, and no scopes")
    step = Step("scopes", tried)

    async def act() -> Finding | str:
        try:
            body = await ask(_get(wire.TOKEN_INFO_PATH, tried))
        except CallError as error:
            if error.failure.kind in ("not_found", "unsupported"):
                return step.said("skipped", "the server does not tell them")
            raise
        granted = decode(body, wire.TokenInfo).authorized_scope
        if not granted:
            return step.said("skipped", "the server does not tell them")
        if missing := [scope for scope in wanted if scope not in granted]:
            cure = "Add them to the OAuth client: Admin > Integrations > OAuth > the client > Scope."
            words = f"missing: {', '.join(missing)}; calls that need them will be refused"
            return step.said("warning", words, cure)
        return f"all that are needed: {', '.join(wanted)}"

    return await step.run(act)


async def typing_settings(ask: Ask) -> Finding:
    """Whether the org passes typing on, where we may look."""
    tried = "Reading the org's messaging settings"
    step = Step("settings", tried)

    async def act() -> Finding | str:
        try:
            body = await ask(_get(wire.MESSAGING_SETTINGS_PATH, tried))
        except CallError as error:
            if error.failure.kind in ("permission", "not_found", "unsupported"):
                words = f"not allowed to look, which nothing else needs ({wire.PERMISSIONS_SETTINGS[0]})"
                return step.said("skipped", words)
            raise
        settings = decode(body, wire.MessagingSettingsBody).entities
        off = [
            f"{whose} typing in {setting.name or 'a configuration'}"
            for setting in settings
            for whose, state in (
                ("the customer's", setting.event.typing.on.inbound),
                ("the agent's", setting.event.typing.on.outbound),
            )
            if state == "Disabled"
        ]
        if off:
            cure = (
                "They count for open messaging, Apple and Instagram: turn them on in that platform configuration. "
                "Web messaging has its own: Admin > Message > Messenger Configurations."
            )
            return step.said("warning", f"switched off: {', '.join(off)}", cure)
        return "typing is passed on both ways" if settings else "there are none, so the defaults count"

    return await step.run(act)


async def channels(ask: Ask) -> Finding:
    """How many notification channels are left."""
    tried = "Counting the notification channels of this user and app"
    step = Step("channels", tried)

    async def act() -> Finding | str:
        count = len(decode(await ask(_get(wire.CHANNELS_PATH, tried)), wire.ChannelsBody).entities)
        words = f"{count} of {wire.MAX_CHANNELS}"
        if count < MANY_CHANNELS:
            return words
        cure = "The next ones drive others off. Close some, use an OAuth client of your own, or `ipygenesys relay`."
        return step.said("warning", words, cure)

    return await step.run(act)


async def deployment(ask: Ask, protocol: WebMessaging) -> Finding:
    """What a messenger's deployment allows."""
    tried = "Reading the deployment's config"
    where = "Admin > Message > Messenger Deployments"
    step = Step("deployment", tried, cure=f"Check the deployment id ({where}) and the region.")

    async def act() -> Finding | str:
        request = Request(
            method="GET",
            path=guest_wire.CONFIG_PATH.format(deployment_id=protocol.deployment_id),
            what=tried,
            base_url=protocol.platform.url("api-cdn"),
            is_public=True,
        )
        try:
            config = decode(await ask(request), guest_wire.DeploymentConfig)
        except CallError as error:
            if error.failure.status in (403, 404):
                id_ = error.failure.correlation_id
                return step.said(
                    "failed",
                    f"there is no such deployment ({error.failure.status})"
                    + (f" (correlation id {id_})" if id_ else ""),
                    f"Check the deployment id ({where}) and the region.",
                )
            raise
        if config.status != "Active" or not config.messenger.enabled:
            words = f"it is {config.status}" if config.status != "Active" else "its messenger is switched off"
            return step.said("failed", words, f"Activate it: {where}.")
        app = config.messenger.apps.conversations
        can = [
            name
            for name, is_on in (
                ("files", bool(config.messenger.file_upload.modes)),
                ("clearing", app.conversation_clear.enabled),
                ("signing in", config.auth.enabled),
            )
            if is_on
        ]
        off = [
            name
            for name, is_on in (
                ("the agent's typing", app.show_agent_typing_indicator),
                ("the guest's typing", app.show_user_typing_indicator),
            )
            if not is_on
        ]
        also = f"; also: {', '.join(can)}" if can else ""
        if not off:
            return f"active, typing shows both ways{also}"
        cure = "Turn on the typing indicators: Admin > Message > Messenger Configurations."
        return step.said("warning", f"active, but switched off: {', '.join(off)}{also}", cure)

    return await step.run(act)


def _get(path: str, what: str, **query: str) -> Request:
    return Request(method="GET", path=path, query=query, what=what)


def _is_granted(wanted: str, granted: Iterable[str]) -> bool:
    """Roles grant with wildcards: ``conversation:message:*``."""
    return any(fnmatchcase(wanted, each.replace("[", "[[]")) for each in granted)
