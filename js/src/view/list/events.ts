// What the list hears of its page: scrolling, a change of size, copying, whether somebody looks.

import { SHOW_MESSAGE } from "../../explore/show-message";

export interface ListEvents {
  readonly onScroll: () => void;
  readonly onResized: () => void;
  readonly onCopy: (event: ClipboardEvent) => void;
  /** Somebody has come to the page, or left it. */
  readonly onAttention: () => void;
  /** The messages with which a selection begins and ends, or null: nothing of the list is selected. */
  readonly onSelected: (ids: readonly [string, string] | null) => void;
  readonly onPrint: (isPrinting: boolean) => void;
  /** Another widget of the page, such as a timeline, points at a message. */
  readonly onShow: (id: string) => void;
}

export function listen(scroller: Element, content: Element, events: ListEvents, signal: AbortSignal): void {
  const { onScroll, onResized, onCopy, onAttention, onSelected, onPrint, onShow } = events;
  const page = scroller.ownerDocument;
  const view = page.defaultView;
  scroller.addEventListener("scroll", onScroll, { signal, passive: true });
  page.addEventListener("copy", onCopy, { signal });
  page.addEventListener(SHOW_MESSAGE, (event) => onShow((event as CustomEvent<{ id: string }>).detail.id), {
    signal,
  });
  page.addEventListener("visibilitychange", onAttention, { signal });
  view?.addEventListener("focus", onAttention, { signal });
  view?.addEventListener("blur", onAttention, { signal });
  page.addEventListener("selectionchange", () => onSelected(selectedIn(content)), { signal });
  view?.addEventListener("beforeprint", () => onPrint(true), { signal });
  view?.addEventListener("afterprint", () => onPrint(false), { signal });
  const resized = new ResizeObserver(onResized);
  resized.observe(scroller);
  resized.observe(content);
  signal.addEventListener("abort", () => resized.disconnect(), { once: true });
}

function selectedIn(content: Element): readonly [string, string] | null {
  const selection = content.ownerDocument.getSelection();
  if (selection === null || selection.isCollapsed) return null;
  const { startContainer, endContainer } = selection.getRangeAt(0);
  const [first, last] = [startContainer, endContainer].map((node) => {
    const element = node instanceof Element ? node : node.parentElement;
    return element?.closest<HTMLElement>(".ipg-rows article");
  });
  if (!first || !last || !content.contains(first) || !content.contains(last)) return null;
  return [first.dataset.messageId ?? "", last.dataset.messageId ?? ""];
}

/** Whether somebody looks at the page, as far as it can know. */
export const isAttended = (page: Document | undefined): boolean =>
  page?.visibilityState === "visible" && page.hasFocus();
