"""Messages with content of every kind, for the tests of the view."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from ipygenesys._core.model import content as c
from ipygenesys._core.view import protocol as vp
from tests.view.kernel import START_MS, message

DAY_MS = 86_400_000
FIRST_SLOT_MS = 1_790_067_600_000
"""2026-09-22 09:00 UTC."""

REPLIES = c.QuickReplies(
    replies=(
        c.QuickReply(text="Exchange it", payload="exchange"),
        c.QuickReply(text="Get the money back", payload="refund"),
        c.QuickReply(text="Talk to a person", payload="person"),
    )
)
BOOTS = c.Card(
    title="Trail boots, size 42",
    description="Waterproof, recycled leather. In stock in three colours.",
    image_url="https://images.shop.example/boots.jpg",
    buttons=(
        c.Button(text="Take these", payload="boots-42"),
        c.Button(text="See the details", url="https://shop.example/boots"),
    ),
)
CAROUSEL = c.Carousel(
    cards=(
        BOOTS,
        c.Card(
            title="Winter boots",
            description="Lined with wool.",
            image_url="https://images.shop.example/winter.jpg",
            url="https://shop.example/winter",
            buttons=(c.Button(text="Take these", payload="winter-42"),),
        ),
        c.Card(
            title="Rain boots",
            description="For puddles of any depth.",
            image_url="https://images.shop.example/rain.jpg",
            buttons=(c.Button(text="Take these", payload="rain-42"),),
        ),
    )
)
DATES = c.DatePicker(
    title="When may we collect the old pair?",
    subtitle="A driver needs about ten minutes.",
    slots=tuple(
        c.Slot(
            payload=f"slot-{day}-{hour}",
            time_ms=FIRST_SLOT_MS + day * DAY_MS + hour * 3_600_000,
            duration_s=1800,
        )
        for day in range(3)
        for hour in range(0, 8, 2)
    ),
)
LIST = c.ListPicker(
    title="What would you like with them?",
    subtitle="As many as you like",
    sections=(
        c.ListSection(
            title="Care",
            is_multiple=True,
            items=(
                c.ListItem(title="Leather wax", payload="wax", subtitle="Without solvents"),
                c.ListItem(title="Brush", payload="brush", subtitle="Horsehair"),
                c.ListItem(title="Spare laces", payload="laces"),
            ),
        ),
        c.ListSection(
            title="Delivery",
            items=(
                c.ListItem(title="Standard", payload="standard", subtitle="Three days"),
                c.ListItem(title="Express", payload="express", subtitle="Tomorrow before noon"),
            ),
        ),
    ),
)
PLACE = c.Location(
    name="Depot San Mateo", address="6821 1st Avenue", latitude=37.563, longitude=-122.3255,
    url="https://maps.example/depot",
)  # fmt: skip
HOLOGRAM = c.Unsupported(type="Hologram")
FORM = c.Form(
    title="How was it?",
    subtitle="Three short questions.",
    pages=(
        c.FormPage(
            fields=(
                c.FormField(id="name", type="text", title="Your name", is_required=True),
                c.FormField(
                    id="likes",
                    type="choice",
                    title="What did you like?",
                    is_multiple=True,
                    choices=(
                        c.QuickReply(text="The boots", payload="boots"),
                        c.QuickReply(text="The service", payload="service"),
                    ),
                ),
            ),
        ),
        c.FormPage(
            title="And then",
            fields=(
                c.FormField(id="day", type="date", title="When may we call?"),
                c.FormField(id="more", type="text", title="What else?", is_long=True),
            ),
        ),
    ),
)


def bot(number: int, *content: c.Content, text: str = "", **fields: Any) -> vp.ViewMessage:
    """Message ``number``, of the bot."""
    known: dict[str, Any] = {
        "is_own": False,
        "role": "bot",
        "sender": "Ada",
        "time_ms": START_MS + number * 20_000,
    }
    return message(number, text=text, content=content, **{**known, **fields})


def mine(number: int, text: str) -> vp.ViewMessage:
    return message(number, text=text, is_own=True, time_ms=START_MS + number * 20_000)


def picked(part: Any, *picks: int) -> Any:
    return msgspec.structs.replace(part, picked=picks)


def picture(width: int = 240, height: int = 160) -> bytes:
    """A PNG: a slope of colours."""

    def part(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return len(data).to_bytes(4, "big") + whole + zlib.crc32(whole).to_bytes(4, "big")

    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (40 + x // 2, 90 + y // 2, 160 - y // 3))
        for y in range(height)
    )
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    )


CARDS = [
    mine(0, "The boots are too small."),
    bot(1, text="I'm sorry to hear that. What would you like to do?"),
    bot(2, picked(REPLIES, 0), text="Exchange them, perhaps?"),
    mine(3, "Exchange it"),
    bot(4, CAROUSEL, text="These are one size larger:"),
]
PICKERS = [bot(0, DATES), bot(1, LIST)]
OTHERS = [
    bot(0, picked(DATES, 5)),
    mine(1, "Wed 23 September at 11:00 UTC"),
    bot(2, PLACE, text="Or bring them here:"),
    bot(3, HOLOGRAM),
    bot(4, REPLIES, text="Anything else?"),
]
