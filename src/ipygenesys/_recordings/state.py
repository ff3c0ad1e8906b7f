"""A session's state as a hash, to tell whether a replay has come to it; and whole, to begin a recording midway."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from hashlib import sha256
from types import MethodType
from typing import Any

import msgspec

from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.session import Session
from ipygenesys._recordings.masking import Masks

_CHUNK = 500
"""Messages that are hashed at once: whoever else wants the interpreter need not wait for all of them."""
_CORE = "ipygenesys._core."
_BOXES: dict[str, type] = {
    each.__name__: each for each in (list, tuple, set, frozenset, deque, dict, Counter, OrderedDict)
}


# --- as a hash --------------------------------------------------------------------------------------------


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be seen of a conversation: taken in no time, encoded whenever there is time for it."""

    messages: Sequence[Message] = ()
    others: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<Moment of {len(self.messages)} messages>"


def moment_of(session: Session) -> Moment:
    """As it is now; on the thread of whoever steps the session."""
    conversation, connection = session.conversation, session.connection
    return Moment(
        messages=conversation.timeline.copy(),
        others={
            "status": connection.status,
            "failure": connection.failure and connection.failure.kind,
            "typing": conversation.typing_names,
            "unread": conversation.timeline.unread_count,
            "capabilities": sorted(session.allowed.granted),
            "has_older": session.catch_up.has_older,
            "error": session.last_error and session.last_error.kind,
        },
    )


def digest_of(moment: Moment, masks: Masks) -> str:
    """Equal for what looks the same, secrets aside."""
    found = sha256()
    for start in range(0, len(moment.messages), _CHUNK):
        found.update(masks.masked_bytes(msgspec.json.encode(moment.messages[start : start + _CHUNK])))
    found.update(masks.masked_bytes(msgspec.json.encode(moment.others)))
    return found.hexdigest()


# --- whole ------------------------------------------------------------------------------------------------


class NoState(ValueError):
    """What was kept is of another version of the session, or damaged."""


def packed(session: Session) -> msgspec.Raw:
    """The session with all its parts, as JSON in which secrets and words can be found."""
    session.conversation.timeline.unpack()
    try:
        return msgspec.Raw(msgspec.json.encode(_Packer().node(session)))
    finally:
        session.conversation.timeline.pack()


def unpacked(kept: msgspec.Raw) -> Session:
    """The same session again.

    Raises:
        NoState: it cannot be restored.
    """
    try:
        session = _Unpacker().value(msgspec.json.decode(kept))
        if not isinstance(session, Session) or _parts_of(session) != _parts_of(Session(session.profile)):
            raise NoState("no session")
        session.conversation.timeline.pack()
    except NoState:
        raise
    except Exception as error:  # It is a file's: anything may be in it.
        raise NoState(type(error).__name__) from None
    return session


def _parts_of(session: Session) -> tuple[set[str], set[str]]:
    return set(vars(session)), set(vars(session.conversation.timeline))


class _Packer:
    """Objects are written once, and named by their numbers from then on, as they hold each other in circles.

    A value is itself (None, a bool, an int, a str, a finite float) or a list: what it is, its number, its parts.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._alive: list[object] = []
        """What has a number must not make room for another object of the same id."""

    def node(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if value - value == 0 else ["float", 0, str(value)]
        if kind is tuple:
            return ["tuple", 0, [self.node(each) for each in value]]
        if isinstance(value, MethodType):
            return ["method", 0, [self.node(value.__self__), value.__name__]]
        if inspect.isclass(value):
            return ["class", 0, _name_of(value)]
        if (number := self._numbers.get(id(value))) is not None:
            return ["same", number, None]
        number = self._numbers[id(value)] = len(self._numbers) + 1
        self._alive.append(value)
        if isinstance(value, dict):
            return [kind.__name__, number, [[self.node(key), self.node(each)] for key, each in value.items()]]
        if kind.__name__ in _BOXES and kind is _BOXES[kind.__name__]:
            return [kind.__name__, number, [self.node(each) for each in value]]
        if isinstance(value, msgspec.Struct):
            if value.__struct_config__.frozen:
                return [_name_of(kind), number, msgspec.to_builtins(value)]
            parts = {name: getattr(value, name) for name in value.__struct_fields__}
        elif isinstance(value, tuple):  # With names.
            return [_name_of(kind), number, [self.node(each) for each in value]]
        else:
            parts = vars(value)
        return [_name_of(kind), number, {name: self.node(each) for name, each in parts.items()}]


class _Unpacker:
    def __init__(self) -> None:
        self._made: dict[int, Any] = {}

    def value(self, node: Any) -> Any:
        if not isinstance(node, list):
            return node
        kind, number, parts = node
        if kind == "same":
            return self._made[number]
        if kind == "float":
            return float(parts)
        if kind == "class":
            return _class_of(parts)
        if kind == "method":
            owner, name = self.value(parts[0]), parts[1]
            _class_of(_name_of(type(owner)))
            if name.startswith("__") or not inspect.isfunction(getattr(type(owner), name)):
                raise NoState("no method")
            return getattr(owner, name)
        if kind in _BOXES:
            return self._box(_BOXES[kind], number, parts)
        return self._object(_class_of(kind), number, parts)

    def _box(self, kind: type, number: int, parts: list[Any]) -> Any:
        if kind in (tuple, frozenset):
            made = self._made[number] = kind(self.value(each) for each in parts)
            return made
        box = self._made[number] = kind()
        if isinstance(box, dict):
            for key, each in parts:
                box[self.value(key)] = self.value(each)
        else:
            add = box.add if isinstance(box, set) else box.append
            for each in parts:
                add(self.value(each))
        return box

    def _object(self, kind: type, number: int, parts: Any) -> Any:
        if issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen:
            self._made[number] = msgspec.convert(parts, kind)
        elif issubclass(kind, tuple):
            self._made[number] = kind(*(self.value(each) for each in parts))
        elif issubclass(kind, msgspec.Struct):
            self._made[number] = kind(**{name: self.value(each) for name, each in parts.items()})
        else:
            made = self._made[number] = kind.__new__(kind)
            for name, each in parts.items():
                setattr(made, name, self.value(each))
        return self._made[number]


def _name_of(kind: type) -> str:
    if kind is bool:
        return "bool"
    return f"{kind.__module__.removeprefix(_CORE)}:{kind.__qualname__}"


def _class_of(name: str) -> type:
    """A class of the core, and nothing else that Python could import."""
    if name == "bool":
        return bool
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(_CORE + module), attribute)
    if not inspect.isclass(found) or found.__module__ != _CORE + module:
        raise NoState("no class of the core")
    return found
