"""A viewer's commands on their way to the relay, and its answers on their way back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.commands import (
    MAX_COMMAND_BYTES,
    TOO_LARGE,
    Answer,
    Command,
    Wanted,
    answer_of,
    encoded,
)
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.hub import Hub
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys.credentials import Secret

ANSWER_S = 15.0
"""Chosen: longer than another relay takes to lead; what was sent until then is asked for again, and not sent again."""
GREETING_S = 3.0
"""Chosen: a relay that leads answers at once."""
LOOK_S = 0.5
"""Between two looks whether one leads, or has its own connection."""
NO_RELAY = Failure(
    kind="unavailable",
    code="relay.none",
    message="No relay leads this conversation: is `ipygenesys relay` running, and is the conversation in its relay.toml?",
)


class Asking:
    """Of one conversation.

    Args:
        hub: the way to Redis.
        keys: of the conversation.
        token: who we are, where Redis does not know us by name.
        on_refused: hears that a command that nobody waits for was refused.
        no_relay: why nothing can be asked where nobody leads.
    """

    def __init__(
        self,
        hub: Hub,
        keys: Keys,
        token: Secret | None,
        on_refused: Callable[[Failure], object],
        no_relay: Failure = NO_RELAY,
    ) -> None:
        self._hub, self._keys, self._token = hub, keys, token
        self._on_refused = on_refused
        self._no_relay = no_relay
        self._viewer = uuid.uuid4().hex
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Answer | None]] = {}
        self._end: Callable[[], None] | None = None

    async def until_led(self) -> None:
        """Wait until somebody is there to answer: what is asked where nobody ever leads stays in Redis for ever.

        Raises:
            RedisError: nobody leads, or we may not see that.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETING_S):
                while True:
                    _, lease = await self._hub.redis.get(self._keys.state, self._keys.lease)
                    if lease is not None:
                        return
                    await asyncio.sleep(LOOK_S)
        raise RedisError(self._no_relay)

    async def begin(self) -> None:
        """Hear answers from now on; doing it twice is fine.

        Raises:
            RedisError: they cannot be heard.
        """
        if self._end is None:
            channel = self._keys.answers(self._hub.redis.user, self._viewer)
            self._end = await self._hub.listening.hear(channel, self._answered)

    def end(self) -> None:
        """Hear no more."""
        if self._end is not None:
            self._end()
            self._end = None

    def give_up(self) -> None:
        """What was asked may be lost, or somebody else has to answer it: nobody waits for it any more."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)  # No exception: who is still asking does not look at it.

    async def tell(self, wanted: Wanted) -> None:
        """Ask for what needs no answer.

        Raises:
            RedisError: it does not get to the relay.
        """
        await self._put(self._command(wanted))

    async def ask(self, wanted: Wanted, timeout_s: float = ANSWER_S) -> Answer:
        """Ask, and wait for the answer.

        Raises:
            RedisError: it does not get to the relay, is refused, or is not answered.
        """
        await self.begin()
        command = self._command(wanted)
        answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting[command.number] = answered
        try:
            await self._put(command)
            async with asyncio.timeout(timeout_s):
                answer = await answered
        except TimeoutError:
            answer = None
        finally:
            del self._waiting[command.number]
        if answer is None:
            raise RedisError(NO_ANSWER)
        if answer.failure is not None:
            raise RedisError(answer.failure)
        return answer

    async def _put(self, command: Command) -> None:
        if len(data := encoded(command)) > MAX_COMMAND_BYTES:
            raise RedisError(TOO_LARGE)
        await self._hub.redis.ask(self._keys, data)

    def _command(self, wanted: Wanted) -> Command:
        self._number += 1
        token = None if self._token is None else self._token.reveal()
        return Command(viewer=self._viewer, number=self._number, wanted=wanted, token=token)

    def _answered(self, data: bytes) -> None:
        try:
            answer = answer_of(data)
        except msgspec.DecodeError:
            return
        waiting = self._waiting.get(answer.number)
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(answer)
        elif answer.failure is not None:
            self._on_refused(answer.failure)


NO_ANSWER = Failure(kind="lost", message="The relay has not answered in time.", code="relay.silent")
