"""Health and figures of a relay, as a probe and as Prometheus reads them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from ipygenesys._relay.settings import Listen
from ipygenesys._relay.watching import Figure, watched

HERE = Listen("127.0.0.1", 0)


class Relay:
    is_healthy = True

    def figures(self) -> Mapping[str, Figure]:
        return {"leading": Figure(2, "Upstreams that are led"), "entries": Figure(17, "Written", grows=True)}


async def get(port: int, path: str, accept: str = "") -> tuple[int, str]:
    url = f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Accept": accept}) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
async def test_prometheus_reads_the_figures(accept: str) -> None:
    async with watched(Relay(), HERE) as port:
        status, text = await get(port, "/metrics", accept)
    read = read_openmetrics if accept else read_text
    samples = {sample.name: sample.value for family in read(text) for sample in family.samples}
    assert status == 200
    assert samples["ipygenesys_relay_leading"] == 2
    assert samples["ipygenesys_relay_entries_total"] == 17
    assert samples["ipygenesys_relay_healthy"] == 1
    assert samples["process_resident_memory_bytes"] > 0


async def test_a_probe_hears_whether_it_does_what_it_is_for_and_whether_it_lives() -> None:
    relay = Relay()
    async with watched(relay, HERE) as port:
        status, text = await get(port, "/health")
        assert (status, json.loads(text)) == (200, {"status": "ok", "leading": 2, "entries": 17})
        relay.is_healthy = False
        status, text = await get(port, "/health")
        assert (status, json.loads(text)["status"]) == (503, "not connected")
        assert (await get(port, "/live"))[0] == 200, "a restart would mend nothing"
        assert (await get(port, "/"))[0] == 404


async def test_only_this_machine_is_answered_and_nobody_afterwards() -> None:
    async with watched(Relay(), HERE) as port:
        with pytest.raises(OSError):  # noqa: PT011 - taken
            async with watched(Relay(), Listen("127.0.0.1", port)):
                pass
        assert (await get(port, "/live"))[0] == 200
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(port, "/live")
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
