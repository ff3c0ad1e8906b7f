"""Whose side the widget is on: by which protocol it speaks, and who then is the other one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.e2e.simulator_process import SimulatorProcess, Truth

ADDRESSES = """\
import json, pathlib, threading, time, urllib.request
import ipygenesys as ig
at = json.loads(pathlib.Path({name!r}).read_text())
"""

EVENTS_CODE = """\
ig.MessagingEvents(
    environment="us-east-1", base_url=at["base_url"], conversation_id=at["conversation_id"],
    credentials=ig.ClientCredentials(client_id=at["client_id"], client_secret=at["client_secret"]))"""

GUEST_CODE = """ig.WebMessaging(base_url=at["base_url"], deployment_id=at["deployment_id"])"""

# The simulated person logs in at once: whatever fetches the page is as good as a browser.
AGENT_CODE = """\
ig.AgentMessaging(
    base_url=at["base_url"], conversation_id=at["conversation_id"],
    credentials=ig.UserLogin(at["client_id"], redirect_port=0, redirect_host="127.0.0.1",
        open_browser=lambda url: threading.Thread(target=urllib.request.urlopen, args=(url,)).start()))"""


@dataclass(frozen=True)
class Side:
    """One protocol, and what it can do."""

    protocol: str
    """As the simulator's log names it."""
    code: str
    other: str
    """Whom the simulator plays, as the control plane names it."""
    other_name: str
    """What the typing line calls that person."""
    sends_read: bool = False
    """There is a call that tells the server what was read; else our read position is ours alone."""
    hears_read: bool = False
    """The server tells who has read what we sent."""
    hears_delivered: bool = False
    takes_typing_back: bool = False
    """There is a call for "stopped typing"; else the indicator runs out by itself."""

    def connect(self, addresses: str) -> str:
        """The cell that shows a chat; ``addresses`` is the file that says where."""
        return f"{ADDRESSES.format(name=addresses)}chat = ig.Chat({self.code})\nchat"

    @property
    def spell(self) -> list[bool]:
        """What the server hears of one short spell of typing of ours, from its first key to its end."""
        return [True, False] if self.takes_typing_back else [True]

    @property
    def typing_line(self) -> str:
        return f"{self.other_name} is typing…"


EVENTS = Side(
    "messaging-events",
    EVENTS_CODE,
    "agent",
    "Ann",
    sends_read=True,
    hears_read=True,
    hears_delivered=True,
    takes_typing_back=True,
)
# A guest is not told who types, but knows the name of who has written.
GUEST = Side("web-messaging", GUEST_CODE, "agent", "Agent")
AGENT = Side("agent-messaging", AGENT_CODE, "customer", "Customer", hears_read=True, hears_delivered=True)
SIDES = {"events": EVENTS, "guest": GUEST, "agent": AGENT}


@dataclass(frozen=True)
class Other:
    """The person on the other side, whom the test plays."""

    simulator: SimulatorProcess
    side: Side

    def types(self, typing: bool = True) -> None:
        self.simulator.control(f"/{self.side.other}/typing", {"typing": typing})

    def says(self, text: str, **options: float) -> list[str]:
        """Returns the ids of the messages."""
        answer = self.simulator.control(f"/{self.side.other}/say", {"text": text, **options})
        return [str(name) for name in answer.get("message_ids", [])]

    def reads(self) -> None:
        """All that we have sent, where the protocol tells such a thing."""
        if self.side.protocol == "agent-messaging":
            self.simulator.control("/agent_api", {"reports_read": True})
        self.simulator.control(f"/{self.side.other}/read", {})

    def said(self, truth: Truth) -> list[dict[str, Any]]:
        """The entries of what this person has said."""
        return truth.sent_of("message" if self.side.other == "agent" else "echo")

    def expect_read(self, *message_ids: str) -> None:
        """The server has heard of these reads, each once; or of none, where there is no such call."""
        if self.side.sends_read:
            self.simulator.wait_for(
                lambda log: len(log.read_ids) >= len(message_ids), f"{len(message_ids)} reads"
            )
        truth = self.simulator.truth()
        assert sorted(truth.read_ids) == (sorted(message_ids) if self.side.sends_read else [])
        assert not truth.received_of("read_repeated")
        assert not truth.received_of("receipt")
