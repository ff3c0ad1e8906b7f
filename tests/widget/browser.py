"""The browser's side of a widget, without a browser: a comm that records, and a view that is built from what it hears."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from comm.base_comm import BaseComm

from ipygenesys._core.view.protocol import VIEW_PROTOCOL_VERSION
from ipygenesys._io.host.clock import SystemClock
from tests.wire import named

PATIENCE_S = 30.0


class RecordedComm(BaseComm):
    """Keeps what the kernel sends, with the thread and the time, and hands it to the views."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[tuple[str, str, float, dict[str, Any]]] = []
        self.views: list[View] = []
        self.is_broken = False
        super().__init__(*args, **kwargs)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        """As the kernel would: what cannot be written as JSON cannot be sent."""
        if self.is_broken:
            raise OSError("the comm is gone")
        plain = json.loads(json.dumps(data or {}, allow_nan=False, ensure_ascii=False).encode())
        self.sent.append((msg_type, threading.current_thread().name, time.monotonic(), plain))
        if plain.get("method") == "custom":
            for view in list(self.views):
                view.hear(named(plain["content"]))

    def customs(self) -> list[tuple[str, float, dict[str, Any]]]:
        """Custom messages: thread, time, content."""
        return [
            (thread, at, named(data["content"]))
            for _, thread, at, data in self.sent
            if data.get("method") == "custom"
        ]

    def from_browser(self, content: Any, buffers: Sequence[bytes] = ()) -> None:
        """A custom message of the page arrives, on this thread."""
        self.handle_msg(
            {
                "content": {"data": {"method": "custom", "content": content}, "comm_id": self.comm_id},
                "buffers": [memoryview(each) for each in buffers],
            }
        )


