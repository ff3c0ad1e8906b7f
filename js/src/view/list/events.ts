// What the list hears of its page: scrolling, a change of size, copying, whether somebody looks.

export interface ListEvents {
  readonly onScroll: () => void;
  readonly onResized: () => void;
  readonly onCopy: (event: ClipboardEvent) => void;
  /** Somebody has come to the page, or left it. */
  readonly onAttention: () => void;
}

export function listen(scroller: Element, content: Element, events: ListEvents, signal: AbortSignal): void {
  const { onScroll, onResized, onCopy, onAttention } = events;
  const page = scroller.ownerDocument;
  scroller.addEventListener("scroll", onScroll, { signal, passive: true });
  page.addEventListener("copy", onCopy, { signal });
  page.addEventListener("visibilitychange", onAttention, { signal });
  page.defaultView?.addEventListener("focus", onAttention, { signal });
  page.defaultView?.addEventListener("blur", onAttention, { signal });
  const resized = new ResizeObserver(onResized);
  resized.observe(scroller);
  resized.observe(content);
  signal.addEventListener("abort", () => resized.disconnect(), { once: true });
}

/** Whether somebody looks at the page, as far as it can know. */
export const isAttended = (page: Document | undefined): boolean =>
  page?.visibilityState === "visible" && page.hasFocus();
