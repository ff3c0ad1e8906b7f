"""The page of the relay: its examples are what they say they are."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ipygenesys import AgentMessaging, AgentQueue
from ipygenesys._relay.acl import acl_of
from ipygenesys._relay.address import address_of
from ipygenesys._relay.reading import settings_of
from ipygenesys._relay.settings import MessagingEventsSettings
from ipygenesys._relay.upstreams import protocols_of
from ipygenesys._relay.watching import PREFIX
from ipygenesys.commands.cli import parser
from ipygenesys.simulator import Simulator
from tests.tools.paths import SOURCE

PAGE = (SOURCE / "RELAY.md").read_text("utf-8")
VARIABLES = {name: f"a secret of a good length: {name}" for name in re.findall(r'_env = "([A-Z_]+)"', PAGE)}
VARIABLES["GENESYS_ACCESS_TOKEN"] = "token"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def manifests() -> dict[str, Any]:
    (block,) = blocks("yaml")
    return {each["kind"]: each for each in yaml.safe_load_all(block)}


@pytest.mark.parametrize("where", ["page", "kubernetes"])
def test_a_relay_starts_with_it(where: str) -> None:
    text = blocks("toml")[0] if where == "page" else manifests()["ConfigMap"]["data"]["relay.toml"]
    settings = settings_of(text)
    address = address_of(settings.redis, VARIABLES)
    protocols = protocols_of(settings.upstreams, VARIABLES)
    assert {type(each) for each in protocols.values()} == {
        AgentMessaging,
        *([AgentQueue] if where == "page" else []),
    }
    assert len(acl_of(settings, address, VARIABLES)) == 2 + len(settings.teams)


def test_what_is_to_be_tried_is_the_simulators() -> None:
    (upstream,) = settings_of(blocks("toml")[1]).upstreams
    assert isinstance(upstream, MessagingEventsSettings)
    with Simulator(scenario="slow_agent") as simulator:
        assert upstream.conversation_ids == (simulator.conversation_id,)
    (port,) = re.findall(r"simulate --scenario slow_agent --port (\d+)", PAGE)
    assert upstream.base_url == f"http://127.0.0.1:{port}"
    assert PAGE.count(simulator.conversation_id) == 2


def test_each_command_line_is_one() -> None:
    lines = [line.partition("#")[0].split() for line in blocks("sh")[0].splitlines()]
    container = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    for line in [*lines, container["args"]]:
        if line[0] == "ipygenesys":
            assert callable(parser().parse_args(line[1:]).run)


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.splitlines()[0])
def test_python_compiles(code: str) -> None:
    compile(code, "RELAY.md", "exec")


def test_the_deployment_probes_what_is_there() -> None:
    config, spec = manifests()["ConfigMap"], manifests()["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    address = settings_of(config["data"]["relay.toml"]).metrics.address
    assert address is not None
    assert container["ports"] == [{"name": "metrics", "containerPort": address.port}]
    assert {container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")} == {
        "/live",
        "/health",
    }
    (mount,), (volume,) = container["volumeMounts"], pod["volumes"]
    assert (mount["name"], volume["configMap"]["name"]) == (volume["name"], config["metadata"]["name"])
    assert container["args"][-1] == f"{mount['mountPath']}/relay.toml"


def test_jupyterhub_is_told_what_the_file_names() -> None:
    (config,) = (code for code in blocks("python") if code.startswith("# jupyterhub_config.py"))
    hub: Any = type("Config", (), {"JupyterHub": type("H", (), {}), "Spawner": type("S", (), {})})
    said: dict[str, Any] = {"get_config": lambda: hub}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        exec(compile(config, "jupyterhub_config.py", "exec"), said)
        (service,) = hub.JupyterHub.services
        assert callable(parser().parse_args(service["command"][1:]).run)
        assert service["environment"].keys() <= VARIABLES.keys()
        spawner: Any = type("Spawner", (), {"environment": {}, "user": type("U", (), {"groups": []})})
        hub.Spawner.pre_spawn_hook(spawner)
        assert spawner.environment == {}
        spawner.user.groups = [type("Group", (), {"name": "coaches"})]
        hub.Spawner.pre_spawn_hook(spawner)
        assert spawner.environment["GENESYS_RELAY_URL"].startswith("rediss://coaches:")


def test_the_figures_that_it_names_are_those_that_are_told() -> None:
    assert f"`{PREFIX}_`" in PAGE
