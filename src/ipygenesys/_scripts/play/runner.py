"""Carries out what the player decides: a guest session of its own for each scenario, by the real client."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ipygenesys._core.model.events import Event, StatusChanged, TypingChanged
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import PresenceChanged
from ipygenesys._recordings.entries import AnyEntry, InputTaken
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.results import Outcome, ScenarioResult
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Converse, Pick, Say, Type, Upload
from ipygenesys._scripts.play.conversation_ids import ConversationIds
from ipygenesys._scripts.play.ovotech import HOLD_AGAIN_S, OvotechPlayer
from ipygenesys._scripts.play.player import Act, Player
from ipygenesys._scripts.play.seat import Seat
from ipygenesys._scripts.play.setup import arguments
from ipygenesys.client import Client
from ipygenesys.errors import GenesysError

CONNECT_S = 30.0
"""Chosen: how long a session may take to begin; what hinders it is said."""
GOODBYE_S = 2.0
"""Chosen: how long the end of a session may take."""
OVER = ("read_only", "closed", "failed")


async def play(
    scenario: Scenario,
    protocol_factory: Callable[..., Any],
    *,
    timeout_s: float = 10.0,
    variables: Mapping[str, str] | None = None,
    is_strict: bool = False,
    seat: Seat | None = None,
    ids: ConversationIds | None = None,
) -> ScenarioResult:
    """One scenario in a session of its own, which is ended whatever happens.

    Whatever goes wrong is the result's "error", never an exception; cancelling it ends the session, too. ``seat`` is told
    how far it is, and keeps the conversation; ``ids`` know what the platform calls it. ``is_strict``: as ovotech's runner,
    see ``ovotech.py``.
    """
    seat = seat or Seat(0, scenario)
    if scenario.skip is not None:
        return ScenarioResult(scenario, "skipped", words=scenario.skip)
    known = {**(variables or {}), **scenario.variables}
    player = (OvotechPlayer if is_strict else Player)(scenario.steps, timeout_s, known)
    result = await _play(seat, protocol_factory, player)
    if isinstance(player, OvotechPlayer) and result.outcome == "failed" and player.pool.was_disordered:
        player = OvotechPlayer(scenario.steps, timeout_s, known, hold_s=HOLD_AGAIN_S)
        result = replace(await _play(seat, protocol_factory, player), tries=2)
    if ids is not None and (conversation_id := await ids.of(result.messages)) is not None:
        result = replace(result, conversation_id=conversation_id)
    return result


async def _play(seat: Seat, protocol_factory: Callable[..., Any], player: Player) -> ScenarioResult:
    scenario = seat.scenario
    began, started = dt.datetime.now(dt.UTC), time.monotonic()
    words, conversation_id, held_back = "", None, 0
    messages: tuple[Message, ...] = ()
    try:
        protocol = protocol_factory(**await arguments(scenario, player.variables))
        client = Client(protocol, remember_read=False)
        seat.begin(player, client._gateway)
        async with client:
            session = _Session(client, player, seat)
            try:
                await session.begin()
                await session.go_on()
            finally:
                messages = seat.messages = tuple(client.messages)
                conversation_id = seat.conversation_id = client.conversation_id
                held_back = client.counters.get("calls_delayed", 0)
                await session.end()
    except ScriptError as error:
        words = str(error)
    except (GenesysError, TypeError, ValueError, OSError) as error:
        words = f"{type(error).__name__}: {error}"
    failed = any(turn.outcome == "failed" for turn in player.turns)
    outcome: Outcome = "error" if words else "failed" if failed else "passed"
    if not words and failed:
        words = next(turn.words for turn in player.turns if turn.outcome == "failed")
    return ScenarioResult(
        scenario,
        outcome,
        tuple(player.turns),
        messages,
        words,
        began,
        time.monotonic() - started,
        conversation_id=conversation_id,
        held_back=held_back,
    )


class _Session:
    """A client that does what the player says, and tells it what comes."""

    def __init__(self, client: Client, player: Player, seat: Seat) -> None:
        self._client = client
        self._player = player
        self._seat = seat
        self._news = asyncio.Event()
        self._deliveries: list[Any] = []
        client.on_event(self._hear)
        client._gateway.tap.add(self._hear_frames)

    def _hear(self, event: Event) -> None:
        if isinstance(event, TypingChanged) and event.names:
            self._player.situation.typed_at = time.monotonic()
        if isinstance(event, StatusChanged) and event.status in OVER and self._player.situation.ended is None:
            self._player.situation.ended_at = time.monotonic()
            self._player.situation.ended = (
                event.detail or f"the conversation is {event.status.replace('_', ' ')}."
            )
        self._news.set()

    def _hear_frames(self, entry: AnyEntry, _effects: object) -> None:
        if not isinstance(entry, InputTaken) or not isinstance(entry.input, FrameReceived):
            return
        events = entry.input.events
        if any(isinstance(each, PresenceChanged) and not each.has_joined for each in events):
            self._player.situation.has_left = True
        if isinstance(self._player, OvotechPlayer):
            self._player.frames(time.monotonic(), events, entry.now.time_ms)
        self._news.set()

    async def begin(self) -> None:
        """The session is there, or an error says what hinders it."""
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._client.connect()
        except TimeoutError:
            raise GenesysError(
                f"No session began within {CONNECT_S:g} s: the client is {self._client.status}."
            ) from None

    async def go_on(self) -> None:
        """Step by step, until nothing is left to do."""
        player = self._player
        while not player.done:
            self._news.clear()
            player.situation.heard = [m for m in self._client.messages if not m.is_own and m.role != "system"]
            if (act := player.step(time.monotonic())) is not None:
                before = {message.id for message in self._client.messages}
                problem = await self._perform(act)
                said = [m for m in self._client.messages if m.is_own and m.id not in before]
                player.acted(time.monotonic(), problem, said[-1] if said else None)
            self._seat.told()
            if act is None and not player.done:
                await self._sleep_until(player.next_deadline())

    async def _sleep_until(self, deadline: float | None) -> None:
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def _perform(self, act: Act) -> str | None:
        """None, or why it could not be done."""
        try:
            match act.step:
                case Say(text=text):
                    await self._client.send(text)
                case Pick():
                    await self._client.answer(*act.options)
                case Upload(path=path, text=text):
                    await self._client.send_file(path, text or None)
                case Type(seconds=seconds):
                    self._client.set_typing(True)
                    await asyncio.sleep(seconds)
                    self._client.set_typing(False)
                case Converse():
                    await self._converse(act.step)
        except (GenesysError, ValueError, TypeError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return None

    async def _converse(self, step: Converse) -> None:
        for _ in range(step.most_turns):
            history = tuple(("customer" if m.is_own else "bot", m.text or "") for m in self._client.messages)
            try:
                text = step.customer(history)
                if inspect.isawaitable(text):
                    text = await text
            except Exception as error:
                raise ScriptError(
                    f"The customer has failed: {type(error).__name__}: {error}", step.place
                ) from None
            if text is None:
                return
            await self._client.ask(text, quiet=step.quiet_s, timeout=self._player.timeout_s)
        raise ScriptError(f"The customer still talks after {step.most_turns} turns.", step.place)

    async def end(self) -> None:
        """The guest says goodbye, where the platform takes that; the socket is closed by the client in any case."""
        with suppress(GenesysError, TypeError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._client.disconnect()
