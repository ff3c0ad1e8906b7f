"""Where one relay runs, life after life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipygenesys._io.relay.leading import Options, Upstream
from ipygenesys._io.relay.service import Service
from tests.simulation.protocols import protocol_of
from tests.simulation.relay.processes import Process

if TYPE_CHECKING:
    from tests.simulation.relay.world import World


class Host:
    """A machine whose supervisor starts the relay again when it has ended."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.life = 0
        self.is_up = False
        self.process: Process
        self.service: Service
        self.boot()

    def boot(self) -> None:
        world = self.world
        self.life += 1
        self.is_up = True
        self.process = world.process(f"relay-{self.number}-{self.life}")
        protocol = protocol_of(world.server, 0, world.former)
        options = Options(world.schedule.max_entries, world.schedule.max_age_s)
        url, upstreams = f"redis://{self.process.name}/0", {world.truth.id: protocol}
        self.service = self.process.run(lambda: Service(url, upstreams, options=options, clock=world.clock))
        _ = self.process.start(self.service.__aenter__())

    @property
    def upstream(self) -> Upstream | None:
        return self.service.upstreams.get(self.world.truth.id)

    @property
    def believes_to_lead(self) -> bool:
        upstream = self.upstream
        return not self.process.is_stopped and upstream is not None and upstream.lease.is_ours

    def kill(self, for_s: float) -> None:
        """As kill -9."""
        if not self.process.is_killed:
            self.is_up = False
            self.world.kill(self.process)
            self._boot_in(for_s)

    def stop(self, for_s: float) -> None:
        """As kill -STOP."""
        self.process.stop()
        self.world.outside.call_later(for_s, self.process.go_on)

    def end(self, for_s: float) -> None:
        """As kill -TERM."""
        if self.is_up and not self.process.is_stopped:
            self.is_up = False
            _ = self.process.start(self._drained(for_s))

    async def _drained(self, for_s: float) -> None:
        await self.service.drain()
        self._boot_in(for_s)

    def _boot_in(self, seconds: float) -> None:
        life = self.life

        def boot() -> None:
            if self.life == life:
                self.boot()

        self.world.outside.call_later(seconds, boot)
