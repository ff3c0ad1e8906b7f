"""Draws a picture as an SVG file, without a page: in UTC, in English or another language; pure."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping

from ipygenesys._core.model.utf8 import legible
from ipygenesys._pictures.durations import clock, duration, time_step
from ipygenesys._pictures.wire import ResponseScene, Scene, TimelineScene

Words = Mapping[str, str]
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
        self.plot = width - _LEFT - _RIGHT

    # --- both kinds -------------------------------------------------------------------------------------------

    def text(
        self, x: float, y: float, words: str, colour: str = "quiet", anchor: str = "start", size: int = 12
    ) -> None:
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{self.colours[colour]}" font-size="{size}" '
            f'text-anchor="{anchor}">{_escaped(words)}</text>'
        )

    def label(self, y: float, words: str) -> None:
        most = int((_LEFT - 20) / _CHARACTER)
        self.text(_LEFT - 12, y, words if len(words) <= most else words[: most - 1] + "…", "ink", "end")

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
        high = lane_height(len(scene.lanes))
        bottom = _TOP + high * max(len(scene.lanes), 1)
        span = scene.end_ms - scene.begin_ms

        def x(time_ms: float) -> float:
            return _LEFT + (time_ms - scene.begin_ms) / span * self.plot

        def middle(lane: int) -> float:
            return _TOP + high * (lane + 0.5)

        for lane, each in enumerate(scene.lanes):
            self.path([f"M{_LEFT} {middle(lane):.1f}h{self.plot}"], "line", 1)
            self.label(middle(lane) + 4, f"{each.label} ({words['you']})" if each.is_own else each.label)
        self._spans(scene, x, middle, high, bottom)
        self._messages(scene, x, middle, high)
        if not scene.lanes:
            self.text(_LEFT + self.plot / 2, _TOP + high / 2 + 4, words["empty"], anchor="middle")
        step = time_step(span, self.plot // 90)
        first = math.ceil(scene.begin_ms / step) * step
        for tick in range(first, scene.end_ms + 1, step):
            self.path([f"M{x(tick):.1f} {bottom}v5"], "quiet", 1)
            label = clock(tick, step, is_relative=scene.is_relative)
            is_cut = x(tick) + len(label) * _CHARACTER / 2 > _LEFT + self.plot + _RIGHT
            self.text(x(tick), bottom + 18, label, anchor="end" if is_cut else "middle")
        self.path([f"M{_LEFT} {bottom}h{self.plot}"], "quiet", 1)
        axis = words["sinceStart"] if scene.is_relative else words["timeOfDay"].replace("{zone}", _day(scene))
        self.text(_LEFT + self.plot / 2, bottom + 38, axis, anchor="middle")
        self._legend(scene)
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
                y, tall = (_TOP, bottom - _TOP) if lane < 0 else (middle(lane) - high / 2, high)
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

    def _legend(self, scene: TimelineScene) -> None:
        roles = list(dict.fromkeys(sender.role or "system" for sender in scene.senders))
        kinds = [kind for kind in ("typing", "waiting", "offline") if kind in scene.spans.kind]
        x = float(self.width - _RIGHT)
        for name in reversed([*roles, *kinds]):
            words = self.words[name]
            x -= len(words) * _CHARACTER
            self.text(x, 26, words)
            x -= 14
            colour = {"typing": "system", "waiting": "wait", "offline": "off"}.get(name, name)
            if name in kinds:
                self.parts.append(
                    f'<rect x="{x - 6:.1f}" y="18" width="14" height="7" fill="{self.colours[colour]}" fill-opacity="0.5"/>'
                )
            else:
                self.parts.append(f'<path d="{mark(name, x, 22, 8)}" fill="{self.colours[colour]}"/>')
            x -= 18

    # --- how long answers took --------------------------------------------------------------------------------

    def responses(self, scene: ResponseScene) -> str:
        words, high = self.words, 58.0
        first, last = math.log10(scene.edges_s[0]), math.log10(scene.edges_s[-1])
        most = max((count for row in scene.rows for count in row.counts), default=1)

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
            label = row.label or words["allAgents"]
            self.label(base - high / 2 + 2, f"{label} ({words['bot']})" if row.role == "bot" else label)
            self.text(_LEFT - 12, base - high / 2 + 18, f"n = {row.n}", anchor="end", size=11)
            bars = []
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
        self.text(_LEFT + self.plot / 2, bottom + 38, words["responseTime"], anchor="middle")
        middle = (_TOP + bottom + _AXIS) / 2  # Of few rows it is longer than they are high.
        self.parts.append(
            f'<text transform="translate(14 {middle:.0f}) rotate(-90)" fill="{self.colours["quiet"]}" '
            f'font-size="12" text-anchor="middle">{_escaped(words["answers"])} 0 – {most}</text>'
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


def summary_of(scene: Scene, words: Words) -> str:
    """The picture in a sentence or two."""
    if isinstance(scene, TimelineScene):
        step = 1000
        return _filled(
            words["timelineSummary"],
            talks=str(scene.talks),
            people=str(len(scene.senders)),
            messages=str(len(scene.messages.time_ms)),
            **{
                "from": clock(scene.begin_ms, step, is_relative=scene.is_relative),
                "to": clock(scene.end_ms, step, is_relative=scene.is_relative),
            },
        )
    if not scene.rows or scene.rows[0].label:
        return words["noAnswers"]
    row = scene.rows[0]
    facts = {"median": row.median_s, "p90": row.p90_s, "longest": row.max_s}
    return _filled(
        words["responseSummary"], n=str(row.n), **{name: duration(value) for name, value in facts.items()}
    )


def _day(scene: TimelineScene) -> str:
    return f"UTC, {clock(scene.begin_ms, 86_400_000, is_relative=False)}"


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _escaped(text: str) -> str:
    return html.escape(legible(text))
