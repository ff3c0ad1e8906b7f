"""A message on its way: what ``send`` returns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import Any

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.events import (
    DraftUnresolved,
    Event,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
)
from ipygenesys._core.model.messages import Message, MessageStatus
from ipygenesys.errors import DeliveryFailed, DeliveryUnknown, error_from
from ipygenesys.outcome import copy_of, seconds_to_wait


class Delivery:
    """Awaitable: gives the Message as the server has it, once the server has accepted it.

    Raises, when awaited or waited for:
        DeliveryFailed: the message was not sent: refused, given up or discarded.
        DeliveryUnknown: the answer was lost, and history did not show the message in time.

    Should the message turn up after all, or go out after a ``retry``, waiting again says so.
    """

    def __init__(
        self,
        draft_id: str,
        check_may_block: Callable[[str], None],
        draft_of: Callable[[str], Draft | None],
        hindrance: Callable[[], str] = str,
    ) -> None:
        self.draft_id = draft_id
        """The message's id until the server gives it one; ``retry`` and ``discard`` take it."""
        self._status: MessageStatus = "sending"
        self._accepted: Future[Message] = Future()
        self._check_may_block = check_may_block
        self._draft_of = draft_of
        self._hindrance = hindrance

    @property
    def status(self) -> MessageStatus:
        """sending, sent, delivered, read, failed or unknown: goes on after the message was accepted."""
        return self._status

    def wait(self, timeout: float | None = 30.0) -> Message:
        """Block until the server has accepted the message; for plain cells and scripts.

        Args:
            timeout: seconds; None waits for ever.

        Raises:
            DeliveryFailed: see the class.
            DeliveryUnknown: see the class.
            TimeoutError: nothing is known yet; the message is still on its way.
            TypeError: ``timeout`` is no number of seconds.
            RuntimeError: called where blocking would stop the conversation itself.
        """
        self._check_may_block("await the delivery")
        try:
            return self._accepted.result(seconds_to_wait(timeout))
        except FutureTimeoutError:
            words = f"The message is still {self._status} after {timeout} s.{self._hindrance()}"
            raise TimeoutError(words) from None

    def __await__(self) -> Generator[Any, None, Message]:
        # A generator, so that waiting keeps the delivery alive: the gateway refers to it only weakly.
        message = yield from asyncio.wrap_future(copy_of(self._accepted)).__await__()
        return message

    def __repr__(self) -> str:
        return f"<Delivery {self._status}>"

    def pass_failure_to(self, future: Future[Any]) -> None:
        """What waits for an answer to this waits in vain if it is not sent."""

        def pass_on(accepted: Future[Message]) -> None:
            if (error := accepted.exception()) is not None:
                with suppress(InvalidStateError):  # Whoever waited has gone.
                    future.set_exception(error)

        self._accepted.add_done_callback(pass_on)

    def hear(self, event: Event) -> None:
        """Follow our message; on the gateway's thread."""
        match event:
            case MessagePlaced(message=message) | MessageStatusChanged(message=message):
                self._follow(message)
            case MessageRemoved():
                self._fail(DeliveryFailed("The message was discarded."))
            case DraftUnresolved():
                self._fail(
                    DeliveryUnknown("The message's answer was lost; nobody knows yet whether it was sent.")
                )
            case _:
                pass

    def end(self, *, is_kept: bool) -> None:
        """The conversation is closed; on the gateway's thread.

        Args:
            is_kept: what was not sent goes out in the next run.
        """
        draft = self._draft_of(self.draft_id)
        if draft is not None and (draft.state == "in_flight" or draft.may_be_at_server):
            words = "The conversation was closed before the answer came; nobody knows whether it was sent."
            self._end(DeliveryUnknown(words), "unknown")
        elif draft is not None and is_kept:
            words = "The conversation was closed before the message was sent; it is kept for the next time."
            self._end(DeliveryUnknown(words), "unknown")
        else:
            self._end(DeliveryFailed("The conversation was closed before the message was sent."), "failed")

    def _end(self, error: Exception, status: MessageStatus) -> None:
        if not self._accepted.done():
            self._status = status
            self._accepted.set_exception(error)

    def _follow(self, message: Message) -> None:
        self._status = message.status
        is_over = self._accepted.done() and self._accepted.exception() is not None
        if is_over and (message.status == "sending" or not message.is_draft):
            self._accepted = Future()  # The user tries again, or it has turned up.
        if message.status == "failed":
            draft = self._draft_of(self.draft_id)
            failure = draft.failure if draft else None
            words = message.error or "The message was refused."
            self._fail(error_from(failure, DeliveryFailed) if failure else DeliveryFailed(words))
        elif not message.is_draft and not self._accepted.done():
            self._accepted.set_result(message)

    def _fail(self, error: Exception) -> None:
        if not self._accepted.done():
            self._accepted.set_exception(error)


def draft_id_of(message: Delivery | Message | str) -> str:
    """The draft id of a message of ours.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(message, Delivery):
        return message.draft_id
    if isinstance(message, Message):
        return message.id if message.draft_id is None else message.draft_id
    if not isinstance(message, str):
        raise TypeError(f"message must be a Delivery, a Message or its id, not {type(message).__name__}.")
    return message
