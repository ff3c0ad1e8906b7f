// The rows of the list as they are in the page.

import { canReportSeen } from "../../state/banner";
import type { ListWindow } from "../../state/list-window";
import type { ViewState } from "../../state/view-state";

export const articlesIn = (content: HTMLElement | null): HTMLElement[] => [
  ...(content?.querySelectorAll<HTMLElement>("article") ?? []),
];

export const rowOf = (article: HTMLElement): HTMLElement => article.parentElement ?? article;

/** The unread messages of others by their ids. What is not there to be read yet has not been read. */
export function unreadRows(content: HTMLElement, state: ViewState, shown: ListWindow): Map<string, Element> {
  const unread = new Map<string, Element>();
  if (!canReportSeen(state)) return unread;
  const held = new Map(state.messages.slice(shown.from, shown.to).map((each) => [each.id, each]));
  for (const row of content.querySelectorAll<HTMLElement>('[data-own="false"][data-status="unread"]')) {
    const id = row.dataset.messageId ?? "";
    if (typeof held.get(id)?.text === "string") unread.set(id, row);
  }
  return unread;
}

/** The element that has the focus, also in a shadow root. */
export function focusedIn(element: HTMLElement): Element | null {
  const root = element.getRootNode() as Document | ShadowRoot;
  return root.activeElement ?? null;
}
