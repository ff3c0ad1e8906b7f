// Which messages have been seen: those in view without a break, long enough, while the user attended. Pure.

export const DWELL_MS = 800;

export interface Dwell {
  /** The tab is visible and its window has the focus. */
  readonly isAttending: boolean;
  /** When each message came into view, or since when the user attends, whichever is later. */
  readonly inViewSinceMs: ReadonlyMap<string, number>;
}

export const initialDwell: Dwell = { isAttending: false, inViewSinceMs: new Map() };

export function withAttention(dwell: Dwell, isAttending: boolean, nowMs: number): Dwell {
  if (dwell.isAttending === isAttending) return dwell;
  const restarted = new Map([...dwell.inViewSinceMs.keys()].map((id) => [id, nowMs] as const));
  return { isAttending, inViewSinceMs: restarted };
}

export function withVisibility(dwell: Dwell, id: string, isInView: boolean, nowMs: number): Dwell {
  if (dwell.inViewSinceMs.has(id) === isInView) return dwell;
  const inViewSinceMs = new Map(dwell.inViewSinceMs);
  if (isInView) inViewSinceMs.set(id, nowMs);
  else inViewSinceMs.delete(id);
  return { ...dwell, inViewSinceMs };
}

/** The messages that have been seen by now, and what is left to watch. */
export function takeSeen(dwell: Dwell, nowMs: number): readonly [Dwell, readonly string[]] {
  if (!dwell.isAttending) return [dwell, []];
  const seen = [...dwell.inViewSinceMs].filter(([, since]) => nowMs - since >= DWELL_MS).map(([id]) => id);
  if (seen.length === 0) return [dwell, seen];
  const inViewSinceMs = new Map([...dwell.inViewSinceMs].filter(([id]) => !seen.includes(id)));
  return [{ ...dwell, inViewSinceMs }, seen];
}

/** When the next message will have been seen, if nothing changes. */
export function nextSeenMs(dwell: Dwell): number | null {
  if (!dwell.isAttending || dwell.inViewSinceMs.size === 0) return null;
  return Math.min(...dwell.inViewSinceMs.values()) + DWELL_MS;
}
