"""The command `ipygenesys doctor`: what to examine, and how to tell what was found.

No token, secret or message text is ever shown: what is said of a failure is what the client itself would say.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec

from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys.commands.doctor.examination import NO_CONVERSATION, examine
from ipygenesys.commands.doctor.findings import Finding
from ipygenesys.credentials import AccessToken, ClientCredentials, Credentials, Secret
from ipygenesys.user_login import UserLogin


def run(options: Namespace) -> int:
    """Examine what the command line names; 0 when nothing has failed."""
    try:
        found_by, name = examination_of(options, os.environ)
    except (ValueError, TypeError, ImportError) as error:
        found = _with_options(str(error), options)
        finding = Finding(check="options", tried="Reading the options", verdict="failed", found=found)
        return _tell([finding], as_json=options.json, name=str(options.protocol or "unknown"))
    findings: list[Finding] = []

    async def examine_all() -> None:
        async with aclosing(found_by) as found:
            async for finding in found:
                findings.append(finding)
                if not options.json:
                    _write(finding.line)

    asyncio.run(examine_all())
    return _tell(findings, as_json=options.json, name=name, is_told=not options.json)


def _tell(findings: list[Finding], *, as_json: bool, name: str, is_told: bool = False) -> int:
    has_failed = any(finding.verdict == "failed" for finding in findings)
    if as_json:
        report = {"ok": not has_failed, "protocol": name, "findings": msgspec.to_builtins(findings)}
        _write(json.dumps(report, indent=2, ensure_ascii=False))
    elif not is_told:
        for finding in findings:
            _write(finding.line)
    return 1 if has_failed else 0


def _write(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


# --- what is examined -------------------------------------------------------------------------------------


def examination_of(options: Namespace, environment: Any) -> tuple[AsyncGenerator[Finding, None], str]:
    """What the options want to have examined, and what it is called.

    Raises:
        ValueError: something is missing or cannot be right.
        ImportError: what a relay needs is not installed.
    """
    if options.relay is None:
        protocol = protocol_of(options, environment)
        return examine(protocol, patience_s=options.patience), type(protocol).__name__
    from ipygenesys._io.relay.relay import Relay
    from ipygenesys.commands.doctor import relay

    url = options.relay or environment.get("GENESYS_RELAY_URL", "")
    if not url:
        raise ValueError("--relay needs an address, or GENESYS_RELAY_URL in the environment.")
    if options.inbox and options.conversation_id:
        conversation = f"{options.inbox}/{options.conversation_id}"
    else:
        conversation = inbox_name(options.inbox) if options.inbox else options.conversation_id
    Relay(url, conversation_id=conversation)
    token = environment.get("GENESYS_RELAY_TOKEN")
    return relay.examine(url, conversation, Secret(token) if token else None), "Relay"


def protocol_of(options: Namespace, environment: Any) -> Adapter:
    """The protocol that the options name; secrets come from the environment only.

    Raises:
        ValueError: something is missing or cannot be right.
    """
    name = options.protocol or _guess(options)
    where = {"region": options.region, "domain": options.domain, "base_url": options.base_url}
    if name == "messaging-events":
        if (options.environment is None) == (options.base_url is None):
            raise ValueError("messaging-events needs --environment us-east-1, or --base-url https://….")
    elif sum(value is not None for value in where.values()) != 1:
        raise ValueError("Give one of --region eu_west_1, --domain mypurecloud.ie and --base-url https://….")
    if name == "web-messaging":
        if not options.deployment_id:
            raise ValueError(
                "web-messaging needs --deployment-id: Admin > Message > Messenger Deployments shows it."
            )
        return WebMessaging(deployment_id=options.deployment_id, origin=options.origin, **where)
    credentials = credentials_of(options, environment)
    conversation_id = options.conversation_id or NO_CONVERSATION
    if name == "agent-messaging":
        return AgentMessaging(conversation_id=conversation_id, credentials=credentials, **where)
    return MessagingEvents(
        conversation_id=conversation_id,
        credentials=credentials,
        environment=options.environment,
        base_url=options.base_url,
    )


def _with_options(words: str, options: Namespace) -> str:
    """The client's words name its arguments, which are options here."""
    names = "|".join(vars(options))
    return re.sub(
        rf"\A({names})\b|\b({names})=", lambda name: f"--{name[0].strip('=').replace('_', '-')}", words
    )


def _guess(options: Namespace) -> str:
    if options.deployment_id:
        return "web-messaging"
    return "messaging-events" if options.environment else "agent-messaging"


def credentials_of(options: Namespace, environment: Any) -> Credentials:
    """A login if it was asked for, else a token, else an OAuth client.

    Raises:
        ValueError: the environment holds none of them.
    """
    client_id = environment.get("GENESYS_CLIENT_ID", "")
    if options.login:
        if not client_id:
            raise ValueError("--login needs GENESYS_CLIENT_ID in the environment.")
        return UserLogin(client_id, redirect_port=options.redirect_port)
    if token := environment.get("GENESYS_ACCESS_TOKEN"):
        return AccessToken(token)
    if client_id and (secret := environment.get("GENESYS_CLIENT_SECRET")):
        return ClientCredentials(client_id, secret)
    raise ValueError(
        "No credentials in the environment. Set GENESYS_ACCESS_TOKEN, or GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET, "
        "or GENESYS_CLIENT_ID and give --login."
    )
