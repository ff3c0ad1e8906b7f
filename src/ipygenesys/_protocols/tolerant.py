"""Reads what any server says: JSON with an odd field or half an emoji, ids, names, times; all bounded."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from ipygenesys._core.model.content import MAX_WORDS
from ipygenesys._core.model.failures import ErrorDetails, permissions_in
from ipygenesys._wire.messaging_events import ErrorBody

T = TypeVar("T")

MAX_FRAME_BYTES = 1 << 20
"""A larger frame is not read; history has what it said. Source: reference/realtime.md 4.4."""
MAX_DEPTH = 256
"""Chosen: nothing that Genesys says is nested a tenth as deep, and how deep an interpreter can read is its own affair."""
MAX_ID_CHARACTERS = 128
MAX_NAME_CHARACTERS = 256
"""Chosen: longer names of people and files are cut."""
MAX_URL = 2_048
"""As the view's: a longer address is opened by nobody."""
MAX_TIME_CHARACTERS = 64
LATEST_TIME_MS = 253_402_300_799_999
"""The end of the year 9999: what a calendar can show."""
MAX_LEFT_OUT = 100
"""Chosen: something of which more than this cannot be read is not what it was taken for."""
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What ``decode`` raises for what is not of the type that was asked for."""

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"  # half a pair
    rb"|\\."  # any other escape, a backslash included
)
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_decoder: Callable[[Any], msgspec.json.Decoder[Any]] = functools.cache(msgspec.json.Decoder)
"""What a type means is found once: of a list, that takes longer than to read a short one."""

_left_out: ContextVar[list[str] | None] = ContextVar("left_out", default=None)


class Leftovers:
    """The names of the fields that ``decode`` leaves out meanwhile, for whoever counts them; none twice by two."""

    def __enter__(self) -> list[str]:
        names: list[str] = []
        self._outer = _left_out.set(names)
        return names

    def __exit__(self, *_: object) -> None:
        _left_out.reset(self._outer)


def decode(data: str | bytes | msgspec.Raw, type_: type[T]) -> T:
    """Decode JSON as far as it is of its type: one odd field never costs the others.

    A field, or an item of a list, that is of another type is left out, as if the server had not sent it; see
    ``Leftovers``. Null is as good as missing. Half a surrogate pair, which JavaScript writes for half an emoji, becomes
    U+FFFD.

    Raises:
        msgspec.DecodeError: it is no JSON, or lacks what the type cannot do without.
        ValueError, RecursionError: likewise.
    """
    if data.__class__ is not msgspec.Raw and data[MAX_DEPTH:]:
        _check_depth(data)
    try:
        value: T = _decoder(type_).decode(data)
    except msgspec.DecodeError:
        names: list[str] = []
    else:
        return value
    value = _decode(data, type_, names)
    if names and (noted := _left_out.get()) is not None:
        noted += names
    return value


def convert(value: Any, type_: type[T]) -> T:
    """The same for JSON that has been decoded to plain values."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return decode(msgspec.json.encode(value), type_)


