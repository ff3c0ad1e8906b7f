// Where the focus goes when what had it goes away, such as a button with its click: never back to the page.

/** To its message or its list, else to where the user searches or writes, else to the list. */
export function keepFocus(root: HTMLElement, signal: AbortSignal): void {
  let path: Element[] = [];
  root.addEventListener(
    "focusin",
    ({ target }) => {
      path = [];
      for (let at = target as Element | null; at !== null; at = at.parentElement) path.push(at);
    },
    { signal },
  );
  // The user has gone elsewhere, unless it was taken away: then it is out of the page in a moment.
  root.addEventListener(
    "focusout",
    ({ target }) =>
      queueMicrotask(() => {
        if (path[0] === target && path[0].isConnected) path = [];
      }),
    { signal },
  );
  const observer = new MutationObserver(() => {
    if (path[0]?.isConnected ?? true) return;
    const kept =
      path.find((each) => each.isConnected && each.matches("article, .ipg-scroller")) ??
      root.querySelector(".ipg-field, .ipg-box:read-write") ??
      root.querySelector(".ipg-scroller");
    (kept as HTMLElement | null)?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}
