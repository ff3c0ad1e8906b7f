"""Offers the simulator to programs: in their own event loop, or in a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ipygenesys._wire.messaging_events import SCOPES, STREAM_PATH
from ipygenesys.simulator.control.calls import perform
from ipygenesys.simulator.control.methods import Controls
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.person.dialogue import Actions, load_dialogue, parse_turns
from ipygenesys.simulator.person.flow import BotFlow
from ipygenesys.simulator.person.scenarios import how_many
from ipygenesys.simulator.server import HOST, Server
from ipygenesys.simulator.state.conversation import Played
from ipygenesys.simulator.state.organisation import AgentApi, Deployment, GuestLimits, changed
from ipygenesys.simulator.state.settings import EXTENSIONS, Identity, Settings

CALL_TIMEOUT_S = 30.0


class Simulator(Controls):
    """A local Genesys look-alike with a person on the other side.

    ``with Simulator() as sim`` runs it in a thread of its own, ``async with`` on the running loop. All methods may be
    called from any thread.

    Args:
        seed: Same seed, same ids and same human timings.
        scenario: What the person does; see ``ipygenesys.simulator.SCENARIOS``.
        port: 0 takes any free port; the address is always loopback.
        speed: 10 makes the person ten times as fast.
        dialogue: Turns, or a packaged dialogue's name or a file, that the person plays in place of the script.
        actions: Whether a dialogue's action turns are left out or shown as system messages.
        bot: A flow that a bot follows in place of the agent: a YAML file or what it holds; see ``person.flow``.
        extensions: What is offered beyond the tutorial's contract; the empty set is a bare tutorial server.
        scopes: What the OAuth client has been given; leave some out to see 403.
        token_lifetime_s: Seconds until a token, and the streams opened with it, expire.
        rate_limit_per_min: Calls per token and minute; None takes the scenario's, else 300.
        typing_min_interval_s: Least seconds between two typing calls; None takes the scenario's, else no limit.
        auth_timeout_s: Seconds that a stream may wait with its authenticate frame.
        clock_ahead_s: How far the server's clock is ahead of this machine's.
        echo_typing: Whether the client's own typing comes back on the stream.
        agent_name, customer_name, client_secret: The person's name, the client's, and a secret in place of the seed's.
        person: Whom it plays: the agent, for a real agent's client the customer, or for watchers both (a dialogue).
        conversations: How many there are before any guest comes (1), or at once in a busy hour (200); guests bring more.
        deployment: Toggles of the messenger deployment; the names are those of ``state.organisation.Deployment``.
        guest_limits: Limits and lifetimes of web messaging; see ``state.organisation.GuestLimits``.
        agent_api: The agent's permissions, and limits of the notification service; see ``state.organisation.AgentApi``.

    Raises:
        ValueError: an argument is wrong.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        scenario: str = "greeting",
        port: int = 0,
        speed: float = 1.0,
        dialogue: str | Path | Sequence[Any] | None = None,
        actions: Actions = "skip",
        bot: str | Path | Mapping[str, Any] | None = None,
        extensions: Iterable[str] = EXTENSIONS,
        scopes: Iterable[str] = SCOPES,
        token_lifetime_s: float = 86399,
        rate_limit_per_min: int | None = None,
        typing_min_interval_s: float | None = None,
        auth_timeout_s: float = 5.0,
        clock_ahead_s: float = 0.0,
        echo_typing: bool = False,
        agent_name: str = "Ann",
        customer_name: str = "Customer",
        client_secret: str | None = None,
        person: Played = "agent",
        conversations: int | None = None,
        deployment: Mapping[str, Any] | None = None,
        guest_limits: Mapping[str, Any] | None = None,
        agent_api: Mapping[str, Any] | None = None,
    ) -> None:
        turns = load_dialogue(dialogue) if isinstance(dialogue, str | Path) else dialogue
        is_scripted = bool(turns or bot) or person != "agent"
        self._settings = Settings(
            seed=seed,
            scenario=scenario,
            speed=speed,
            bot=None if bot is None else BotFlow.load(bot).as_mapping(),
            dialogue=None if turns is None else parse_turns(turns, actions=actions),
            extensions=frozenset(extensions),
            scopes=tuple(scopes),
            token_lifetime_s=token_lifetime_s,
            rate_limit_per_min=rate_limit_per_min,
            typing_min_interval_s=typing_min_interval_s,
            auth_timeout_s=auth_timeout_s,
            clock_ahead_s=clock_ahead_s,
            echo_typing=echo_typing,
            agent_name=agent_name,
            customer_name=customer_name,
            client_secret=client_secret,
            person=person,
            conversations=how_many(scenario, conversations, is_scripted=is_scripted),
            deployment=changed(Deployment(), deployment or {}),
            guest_limits=changed(GuestLimits(), guest_limits or {}),
            agent_api=changed(AgentApi(), agent_api or {}),
        )
        self._identity = Identity.of(self._settings)
        self._port = port
        self._server: Server | None = None
        self._loop: asyncio.AbstractEventLoop  # Where it runs, once it does, and the thread of that.
        self._loop_thread: int
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event

    def __repr__(self) -> str:
        where = self.base_url if self._server else "not running"
        return f"Simulator({where}, scenario={self._settings.scenario!r}, seed={self._settings.seed})"

    # --- addresses and credentials

    @property
    def port(self) -> int:
        """The port; known once the simulator runs."""
        return self._running().port

    @property
    def base_url(self) -> str:
        """Origin of OAuth and REST."""
        return f"http://{HOST}:{self.port}"

    @property
    def stream_url(self) -> str:
        """The tutorial's event stream."""
        return f"ws://{HOST}:{self.port}{STREAM_PATH}"

    @property
    def guest_url(self) -> str:
        """The guest's web messaging socket."""
        return f"ws://{HOST}:{self.port}/v1"

    @property
    def control_url(self) -> str:
        """The control plane, with its secret; a new one with each start."""
        return self.base_url + self._running().control_path

    @property
    def client_id(self) -> str:
        """OAuth client id."""
        return self._identity.client_id

    @property
    def client_secret(self) -> str:
        """OAuth client secret."""
        return self._identity.client_secret

    @property
    def conversation_id(self) -> str:
        """The first conversation: whoever names none takes part in it, and the first guest."""
        return self._identity.conversation_id

    @property
    def conversation_ids(self) -> list[str]:
        """All conversations, oldest first."""
        return [conversation["conversation_id"] for conversation in self.conversations()]

    @property
    def deployment_id(self) -> str:
        """The messenger deployment."""
        return self._identity.deployment_id

    @property
    def user_id(self) -> str:
        """The agent as a user of the organisation."""
        return self._identity.user_id

    def describe(self) -> dict[str, str]:
        """What ``ipygenesys simulate`` prints; it holds the client secret, and that of the control plane."""
        return {
            "base_url": self.base_url,
            "stream_url": self.stream_url,
            "guest_url": self.guest_url,
            "control_url": self.control_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "conversation_id": self.conversation_id,
            "deployment_id": self.deployment_id,
        }

    # --- control

    def _control(self, method: str, path: str, order: dict[str, Any] | None = None) -> Any:
        body = b"" if order is None else msgspec.json.encode(order)
        return self._do(lambda hub: perform(hub, method, path, body))

    def on_prompt(self, tell: Callable[[str], object]) -> None:
        """Tells, on the simulator's thread, what the dialogue has its real side say next; now, and when it goes on."""
        self._do(lambda hub: hub.stage.listen(self.conversation_id, tell))

    def _do(self, work: Callable[[Hub], Any]) -> Any:
        hub, loop = self._running().hub, self._loop
        if threading.get_ident() == self._loop_thread:
            return work(hub)
        done = concurrent.futures.Future[Any]()

        def do() -> None:
            try:
                done.set_result(work(hub))
            except Exception as error:
                done.set_exception(error)

        loop.call_soon_threadsafe(do)
        return done.result(CALL_TIMEOUT_S)

    # --- life

    def start(self) -> Simulator:
        """Runs the simulator in a thread of its own; returns once it listens.

        Raises:
            OSError: the port is taken, or there are no files left to listen with.
        """
        self._check_stopped()
        ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=self._run, args=(ready,), name="ipygenesys-simulator", daemon=True
        )
        self._thread.start()
        try:
            ready.result()
        except BaseException:
            self._thread.join()
            self._thread = None
            raise
        return self

    def _run(self, ready: concurrent.futures.Future[None]) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve(ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: concurrent.futures.Future[None]) -> None:
        self._stopping = asyncio.Event()
        await self._start()
        ready.set_result(None)
        await self._stopping.wait()
        await self._stop()

    def stop(self) -> None:
        """Stops a simulator that has its own thread; a second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        if thread is not threading.current_thread():  # a finalizer may run on any thread
            thread.join()

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()

    async def __aenter__(self) -> Simulator:
        self._check_stopped()
        await self._start()
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._stop()

    async def _start(self) -> None:
        server = Server(self._settings)
        await server.start(self._port)
        self._loop, self._loop_thread = asyncio.get_running_loop(), threading.get_ident()
        self._server = server

    async def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the simulator is not running: use it in a with block, or call start()")
        return self._server

    def _check_stopped(self) -> None:
        if self._server is not None or self._thread is not None:
            raise RuntimeError("the simulator is running already")
