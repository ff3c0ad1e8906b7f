// Where a view's "New messages" mark stands and how many messages the user has not come down to yet. Pure, per view.

import type { Arrival, ViewState } from "./store";

export interface Newness {
  /** The message before which the mark stands; it stays while the user reads on from there. */
  readonly markId: string | null;
  /** Messages of others since the user was last at the end and attending. */
  readonly waiting: number;
  readonly lastSerial: number;
}

/** At first sight of a conversation: what was unread before, and nothing that came before counts as an arrival. */
export function startNewness(state: ViewState): Newness {
  return { markId: state.firstUnreadId, waiting: 0, lastSerial: state.lastSerial };
}

/** Messages have come; `isAtEnd` says that the user sees them come. */
export function noteArrivals(newness: Newness, arrivals: readonly Arrival[], isAtEnd: boolean): Newness {
  const news = arrivals.filter((each) => each.serial > newness.lastSerial);
  const lastSerial = news.at(-1)?.serial;
  if (lastSerial === undefined) return newness;
  if (isAtEnd) return { ...newness, lastSerial };
  const markId = newness.waiting === 0 ? (news[0]?.message.id ?? null) : newness.markId;
  return { markId, waiting: newness.waiting + news.length, lastSerial };
}

/** The user is at the end of the list and attending. */
export const reachedEnd = (newness: Newness): Newness =>
  newness.waiting === 0 ? newness : { ...newness, waiting: 0 };

/** The user has answered: nothing above is new any more. */
export const answered = (newness: Newness): Newness =>
  newness.markId === null && newness.waiting === 0 ? newness : { ...newness, markId: null, waiting: 0 };
