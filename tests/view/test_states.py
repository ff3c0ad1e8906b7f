"""Every state in every look: axe finds nothing to complain of, and a picture is taken for people to look at.

The pictures are in ``.artifacts/screenshots/view-{state}-{look}.png``.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.view.conftest import ROOT, Host, MakeHost
from tests.view.layout import overflowing
from tests.view.states import STATES

AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / ".artifacts" / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "narrow": {"theme": "light", "width": 320},
    "narrow-dark": {"theme": "dark", "width": 320},
    "wide": {"theme": "light", "width": 1200},
    "plain": {"theme": "none"},
    "plain-dark": {"theme": "none", "color_scheme": "dark"},
    "high-contrast": {"theme": "high-contrast"},
    "vscode": {"theme": "vscode"},
    "vscode-light": {"theme": "vscode-light"},
    "more-contrast": {"theme": "light", "contrast": "more"},
    "forced": {"theme": "light", "forced_colors": "active"},
    "right-to-left": {"theme": "light", "direction": "rtl"},
}
IN_ONE_LOOK = {"long_text", "german", "japanese", "saved_copy"}
EVERYWHERE = [
    (state, look) for state in STATES if state not in IN_ONE_LOOK for look in ("light", "dark", "narrow")
]
ELSEWHERE = [
    ("long_text", "light"),
    ("german", "narrow"),
    ("japanese", "narrow"),
    ("saved_copy", "light"),
    ("several", "high-contrast"),
    ("failed", "high-contrast"),
    ("failed", "vscode"),
    ("disconnected", "vscode-light"),
    ("several", "more-contrast"),
    ("thirty", "wide"),
    ("hostile", "wide"),
    ("disconnected", "wide"),
    ("failed", "plain"),
    ("failed", "plain-dark"),
    ("ticks", "forced"),
    ("typing", "narrow-dark"),
    ("pickers", "forced"),
    ("right_to_left_cards", "narrow"),
    ("menu_open", "right-to-left"),
    ("selecting", "right-to-left"),
    ("uploads", "right-to-left"),
]
FINISH_TRANSITIONS = """() => Promise.allSettled(document.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime !== Infinity).map(each => each.finished))"""
FIND_VIOLATIONS = """async () => {
  const result = await axe.run('.ipg-root', {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  });
  return result.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("js/node_modules is missing: `uv run poe test-js` installs it")
    return AXE.read_text("utf-8")


@pytest.mark.parametrize(("state", "look"), EVERYWHERE + ELSEWHERE)
def test_state(make_host: MakeHost, axe: str, state: str, look: str) -> None:
    host = make_host(height=460, **LOOKS[look])
    STATES[state](host)
    host.page.mouse.move(0, 0)
    host.page.evaluate(FINISH_TRANSITIONS)
    host.shown()
    PICTURES.mkdir(parents=True, exist_ok=True)
    host.page.screenshot(path=PICTURES / f"view-{state}-{look}.png")
    assert violations(host, axe) == []
    assert overflowing(host) == []
    assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def violations(host: Host, axe: str) -> list[str]:
    host.page.evaluate(axe)
    found: list[str] = host.page.evaluate(FIND_VIOLATIONS)
    return found
