"""A relay, its viewers and the commands beside them in one process, with every logger at DEBUG: no line holds a secret."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from ipygenesys import DeliveryFailed, Relay
from ipygenesys._io.inbox.gateway import InboxGateway
from ipygenesys._relay import running
from ipygenesys._relay.reading import read
from ipygenesys.commands.cli import main
from ipygenesys.simulator import Simulator
from tests.conftest import StartRedis
from tests.io.clocks import QuickClock
from tests.io.watch import Watched, eventually
from tests.log import everything_logged, found
from tests.needles import Wire, all_loops_tell_all, reprs, tapped, tells_all
from tests.relay.running import ENVIRONMENT, PASSWORDS
from tests.tools.redis import RedisServer

TEXTS = (
    "CANARY-OF-THE-AGENT",
    "CANARY-OF-A-VIEWER",
    "CANARY-FORBIDDEN",
    "CANARY-REFUSED",
    "CANARY-OF-A-SCRIPT",
)
TOKENS_ARE_SIGNED_BY = "CANARY-OF-TOKENS-" + "t" * 32
CONFIG = """
[redis]
url = "redis://relay@127.0.0.1:{port}/0"
password_env = "RELAY_PASSWORD"
[metrics]
listen = "127.0.0.1:0"
[identities.signed]
secret_env = "TOKEN_SECRET"
[[upstreams]]
name = "one"
protocol = "messaging-events"
base_url = "{one.base_url}"
conversation_ids = ["{one.conversation_id}"]
client_id_env = "GENESYS_CLIENT_ID"
client_secret_env = "GENESYS_CLIENT_SECRET"
[[upstreams]]
name = "queues"
protocol = "agent-queue"
base_url = "{organisation.base_url}"
queue_ids = {queues}
client_id_env = "ORGANISATION_ID"
client_secret_env = "ORGANISATION_SECRET"
[[teams]]
name = "supervisors"
password_env = "SUPERVISORS_PASSWORD"
users = ["ann"]
see = ["*"]
type = ["one"]
send = ["one"]
read = ["one"]
[[teams]]
name = "coaches"
password_env = "COACHES_PASSWORD"
see = ["one"]
"""
SCRIPT = f"scenarios:\n  one:\n    - say: {TEXTS[4]}\n"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Catches secrets where they leave us."""
    return tapped(monkeypatch)


@asynccontextmanager
async def served(config: Path) -> AsyncIterator[None]:
    """The relay of the command, on this loop."""
    serving = asyncio.create_task(running.serve(read(config), os.environ))
    yield
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def commanded(*line: str) -> int:
    """A command of ours, as in a terminal: with a loop of its own."""
    return await asyncio.to_thread(main, line)


async def a_conversation(one: Watched, coach: Watched, simulator: Simulator, redis: RedisServer) -> None:
    """What happens, and what goes wrong."""
    simulator.agent_typing(True)
    await one.until(lambda: one.typing)
    simulator.agent_say(TEXTS[0])
    for each in (one, coach):
        await each.until(lambda each=each: each.texts == [TEXTS[0]])  # type: ignore[misc]
    one.mark_read()
    one.set_typing(True)
    await one.send(TEXTS[1])
    with pytest.raises(DeliveryFailed):
        await coach.send(TEXTS[2])
    simulator.fault("error", status=422, path="/messages", method="POST", message=TEXTS[3])
    with pytest.raises(DeliveryFailed):
        await one.send(TEXTS[3])
    simulator.fault("expire_token")
    simulator.fault("drop", code=1012, reason=TEXTS[3])
    await asyncio.to_thread(redis.restart)
    await one.send("again")
    await coach.until(lambda: "again" in coach.texts)


async def an_inbox(url: str, token: str) -> tuple[set[str], list[str]]:
    """Words of its rows, and what it shows of itself; one of its conversations is opened."""
    protocol = Relay(url, inbox="queues", token=token)
    inbox = InboxGateway(protocol, clock=QuickClock())
    inbox.bind(asyncio.get_running_loop())
    try:
        await eventually(lambda: sum(row.last is not None for row in inbox.rows.values()) >= 3)
        rows = list(inbox.rows.values())
        async with Watched(protocol.opened(rows[0].conversation_id)) as opened:
            await opened.until(lambda: opened.messages)
            said = [message.text for message in opened.messages]
            shown = reprs(opened)
        said += [row.last.text for row in rows if row.last]
        names = [row.customer for row in rows]
        things = [inbox, protocol, *rows, inbox.kpis()]
        inner = [value for each in things if hasattr(each, "__dict__") for value in vars(each).values()]
        return {text for text in (*said, *names) if text and len(text) > 8}, [
            *shown,
            *map(repr, things + inner),
        ]
    finally:
        await inbox.close()


