"""Draws a picture as an SVG file, without a page: in UTC, in English or another language; pure."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping

from ipygenesys._core.model.utf8 import legible
from ipygenesys._pictures.durations import clock, duration, time_step
from ipygenesys._pictures.languages import Words, summary_of
from ipygenesys._pictures.wire import ResponseScene, Scene, TimelineScene

_Place = Callable[[float], float]
_LanePlace = Callable[[int], float]

_LIGHT = {
    "back": "#ffffff", "ink": "#1d2129", "quiet": "#565b64", "line": "#dfe1e5", "agent": "#1668c7",
    "customer": "#b2560d", "bot": "#7b4fb5", "system": "#6a6f78", "wait": "#d99a2b", "off": "#c62828",
}  # fmt: skip
_DARK = {
    "back": "#16181d", "ink": "#e7e9ee", "quiet": "#b3b7c0", "line": "#34373e", "agent": "#5aa9ff",
    "customer": "#f0a05a", "bot": "#bd9bf0", "system": "#9a9fa9", "wait": "#ffb74d", "off": "#ff8a80",
}  # fmt: skip
THEMES: dict[str, dict[str, str]] = {"light": _LIGHT, "dark": _DARK}
FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', 'Noto Sans CJK JP', sans-serif"

_LEFT, _RIGHT, _TOP, _AXIS = 170, 24, 44, 52
_NARROW, _NARROW_LEFT, _LABEL_HIGH, _LEGEND_HIGH = 520, 16, 16, 20
"""Chosen: in a narrower picture, labels of lanes that do not fit beside them stand above them."""
_CHARACTER = 6.6
"""Chosen: the width of a letter at 12 px, on the safe side."""


def svg(scene: Scene, words: Words, *, width: int = 960, theme: str = "light") -> str:
    """The picture, as a file of its own."""
    draw = _Drawing(words, width, THEMES[theme])
    return draw.timeline(scene) if isinstance(scene, TimelineScene) else draw.responses(scene)


class _Drawing:
    """Parts of a picture, one after the other."""

    def __init__(self, words: Words, width: int, colours: Mapping[str, str]) -> None:
        self.words, self.width, self.colours = words, width, colours
        self.parts: list[str] = []
        self.left, self.plot, self.top = _LEFT, width - _LEFT - _RIGHT, _TOP

    # --- both kinds -------------------------------------------------------------------------------------------

    def text(
        self, x: float, y: float, words: str, colour: str = "quiet", anchor: str = "start", size: int = 12
    ) -> None:
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{self.colours[colour]}" font-size="{size}" '
            f'text-anchor="{anchor}">{_escaped(words)}</text>'
        )

    def label(self, y: float, words: str) -> None:
        """Beside a lane."""
        self.text(_LEFT - 12, y, _fitted(words, _LEFT - 20), "ink", "end")

    def axis(self, bottom: float, words: str) -> None:
        """What the horizontal axis says, all of it in the picture."""
        right = self.width - 8 - len(words) * _CHARACTER / 2
        self.text(min(self.left + self.plot / 2, right), bottom + 38, words, anchor="middle")

    def path(self, d: list[str], colour: str, stroke: float, extra: str = "") -> None:
        if d:
            self.parts.append(
                f'<path d="{"".join(d)}" fill="none" stroke="{self.colours[colour]}" stroke-width="{stroke}" {extra}/>'
            )

    def whole(self, height: float, title: str, summary: str) -> str:
        body = "\n".join(self.parts)
        head = self.colours["ink"]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height:.0f}" '
            f'viewBox="0 0 {self.width} {height:.0f}" font-family="{FONT}" role="img">\n'
            f"<title>{_escaped(title)}</title><desc>{_escaped(summary)}</desc>\n"
            f'<rect width="100%" height="100%" fill="{self.colours["back"]}"/>\n'
            f'<text x="16" y="26" fill="{head}" font-size="15" font-weight="600">{_escaped(title)}</text>\n{body}\n</svg>\n'
        )

    # --- who said what when -----------------------------------------------------------------------------------

    def timeline(self, scene: TimelineScene) -> str:
        words = self.words
        labels = [f"{each.label} ({words['you']})" if each.is_own else each.label for each in scene.lanes]
        above = _LABEL_HIGH if self.width < _NARROW else 0
        roles: dict[str, None] = dict.fromkeys(sender.role or "system" for sender in scene.senders)
        kinds: list[str] = [kind for kind in ("typing", "waiting", "offline") if kind in scene.spans.kind]
        legend = [[*roles, *kinds]]
        if above:  # The legend has no room beside the title.
            self.left, self.plot = _NARROW_LEFT, self.width - _NARROW_LEFT - _RIGHT
            legend = self._lines(legend[0])
            self.top = _TOP + _LEGEND_HIGH * len(legend)
        high = lane_height(len(scene.lanes))
        pitch = high + above
        bottom = self.top + pitch * max(len(scene.lanes), 1)
        span = scene.end_ms - scene.begin_ms

        def x(time_ms: float) -> float:
            return self.left + (time_ms - scene.begin_ms) / span * self.plot

        def middle(lane: int) -> float:
            return self.top + pitch * lane + above + high / 2

        for lane, label in enumerate(labels):
            self.path([f"M{self.left} {middle(lane):.1f}h{self.plot}"], "line", 1)
            if above:
                self.text(self.left, self.top + pitch * lane + 12, _fitted(label, self.plot), "ink")
            else:
                self.label(middle(lane) + 4, label)
        self._spans(scene, x, middle, high, bottom)
        self._messages(scene, x, middle, high)
        if not scene.lanes:
            self.text(self.left + self.plot / 2, self.top + high / 2 + 4, words["empty"], anchor="middle")
        step = time_step(span, self.plot // (120 if above else 90))
        first = math.ceil(scene.begin_ms / step) * step
        for tick in range(first, scene.end_ms + 1, step):
            self.path([f"M{x(tick):.1f} {bottom}v5"], "quiet", 1)
            label = clock(tick, step, is_relative=scene.is_relative)
            half = len(label) * _CHARACTER / 2
            anchor = "end" if x(tick) + half > self.width else "start" if x(tick) < half else "middle"
            self.text(x(tick), bottom + 18, label, anchor=anchor)
        self.path([f"M{self.left} {bottom}h{self.plot}"], "quiet", 1)
        axis = words["sinceStart"] if scene.is_relative else words["timeOfDay"].replace("{zone}", _day(scene))
        self.axis(bottom, axis)
        self._legend(legend, kinds)
        return self.whole(bottom + _AXIS, scene.title or words["timeline"], summary_of(scene, words))

    def _spans(self, scene: TimelineScene, x: _Place, middle: _LanePlace, high: float, bottom: float) -> None:
        columns = scene.spans
        typing: list[str] = []
        waiting: list[str] = []
        for kind, lane, begin, end in zip(
            columns.kind, columns.lane, columns.begin_ms, columns.end_ms, strict=True
        ):
            left, right = x(begin), x(scene.end_ms if end is None else end)
            if kind == "offline":
                y, tall = (self.top, bottom - self.top) if lane < 0 else (middle(lane) - high / 2, high)
                self.parts.append(
                    f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(right - left, 1):.1f}" height="{tall:.1f}" '
                    f'fill="{self.colours["off"]}" fill-opacity="0.18"/>'
                )
            elif kind == "typing":
                typing.append(f"M{left:.1f} {middle(lane):.1f}H{max(right, left + 1):.1f}")
            else:
                waiting.append(f"M{left:.1f} {middle(lane) + high * 0.36:.1f}H{max(right, left + 1):.1f}")
        self.path(waiting, "wait", max(high * 0.12, 1.5))
        self.path(typing, "system", high * 0.34, 'stroke-opacity="0.4"')

    def _messages(self, scene: TimelineScene, x: _Place, middle: _LanePlace, high: float) -> None:
        columns = scene.messages
        size = min(max(high * 0.34, 3), 10)
        reads: list[str] = []
        dots: dict[str, list[str]] = {}
        role: str
        for time_ms, lane, sender, read_ms in zip(
            columns.time_ms, columns.lane, columns.sender, columns.read_ms, strict=True
        ):
            role = scene.senders[sender].role or "system"
            dots.setdefault(role, []).append(mark(role, x(time_ms), middle(lane), size))
            if read_ms is not None and len(scene.lanes) < 40:
                reads.append(f"M{x(time_ms):.1f} {middle(lane):.1f}H{x(read_ms):.1f}m0-5v10")
        self.path(reads, "quiet", 1)
        for role, marks in dots.items():
            self.parts.append(
                f'<path d="{"".join(marks)}" fill="{self.colours[role]}" stroke="{self.colours["back"]}" stroke-width="0.75"/>'
            )

    def _lines(self, names: list[str]) -> list[list[str]]:
        """As many of them in a line as there is room for."""
        lines: list[list[str]] = [[]]
        room = 0.0
        for name in names:
            wide = len(self.words[name]) * _CHARACTER + 32
            if room < wide and lines[-1]:
                lines.append([])
            room = (room if len(lines[-1]) else self.width - _RIGHT) - wide
            lines[-1].append(name)
        return lines

    def _legend(self, lines: list[list[str]], kinds: list[str]) -> None:
        for number, names in enumerate(lines):
            x, y = float(self.width - _RIGHT), self.top - 18.0 - _LEGEND_HIGH * (len(lines) - 1 - number)
            for name in reversed(names):
                x -= len(self.words[name]) * _CHARACTER
                self.text(x, y, self.words[name])
                x -= 14
                colour = {"typing": "system", "waiting": "wait", "offline": "off"}.get(name, name)
                if name in kinds:
                    self.parts.append(
                        f'<rect x="{x - 6:.1f}" y="{y - 8:.0f}" width="14" height="7" '
                        f'fill="{self.colours[colour]}" fill-opacity="0.5"/>'
                    )
                else:
                    self.parts.append(f'<path d="{mark(name, x, y - 4, 8)}" fill="{self.colours[colour]}"/>')
                x -= 18

    # --- how long answers took --------------------------------------------------------------------------------

    def responses(self, scene: ResponseScene) -> str:
        words, high = self.words, 58.0
        first, last = math.log10(scene.edges_s[0]), math.log10(scene.edges_s[-1])

        def x(seconds: float) -> float:
            return (
                _LEFT
                + (math.log10(min(max(seconds, scene.edges_s[0]), scene.edges_s[-1])) - first)
                / (last - first)
                * self.plot
            )

        bottom = _TOP + high * max(len(scene.rows), 1)
        for tick in scene.ticks_s:
            self.path([f"M{x(tick):.1f} {_TOP}V{bottom + 5:.0f}"], "line", 1)
            self.text(x(tick), bottom + 18, duration(tick), anchor="middle")
        for at, row in enumerate(scene.rows):
            base = _TOP + high * (at + 1)
            label = row.label or words["bot" if row.role == "bot" else "allAgents"]
            is_named_bot = row.role == "bot" and row.label
            self.label(base - high / 2 + 2, f"{label} ({words['bot']})" if is_named_bot else label)
            self.text(_LEFT - 12, base - high / 2 + 18, f"n = {row.n}", anchor="end", size=11)
            bars, most = [], max(row.counts)  # As high as the row lets them: n is written beside it.
            for count, left, right in zip(row.counts, scene.edges_s, scene.edges_s[1:], strict=False):
                if count:
                    tall = (high - 18) * count / most
                    bars.append(f"M{x(left) + 1:.1f} {base:.1f}v{-tall:.1f}H{x(right) - 1:.1f}V{base:.1f}z")
            colour = "bot" if row.role == "bot" else "agent"
            self.parts.append(
                f'<path d="{"".join(bars)}" fill="{self.colours[colour]}" fill-opacity="0.55"/>'
            )
            self.path([f"M{_LEFT} {base:.1f}h{self.plot}"], "quiet", 1)
            self.path([f"M{x(row.median_s):.1f} {base:.1f}v{-(high - 16):.0f}"], "ink", 2)
            self.path(
                [f"M{x(row.p90_s):.1f} {base:.1f}v{-(high - 16):.0f}"], "ink", 1.5, 'stroke-dasharray="4 3"'
            )
            facts = words["rowSummary"].replace("{n}", str(row.n))
            facts = facts.replace("{median}", duration(row.median_s)).replace("{p90}", duration(row.p90_s))
            self.text(self.width - _RIGHT, base - high + 12, facts, "ink", "end", 11)
        if not scene.rows:
            self.text(_LEFT + self.plot / 2, _TOP + high / 2, words["noAnswers"], anchor="middle")
        self.axis(bottom, words["responseTime"])
        middle = (_TOP + bottom + _AXIS) / 2  # Of few rows it is longer than they are high.
        self.parts.append(
            f'<text transform="translate(14 {middle:.0f}) rotate(-90)" fill="{self.colours["quiet"]}" '
            f'font-size="12" text-anchor="middle">{_escaped(words["answers"])}</text>'
        )
        return self.whole(bottom + _AXIS, scene.title or words["responseTimes"], summary_of(scene, words))


def lane_height(lanes: int) -> float:
    """Fewer lanes are higher; two hundred still fit a page."""
    return max(6.0, min(36.0, 720 / max(lanes, 1)))


def mark(role: str, x: float, y: float, size: float) -> str:
    """A message: round for a customer, square for an agent, on its tip for a bot and for the system."""
    r = size / 2
    if role == "agent":
        return f"M{x - r:.1f} {y - r:.1f}h{size:.1f}v{size:.1f}h{-size:.1f}z"
    if role == "customer":
        return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {size:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-size:.1f} 0z"
    r *= 1.25
    return f"M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}l{-r:.1f} {-r:.1f}z"


def _day(scene: TimelineScene) -> str:
    return f"UTC, {clock(scene.begin_ms, 86_400_000, is_relative=False)}"


def _fitted(label: str, px: float) -> str:
    most = int(px / _CHARACTER)
    return label if len(label) <= most else label[: most - 1] + "…"


def _escaped(text: str) -> str:
    return html.escape(legible(text))
