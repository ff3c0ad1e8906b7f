"""Parts of a Genesys message that look like cards: cards themselves, templates, links with words about them."""

from __future__ import annotations

from ipygenesys._core.model.content import MAX_PAYLOAD, MAX_ROWS, Button, Card
from ipygenesys._protocols.tolerant import url_in, words_in
from ipygenesys._wire import content as wire


def card_of(card: wire.Card) -> Card | None:
    """A card; None for what says nothing."""
    buttons = (_button(action) for action in card.actions[:MAX_ROWS])
    shown = Card(
        title=words_in(card.title),
        description=words_in(card.description),
        image_url=url_in(card.image),
        url=url_in(card.default_action.url) if card.default_action is not None else None,
        buttons=tuple(button for button in buttons if button is not None),
    )
    return None if shown == Card(title="") else shown


def card_of_template(template: wire.Template) -> Card | None:
    """A template as the card that it looks like."""
    title, *lines = map(_filled, (template.header, template.body, template.footer))
    buttons = (
        _button(
            wire.CardAction(
                type="Link" if each.url else "", text=each.text, payload=each.payload, url=each.url
            )
        )
        for each in template.buttons[:MAX_ROWS]
    )
    shown = Card(
        title=title,
        description=words_in("\n".join(filter(None, lines))),
        buttons=tuple(button for button in buttons if button is not None),
    )
    return None if shown == Card(title="") else shown


def _filled(text: wire.TemplateText | None) -> str:
    """Its words, with what stands for their placeholders."""
    words = (text and text.text) or ""
    for each in text.parameters if text else ():
        words = words.replace(wire.Unverified.PLACEHOLDER % each.name, each.text)
    return words_in(words)


def card_of_link(link: wire.RichLink) -> Card | None:
    """A page with words about it, likewise."""
    url = url_in(link.url)
    button = None if url is None else Button(text=words_in(link.url_label) or url, url=url)
    shown = Card(
        title=words_in(link.text) or url or "",
        description=words_in("\n".join(filter(None, (url if link.text else None, link.footer)))),
        buttons=() if button is None else (button,),
    )
    return None if shown == Card(title="") else shown


def _button(action: wire.CardAction) -> Button | None:
    text = words_in(action.text)
    if action.type == "Link":
        return Button(text=text, url=url_in(action.url)) if text else None
    payload = action.payload or action.text or ""
    return Button(text=text, payload=payload) if text and len(payload) <= MAX_PAYLOAD else None
