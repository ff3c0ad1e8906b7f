"""Parts of structured messages, as guests, agents and the simulator write them.

Sources, by the keys of protocols/genesys.md: P, the models ConversationContent… and WebMessagingContent; J, the
definitions Content…; T for QuickReply, ButtonResponse and cards. What no source confirms is in ``Unverified``.
"""

from __future__ import annotations

import msgspec


class Unverified:
    """What no source confirms, each used in one place only, so that one edit here corrects it."""

    PLACEHOLDER = "{{%s}}"
    """A parameter's name in the words of a template, where the platform has not put its text in its place."""
    RICH_LINK_FIELD = "richLink"
    """P has the content type and its model, but no field for it."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file. Guests are told its size by one name, agents by the other."""

    id: str | None = None
    url: str | None = None
    filename: str | None = None
    file_size: int | None = None
    content_size_bytes: int | None = None
    mime: str | None = None
    text: str | None = None
    """Words that belong to it: a caption. Source: P, ConversationContentAttachment; T."""


class ButtonResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An answer that was picked: QuickReply, Button, DatePicker, Form or ListPicker."""

    text: str = ""
    payload: str = ""
    type: str = ""
    originating_message_id: str | None = None


class QuickReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that is offered."""

    text: str = ""
    payload: str | None = None
    action: str | None = None


class QuickReplyV2(msgspec.Struct, frozen=True, kw_only=True):
    """Several of them under a title. Source: P."""

    title: str | None = None
    actions: list[QuickReply] = msgspec.field(default_factory=list)


class CardAction(msgspec.Struct, frozen=True, kw_only=True):
    """A button: Link or Postback."""

    type: str = ""
    text: str | None = None
    payload: str | None = None
    url: str | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A card; a GenericTemplate is one too, with ``components`` for its buttons."""

    title: str | None = None
    description: str | None = None
    image: str | None = None
    video: str | None = None
    default_action: CardAction | None = None
    actions: list[CardAction] = msgspec.field(default_factory=list)


class Carousel(msgspec.Struct, frozen=True, kw_only=True):
    """Cards next to each other."""

    cards: list[Card] = msgspec.field(default_factory=list)


class AvailableTime(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A time on offer."""

    date_time: str
    """ISO 8601."""
    duration: int | None = None
    """Seconds."""


class DatePicker(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Times to choose from; in a form it has an id, and may leave the date free."""

    id: str | None = None
    title: str | None = None
    subtitle: str | None = None
    image_url: str | None = None
    available_times: list[AvailableTime] = msgspec.field(default_factory=list)


class ListPickerItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One item."""

    id: str | None = None
    title: str | None = None
    subtitle: str | None = None
    image_url: str | None = None


class ListPickerSection(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Items under a title."""

    title: str | None = None
    multiple_selection: bool = False
    items: list[ListPickerItem] = msgspec.field(default_factory=list)


class ReceivedMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a list picker presents itself."""

    header: str | None = None
    title: str | None = None
    subtitle: str | None = None
    image_url: str | None = None


class ListPicker(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Items to choose from; in a form it has an id."""

    id: str | None = None
    sections: list[ListPickerSection] = msgspec.field(default_factory=list)
    received_message: ReceivedMessage | None = None
    reply_message: ReceivedMessage | None = None
    """What an answer says. Source: J, P."""


class Introduction(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a form begins with."""

    title: str | None = None
    subtitle: str | None = None
    image_url: str | None = None


class FormInput(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A text to write."""

    id: str | None = None
    title: str | None = None
    subtitle: str | None = None
    placeholder_text: str | None = None
    is_required: bool = False
    is_multiple_line: bool = False


class WheelPickerItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of a wheel's values."""

    id: str | None = None
    title: str | None = None
    value: str | None = None


class WheelPicker(msgspec.Struct, frozen=True, kw_only=True):
    """A value to choose."""

    id: str | None = None
    items: list[WheelPickerItem] = msgspec.field(default_factory=list)


class FormComponent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One field; which, says ``formComponentType`` and that it is there."""

    input: FormInput | None = None
    date_picker: DatePicker | None = None
    list_picker: ListPicker | None = None
    wheel_picker: WheelPicker | None = None


class FormPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Fields under a title."""

    title: str | None = None
    subtitle: str | None = None
    page_components: list[FormComponent] = msgspec.field(default_factory=list)


class FormResponseContent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What was written or chosen."""

    content_type: str = "ButtonResponse"
    button_response: ButtonResponse = ButtonResponse()


class FormResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one field."""

    id: str | None = None
    component: FormResponseContent = FormResponseContent()


class Form(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A form, or with ``response`` the answer to one. Source: J, P, N."""

    introduction: Introduction | None = None
    form_pages: list[FormPage] = msgspec.field(default_factory=list)
    received_message: ReceivedMessage | None = None
    reply_message: ReceivedMessage | None = None
    originating_message_id: str | None = None
    canned_response_id: str | None = None
    response: list[FormResponse] = msgspec.field(default_factory=list)


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place. Source: P."""

    url: str | None = None
    address: str | None = None
    text: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class TemplateParameter(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the place of a placeholder."""

    name: str = ""
    text: str = ""


class TemplateText(msgspec.Struct, frozen=True, kw_only=True):
    """The header, body or footer of a template."""

    text: str | None = None
    parameters: list[TemplateParameter] = msgspec.field(default_factory=list)
    media: Attachment | None = None
    """A header's."""


class TemplateButton(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A button of a template: QuickReply, PhoneNumber or Url."""

    text: str | None = None
    payload: str | None = None
    url: str | None = None
    phone_number: str | None = None


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was written beforehand; its content type is Notification. Source: P."""

    header: TemplateText | None = None
    body: TemplateText | None = None
    buttons: list[TemplateButton] = msgspec.field(default_factory=list)
    footer: TemplateText | None = None


class RichLink(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page, with words about it. Source: P."""

    text: str | None = None
    url: str | None = None
    url_label: str | None = None
    footer: str | None = None


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """Words as a part of their own. Source: P."""

    body: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One part, as far as it can be shown; its type says which of the fields counts."""

    content_type: str = "Unknown"
    attachment: Attachment | None = None
    quick_reply: QuickReply | None = None
    quick_reply_v2: QuickReplyV2 | None = msgspec.field(default=None, name="quickReplyV2")
    button_response: ButtonResponse | None = None
    card: Card | None = None
    generic: Card | None = None
    carousel: Carousel | None = None
    date_picker: DatePicker | None = None
    list_picker: ListPicker | None = None
    form: Form | None = None
    location: Location | None = None
    template: Template | None = None
    rich_link: RichLink | None = msgspec.field(default=None, name=Unverified.RICH_LINK_FIELD)
    text: Text | None = None

    def __repr__(self) -> str:
        return f"Part({self.content_type!r})"
