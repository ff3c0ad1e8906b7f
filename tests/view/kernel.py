"""The kernel's side of a view under test: speaks the real protocol, strictly, and keeps what a kernel would keep."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ipygenesys._core.model.failures import Cause
from ipygenesys._core.view import protocol as vp
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._widget.languages import view_words

ALL_CAPABILITIES: tuple[Any, ...] = (
    "send",
    "send_typing",
    "receive_typing",
    "send_read",
    "receive_read",
    "history",
    "attachments",
)
START_MS = 1_790_000_000_000
"""2026-09-21 14:13:20 UTC."""

FromViewT = TypeVar("FromViewT", bound=vp.FromView)


def message(number: int, **fields: Any) -> vp.ViewMessage:
    """Message ``number`` of a conversation: the agent and the customer by turns, one a minute."""
    own = fields.pop("is_own", number % 2 == 1)
    text = fields.pop("text", f"Message {number}")
    known: dict[str, Any] = {
        "id": f"m{number}",
        "text": text,
        "full_length": len(text or ""),
        "sender": "Crystal Minh" if own else "Ann Archer",
        "role": "customer" if own else "agent",
        "is_own": own,
        "time_ms": START_MS + number * 60_000,
        "status": "read",
    }
    return vp.ViewMessage(**{**known, **fields})


def failure(words: str, cause: Cause | None = None) -> vp.ErrorDelta:
    """Why something could not be had."""
    return vp.ErrorDelta(code="failed", message=words, cause=cause)


class Driven(Protocol):
    """A page, whatever drives it."""

    def evaluate(self, expression: str, argument: Any = None, /) -> Any: ...

    def wait_for_timeout(self, ms: float, /) -> None: ...


class Kernel:
    """Holds one conversation and tells the page of every change to it."""

    def __init__(
        self, page: Driven, messages: Sequence[vp.ViewMessage] = (), locale: str | None = None, **fields: Any
    ) -> None:
        self.page = page
        self.locale = locale
        """What the notebook asks for."""
        self.messages = list(messages)
        self.revision = 7
        self.epoch = "e1"
        self.status = vp.StatusDelta(status="connected")
        self.fields: dict[str, Any] = {
            "has_older": False,
            "typing": (),
            "unread_count": 0,
            "capabilities": ALL_CAPABILITIES,
            "title": "Ann Archer",
            **fields,
        }
        self._answered = 0
        self.hits: list[int] = []
        """Positions of what was found last."""

    # --- what the view has said

    def sent(self) -> list[vp.ViewToKernel]:
        raw: list[object] = self.page.evaluate("harness.model.sent")
        return [vp.decode_from_view(each) for each in raw]

    def heard(self, kind: type[FromViewT]) -> list[FromViewT]:
        return [each for each in self.sent() if isinstance(each, kind)]

    def wait_for(self, kind: type[FromViewT], count: int = 1, timeout_s: float = 30.0) -> FromViewT:
        """The ``count``-th message of this kind, as soon as it has been said."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            found = self.heard(kind)
            if len(found) >= count:
                return found[count - 1]
            self.page.wait_for_timeout(20)
        raise AssertionError(
            f"no {kind.__name__} number {count}; heard {[type(s).__name__ for s in self.sent()]}"
        )

    # --- what the kernel says

    def deliver(self, *messages: vp.KernelToView) -> None:
        self.page.evaluate(
            "messages => { for (const each of messages) harness.model.deliver(each) }",
            [vp.encode_to_view(each) for each in messages],
        )

    def answer_hello(self, count: int = 1, newest: int | None = None) -> None:
        hello = self.wait_for(vp.Hello, count)
        self.deliver(self.snapshot(hello.client, newest or hello.page_size))

    def snapshot(self, to: str, newest: int = 100, **fields: Any) -> vp.Snapshot:
        first = max(0, len(self.messages) - newest)
        unread = next((each.id for each in self.messages if each.status == "unread"), None)
        known: dict[str, Any] = {
            "to": to,
            "epoch": self.epoch,
            "revision": self.revision,
            "total": len(self.messages),
            "first_index": first,
            "messages": tuple(self.messages[first:]),
            "status": self.status,
            "first_unread_id": unread,
        }
        return vp.Snapshot(**{**known, **self._language(), **self.fields, **fields})

    def _language(self) -> dict[str, Any]:
        """What a kernel makes of the page's languages."""
        spoken = SpokenLocale(self.locale, view_words())
        locale = spoken.choose(self.heard(vp.Hello)[-1].languages)
        return {"locale": locale, "words": spoken.words(locale)}

    def answer_page(self, count: int = 1, *, has_older: bool = False, **fields: Any) -> vp.PageRequested:
        """Answer the ``count``-th request for a part of the conversation, as a kernel does that holds all of it."""
        asked = self.wait_for(vp.PageRequested, count)
        start, stop, target = self._part(asked)
        known: dict[str, Any] = {
            "to": asked.client,
            "request_id": asked.request_id,
            "epoch": self.epoch,
            "revision": self.revision,
            "first_index": start,
            "messages": tuple(self.messages[start:stop]),
            "has_older": has_older,
            "target_id": target,
        }
        self.deliver(vp.Page(**{**known, **fields}))
        return asked

    def answer_search(self, count: int = 1, **fields: Any) -> vp.SearchRequested:
        """Answer the ``count``-th search as a kernel does that holds all of the conversation."""
        asked = self.wait_for(vp.SearchRequested, count)
        self.hits = [
            i for i, each in enumerate(self.messages) if asked.query.lower() in (each.text or "").lower()
        ]
        known: dict[str, Any] = {
            "to": asked.client,
            "search_id": asked.search_id,
            "count": len(self.hits),
            "searched": len(self.messages),
            "is_complete": True,
            "has_older": False,
        }
        self.deliver(vp.SearchFound(**{**known, **fields}))
        return asked

    def answer_search_for(self, query: str) -> vp.SearchRequested:
        """Answer the search for all of these words: who types slowly has asked for their beginnings before."""
        count = 1
        while self.wait_for(vp.SearchRequested, count).query != query:
            count += 1
        return self.answer_search(count)

    def _part(self, asked: vp.PageRequested) -> tuple[int, int, str | None]:
        count, limit = len(self.messages), asked.limit
        at = next((i for i, each in enumerate(self.messages) if each.id == asked.id), count)
        match asked.where:
            case "before" | "latest":
                return max(0, at - limit), at, None
            case "after":
                return at + 1, min(count, at + 1 + limit), None
            case "oldest":
                at = 0
            case "first-unread":
                at = next(i for i, each in enumerate(self.messages) if each.status == "unread")
            case "hit":
                at = self.hits[-(asked.ordinal or 1)]
            case "time":
                late = (i for i, each in enumerate(self.messages) if each.time_ms >= (asked.time_ms or 0))
                at = next(late, count - 1)
            case _:
                pass
        start = max(0, min(at - limit // 2, count - limit))
        return start, min(count, start + limit), self.messages[at].id

    def deltas(self, *deltas: vp.Delta) -> vp.Deltas:
        """The next deltas, not delivered yet."""
        first = self.revision + 1
        self.revision += len(deltas)
        return vp.Deltas(epoch=self.epoch, revision=first, deltas=deltas)

    def change(self, *deltas: vp.Delta) -> None:
        self.deliver(self.deltas(*deltas))

    def placed(self, new: vp.ViewMessage) -> vp.MessagePlacedDelta:
        self.messages.append(new)
        return vp.MessagePlacedDelta(message=new, index=len(self.messages) - 1)

    def say(self, *messages: vp.ViewMessage) -> None:
        self.change(*[self.placed(each) for each in messages])

    def replace(self, former_id: str, new: vp.ViewMessage) -> None:
        index = next(i for i, each in enumerate(self.messages) if each.id == former_id)
        self.messages[index] = new
        self.change(vp.MessagePlacedDelta(message=new, index=index, former_index=index, former_id=former_id))

    def set_status(
        self, status: Any, detail: str | None = None, retry_in_ms: int | None = None, cause: Any = None
    ) -> None:
        self.status = vp.StatusDelta(status=status, detail=detail, retry_in_ms=retry_in_ms, cause=cause)
        self.change(self.status)

    def typing(self, *names: str) -> None:
        self.change(vp.TypingDelta(names=names))

    def receipt(self, message_id: str, status: Any, **fields: Any) -> None:
        index = next(i for i, each in enumerate(self.messages) if each.id == message_id)
        self.change(vp.MessageStatusDelta(id=message_id, index=index, status=status, **fields))


def conversation(count: int, start: int = 0, **fields: Any) -> list[vp.ViewMessage]:
    return [message(number, **fields) for number in itertools.islice(itertools.count(start), count)]


def saved(*messages: vp.ViewMessage, **fields: Any) -> list[object]:
    """The copy as the widget puts it into the notebook."""
    known: dict[str, Any] = {
        "to": "",
        "epoch": "",
        "revision": 0,
        "total": len(messages),
        "first_index": 0,
        "messages": messages,
        "has_older": False,
        "status": vp.StatusDelta(status="idle"),
        "typing": (),
        "unread_count": 0,
        "capabilities": (),
    }
    return vp.encode_to_view(vp.Snapshot(**{**known, **fields}))