async def test_a_relay_its_viewers_and_the_commands_leave_neither_secrets_nor_words_in_any_log(
    wire: Wire,
    start_redis: StartRedis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    all_loops_tell_all(monkeypatch)
    tells_all(asyncio.get_running_loop())
    config, script, recording = tmp_path / "relay.toml", tmp_path / "one.yml", tmp_path / "talk.jsonl"
    script.write_text(SCRIPT)
    secrets = [f"CANARY-OF-THE-APP-{number}" for number in range(2)]
    with (
        Simulator(scenario="manual", speed=20, client_secret=secrets[0]) as simulator,
        Simulator(scenario="busy_hour", conversations=6, seed=4, client_secret=secrets[1]) as organisation,
    ):
        environment = {
            **ENVIRONMENT,
            "TOKEN_SECRET": TOKENS_ARE_SIGNED_BY,
            "GENESYS_CLIENT_ID": simulator.client_id,
            "GENESYS_CLIENT_SECRET": secrets[0],
            "ORGANISATION_ID": organisation.client_id,
            "ORGANISATION_SECRET": secrets[1],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        queues = sorted({row["queue_id"] for row in organisation.truth()["rows"]})
        config.write_text(CONFIG.format(one=simulator, organisation=organisation, queues=queues, port=0))
        assert main(["relay", "--config", str(config), "--dry-run"]) == 0
        redis = start_redis(acl=config.with_suffix(".acl"))
        config.write_text(
            CONFIG.format(one=simulator, organisation=organisation, queues=queues, port=redis.port)
        )
        capfd.readouterr()
        assert main(["relay", "--config", str(config), "--token", "ann"]) == 0
        token = capfd.readouterr().out.strip()
        supervisors, coaches = (
            f"redis://{team}:{PASSWORDS[team]}@127.0.0.1:{redis.port}/0"
            for team in ("supervisors", "coaches")
        )
        monkeypatch.setenv("GENESYS_RELAY_URL", supervisors)
        monkeypatch.setenv("GENESYS_RELAY_TOKEN", token)
        of_one = ("--conversation-id", simulator.conversation_id)
        where = ("--base-url", simulator.base_url)
        with everything_logged() as log:
            async with (
                served(config),
                Watched(Relay(supervisors, conversation_id=simulator.conversation_id, token=token)) as one,
                Watched(Relay(coaches, conversation_id=simulator.conversation_id)) as coach,
            ):
                one.record(recording)
                for each in (one, coach):
                    await each.until_caught_up()
                await a_conversation(one, coach, simulator, redis)
                shown = [words for each in (one, coach) for words in reprs(each)]
                words, shown_of_inbox = await an_inbox(supervisors, token)
                shown += shown_of_inbox
                assert await commanded("doctor", "--json", "--relay", *of_one) == 0
                assert await commanded("doctor", "--json", "--relay", "--inbox", "queues") == 0
            assert await commanded("doctor", "--json", "--relay", *of_one) == 1, "nobody leads any more"
            assert await commanded("doctor", "--json", *where, *of_one) == 0
            told = capfd.readouterr()
            assert await commanded("test", str(script), *where, "-id", simulator.deployment_id) == 0
            assert await commanded("replay", str(recording)) == 0
            played = capfd.readouterr()
            shown += [recording.read_text(), told.out, told.err, played.out, played.err]

    needles = {*secrets, *PASSWORDS.values(), TOKENS_ARE_SIGNED_BY, token}
    for kind in ("token", "channel", "session"):
        assert wire.secrets[kind], kind
        needles |= wire.secrets[kind]
    assert {"asyncio", "ipygenesys.relay", "ipygenesys.rest", "ipygenesys.stream"} <= {
        line.partition(":")[0] for line in log.lines
    }
    assert len(words) > 5
    assert found(needles.union(TEXTS, words), log.lines) == []
    assert found(needles, shown) == []
    assert found(words.union(TEXTS), [told.out, told.err]) == []
    assert found({TEXTS[0]}, [recording.read_text()]) and found({TEXTS[0]}, [played.out]), (
        "they were looked at"
    )
