"""Pictures in a blank page: what is drawn is made by the kernel's own code, of a conversation that is always the same."""

from __future__ import annotations

import itertools
import random
from typing import Any

from playwright.sync_api import Locator

from ipygenesys._core.inbox.pools import Answered
from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.response_scene import answered_scene, response_scene
from ipygenesys._pictures.revisions import Revisions
from ipygenesys._pictures.talks import Span, Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Drawing, Reading, Scene, encode
from tests.pictures.talking import START_MS, said
from tests.view.conftest import Host

AGENTS = ("Ann", "Ben")


def dialogue(seed: int, count: int = 24, title: str = "") -> Talk:
    """A customer, a bot at first, then agents who read, type and answer."""
    dice, at_s = random.Random(seed), 0.0
    messages, spans = [], []
    for number in range(count):
        who = "Cleo" if number % 3 != 1 else "Robo" if number < 6 else AGENTS[(number // 9) % 2]
        at_s += dice.lognormvariate(3, 0.9)
        read_ms = START_MS + int((at_s + dice.uniform(1, 20)) * 1000) if who == "Ann" else None
        status = "read" if read_ms else "delivered" if who == "Ben" else "sent"
        messages.append(
            said(at_s, who, id=f"s{seed}m{number}", text=f"Words {number}", status=status, read_ms=read_ms)
        )
        if who in AGENTS:
            end_ms = START_MS + int(at_s * 1000)
            spans.append(Span("typing", who, end_ms - 6_000, end_ms))
    gap_ms = START_MS + int(at_s * 500)
    spans.append(Span("offline", None, gap_ms, gap_ms + 9_000))
    return Talk(title, tuple(messages), tuple(spans))


TALK = dialogue(1)
TALKS = [dialogue(seed, 12 + seed, f"Conversation {seed}") for seed in range(1, 9)]
SCENES: dict[str, Scene] = {
    "timeline": timeline_scene([TALK], since_start=False, has_ids=True),
    "timelines": timeline_scene(TALKS, since_start=True),
    "nothing-said": timeline_scene([Talk("", ())], since_start=False),
    "response-times": response_scene(TALKS, by="agent"),
    "by-conversation": response_scene(TALKS, by="conversation", title="Yesterday"),
    "of-an-inbox": answered_scene(Answered([4.0, 40.0], {"Ann": [4.0], "Ben": [40.0]}, [0.3, 0.4], 2)),
    "nothing-answered": response_scene([Talk("", ())], by="agent"),
}


class Drawn:
    """A picture in a page, which looks and is answered."""

    def __init__(self, host: Host, scene: Scene, *, locale: str = "en") -> None:
        self.page = host.page
        self._revisions = Revisions()
        self.page.evaluate("harness.start({bundle: 'pictures'})")
        self.page.evaluate("harness.open()")
        self.page.wait_for_function("harness.model.sent.length > 0")
        words = picture_words()[locale.partition("-")[0]]
        self.deliver(Drawing(1, 0, locale, words, self._revisions.whole(scene)))
        host.shown()

    @property
    def root(self) -> Locator:
        return self.page.locator(".ipg-picture")

    @property
    def plot(self) -> Locator:
        return self.page.get_by_role("application")

    def status(self) -> str:
        """What was said to who listens."""
        return self.plot.locator("xpath=following-sibling::p[@role='status']").inner_text()

    def looks(self) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = self.page.evaluate("harness.model.sent")
        return sent

    def next(self, scene: Scene, *, base: int | None = None) -> None:
        """The conversation has gone on."""
        before = self._revisions.number
        new = self._revisions.next(scene)
        assert new is not None
        self.deliver(Drawing(self._revisions.number, before if base is None else base, "en", {}, new))

    def deliver(self, message: Drawing | Reading) -> None:
        self.page.evaluate("content => harness.model.deliver(content)", encode(message))


def many(conversations: int, messages: int) -> list[Talk]:
    """As many as an analyst may have."""
    return [
        dialogue(seed, messages, f"Conversation {seed}")
        for seed in itertools.islice(itertools.count(1), conversations)
    ]
