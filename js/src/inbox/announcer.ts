// Who waits since now is said once, politely: of many how many, and no more often than can be heard.

import type { InboxRow } from "../explore.gen";

/** Chosen: so long a sentence takes, and a pause. */
const PACE_MS = 6_000;

export interface Arrivals {
  readonly rows: readonly InboxRow[];
  readonly count: number;
}

export interface Announcer {
  readonly hear: (arrivals: Arrivals) => void;
}

/**
 * @param say what is to be read out now; empty: nothing any more, so that the same words are heard again later
 */
export function createAnnouncer(say: (arrivals: Arrivals | null) => void, signal: AbortSignal): Announcer {
  let rows: readonly InboxRow[] = [];
  let count = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = (): void => {
    timer = undefined;
    if (count === 0) {
      say(null);
      return;
    }
    say({ rows, count });
    [rows, count] = [[], 0];
    timer = setTimeout(speak, PACE_MS);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    hear(arrivals) {
      if (arrivals.count === 0) return;
      rows = [...rows, ...arrivals.rows];
      count += arrivals.count;
      if (timer === undefined) speak();
    },
  };
}
