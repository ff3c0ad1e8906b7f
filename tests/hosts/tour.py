"""A tour of a host: what is done in each, and what is seen of it; one scenario for all."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect

from tests.e2e.chat_view import ChatView
from tests.hosts.catalogue import Host
from tests.hosts.visits import APPS, PATIENCE_MS, Place, Visit

WORDS = "Hello from here"
PACE_S = 0.25


@dataclass(frozen=True)
class Remains:
    """What is told of all processes that have had a chat."""

    folder: Path

    def told(self) -> list[dict[str, object]]:
        """By those that live."""
        return [json.loads(each.read_text()) for each in self.folder.glob("*.json") if _lives(int(each.stem))]

    def heard(self, kind: str) -> int:
        """How many of these the simulators have accepted."""
        return sum(each["heard"].get(kind, 0) for each in self.told())  # type: ignore[attr-defined]

    def threads(self, name: str = "") -> list[str]:
        return [thread for each in self.told() for thread in each["threads"] if thread.startswith(name)]  # type: ignore[attr-defined]

    def words(self) -> str:
        """Empty where nothing is left."""
        sockets = sum(each["sockets"] for each in self.told())  # type: ignore[misc]
        threads = self.threads()
        return (
            f"{len(threads)} threads ({', '.join(threads)}), {sockets} sockets" if threads or sockets else ""
        )


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@dataclass
class Outcome:
    """Of one host."""

    done: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    """What was not seen, and why."""
    is_same_again: bool = False
    """A page that is loaded again shows the same conversation; else another one."""
    gone_after_s: float | None = None

    def words(self) -> str:
        """As a cell of a table."""
        what = ["all" if not self.missing else ", ".join(self.done) or "nothing"]
        if "loaded again" in self.done:
            what.append(f"loaded again, {'the same' if self.is_same_again else 'another'} conversation")
        return "; ".join([*what, *(f"**not** {each}" for each in self.missing)])


def visit(browser: Browser, host: Host, python: Path) -> Outcome:
    """Serve the chat there, with the Python of the host's environment, and go through all of it."""
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory(prefix="host-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        remains = Remains(folder / "remains")
        remains.folder.mkdir()
        variables = {**os.environ, "REMAINS": str(remains.folder), "PYTHONPATH": str(APPS)}
        with host.visiting(Place(python, folder, variables, browser)) as visit:
            outcome = play(visit, remains, host.left_s)
        if outcome.missing:
            print((folder / "log").read_text()[-3_000:], flush=True)
    return outcome


def play(visit: Visit, remains: Remains, left_s: float) -> Outcome:
    """Go through all of it. What fails is told, and what needs no more than a page goes on."""
    seen = Outcome()
    region = visit.page.get_by_role("region", name="Conversation")
    view = ChatView(visit.page, region)

    def shows() -> None:
        visit.open()
        expect(region).to_be_visible()

    def hears() -> None:
        expect(view.articles.first).to_be_visible()

    def types() -> None:
        view.type(WORDS)
        until(lambda: remains.heard("typing") > 0)

    def sends() -> None:
        view.composer.press("Enter")
        view.expect_message(WORDS, "read", PATIENCE_MS)

    def hears_typing() -> None:
        expect(view.region.locator("[data-typing=true]")).to_be_visible()

    def reads() -> None:
        expect(region.locator("article[data-own=false]").nth(1)).to_be_visible()
        until(lambda: remains.heard("read") > 1)

    def reloads() -> None:
        visit.reload()
        expect(view.articles.first).to_be_visible()
        seen.is_same_again = view.message(WORDS).count() == 1

    def two_pages() -> None:
        look_on(visit.look_on(), view)

    def sends_a_file() -> None:
        assert visit.with_files is not None
        send_a_file(visit.with_files())

    def runs_again() -> None:
        visit.run_again()
        until(lambda: remains.threads("ipygenesys-simulator") == ["ipygenesys-simulator"])
        expect(view.articles).to_have_count(1)

    def leaves_nothing() -> None:
        visit.go()
        began = time.monotonic()
        until(lambda: not remains.words(), left_s, remains.words)
        seen.gone_after_s = time.monotonic() - began

    steps: dict[str, Callable[[], None]] = {
        "shown": shows,
        "live": hears,
        "typing out": types,
        "sent and read": sends,
        "typing in": hears_typing,
        "reads": reads,
        "loaded again": reloads,
        **({"on two pages": two_pages} if visit.is_shared else {}),
        **({"a file sent": sends_a_file} if visit.with_files else {}),
        **({"run again": runs_again} if visit.has_cells else {}),
        "nothing left": leaves_nothing,
    }
    for name, step in steps.items():
        try:
            step()
            seen.done.append(name)
        except (AssertionError, Error) as error:
            seen.missing[name] = str(error).partition("\n")[0]
            print(f"  {name}: {error}", flush=True)
            if name == "shown":
                break
    return seen


def look_on(other: Page, view: ChatView) -> None:
    """Another page shows the same, and what is said there is on the first one."""
    there = ChatView(other, other.get_by_role("region", name="Conversation"))
    there.expect_message(WORDS, "read", PATIENCE_MS)
    there.send("And from there")
    there.expect_message("And from there", "read", PATIENCE_MS)
    view.expect_message("And from there", "read", PATIENCE_MS)
    other.context.close()


def send_a_file(page: Page) -> None:
    """Of several pieces; its message shows its name once the server has it."""
    view = ChatView(page, page.get_by_role("region", name="Conversation"))
    expect(view.articles.first).to_be_visible()
    picture = {
        "name": "large.png",
        "mimeType": "image/png",
        "buffer": b"\x89PNG\r\n\x1a\n" + bytes(1_500_000),
    }
    view.region.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    view.composer.press("Enter")
    sent = view.region.locator("article[data-own=true]", has_text="large.png")
    expect(sent).to_have_attribute("data-status", "sent")
    page.context.close()


def until(
    is_so: Callable[[], bool],
    limit_s: float = PATIENCE_MS / 1000,
    problem: Callable[[], str] = lambda: "it did not come",
) -> None:
    end = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(problem())
        time.sleep(PACE_S)
