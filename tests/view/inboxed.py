"""An inbox in a blank page: its rows are kept by the kernel's own code, the chat beside it is the real one."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from playwright.sync_api import Locator

from ipygenesys._core.inbox.figures import DEFINITIONS
from ipygenesys._core.inbox_view.pages import UPDATE_S, Facts, InboxPages
from ipygenesys._core.inbox_view.rows import problems
from ipygenesys._core.inbox_view.wire import InboxRow, LookAtInbox, PageGone, SelectRow, Tile, decode, encode
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._inboxes.languages import inbox_words
from tests.core.inbox_view.rows import START_MS, row
from tests.view.conftest import Host

NAMES = (
    "Cleo Marsh",
    "Zoé Laurent",
    "Amir Haddad",
    "Ida Blom",
    "Jun Mori",
    "Lena Kraus",
    "Tomás Ruiz",
    "Wei Chen",
)
AGENTS = ("Ann Lee", "Ben Okoye", "Mia Fischer")
QUEUES = ("Sales", "Returns", "Card services")
TEXTS = (
    "Where is my parcel?",
    "Thank you, that helps.",
    "I would like to change my address, please.",
    "One moment…",
)
NOW_MS = START_MS + 3_600_000


def busy(count: int, seed: int = 1) -> list[InboxRow]:
    """What a team has open at noon."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        state = dice.choices(["waiting", "agent", "bot", "parked", "ended"], [3, 9, 2, 1, 2])[0]
        since_ms = NOW_MS - dice.randrange(20_000, 1_500_000)
        asked = state in ("waiting", "agent") and dice.random() < 0.6
        asked_ms = NOW_MS - dice.randrange(5_000, 400_000)
        text = dice.choice(TEXTS)
        rows.append(
            row(
                f"c{number:04}",
                state,
                name=f"{dice.choice(NAMES)}" if dice.random() < 0.95 else "",
                queue=dice.choice(QUEUES),
                agent=dice.choice(AGENTS) if state in ("agent", "parked", "ended") else "",
                since_ms=since_ms,
                last_role="customer" if asked else dice.choice(["agent", "bot"]),
                last_kind="text" if dice.random() < 0.9 else "image",
                last_ms=asked_ms,
                last_text=text if dice.random() < 0.85 else None,
                text_state="here" if dice.random() < 0.85 else "awaited",
                unanswered_since_ms=asked_ms if asked else None,
                unread=dice.randrange(1, 4) if asked else 0,
                typing=(AGENTS[number % 3],) if dice.random() < 0.06 else (),
                undelivered=1 if dice.random() < 0.03 else 0,
                due_ms=NOW_MS + dice.randrange(-90_000, 240_000) if state == "waiting" else None,
                is_own=dice.random() < 0.05,
            )
        )
    return rows


def figures(rows: Sequence[InboxRow], step: int = 0) -> list[Tile]:
    """As if they had been measured."""
    live = [each for each in rows if each.state != "ended"]
    counts = {
        "live": len(live),
        "waiting": sum(each.state == "waiting" for each in live),
        "unanswered": sum(each.unanswered_since_ms is not None for each in live),
        "unread": sum(each.unread for each in live),
        "undelivered": sum(each.undelivered for each in live),
    }
    tiles = []
    for name in DEFINITIONS:
        if name in counts:
            tiles.append(Tile(name, "count", counts[name] + step % 5, counts[name]))
        elif name == "sla":
            tiles.append(Tile(name, "share", 0.84, 61))
        else:
            since_ms = NOW_MS - 431_000 if name in ("wait_s", "unanswered_s") else None
            tiles.append(Tile(name, "seconds", 74.0 + step, 48, 74.0 + step, 212.0, 640.0, since_ms))
    return tiles


class Inboxed:
    """A kernel's side of an inbox in a page, which answers whatever the page has said."""

    def __init__(
        self, host: Host, rows: Sequence[InboxRow] = (), *, locale: str = "en", looks: bool = True
    ) -> None:
        self.host, self.page = host, host.page
        self.step = 0
        self.now = 0.0
        self.facts = Facts(now_ms=NOW_MS, status="connected")
        self.selected: list[str] = []
        self.gone: list[str] = []
        self.heard: list[LookAtInbox] = []
        self.sent = 0
        self._read = 0
        self.pages = InboxPages(SpokenLocale(locale, inbox_words()), self)
        for each in rows:
            self.pages.put(each)
        self.page.evaluate("harness.start({bundle: 'inbox'})")
        if looks:
            self.open()

    def open(self) -> None:
        self.page.evaluate("harness.open()")
        self.page.wait_for_function("harness.model.sent.length > 0")
        self.answer()
        # It knows its height only now that something is in it, and asks for what fits.
        self.settle()

    def tiles(self) -> Sequence[Tile]:
        return figures(list(self.pages.rows.values()), self.step)

    def answer(self) -> None:
        """Hear what the page has said since, and send what is due."""
        said = self.page.evaluate("from => harness.model.sent.slice(from)", self._read)
        self._read += len(said)
        for content in said:
            match decode(content):
                case LookAtInbox() as look:
                    self.heard.append(look)
                    self.pages.hear(look, self.now)
                case SelectRow(id=id_):
                    self.selected.append(id_)
                case PageGone(page=page):
                    self.gone.append(page)
                    self.pages.forget(page)
        self.now += UPDATE_S
        for window in self.pages.outgoing(self.facts, self.now):
            self.sent += 1
            self.page.evaluate("content => harness.model.deliver(content)", encode(window))
        self.host.shown()

    def settle(self) -> None:
        """Until the page has asked for nothing more for longer than it waits with anything."""
        quiet = 0
        while quiet < 3:
            before = self._read
            self.page.evaluate("() => new Promise(done => setTimeout(done, 80))")
            self.answer()
            quiet = quiet + 1 if self._read == before else 0

    def put(self, *rows: InboxRow) -> None:
        for each in rows:
            self.pages.put(each)
        self.answer()

    def show(self, id_: str, chat: str = "", said: str = "") -> None:
        """It is selected in the kernel."""
        self.facts = msgspec.structs.replace(self.facts, selected=id_, chat=chat, said=said)
        self.answer()

    def has_problems(self, found: Mapping[str, Failure]) -> None:
        """These things do not work."""
        self.facts = msgspec.structs.replace(self.facts, problems=problems(found))
        self.answer()

    # --- what is there ----------------------------------------------------------------------------------------

    @property
    def root(self) -> Locator:
        return self.page.get_by_role("region", name="Inbox", exact=True)

    @property
    def listbox(self) -> Locator:
        return self.page.get_by_role("listbox")

    def row(self, id_: str) -> Locator:
        return self.page.locator(f".ipg-inbox-row[data-id='{id_}']")

    def ids(self) -> list[str]:
        """Of the rows in the page, from the top."""
        found: list[list[Any]] = self.page.evaluate(
            "() => [...document.querySelectorAll('.ipg-inbox-row')].map(e => [parseInt(e.style.top), e.dataset.id])"
        )
        return [id_ for _, id_ in sorted(found)]

    def active(self) -> str | None:
        """Where the keyboard is."""
        found: str | None = self.page.evaluate(
            """() => { const list = document.querySelector('[role=listbox]');
            const id = list.getAttribute('aria-activedescendant');
            return id && document.getElementById(id)?.dataset.id; }"""
        )
        return found
