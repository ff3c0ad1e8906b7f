"""What can be done with a conversation: the verbs that Client and Chat share."""

from __future__ import annotations

import mimetypes
import stat
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, overload

from ipygenesys import export
from ipygenesys._core.measures.message_times import MessageTimes
from ipygenesys._core.model.content import Answer, Form, Option
from ipygenesys._core.model.inputs import (
    Clear,
    Command,
    Connect,
    HoldTyping,
    MarkAllRead,
    ReconnectNow,
    RefreshAttachments,
    Send,
    StartNew,
    StopComposing,
)
from ipygenesys._core.model.messages import Capability, Message, OutgoingFile
from ipygenesys._core.model.operations import Action, AnswerConversation, EndConversation, WrapUp
from ipygenesys._core.model.utf8 import encodable
from ipygenesys._transcripts.frame import DTYPES, MEANINGS, explains
from ipygenesys._verbs.answering import FormValues, form_answer, option_answer, option_called
from ipygenesys._verbs.drafts import Drafts
from ipygenesys._verbs.messages import Messages
from ipygenesys._verbs.recording import Records
from ipygenesys.delivery import Delivery
from ipygenesys.errors import GenesysError
from ipygenesys.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd


class Verbs(Records, Drafts):
    """A conversation's verbs; the host gives the gateway and knows how to start it."""

    # --- state --------------------------------------------------------------------------------------------

    @property
    def conversation_id(self) -> str | None:
        """Which conversation this is; a guest, whom Genesys tells no id, has ``guest-…`` once it has been connected."""
        return self._gateway.conversation_id

    @property
    def messages(self) -> Messages:
        """The messages known so far, oldest first, drafts last."""
        return Messages(self._gateway.session.conversation.timeline)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this protocol and server can do."""
        return self._gateway.session.capabilities

    @property
    def counters(self) -> dict[str, int]:
        """What was ignored, repeated, held back, dropped or failed and repaired itself, by kind.

        Of calls: ``calls_repeated`` (made again after a failure), ``calls_delayed`` (had to wait for its turn),
        ``held_back`` (not made, to stay below the platform's limit: typing at once, the rest after 15 s), and the
        kinds of failures that pass by themselves (``rate_limited``, ``unavailable``, ``unreachable``, ``lost``).
        Of streams: ``woken`` (another one after a sleep), ``health_check_failed``, ``oversized``, ``malformed``,
        ``odd_field`` (of a frame or an answer; the rest of it was read), ``protocol`` (what came while one was opened
        was no answer of this platform, such as a web page), ….
        """
        return dict(self._gateway.session.conversation.counters)

    # --- commands -----------------------------------------------------------------------------------------

    def connect(self) -> Outcome:
        """Open the stream now, and keep it open whether anybody looks or not; wait for it, or leave it alone.

        What is returned can be awaited, or waited for with ``.wait()``: it is done once the conversation is there, with the
        first page of its history (or it is known that this does not come).
        """
        self._command(Connect())
        return Outcome(self._connected(), self._check_may_block, self._hindrance)

    def reconnect(self) -> None:
        """Try again now instead of waiting."""
        self._command(ReconnectNow())

    def send(self, text: str) -> Delivery:
        """Send a message.

        Returns at once; the Delivery can be awaited, waited for, or left alone.

        Raises:
            TypeError: ``text`` is not a str.
            ValueError: there is nothing in it.
        """
        if not isinstance(text, str):
            raise TypeError(f"text must be a str, not {type(text).__name__}.")
        if not text.strip():
            raise ValueError("text must not be empty.")
        return self._submit(text)

    @overload
    def answer(self, option: Option | str, *others: Option | str) -> Delivery: ...
    @overload
    def answer(self, option: Form, values: FormValues, /) -> Delivery: ...
    @overload
    def answer(self, option: None = None) -> Outcome: ...
    def answer(self, option: Option | Form | str | None = None, *others: Any) -> Delivery | Outcome:
        """As a customer, pick one of a message's ``options`` or fill in a form; as an agent, take what is offered.

        Args:
            option: a quick reply, a button, a time or an item of a list, or its label, of whatever is open to be picked:
                ``chat.answer("Yes")``; or a form, of a message's ``content``.
            others: more items of the same list, where it takes several; of a form its values, by the title or the id of
                each field: ``chat.answer(form, {"Name": "Ann", "Sizes": ["41", "42"]})``.

        Raises:
            TypeError: it is none of these, or, without one, this side has nothing to take.
            ValueError: no message offers this, or not together, or not any more: it was answered; or it is a button that
                opens a page; or several have this label; or the form does not take these values.
        """
        if option is None:
            return self._act(AnswerConversation())
        timeline = self._gateway.session.conversation.timeline
        if isinstance(option, Form):
            answer = form_answer(timeline, option, *others)
        else:
            picked = (
                option_called(timeline, each) if isinstance(each, str) else each for each in (option, *others)
            )
            answer = option_answer(timeline, tuple(picked))
        return self._submit(answer.text, answer=answer)

    def _say(self, said: str | Option) -> Delivery:
        return self.send(said) if isinstance(said, str) else self.answer(said)

    def send_file(self, path: str | Path, text: str | None = None) -> Delivery:
        """Send a file, with a text if there is one to say.

        What the deployment does not take is refused before a byte is sent: the delivery fails with the reason.

        Raises:
            TypeError: ``text`` is not a str, or this protocol sends no files.
            OSError: there is no such file, or it is not one that can be read.
        """
        if not self._gateway.session.profile.sends_files:
            raise TypeError("This protocol sends no files.")
        if not isinstance(text, str | None):
            raise TypeError(f"text must be a str, not {type(text).__name__}.")
        path = Path(path).expanduser()
        if not path.is_absolute():
            path = Path.cwd() / path  # It is opened later, when the program may have gone elsewhere.
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise IsADirectoryError(f"Not a file: {path.name}")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        file = OutgoingFile(
            path=str(path), name=encodable(path.name), media_type=media_type, size_bytes=about.st_size
        )
        return self._submit(text or "", file=file)

    def _submit(
        self, text: str, *, answer: Answer | None = None, file: OutgoingFile | None = None
    ) -> Delivery:
        outbox = self._gateway.session.outbox
        delivery = Delivery(str(uuid.uuid4()), self._check_may_block, outbox.get, self._hindrance)
        self._ensure_running()
        self._gateway.deliveries[delivery.draft_id] = delivery
        self._command(Send(delivery.draft_id, encodable(text), answer, file))
        return delivery

    def disconnect(self) -> Outcome:
        """As an agent or a guest, end our part in the conversation; ``close()`` only stops listening to it.

        What a guest sends for it is not documented by Genesys (``Unverified`` in ``_wire/web_messaging/facts.py``).

        Raises:
            TypeError: this protocol has no such call.
        """
        return self._act(EndConversation())

    def wrap_up(self, code: str, notes: str | None = None) -> Outcome:
        """As an agent, say how it went.

        Args:
            code: the id of a wrap-up code of the queue.
            notes: for whoever reads it later.

        Raises:
            TypeError: this protocol is not an agent's, or ``code`` or ``notes`` is not a str.
            ValueError: ``code`` is empty.
        """
        if not isinstance(code, str):
            raise TypeError(f"code must be a str, not {type(code).__name__}.")
        if not isinstance(notes, str | None):
            raise TypeError(f"notes must be a str, not {type(notes).__name__}.")
        if not code.strip():
            raise ValueError("code must not be empty.")
        return self._act(WrapUp(encodable(code), None if notes is None else encodable(notes)))

    def _act(self, action: Action) -> Outcome:
        self._gateway.check_can_act(action)
        self._command(Connect())
        return Outcome(self._gateway.act(action), self._check_may_block, self._hindrance)

    def mark_read(self, message: Message | str | None = None) -> None:
        """Acknowledge everything unread, or what is unread up to and including a message.

        Raises:
            TypeError: ``message`` is no Message and no id.
            ValueError: no message has this id.
        """
        if not isinstance(message, Message | str | None):
            raise TypeError(f"message must be a Message or its id, not {type(message).__name__}.")
        up_to = message.id if isinstance(message, Message) else message
        if up_to is not None and self._gateway.session.conversation.timeline.get(up_to) is None:
            raise ValueError("No message of this conversation has this id, as far as it is loaded.")
        self._command(MarkAllRead(up_to))

    def set_typing(self, is_typing: bool) -> None:
        """Show the others that we write, until set to False or until a message is sent."""
        if not isinstance(is_typing, bool):
            raise TypeError(f"is_typing must be a bool, not {type(is_typing).__name__}.")
        self._check_has("send_typing", "call for typing")
        self._command(HoldTyping() if is_typing else StopComposing())

    def refresh_attachments(self, message: Message) -> None:
        """Ask for other addresses of a message's files: on real Genesys they expire after about 10 minutes."""
        if not isinstance(message, Message):
            raise TypeError(f"message must be a Message, not {type(message).__name__}.")
        self._command(RefreshAttachments(message.id))

    def start_new_conversation(self) -> None:
        """As a guest, leave a conversation that is over and begin another; what was said stays to be read."""
        self._check_begins_anew()
        self._command(StartNew())

    def clear_conversation(self) -> None:
        """Have the server forget the conversation, and begin another, as a guest; if the deployment allows it."""
        self._check_begins_anew()
        self._command(Clear())

    def _check_begins_anew(self) -> None:
        if not self._gateway.session.profile.begins_anew:
            raise TypeError(
                "This protocol is of one conversation: make another one for another conversation."
            )

    def _command(self, command: Command) -> None:
        self._ensure_running()
        if self._gateway.is_replay and not isinstance(command, Connect | MarkAllRead | StopComposing):
            raise GenesysError("This is a replay: nothing can be said or done in it.")
        if not isinstance(command, Connect | StopComposing | StartNew):
            self._gateway.post(Connect())
        self._gateway.post(command)

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"A {name} is a connection and cannot be pickled; its messages can: list(….messages)."
        )

    # --- taking along -------------------------------------------------------------------------------------

    @explains(DTYPES, MEANINGS)
    def to_pandas(self) -> pd.DataFrame:
        """The messages as a DataFrame, one row each: times in UTC to the microsecond, words as strings.

        ``frame.attrs["has_older"]`` tells whether the server has older ones that are not loaded, see ``load_all``.

        Receipts, typing and the coming of agents are known as far as they were heard while this conversation was open.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = export.to_pandas(self.messages, *self._about)
        frame.attrs["has_older"] = self._gateway.session.catch_up.has_older
        return frame

    def export(self, path: str | Path) -> Path:
        """Write the transcript to a file; its name's ending chooses the format: json, csv, md, html, or convokit.

        ``.convokit`` is a directory, a corpus for ConvoKit. ``ig.read_transcript`` reads all of them.

        Where the server has older messages that are not loaded, see ``load_all``, a line in the file says so.

        Raises:
            ValueError: another ending.
        """
        has_older = self._gateway.session.catch_up.has_older
        return export.write(self.messages, Path(path), *self._about, has_older=has_older)

    @property
    def _about(self) -> tuple[MessageTimes, str | None]:
        """What is known of the messages besides."""
        return self._gateway.noted.times, self.conversation_id
