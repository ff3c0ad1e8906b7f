// Who waits since now, and what has stopped working, is said once, politely: no more often than can be heard.

import type { InboxProblem, InboxRow } from "../explore.gen";

/** Chosen: so long a sentence takes, and a pause. */
const PACE_MS = 6_000;

export interface News {
  readonly rows: readonly InboxRow[];
  /** Of all who wait since then; some of them are among the rows. */
  readonly count: number;
  readonly problems: readonly InboxProblem[];
}

export interface Announcer {
  /** @param problems all that there are: those that were not there before are news */
  readonly hear: (news: News) => void;
}

const NO_NEWS: News = { rows: [], count: 0, problems: [] };

/**
 * @param say what is to be read out now; empty: nothing any more, so that the same words are heard again later
 */
export function createAnnouncer(say: (news: News | null) => void, signal: AbortSignal): Announcer {
  let waiting = NO_NEWS;
  /** A problem that goes and comes back says nothing new. */
  const told = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = (): void => {
    timer = undefined;
    const news = waiting;
    waiting = NO_NEWS;
    if (isEmpty(news)) {
      say(null);
      return;
    }
    say(news);
    timer = setTimeout(speak, PACE_MS);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    hear({ rows, count, problems }) {
      const fresh = problems.filter(({ words }) => !told.has(words));
      for (const { words } of fresh) told.add(words);
      waiting = {
        rows: [...waiting.rows, ...rows],
        count: waiting.count + count,
        problems: [...waiting.problems, ...fresh],
      };
      if (timer === undefined && !isEmpty(waiting)) speak();
    },
  };
}

const isEmpty = ({ count, problems }: News): boolean => count === 0 && problems.length === 0;
