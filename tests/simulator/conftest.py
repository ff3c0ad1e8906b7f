"""Fixtures: a simulator where nobody acts unless told, with a client of the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.simulator.clients.contract import ContractClient, running


@pytest_asyncio.fixture
async def client() -> AsyncIterator[ContractClient]:
    async with running() as client:
        yield client