def decode_whole(data: str | bytes | msgspec.Raw, type_: type[T]) -> T:
    """All of it or nothing, for what can be had in another way.

    Raises:
        msgspec.DecodeError, ValueError, RecursionError: not all of it is of this type.
    """
    if data.__class__ is not msgspec.Raw and data[MAX_DEPTH:]:
        _check_depth(data)
    found: T
    try:
        found = _decoder(type_).decode(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = _LONE_SURROGATE.sub(
            lambda match: b"\\ufffd" if match[1] else match[0],
            data.encode() if isinstance(data, str) else bytes(data),
        )
        found = _decoder(type_).decode(whole)
    return found


def _check_depth(data: str | bytes) -> None:
    """Not for what is shorter than that, nor for a part: it has been looked at with the whole. Most frames are these.

    Raises:
        msgspec.DecodeError: it is nested too deep.
    """
    raw = data.encode() if isinstance(data, str) else data
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
        brackets = _STRING.sub(b"", raw).translate(None, _NO_BRACKETS)
        depths = itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
        if max(depths, default=0) > MAX_DEPTH:
            raise msgspec.DecodeError("nested too deep")


def _decode(data: str | bytes | msgspec.Raw, type_: Any, left_out: list[str]) -> Any:
    try:
        return decode_whole(data, type_)
    except msgspec.ValidationError:
        for arm in get_args(type_) if isinstance(type_, UnionType) else (type_,):
            try:
                return _piecewise(data, arm, left_out)
            except TypeError:
                continue  # It is something else, or lacks what it cannot do without.
        raise


def _piecewise(data: str | bytes | msgspec.Raw, type_: Any, left_out: list[str]) -> Any:
    """A struct field by field, a list item by item, a mapping likewise.

    Raises:
        TypeError: it is none of these, or lacks a field.
    """
    if get_origin(type_) is list:
        items = ((raw, "[]", *get_args(type_)) for raw in _split(data, list))
        return [value for _, value in _kept(items, left_out)]
    if get_origin(type_) is dict:
        entries = ((raw, name, get_args(type_)[1]) for name, raw in _split(data, dict).items())
        return dict(_kept(entries, left_out))
    if not (isinstance(type_, type) and issubclass(type_, msgspec.Struct)):
        raise TypeError
    raws, fields = _split(data, dict), _fields(type_)
    known = (
        (raw, name, fields[name].type)
        for name, raw in raws.items()
        if name in fields and bytes(raw) != b"null"
    )
    return type_(**{fields[name].name: value for name, value in _kept(known, left_out)})


def _kept(pieces: Iterable[tuple[msgspec.Raw, str, Any]], left_out: list[str]) -> Iterator[tuple[str, Any]]:
    """Those of them that can be read, by name."""
    for raw, name, type_ in pieces:
        try:
            value = _decode(raw, type_, left_out)
        except UNREADABLE:
            left_out.append(name)
            if len(left_out) > MAX_LEFT_OUT:
                raise
        else:
            yield name, value


def _split(data: str | bytes | msgspec.Raw, kind: type) -> Any:
    """The parts of an array or an object, unread."""
    try:
        return decode_whole(data, list[msgspec.Raw] if kind is list else dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise TypeError from None


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def is_id(id_: str | None) -> bool:
    """Whether this can name something, in a frame and in a path."""
    return id_ is not None and 0 < len(id_) <= MAX_ID_CHARACTERS and id_ not in (".", "..")


def name_of(name: str | None) -> str | None:
    """A name of bearable length."""
    return name[:MAX_NAME_CHARACTERS] if name else None


def words_in(text: str | None) -> str:
    """A title, a description or a label of bearable length."""
    return (text or "")[:MAX_WORDS]


def url_in(url: str | None) -> str | None:
    """An address that somebody may open."""
    return url if url and len(url) <= MAX_URL else None


def time_ms_of(timestamp: str | None) -> int | None:
    """Milliseconds since the epoch; None for what is no time."""
    return None if timestamp is None or len(timestamp) > MAX_TIME_CHARACTERS else _time_ms_of(timestamp)


@lru_cache(maxsize=4096)  # Events name the same moments again and again.
def _time_ms_of(timestamp: str) -> int | None:
    try:
        moment = dt.datetime.fromisoformat(timestamp.upper())  # RFC 3339 allows for t and z, Python does not.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        time_ms = round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return time_ms if 0 <= time_ms <= LATEST_TIME_MS else None


def error_details(body: bytes) -> ErrorDetails:
    """What an error answer of the Platform API says; nothing for what is none."""
    try:
        error = decode(body[:65536], ErrorBody)
    except UNREADABLE:
        return ErrorDetails()
    named = permissions_in(" ".join([error.message, *(str(detail) for detail in error.errors[:20])]))
    return ErrorDetails(
        code=error.code[:128] or None, correlation_id=error.context_id[:128] or None, permissions=named
    )
