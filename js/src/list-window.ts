// Which of the messages held are in the page: at most so many, ending at the newest while the user is at the end. Pure.

import type { ViewMessage } from "./protocol.gen";

/** More rows than this are cut back to ROWS_KEPT while the user is at the end, or not drawn while they are not. */
export const ROWS_MAX = 1_000;
export const ROWS_KEPT = 600;
/** How far the window moves when the user scrolls to one of its ends. */
export const ROWS_STEP = 200;

/** Offsets into the messages held: the first one shown, and the one after the last. */
export interface ListWindow {
  readonly from: number;
  readonly to: number;
}

/** The window that starts at the message `firstId`, or at the oldest one when that is unknown. */
export function listWindow(
  messages: readonly ViewMessage[],
  firstId: string | null,
  isAtEnd: boolean,
): ListWindow {
  const found = firstId === null ? 0 : messages.findIndex((each) => each.id === firstId);
  const from = Math.max(0, found);
  if (isAtEnd && messages.length - from > ROWS_MAX) {
    return { from: messages.length - ROWS_KEPT, to: messages.length };
  }
  return { from, to: Math.min(messages.length, from + ROWS_MAX) };
}

/** The first message to show after moving the window by `step` rows. */
export function movedFirst(
  messages: readonly ViewMessage[],
  { from }: ListWindow,
  step: number,
): string | null {
  const last = Math.max(0, messages.length - ROWS_KEPT);
  return messages[Math.max(0, Math.min(from + step, last))]?.id ?? null;
}
