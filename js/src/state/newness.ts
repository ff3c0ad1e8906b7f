// Where a view's "New messages" mark stands and how many messages its user has not come down to yet. Pure.

export interface Newness {
  /** The message before which the mark stands; it stays while the user reads on from there. */
  readonly markId: string | null;
  /** Messages of others since the user was last at the end and attending. */
  readonly waiting: number;
}

/** At first sight of a conversation: what was unread before. */
export const startNewness = (firstUnreadId: string | null): Newness => ({
  markId: firstUnreadId,
  waiting: 0,
});

/** So many messages of others have come, the first of them with this id; `isNoNews`: the user saw them come. */
export function noteNews(newness: Newness, firstId: string, count: number, isNoNews: boolean): Newness {
  if (isNoNews) return newness;
  return { markId: newness.waiting === 0 ? firstId : newness.markId, waiting: newness.waiting + count };
}

/** The user is at the end of the list and attending. */
export const reachedEnd = (newness: Newness): Newness =>
  newness.waiting === 0 ? newness : { ...newness, waiting: 0 };

/** The user has answered: nothing above is new any more. */
export const answered = (newness: Newness): Newness =>
  newness.markId === null && newness.waiting === 0 ? newness : { markId: null, waiting: 0 };
