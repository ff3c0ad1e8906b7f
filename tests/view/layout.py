"""Measures what a view looks like, where a test cannot look."""

from __future__ import annotations

from tests.view.conftest import Host


def overflowing(host: Host) -> list[str]:
    """The elements that stick out of the view, and those whose words are cut without saying so."""
    found: list[str] = host.page.evaluate("""() => {
      // What may be scrolled sideways, such as a row of cards, is not cut.
      const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.tagName !== 'TEXTAREA';
      const sideways = [...document.querySelectorAll('.ipg-root *')].filter(scrolls);
      return [...document.querySelectorAll('.ipg-root *')]
        .filter(e => !sideways.some(each => each.contains(e)))
        .filter(e => !e.closest('.ipg-hidden') && e.getClientRects().length > 0)
        .filter(e => {
          const root = e.closest('.ipg-root').getBoundingClientRect();
          const box = e.getBoundingClientRect();
          if (box.left < root.left - 1 || box.right > root.right + 1) return true;
          const style = getComputedStyle(e);
          return style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1;
        })
        .map(e => e.getAttribute('class'));
    }""")
    return found