class View:
    """A page: says hello, applies snapshot and deltas, asks for what it misses."""

    _numbers = itertools.count(1)

    def __init__(self, comm: RecordedComm, *, page_size: int = 100, languages: Sequence[str] = ()) -> None:
        self.client = f"page-{next(self._numbers)}"
        self.page_size = page_size
        self.languages = list(languages)
        self.heard: Counter[str] = Counter()
        self.gaps = 0
        self.told = self.skipped = 0
        """Messages that came as deltas, and those that were only counted."""
        self.loses: Callable[[dict[str, Any]], bool] = lambda _: False
        self.messages: list[dict[str, Any] | None] = []
        self.typing: list[str] = []
        self.unread_count = 0
        self.status: dict[str, Any] = {}
        self.capabilities: list[str] = []
        self.title = ""
        self.errors: list[dict[str, Any]] = []
        self.texts: dict[str, str] = {}
        self.files: list[dict[str, Any]] = []
        """What was said of files."""
        self.has_older = False
        self.locale: str | None = None
        self.words: dict[str, Any] | None = None
        self._epoch: str | None = None
        self._revision = 0
        self._seq = itertools.count(1)
        self._comm = comm
        comm.views.append(self)

    # --- to the kernel

    def message(self, kind: str, **fields: Any) -> dict[str, Any]:
        """A message with the next number, as the page would write it."""
        return {"kind": kind, "client": self.client, "seq": next(self._seq), **fields}

    def say(self, kind: str, *buffers: bytes, **fields: Any) -> None:
        self._comm.from_browser(self.message(kind, **fields), buffers)

    def hello(self) -> View:
        self.say(
            "hello",
            protocolVersion=VIEW_PROTOCOL_VERSION,
            revision=None,
            pageSize=self.page_size,
            languages=self.languages,
        )
        return self

    def go(self) -> None:
        """Close the page without a word."""
        self._comm.views.remove(self)

    # --- from the kernel

    def hear(self, content: dict[str, Any]) -> None:
        if self.loses(content):
            return
        self.heard[content["kind"]] += 1
        match content["kind"]:
            case "snapshot" if content["to"] == self.client:
                self._snapshot(content)
            case "deltas" if content["epoch"] == self._epoch:
                self._deltas(content)
            case "page" if content["to"] == self.client:
                self._page(content)
            case "file-wanted" | "file-refused" | "upload-progress":
                self.files.append(content)
            case "full-text" if content["to"] == self.client:
                self.texts[content["id"]] = content["text"]

    def _snapshot(self, content: dict[str, Any]) -> None:
        self.locale, self.words = content["locale"], content["words"]
        self._epoch, self._revision = content["epoch"], content["revision"]
        self.messages = [None] * content["firstIndex"] + content["messages"]
        assert len(self.messages) == content["total"]
        self.typing, self.unread_count = content["typing"], content["unreadCount"]
        self.status, self.capabilities = content["status"], content["capabilities"]
        self.title, self.hint = content["title"], content["hint"]
        self.has_older = content["hasOlder"]

    def _deltas(self, content: dict[str, Any]) -> None:
        revision = content["revision"]
        for delta in content["deltas"]:
            if revision == self._revision + 1:
                self._apply(delta)
                self._revision = revision
            elif revision > self._revision:
                self.gaps += 1
                self._epoch = None
                threading.Thread(target=self.hello).start()
                return
            revision += 1

    def _page(self, content: dict[str, Any]) -> None:
        assert content["revision"] == self._revision
        self.has_older = content["hasOlder"]
        first = content["firstIndex"]
        self.messages[first : first + len(content["messages"])] = content["messages"]

    def _apply(self, delta: dict[str, Any]) -> None:
        match delta["kind"]:
            case "message-placed":
                if delta["formerIndex"] is not None:
                    former = self.messages.pop(delta["formerIndex"])
                    assert former is None or former["id"] == delta["formerId"]
                else:
                    self.told += 1
                self.messages.insert(delta["index"], delta["message"])
            case "message-status":
                message = self.messages[delta["index"]]
                if message is not None:
                    assert message["id"] == delta["id"]
                    message["status"], message["error"] = delta["status"], delta["error"]
            case "message-removed":
                removed = self.messages.pop(delta["index"])
                assert removed is None or removed["id"] == delta["id"]
            case "messages-skipped":
                self.messages[delta["index"] : delta["index"]] = [None] * delta["count"]
                self.skipped += delta["count"]
            case "history-prepended":
                self.messages[0:0] = [None] * delta["count"]
                self.has_older = delta["hasOlder"]
            case "typing":
                self.typing = delta["names"]
            case "unread":
                self.unread_count = delta["count"]
            case "status":
                self.status = delta
            case "capabilities":
                self.capabilities = delta["capabilities"]
            case "title":
                self.title = delta["title"]
            case "hint":
                self.hint = delta["hint"]
            case "error":
                self.errors.append(delta)
            case unknown:
                raise AssertionError(unknown)

    @property
    def shown(self) -> list[tuple[Any, ...]]:
        """The messages, as far as they are there, in the form in which ``held`` gives the kernel's."""
        return [each for each in self.shown_in_place if each is not None]

    @property
    def shown_in_place(self) -> list[tuple[Any, ...] | None]:
        """The same, with None for each message that is not there."""
        return [
            None
            if message is None
            else (message["id"], message["text"], message["isOwn"], message["status"], message["draftId"])
            for message in self.messages
        ]

    def fill(self, limit: int = 200) -> None:
        """Ask for what is missing, from the newest gap to the oldest."""
        while None in self.messages:
            missing = len(self.messages) - 1 - self.messages[::-1].index(None)
            behind = self.messages[missing + 1]
            assert behind is not None
            self.say(
                "page-requested", requestId=f"fill-{missing}", where="before", id=behind["id"], limit=limit
            )
            eventually(lambda missing=missing: self.messages[missing] is not None)  # type: ignore[misc]


class MovableClock(SystemClock):
    """The real time, moved on by a test."""

    offset_s = 0.0

    def now(self) -> Any:
        now = super().now()
        return now._replace(monotonic=now.monotonic + self.offset_s, jitter=0.002)

    def monotonic(self) -> float:
        return super().monotonic() + self.offset_s


def eventually(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"not within {patience_s} s"
        time.sleep(0.002)


def threads(prefix: str = "ipygenesys-") -> Iterator[threading.Thread]:
    """Our threads, the simulator's excepted."""
    return (
        thread
        for thread in threading.enumerate()
        if thread.name.startswith(prefix) and "simulator" not in thread.name
    )
