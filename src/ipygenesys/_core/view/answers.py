"""What comes of what a view asks for: a snapshot, a page, the whole of a long text, the message that a pick is."""

from __future__ import annotations

from ipygenesys._core.model.content import Answer, Form
from ipygenesys._core.model.forms import filled
from ipygenesys._core.model.inputs import Send
from ipygenesys._core.model.offers import answer_of
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.encoding import error_delta, status_delta, view_message
from ipygenesys._core.view.pages import Part
from ipygenesys._core.view.protocol import (
    AnswerRequested,
    FullText,
    Hello,
    Page,
    PageRequested,
    Snapshot,
    TextRequested,
    ViewMessage,
)
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._core.view.title import ViewTitle


class ViewAnswers:
    """Made of what the session knows at the moment.

    Args:
        session: what the views look at.
        epoch: made anew with each Chat.
        title: what the conversation is called.
        locale: what the views speak.
    """

    def __init__(self, session: Session, epoch: str, title: ViewTitle, locale: SpokenLocale) -> None:
        self._session = session
        self._epoch = epoch
        self._title = title
        self._locale = locale

    def picked(self, request: AnswerRequested) -> list[Send]:
        """The message that a pick in the view stands for; none, if it says nothing any more."""
        offer = self._session.conversation.timeline.get(request.message_id)
        id_, content = ("", ()) if offer is None else (offer.id, offer.content)
        if isinstance(form := next(iter(content[request.part : request.part + 1]), None), Form):
            entry = filled(id_, form, {each.field: each.values for each in request.filled})
            return [Send(request.draft_id, entry.text, entry)] if isinstance(entry, Answer) else []
        answer = answer_of(id_, content, request.part, request.picks, request.text)
        return [Send(request.draft_id, request.text, answer)] if answer or request.text.strip() else []

    def snapshot(self, hello: Hello, part: Part, revision: int, now: float) -> Snapshot:
        """All that a page needs to begin with, and a part of the messages."""
        session, timeline = self._session, self._session.conversation.timeline
        first_unread = timeline.first_unread_index
        locale = self._locale.choose(hello.languages)
        return Snapshot(
            to=hello.client,
            epoch=self._epoch,
            revision=revision,
            total=len(timeline),
            first_index=part.start,
            messages=self._messages(part),
            has_older=session.catch_up.has_older,
            first_unread_id=None if first_unread is None else timeline[first_unread].id,
            status=status_delta(session.status_at(now)),
            typing=session.conversation.typing_names,
            unread_count=timeline.unread_count,
            capabilities=tuple(sorted(session.capabilities)),
            looks_on=session.allowed.looks_on,
            can_answer=session.conversation.people.own_role
            == "customer",  # Agents make offers, customers pick.
            can_begin_anew=session.profile.begins_anew,
            text_limit=session.profile.text_limit,
            uploads=session.allowed.uploads,
            error=error_delta(session.last_error) if session.last_error else None,
            title=self._title.text,
            locale=locale,
            words=self._locale.words(locale),
        )

    def page(self, request: PageRequested, part: Part, revision: int) -> Page:
        """The part of the conversation that was asked for."""
        return Page(
            to=request.client,
            request_id=request.request_id,
            epoch=self._epoch,
            revision=revision,
            first_index=part.start,
            messages=self._messages(part),
            has_older=self._session.catch_up.has_older,
            is_found=part.is_found,
            target_id=None if part.target is None else self._session.conversation.timeline[part.target].id,
            stopped_early=part.stopped_early,
            error=error_delta(part.failure) if part.failure else None,
        )

    def full_text(self, request: TextRequested) -> FullText | None:
        """The whole text of a message that was cut; None if it has none."""
        message = self._session.conversation.timeline.get(request.id)
        if message is None or message.text is None:
            return None
        return FullText(to=request.client, id=request.id, text=message.text)

    def _messages(self, part: Part) -> tuple[ViewMessage, ...]:
        timeline = self._session.conversation.timeline
        return tuple(view_message(message) for message in timeline.slice(part.start, part.stop))
