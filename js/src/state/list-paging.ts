// What a list asks the kernel for as its reader comes near an end of what is held, and what is above them. Pure.

import { holdsEnd } from "./held";
import type { Sight } from "./list-window";
import { hasEarlier, hasLater, type ViewState } from "./view-state";

/** With fewer messages than this left on a side of what is in sight, the kernel is asked for more. */
const NEAR_ROWS = 40;
/** The server is asked only when its messages are about to come into sight. */
const NEAR_OLDEST_ROWS = 8;

/** The part of the conversation to ask for next; null when there is no need, or no use. */
export function neededPage(
  state: ViewState,
  sight: Sight,
  isAtEnd: boolean,
): "latest" | "before" | "after" | null {
  if (state.link !== "live" || state.pageRequest !== null) return null;
  const { messages, firstIndex } = state;
  if (hasLater(state)) {
    if (isAtEnd) return "latest";
    if (messages.length - sight.to < NEAR_ROWS) return messages.length > 0 ? "after" : "latest";
  }
  const isNearOldest = sight.from < (firstIndex > 0 ? NEAR_ROWS : NEAR_OLDEST_ROWS);
  return hasEarlier(state) && isNearOldest && state.olderError === null ? "before" : null;
}

/** How many unread messages stand above what is in sight. */
export function unreadAbove(state: ViewState, sight: Sight): number {
  if (state.unreadCount === 0 || !holdsEnd(state)) return 0;
  let below = 0;
  for (let i = sight.from; i < state.messages.length; i += 1)
    if (state.messages[i]?.status === "unread") below += 1;
  return Math.max(0, state.unreadCount - below);
}
