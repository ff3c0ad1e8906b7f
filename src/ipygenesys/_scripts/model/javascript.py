r"""JavaScript's regular expressions, written anew for Python.

As ECMAScript reads a pattern with the flags ``i`` and ``m`` and without ``u``: ``\d`` and ``\w`` know ASCII alone, ``.``, ``^``
and ``$`` know four ends of a line, ``[^]`` is everything, ``{`` is a brace where it counts nothing, an unknown escape is the
letter itself, a group that took no part matches nothing where it is referred to. Compared with Node by a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WORD = "A-Za-z0-9_"
SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
LINE_ENDS = r"\n\r\u2028\u2029"
CLASSES = {"d": "0-9", "w": WORD, "s": SPACE}
CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "f": "\f", "0": "\0"}
GROUPS = re.compile(r"\((?:\?(?::|=|!|<=|<!|<(?P<name>[A-Za-z_$][\w$]*)>))?")
COUNT = re.compile(r"\{\d+(?:,\d*)?\}")


def in_python(source: str) -> str:
    """The pattern for the ``regex`` module.

    Raises:
        ValueError: JavaScript takes no such pattern, or it cannot be said in Python.
    """
    return "".join(_Translation(source).parts())


def _literal(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


class _Translation:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._names = re.findall(r"\(\?<([A-Za-z_$][\w$]*)>", source)
        self._groups = len(self._names) + len(re.findall(r"(?<!\\)\((?!\?)", source))

    def parts(self) -> Iterator[str]:
        depth, can_repeat = 0, False
        while self._at < len(self._source):
            character = self._source[self._at]
            if character in "*+?" or self._count():
                if not can_repeat:
                    raise ValueError("nothing to repeat")
                yield self._quantifier()
                can_repeat = False
                continue
            can_repeat = character not in "(|^$" and self._source[self._at : self._at + 2] not in (
                "\\b",
                "\\B",
            )
            if character == "(":
                depth += 1
                yield self._group()
            elif character == ")":
                depth -= 1
                if depth < 0:
                    raise ValueError("a ) too many")
                yield self._take(1)
            elif character == "[":
                yield self._class()
            elif character == "\\":
                yield self._escape()
            elif character in ".^$|":
                self._at += 1
                yield {
                    ".": f"[^{LINE_ENDS}]",
                    "^": f"(?<![^{LINE_ENDS}])",
                    "$": f"(?![^{LINE_ENDS}])",
                    "|": "|",
                }[character]
            else:
                self._at += 1
                yield _literal(character)
        if depth:
            raise ValueError("a ( is never closed")

    def _take(self, length: int) -> str:
        taken = self._source[self._at : self._at + length]
        self._at += length
        return taken

    def _count(self) -> re.Match[str] | None:
        return COUNT.match(self._source, self._at)

    def _quantifier(self) -> str:
        count = self._count()
        text = self._take(len(count.group())) if count else self._take(1)
        lazy = self._take(1) if self._source[self._at : self._at + 1] == "?" else ""
        return text + lazy

    def _group(self) -> str:
        found = GROUPS.match(self._source, self._at)
        text = found.group() if found else ""
        if not text or (self._source[self._at + 1 : self._at + 2] == "?" and text == "("):
            raise ValueError("a group that JavaScript does not have")
        self._at += len(text)
        name = found.group("name") if found else None
        return f"(?P<{name}>" if name else text

    def _escape(self) -> str:
        if self._at + 1 >= len(self._source):
            raise ValueError("a \\ at the end")
        letter = self._source[self._at + 1]
        if letter in "bB":
            self._at += 2
            edge = f"(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}])"
            inner = f"(?<=[{WORD}])(?=[{WORD}])|(?<![{WORD}])(?![{WORD}])"
            return f"(?-i:{edge if letter == 'b' else inner})"
        if letter == "k" and self._names:
            found = re.compile(r"\\k<([^>]*)>").match(self._source, self._at)
            if not found or found.group(1) not in self._names:
                raise ValueError("\\k of a group that is not there")
            self._at += len(found.group())
            return f"(?({found.group(1)})(?P={found.group(1)})|)"
        number = re.compile(r"\\([1-9]\d*)").match(self._source, self._at)
        if number and int(number.group(1)) <= self._groups:
            self._at += len(number.group())
            return f"(?({number.group(1)})\\{number.group(1)}|)"
        if letter.lower() in CLASSES:
            self._at += 2
            return f"(?-i:[{'^' if letter.isupper() else ''}{CLASSES[letter.lower()]}])"
        return _literal(self._character())

    def _character(self) -> str:
        """One character, escaped or not."""
        if self._take(1) != "\\":
            return self._source[self._at - 1]
        rest = self._source[self._at :]
        if found := re.match(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})", rest):
            self._at += len(found.group())
            return chr(int(found.group(1) or found.group(2), 16))
        if found := re.match(r"c([A-Za-z])", rest):
            self._at += 2
            return chr(ord(found.group(1)) % 32)
        if rest.startswith("c"):
            return "\\"
        if found := re.match(r"[0-3][0-7]{0,2}|[4-7][0-7]?", rest):
            self._at += len(found.group())
            return chr(int(found.group(), 8))
        letter = self._take(1)
        if not letter:
            raise ValueError("a \\ at the end")
        return CONTROLS.get(letter, letter)

    def _class(self) -> str:
        self._at += 1
        is_not = self._source.startswith("^", self._at)
        self._at += is_not
        inner: list[str] = []
        while True:
            if self._at >= len(self._source):
                raise ValueError("a [ is never closed")
            if self._source[self._at] == "]":
                self._at += 1
                break
            inner.append(self._class_atom())
        if not inner:
            return r"[\s\S]" if is_not else r"(?!)"
        return f"[{'^' if is_not else ''}{''.join(inner)}]"

    def _class_atom(self) -> str:
        low = self._class_end()
        has_range = self._source.startswith("-", self._at) and self._source[
            self._at + 1 : self._at + 2
        ] not in ("]", "")
        if not has_range:
            return low
        self._at += 1
        high = self._class_end()
        if len(low) > 10 or len(high) > 10 or "-" in low + high:
            return f"{low}{_literal('-')}{high}"  # \w-x: three things, not a range
        if int(low[2:], 16) > int(high[2:], 16):
            raise ValueError("a range that runs backwards")
        return f"{low}-{high}"

    def _class_end(self) -> str:
        found = re.match(r"\\([dDwWsS])", self._source[self._at :])
        if found:
            self._at += 2
            letter = found.group(1)
            return CLASSES[letter] if letter.islower() else _COMPLEMENTS[letter]
        if self._source.startswith("\\b", self._at):
            self._at += 2
            return _literal("\b")
        return _literal(self._character())


_COMPLEMENTS = {
    "D": r"\x00-/:-\U0010ffff",
    "W": r"\x00-/:-@\[-\^`\{-\U0010ffff",
    "S": r"\x00-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff",
}
