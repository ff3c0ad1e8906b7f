"""What a guest says: messages, whose echo acknowledges them, typing, and signs of life."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.messages import TextLimit
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.model.utf8 import encodable
from ipygenesys._protocols.content import button_responses
from ipygenesys._protocols.flow import CallError, Commit, Exchange, Flow, NewId, SendFrame
from ipygenesys._protocols.forms import form_content
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.web_messaging.content import message_of
from ipygenesys._protocols.web_messaging.files import upload
from ipygenesys._protocols.web_messaging.session import GuestSession, answer_in, refused
from ipygenesys._wire import web_messaging as wire

TEXT_LIMIT = TextLimit(most=wire.Unverified.MAX_TEXT_BYTES, unit="bytes")


def send_message(session: GuestSession, platform: Platform, post: PostMessage) -> Flow[MessageArrived | None]:
    """Say something, with a file or an answer; the echo is the message as the server has it.

    Raises:
        CallError: it was refused, or nobody knows.
    """
    text = encodable(post.text)
    session.check_open()
    if (size := len(text.encode())) > TEXT_LIMIT.most:
        raise refused(4011, f"It has {size} bytes; at most {TEXT_LIMIT.most} may be sent.")
    channel = session.channel()
    content = yield from _content(session, platform, post)
    message = wire.OutgoingMessage(type="Text", text=text or None, content=content or None, channel=channel)
    if post.answer is not None:
        message = _answering(message, post.answer)
    frame = session.request("onMessage", tracing_id=post.draft_id, message=message)
    yield Commit()
    try:
        echo = yield Exchange(frame=frame, tracing_id=post.draft_id)
    except CallError as error:
        if error.failure.kind == "authentication" and session.is_signed_in:
            # It was not taken; the stream that is opened with another JWT will carry it.
            raise CallError(msgspec.structs.replace(error.failure, kind="unavailable", status=None)) from None
        raise
    if channel is not None:
        session.attributes_told()
    return message_of(answer_in(echo, wire.StructuredMessage), post.draft_id)


def _answering(message: wire.OutgoingMessage, answer: Answer) -> wire.OutgoingMessage:
    """An answer as Messenger sends it, which Genesys takes in T's form as well. Source: N."""
    text = message.text if answer.type in ("quick-reply", "button") else answer.reply or message.text
    text = None if answer.type == "date" else text
    parent = {"parentMessageId": answer.message_id} if answer.message_id is not None else None
    metadata = parent if answer.type in ("date", "list", "form") else None
    return msgspec.structs.replace(message, type="Structured", text=text, metadata=metadata)


def _content(session: GuestSession, platform: Platform, post: PostMessage) -> Flow[list[wire.Content]]:
    content = []
    if post.answer is not None and post.answer.type == "form":
        content.append(wire.Content(content_type="Form", form=form_content(post.answer)))
    elif post.answer is not None:
        content += [
            wire.Content(content_type="ButtonResponse", button_response=response)
            for response in button_responses(post.answer)
        ]
    if post.file is not None:
        attachment = wire.AttachmentContent(
            id=(yield from upload(session, platform, post.file, post.draft_id))
        )
        content.append(wire.Content(content_type="Attachment", attachment=attachment))
    return content


def send_typing(session: GuestSession, is_typing: bool) -> Flow[None]:
    """On only, and nobody answers: a refusal comes by itself and names the tracing id."""
    if not is_typing or session.over is not None:
        return
    tracing_id = yield NewId()
    session.typing_ids.append(tracing_id)
    typing = wire.StructuredEvent(event_type="Typing", typing=wire.Typing(type="On"))
    message = wire.OutgoingMessage(type="Event", events=[typing])
    yield SendFrame(session.request("onMessage", tracing_id=tracing_id, message=message))


def check_health(session: GuestSession) -> Flow[None]:
    """Ask for a sign of life; the answer also tells how long the session lasts.

    Raises:
        CallError: none came.
    """
    tracing_id = wire.HEALTH_CHECK_TRACING_ID
    message = wire.OutgoingMessage(type="Text", text="ping")
    yield Exchange(
        frame=session.request("echo", tracing_id=tracing_id, message=message), tracing_id=tracing_id
    )
