"""What may come of hostile texts in a page, and how it is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.view.conftest import Host

LOOK_AROUND = """() => {
  const found = [];
  for (const element of document.querySelectorAll('.ipg-root, .ipg-root *')) {
    const name = element.localName;
    if (/^(img|script|iframe|style|link|object|embed|video|audio|source|base|meta|math)$/.test(name)) found.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith('on')) found.push(`${name} ${attribute}`);
      if (/^(href|src|action|formaction|srcdoc|poster)$/.test(attribute) && !/^(https:|mailto:)/.test(value))
        found.push(`${name} ${attribute}=${value}`);
    }
    if (name === 'a' && element.rel !== 'noopener noreferrer') found.push('a link that gives something away');
    for (const kind of ['mouseover', 'pointerenter', 'focusin', 'toggle'])
      element.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  const shown = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (shown.nextNode()) {
    const { data, parentElement } = shown.currentNode;
    if (/[\\x00-\\x08\\x0b\\x1b\\x7f\\u202d\\u202e\\ufffe\\uffff]/.test(data))
      found.push(`what hides or turns letters in ${parentElement.outerHTML.slice(0, 60)} of ${parentElement.closest('[class]')?.className}`);
  }
  // All that can be pressed, but what fetches a picture when it is asked to.
  const pressed = document.querySelectorAll('.ipg-card button.ipg-option:not(.ipg-image *), .ipg-replies button, .ipg-submit, .ipg-more');
  for (const button of pressed) button.click();
  return found;
}"""


@dataclass
class Findings:
    """What came of it; all but ``places`` should stay empty."""

    places: int = 0
    """Texts times the documents that they were put into."""
    scripts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    """More than text: an element, a handler or an address that must not be."""
    lost: list[str] = field(default_factory=list)
    """Texts that are not shown as they are."""
    formulas: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [*self.scripts, *self.requests, *self.elements, *self.lost, *self.formulas]

    def look(self, host: Host, texts: Sequence[str]) -> None:
        """Once a page has settled: did anything run or leave?"""
        host.has_asked_for_all()
        if host.page.evaluate("window.owned") is not None:
            self.scripts += [f"a script ran, one of: {texts!r}"]
        self.requests += host.foreign_requests
        self.places += len(texts)

    def look_closely(self, host: Host, texts: Sequence[str]) -> None:
        """The same of a widget: what is in it, and whether all is there that can be told from what was put in."""
        self.elements += host.page.evaluate(LOOK_AROUND)
        shown = host.page.evaluate(
            "[...document.querySelectorAll('.ipg-root')].map(e => e.textContent).join()"
        )
        self.lost += [text for text in texts if is_plain(text) and text not in shown]
        self.look(host, texts)


def is_plain(text: str) -> bool:
    """Shown as it is: no mark that is replaced, no backtick, which makes code of it."""
    return text.isprintable() and "`" not in text and all(ord(each) < 0x2000 for each in text)
