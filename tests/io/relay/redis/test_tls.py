"""Redis by TLS: its own CA, a certificate of the viewer's, a user of its ACL; and what is wrong with any of them, in words."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ipygenesys import GenesysError, Relay
from ipygenesys._core.relay.rights import Everybody
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.conftest import StartRedis
from tests.io.watch import Watched, protocol_for, sent_texts
from tests.tools.redis import free_port

EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
CLOSING_S = 0.2
"""A connection whose user was refused redis-py only begins to close; TLS takes its leave of the other side first."""
TRIES = 40
"""On CPython 3.13 the reason is overtaken more often than not."""
Url = Callable[..., str]


def openssl(folder: Path, *command: str) -> None:
    subprocess.run(["openssl", *command], check=True, capture_output=True, cwd=folder)


def authority(folder: Path, name: str) -> None:
    signs = ("-addext", "keyUsage=critical,keyCertSign")
    made = ("-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    openssl(folder, "req", "-x509", *EC, *signs, *made)


def certificate(folder: Path, name: str, by: str) -> None:
    openssl(folder, "req", *EC, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    # Python 3.13 is strict: a certificate has to name the key that signed it.
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    signer = ("-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial", "-extfile", "names")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signer, "-out", f"{name}.pem")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two authorities, and whom they vouch for."""
    made = tmp_path_factory.mktemp("tls")
    for name in ("ca", "other"):
        authority(made, name)
    for name, by in (("server", "ca"), ("viewer", "ca"), ("stranger", "other")):
        certificate(made, name, by)
    return made


@pytest.fixture
def url(folder: Path, start_redis: StartRedis) -> Url:
    """Of a server that wants a certificate from everybody; the names in the address are those of the files."""
    port = free_port()
    files = {"cert": "server.pem", "key": "server.key", "ca-cert": "ca.pem"}
    options = ["--tls-port", str(port), "--tls-auth-clients", "yes"]
    for name, file in files.items():
        options += [f"--tls-{name}-file", str(folder / file)]
    server = start_redis(options=options)
    with server.client() as client:
        rules = "on >secret ~ipygenesys:* &ipygenesys:* +@all"
        client.execute_command("ACL", "SETUSER", "ann", *rules.split())
        client.execute_command("ACL", "SETUSER", "default", "off")

    def of(
        ca: str = "ca",
        own: str | None = "viewer",
        key: str = "",
        host: str = "127.0.0.1",
        user: str = "ann:secret@",
    ) -> str:
        query = f"ssl_ca_certs={folder / ca}.pem"
        if own:
            query += f"&ssl_certfile={folder / own}.pem&ssl_keyfile={folder / (key or own)}.key"
        return f"rediss://{user}{host}:{port}/0?{query}"

    return of


async def test_a_relay_and_a_viewer_speak_by_tls_as_users_of_redis(simulator: Simulator, url: Url) -> None:
    name = simulator.conversation_id
    async with (
        Service(url(), {name: protocol_for(simulator)}, Everybody("ann")),
        Watched(Relay(url(), conversation_id=name)) as viewer,
    ):
        await viewer.until_status("connected")
        simulator.agent_say("by TLS")
        await viewer.until(lambda: viewer.texts == ["by TLS"])
        await viewer.send("and back")
    assert sent_texts(simulator) == ["and back"]


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"ca": "other"}, "protocol", "certificate of Redis was not accepted (self-signed certificate in certificate chain)"),
        ({"host": "localhost"}, "protocol", "not valid for 'localhost'"),
        ({"own": None}, "protocol", "Redis wants a certificate from us"),
        ({"own": "stranger"}, "protocol", "Redis did not accept our certificate"),
        ({"key": "stranger"}, "protocol", "do not belong together"),
        ({"ca": "missing"}, "unreachable", "No such file or directory"),
        ({"user": ""}, "credentials", "refused the user name or the password"),
        ({"user": "ann:wrong@"}, "credentials", "refused the user name or the password"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said(url: Url, changes: dict[str, str | None], kind: str, words: str) -> None:
    address = url(**changes)
    # TLS 1.3 refuses a certificate when the line stands, and the line's end can overtake the reason: whoever asks again has it.
    for _ in range(TRIES):
        redis = Redis(address)
        with pytest.raises(RedisError) as caught:
            await redis.server()
        await redis.aclose()
        await asyncio.sleep(CLOSING_S)
        failure = caught.value.failure
        assert "secret" not in failure.message and "wrong" not in failure.message
        if failure.kind == kind:
            break
    assert failure.kind == kind and words in failure.message


async def test_a_viewer_that_does_not_trust_the_server_does_not_try_for_ever(url: Url) -> None:
    async with Watched(Relay(url(ca="other"), conversation_id="c")) as viewer:
        await viewer.until_status("failed")
        with pytest.raises(GenesysError, match="ssl_ca_certs=FILE"):
            await viewer.next_message(timeout=1)
