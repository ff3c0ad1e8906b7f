"""Pictures of every state, for people to look at: ``.artifacts/screenshots/*.png``."""

from __future__ import annotations

import pytest

from tests.view.conftest import ROOT, MakeHost
from tests.view.states import STATES

PICTURES = ROOT / ".artifacts" / "screenshots"
LOOKS: dict[str, dict[str, object]] = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "narrow": {"theme": "light", "width": 320},
    "narrow-dark": {"theme": "dark", "width": 320},
    "wide": {"theme": "light", "width": 1200},
    "plain": {"theme": "none"},
    "plain-dark": {"theme": "none", "color_scheme": "dark"},
    "forced": {"theme": "light", "forced_colors": "active"},
}
SHOWN = [(state, look) for state in STATES for look in ("light", "dark")] + [
    (state, look)
    for state in ("thirty", "failed", "disconnected", "hostile", "new_messages")
    for look in ("narrow", "wide")
]
SHOWN += [("thirty", "plain"), ("thirty", "plain-dark"), ("ticks", "forced"), ("typing", "narrow-dark")]


@pytest.mark.parametrize(("state", "look"), SHOWN)
def test_picture(make_host: MakeHost, state: str, look: str) -> None:
    options: dict[str, object] = {"height": 460, **LOOKS[look]}
    host = make_host(**options)
    STATES[state](host)
    host.page.mouse.move(0, 0)
    host.page.wait_for_timeout(150)
    PICTURES.mkdir(parents=True, exist_ok=True)
    target = PICTURES / f"view-{state}-{look}.png"
    host.page.screenshot(path=target)
    assert target.stat().st_size > 2_000
