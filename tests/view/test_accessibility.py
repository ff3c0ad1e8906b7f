"""axe finds nothing to complain of, in any state, theme and width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.view.conftest import ROOT, Host, MakeHost
from tests.view.states import STATES

AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"


def violations(host: Host) -> list[str]:
    if not host.page.evaluate("typeof axe === 'object'"):
        host.page.evaluate(Path(AXE).read_text("utf-8"))
    found: list[str] = host.page.evaluate("""async () => {
      const result = await axe.run('.ipg-root', {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return result.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`));
    }""")
    return found


@pytest.mark.parametrize("look", ["light", "dark", "narrow", "plain", "plain-dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(make_host: MakeHost, state: str, look: str) -> None:
    host = make_host(
        theme="none" if look.startswith("plain") else "dark" if look == "dark" else "light",
        width=320 if look == "narrow" else 640,
        color_scheme="dark" if look == "plain-dark" else "light",
    )
    show: Callable[[Host], None] = STATES[state]
    show(host)
    assert violations(host) == []
