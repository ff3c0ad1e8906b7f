"""Makes parts of messages as Genesys writes them: quick replies, cards, pickers; with samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ipygenesys._wire.content import Unverified
from ipygenesys.simulator.state.clock import rfc3339

RICH_LINK_FIELD = Unverified.RICH_LINK_FIELD
Part = dict[str, Any]
DAY_S = 86_400.0


def quick_replies(*texts: str) -> list[Part]:
    """Answers to choose from, one part each."""
    return [
        {
            "contentType": "QuickReply",
            "quickReply": {"text": text, "payload": _payload(text), "action": "Message"},
        }
        for text in texts
    ]


def postback(text: str) -> dict[str, str]:
    """A card's button that answers."""
    return {"type": "Postback", "text": text, "payload": _payload(text)}


def link(text: str, url: str) -> dict[str, str]:
    """A card's button that opens a page."""
    return {"type": "Link", "text": text, "url": url}


def card(
    title: str, description: str = "", *, image: str | None = None, actions: Sequence[dict[str, str]] = ()
) -> Part:
    """One card."""
    return {"contentType": "Card", "card": _card(title, description, image, actions)}


def carousel(*cards: Part) -> Part:
    """Cards next to each other."""
    return {"contentType": "Carousel", "carousel": {"cards": [each["card"] for each in cards]}}


def date_picker(title: str, times_s: Sequence[float], *, subtitle: str = "") -> Part:
    """Times to choose from, in epoch seconds; each takes half an hour."""
    times = [{"dateTime": rfc3339(at), "duration": 1800} for at in times_s]
    return {
        "contentType": "DatePicker",
        "datePicker": {"title": title, "subtitle": subtitle, "availableTimes": times},
    }


def list_picker(title: str, sections: dict[str, Sequence[str]], *, is_multiple: bool = False) -> Part:
    """Items to choose from, by section."""
    return {
        "contentType": "ListPicker",
        "listPicker": {
            "receivedMessage": {"title": title},
            "sections": [
                {
                    "title": name,
                    "multipleSelection": is_multiple,
                    "items": [{"id": _payload(item), "title": item} for item in items],
                }
                for name, items in sections.items()
            ],
        },
    }


def location(name: str, address: str, url: str) -> Part:
    """A place."""
    return {
        "contentType": "Location",
        "location": {"text": name, "address": address, "url": url, "latitude": 37.563, "longitude": -122.325},
    }


def template(header: str, body: str, *, button: dict[str, str], **parameters: str) -> Part:
    """A message that was written beforehand, with placeholders such as ``{{name}}``."""
    named = [{"name": name, "text": text} for name, text in parameters.items()]
    return {
        "contentType": "Notification",
        "template": {
            "header": {"type": "Text", "text": header},
            "body": {"text": body, "parameters": named},
            "buttons": [button],
        },
    }


def rich_link(text: str, url: str, label: str) -> Part:
    """A page with words about it."""
    return {"contentType": "RichLink", RICH_LINK_FIELD: {"text": text, "url": url, "urlLabel": label}}


def picture(name: str, caption: str) -> Part:
    """A picture with words of its own."""
    file = {"filename": name, "mime": "image/png", "mediaType": "Image", "text": caption}
    return {"contentType": "Attachment", "attachment": file}


def form(title: str, *fields: dict[str, Any], subtitle: str = "", reply: str = "") -> Part:
    """Fields to fill in, on one page; ``text_field`` and ``choice_field`` make them."""
    body = {
        "receivedMessage": {"title": title, "subtitle": subtitle},
        "replyMessage": {"subtitle": reply},
        "cannedResponseId": "7d3c1a52-0f0e-4a55-9c59-51f1c6a7d001",
        "formPages": [{"title": title, "pageComponents": list(fields)}],
    }
    return {"contentType": "Form", "form": body}


def text_field(title: str, *, is_required: bool = False, is_long: bool = False) -> dict[str, Any]:
    """A text to write in a form."""
    body = {"id": _payload(title), "title": title, "isRequired": is_required, "isMultipleLine": is_long}
    return {"formComponentType": "Input", "input": body}


def choice_field(title: str, *choices: str, is_multiple: bool = False) -> dict[str, Any]:
    """A list to choose from in a form."""
    picker = list_picker(title, {title: choices}, is_multiple=is_multiple)["listPicker"]
    return {"formComponentType": "ListPicker", "listPicker": {"id": _payload(title), **picker}}


def sample(name: str, now: float) -> list[Part]:
    """Content of that name.

    Raises:
        ValueError: listing the names there are.
    """
    make = SAMPLES.get(name)
    if make is None:
        raise ValueError(f"unknown content {name!r}; there is {', '.join(SAMPLES)}")
    return make(now)


def _payload(text: str) -> str:
    return text.lower().replace(" ", "-").replace(",", "")


def _card(
    title: str, description: str, image: str | None, actions: Sequence[dict[str, str]]
) -> dict[str, Any]:
    body = {"title": title, "description": description, "image": image, "actions": list(actions)}
    return {key: value for key, value in body.items() if value}


def _boots(now: float) -> list[Part]:
    del now
    take = postback("Take these")
    return [
        carousel(
            card(
                "Trail boots, size 42",
                "Waterproof, recycled leather.",
                actions=[take, link("See the details", "https://shop.example/trail")],
            ),
            card("Winter boots, size 42", "Lined with wool.", actions=[postback("Take the winter boots")]),
            card(
                "Rain boots, size 42", "For puddles of any depth.", actions=[postback("Take the rain boots")]
            ),
        )
    ]


def _times(now: float) -> list[Part]:
    # Nine in the morning of the days to come, UTC.
    first = now - now % DAY_S + DAY_S + 9 * 3600
    times = [first + day * DAY_S + hour * 3600 for day in range(3) for hour in (0, 2, 5)]
    return [date_picker("When may we collect the old pair?", times, subtitle="It takes ten minutes.")]


SAMPLES: dict[str, Callable[[float], list[Part]]] = {
    "quick-replies": lambda _: quick_replies("Exchange them", "Get the money back", "Talk to a person"),
    "card": lambda _: [
        card("Care set", "Wax, a brush and spare laces.", actions=[postback("Add the care set")])
    ],
    "carousel": _boots,
    "date-picker": _times,
    "list-picker": lambda _: [
        list_picker(
            "What would you like with them?",
            {"Care": ("Leather wax", "Brush", "Spare laces"), "Extras": ("Gift wrap", "A card")},
            is_multiple=True,
        )
    ],
    "location": lambda _: [
        location("Depot San Mateo", "6821 1st Avenue, San Mateo", "https://maps.example/depot")
    ],
    "template": lambda _: [
        template(
            "Your order",
            "Hello {{name}}, your boots come today.",
            button={"type": "Url", "text": "Track them", "url": "https://shop.example/track"},
            name="Sam",
        )
    ],
    "rich-link": lambda _: [rich_link("How to care for leather", "https://shop.example/care", "Read it")],
    "captions": lambda _: [picture("left.png", "The left sole"), picture("right.png", "The right one")],
    "form": lambda _: [
        form(
            "How was it?",
            text_field("Your name", is_required=True),
            choice_field("What did you like?", "The boots", "The service", is_multiple=True),
            text_field("What else?", is_long=True),
            subtitle="Three short questions.",
            reply="That was it:",
        )
    ],
}
