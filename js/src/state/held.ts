// The part of a conversation that a view holds: consecutive messages, bounded, moved by deltas and pages. Pure.

import type { MessagePlacedDelta, MessagesSkippedDelta, Page, ViewMessage } from "../protocol.gen";

/** More messages than this are never held. */
export const HELD_MAX = 400;
/** To how many they are cut back while the view follows the end. */
export const HELD_KEPT = 200;

/** Messages at the positions `firstIndex`, `firstIndex` + 1, … of `total`. */
export interface Held {
  readonly messages: readonly ViewMessage[];
  readonly firstIndex: number;
  /** The number of messages that the kernel holds. */
  readonly total: number;
}

/** The same while a batch of deltas is applied, so that it is copied once and not once per delta. */
export interface HeldWork {
  messages: ViewMessage[];
  firstIndex: number;
  total: number;
}

export const endOf = (held: Held): number => held.firstIndex + held.messages.length;

/** Whether the newest message is held. */
export const holdsEnd = (held: Held): boolean => endOf(held) === held.total;

export const workOn = (held: Held): HeldWork => ({
  messages: [...held.messages],
  firstIndex: held.firstIndex,
  total: held.total,
});

/** The message at a position; undefined when it is not held. */
export const heldAt = (held: Held, index: number): ViewMessage | undefined =>
  held.messages[index - held.firstIndex];

/** Takes the message at `index` away; false when another one stands there. */
export function take(work: HeldWork, index: number, id: string): boolean {
  const at = index - work.firstIndex;
  if (index < 0 || index >= work.total) return false;
  if (at >= 0 && at < work.messages.length) {
    if (work.messages[at]?.id !== id) return false;
    work.messages.splice(at, 1);
  } else if (at < 0) work.firstIndex -= 1;
  work.total -= 1;
  return true;
}

/** Puts a message where the delta says, if that is among those held or at the end of all; false when it cannot be. */
export function place(work: HeldWork, { index }: MessagePlacedDelta, message: ViewMessage): boolean {
  const at = index - work.firstIndex;
  if (index < 0 || index > work.total) return false;
  const joins = at < work.messages.length || (at === work.messages.length && index === work.total);
  if (at < 0) work.firstIndex += 1;
  else if (joins) work.messages.splice(at, 0, message);
  work.total += 1;
  return true;
}

/** Makes room for messages that are only counted: whoever follows the end keeps what is behind them, others the rest. */
export function skip(work: HeldWork, { index, count }: MessagesSkippedDelta, isFollowing: boolean): boolean {
  const at = index - work.firstIndex;
  if (index < 0 || index > work.total) return false;
  const holdsPlace = at > 0 && at <= work.messages.length;
  if (at <= 0) work.firstIndex += count;
  else if (holdsPlace && isFollowing) {
    work.messages = work.messages.slice(at);
    work.firstIndex = index + count;
  } else if (holdsPlace) work.messages = work.messages.slice(0, at);
  work.total += count;
  return true;
}

/** Within the bound: whoever follows the end lets go of the oldest, others of the newest. */
export function bounded(held: Held, isFollowing: boolean): Held {
  const { messages, firstIndex, total } = held;
  if (messages.length <= HELD_MAX) return held;
  if (!isFollowing) return { messages: messages.slice(0, HELD_MAX), firstIndex, total };
  const cut = messages.length - HELD_KEPT;
  return { messages: messages.slice(cut), firstIndex: firstIndex + cut, total };
}

/** With a page of the same revision that touches what is held; null when it does not. */
export function joined(held: Held, page: Page, keeps: "start" | "end"): Held | null {
  const end = endOf(held);
  const pageEnd = page.firstIndex + page.messages.length;
  if (page.firstIndex > end || pageEnd < held.firstIndex) return null;
  const messages = [
    ...page.messages.slice(0, Math.max(0, held.firstIndex - page.firstIndex)),
    ...held.messages,
    ...page.messages.slice(Math.max(0, end - page.firstIndex)),
  ];
  const firstIndex = Math.min(held.firstIndex, page.firstIndex);
  const surplus = Math.max(0, messages.length - HELD_MAX);
  return keeps === "start"
    ? { messages: messages.slice(0, HELD_MAX), firstIndex, total: held.total }
    : { messages: messages.slice(surplus), firstIndex: firstIndex + surplus, total: held.total };
}
