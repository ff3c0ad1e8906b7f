"""What drives a browser by WebDriver: Firefox by its Marionette, WebKitGTK by its driver's HTTP."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from itertools import count
from typing import Any, Protocol

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""By this name WebDriver's answers refer to an element."""
PATIENCE_S = 60.0
EVALUATE = """const done = arguments[arguments.length - 1];
Promise.resolve().then(() => {{ const it = ({expression}); return typeof it === 'function' ? it(arguments[0]) : it; }})
  .then(value => done({{value: value ?? null}}), error => done({{error: String(error)}}));"""
KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Home": "\ue011", "End": "\ue010", "PageUp": "\ue00e",
    "PageDown": "\ue00f", "ArrowUp": "\ue013", "ArrowDown": "\ue015", "Control": "\ue009", "Shift": "\ue008",
    "Backspace": "\ue003",
}  # fmt: skip


class DriverError(Exception):
    """A command that the browser refused."""


class Connection(Protocol):
    """Speaks WebDriver's commands, each in the words of its own."""

    version: str
    """Of the browser."""

    def command(self, name: str, **parameters: Any) -> Any: ...

    def end(self) -> None: ...


class Marionette:
    """Firefox's own, on a socket: ``length:[type, id, name, parameters]``.

    Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html, read 2026-12.
    """

    def __init__(self, port: int) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
                self._read = self._socket.makefile("rb")
                self._packet()  # It introduces itself.
                break
            except (OSError, ValueError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
        self._ids = count()
        session = self.command("NewSession", capabilities={"alwaysMatch": {"timeouts": {"script": 120_000}}})
        self.version = session["capabilities"]["browserVersion"]

    def command(self, name: str, **parameters: Any) -> Any:
        spoken = name if ":" in name else f"WebDriver:{name}"
        data = json.dumps([0, next(self._ids), spoken, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(data), data))
        _, _, error, result = self._packet()
        if error is not None:
            raise DriverError(f"{name}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def end(self) -> None:
        self._read.close()
        self._socket.close()

    def _packet(self) -> Any:
        length = b""
        while (digit := self._read.read(1)) != b":":
            if not digit:
                raise ConnectionError("Firefox has closed the connection")
            length += digit
        return json.loads(self._read.read(int(length)))


PATHS = {
    "Navigate": ("POST", "/url"),
    "Refresh": ("POST", "/refresh"),
    "ExecuteAsyncScript": ("POST", "/execute/async"),
    "FindElement": ("POST", "/element"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "PerformActions": ("POST", "/actions"),
    "ReleaseActions": ("DELETE", "/actions"),
}


class OverHttp:
    """WebDriver as it is specified, of a driver that listens on this port."""

    def __init__(self, port: int, options: dict[str, Any]) -> None:
        self._base = f"http://127.0.0.1:{port}/session"
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                wanted = {"capabilities": {"alwaysMatch": {"timeouts": {"script": 120_000}, **options}}}
                session = self._ask("POST", "", wanted)
                self._base += f"/{session['sessionId']}"
                self.version = session["capabilities"]["browserVersion"]
                return
            except urllib.error.URLError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def command(self, name: str, **parameters: Any) -> Any:
        method, path = PATHS[name]
        path = path.format(**parameters)
        return self._ask(method, path, parameters if method == "POST" else None)

    def end(self) -> None:
        self._ask("DELETE", "", None)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._base}{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refusal:
            value = json.load(refusal)["value"]
            raise DriverError(f"{path}: {value['error']}: {value['message']}") from None


class DrivenPage:
    """What the tests' `Kernel` and the situations need of a page."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def goto(self, address: str) -> None:
        self.connection.command("Navigate", url=address)

    def reload(self) -> None:
        self.connection.command("Refresh")

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        """As Playwright's: an expression, or a function that is called; promises are awaited."""
        script = EVALUATE.format(expression=expression.strip().removesuffix(";"))
        answer = self.connection.command("ExecuteAsyncScript", script=script, args=[argument])
        if "error" in answer:
            raise DriverError(answer["error"])
        return answer["value"]

    def wait_for_timeout(self, ms: float) -> None:
        time.sleep(ms / 1000)

    def until(self, expression: str, argument: Any = None, limit_s: float = 30.0) -> None:
        """Waits until it is true."""
        end = time.monotonic() + limit_s
        while not self.evaluate(expression, argument):
            if time.monotonic() > end:
                raise AssertionError(f"did not come true: {expression}")
            time.sleep(0.05)

    # --- real keys, a real pointer -------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Each key, or keys that are held together, such as ``Control+c``."""
        steps: list[dict[str, str]] = []
        for key in keys:
            parts = [KEYS.get(each, each) for each in key.split("+")] if len(key) > 1 else [key]
            steps += [{"type": "keyDown", "value": each} for each in parts]
            steps += [{"type": "keyUp", "value": each} for each in reversed(parts)]
        self._act({"type": "key", "id": "keyboard", "actions": steps})

    def type(self, text: str) -> None:
        self.press(*text)

    def click(self, selector: str) -> None:
        self._act(_pointer(self._point(selector)))

    def drag(self, start: str, end: str) -> None:
        """The pressed pointer, from the beginning of one element to the end of another."""
        self._act(_pointer(self._point(start, 0.01), self._point(end, 0.99)))

    def give_files(self, selector: str, *paths: str) -> None:
        found = self.connection.command("FindElement", using="css selector", value=selector)
        self.connection.command("ElementSendKeys", id=found[ELEMENT], text="\n".join(paths))

    def _point(self, selector: str, along: float = 0.5) -> tuple[int, int]:
        place = self.evaluate(
            """([selector, along]) => {
              const box = document.querySelector(selector).getBoundingClientRect();
              return [Math.round(box.left + box.width * along), Math.round(box.top + box.height / 2)]; }""",
            [selector, along],
        )
        return place[0], place[1]

    def _act(self, *sources: dict[str, Any]) -> None:
        self.connection.command("PerformActions", actions=list(sources))


def _pointer(*points: Sequence[int]) -> dict[str, Any]:
    """Moves to the first of these, presses, moves on to the others and lets go."""
    moves = [{"type": "pointerMove", "x": x, "y": y, "origin": "viewport", "duration": 50} for x, y in points]
    steps = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
    return {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
