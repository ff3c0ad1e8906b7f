"""A long session of all protocols with every logger at DEBUG: no line holds a secret of any kind."""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ipygenesys import (
    AgentMessaging,
    AgentQueue,
    DeliveryFailed,
    GuestAuth,
    Inspector,
    Script,
    UserLogin,
    WebMessaging,
)
from ipygenesys._core.inbox.rows import Row
from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.org.lines import lines_of
from tests.io.clocks import QuickClock
from tests.io.watch import Watched, credentials_for, eventually, protocol_for
from tests.log import everything_logged, found
from tests.needles import Wire, reprs, tapped, tells_all
from tests.simulator.org.hours import hour

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100_000
VERIFIER = "CANARY-VERIFIER-" + "v" * 43
TEXTS = (
    "CANARY-OF-THE-GUEST",
    "CANARY-OF-THE-AGENT",
    "CANARY-OF-THE-APP",
    "CANARY-REFUSED",
    "CANARY-OF-A-SCRIPT",
)
SECRETS = {"token", "session", "channel", "signature", "code", "state"}
"""Kinds of them that must have gone over the wire: else the test looks for nothing."""


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Catches secrets where they leave us."""
    return tapped(monkeypatch)


def details_of(inspector: Inspector) -> list[str]:
    """All that its page can be shown."""
    notes = inspector._notes
    return list(map(repr, notes.between(notes.first, notes.total + 1)))


def browser_for(wire: Wire) -> Any:
    """A person who is logged in already: the page sends the browser straight back."""

    def open_browser(address: str) -> bool:
        wire.address(address)
        with urllib.request.urlopen(address, timeout=5) as response:
            wire.address(response.url)
        return True

    return open_browser


async def guest_login(simulator: Simulator, wire: Wire) -> GuestAuth:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    query = {
        "redirect_uri": "http://127.0.0.1/back",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": "grace",
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(simulator.base_url + "/idp/authorize", params=query)
    address = answer.headers["Location"]
    wire.address(address)
    return GuestAuth(parse_qs(urlsplit(address).query)["code"][0], query["redirect_uri"], VERIFIER)


async def test_a_long_session_of_all_protocols_leaves_no_secret_in_any_log(
    wire: Wire, tmp_path: Path
) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    tells_all(asyncio.get_running_loop())
    deployment = {"auth_enabled": True, "allow_session_upgrade": True}
    async with Simulator(scenario="manual", speed=20, deployment=deployment) as simulator:
        auth = await guest_login(simulator, wire)
        user = UserLogin(
            simulator.client_id, redirect_port=0, redirect_host="127.0.0.1", open_browser=browser_for(wire)
        )
        guest = Watched(
            WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id, auth=auth)
        )
        agent = Watched(
            AgentMessaging(
                base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=user
            )
        )
        app = Watched(protocol_for(simulator))
        one_of_a_script = functools.partial(
            WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
        )
        files = [tmp_path / f"{number}.jsonl" for number in range(3)]
        with everything_logged() as log:
            async with guest, agent, app:
                inspectors = [Inspector(client) for client in (guest, agent, app)]
                for client, file in zip((guest, agent, app), files, strict=True):
                    client.record(file)
                for client in (guest, agent, app):
                    await client.until_caught_up()
                for client, text in zip((guest, agent, app), TEXTS, strict=False):
                    client.set_typing(True)
                    await client.send(text)
                await guest.send_file(picture)
                await agent.send_file(picture)
                at_the_app = f"/messaging/conversations/{simulator.conversation_id}/messages"
                simulator.fault("error", status=422, path=at_the_app, method="POST", message=TEXTS[3])
                with pytest.raises(DeliveryFailed):
                    await app.send(TEXTS[3])
                simulator.fault("expire_token")
                simulator.fault("drop", code=1012, reason=TEXTS[3])
                for client in (guest, agent, app):
                    await client.until_status("reconnecting")
                for client in (guest, agent, app):
                    await client.until_status("connected")
                    await client.send("again")
                await guest.until(lambda: guest.texts.count("again") > 1)
                run = await Script(Script.scenario("one").say(TEXTS[4])).arun(one_of_a_script)
                assert run.passed

                shown = [words for client in (guest, agent, app) for words in reprs(client)]
                shown += [repr(run), *(words for each in inspectors for words in details_of(each))]
                shown += [repr(each.get_state()) for each in inspectors]
            shown += [file.read_text() for file in files]

    assert wire.secrets.keys() >= SECRETS, wire.secrets.keys()
    secrets = {secret for kind in SECRETS for secret in wire.secrets[kind]} | {
        VERIFIER,
        simulator.client_secret,
    }
    loggers = {line.partition(":")[0] for line in log.lines}
    assert {"asyncio", "ipygenesys.rest", "ipygenesys.stream"} <= loggers
    assert found(secrets.union(TEXTS), log.lines) == []
    assert found(secrets, shown) == []
    for text in TEXTS[:3]:
        assert found({text}, shown), "recordings and inspectors have the texts: they were looked at"


async def test_an_inbox_of_a_busy_hour_leaves_neither_secrets_nor_words_in_any_log(wire: Wire) -> None:
    loop = asyncio.get_running_loop()
    # Nobody is to read files while a loop runs.
    await asyncio.to_thread(lambda: [lines_of(queue.dialogue) for queue in hour(1).plan.queues])
    async with Simulator(scenario="busy_hour", conversations=6, seed=4) as simulator:
        queues = sorted({row["queue_id"] for row in simulator.truth()["rows"]})
        protocol = AgentQueue(
            base_url=simulator.base_url, queue_id=queues, credentials=credentials_for(simulator)
        )
        tells_all(loop)
        with everything_logged() as log:
            inbox = InboxGateway(protocol, clock=QuickClock())
            inbox.bind(loop)
            try:
                await eventually(lambda: sum(_said(row) is not None for row in inbox.rows.values()) >= 3)
                texts = {text for row in inbox.rows.values() if (text := _said(row)) and len(text) > 15}
                things = [inbox, protocol, *inbox.rows.values(), inbox.kpis()]
                inner = [v for each in things if hasattr(each, "__dict__") for v in vars(each).values()]
                shown = [*map(repr, things), *map(repr, inner)]
            finally:
                await inbox.close()

    secrets = {simulator.client_secret, *wire.secrets["token"], *wire.secrets["channel"]}
    assert texts and len(secrets) >= 3
    assert found(secrets.union(texts), log.lines) == []
    assert found(secrets, shown) == []


def _said(row: Row) -> str | None:
    return row.last.text if row.last else None
