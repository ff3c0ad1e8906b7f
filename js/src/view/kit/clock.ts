// One timer for everything that says how long ago something was; it runs only while somebody looks.

export const TICK_MS = 30_000;

export interface Clock {
  /** By the server, as far as its clock is known. */
  readonly now: () => number;
  /** Calls `listener` every TICK_MS, until `signal` aborts. */
  readonly subscribe: (listener: () => void, signal: AbortSignal) => void;
}

export function createClock(now: () => number): Clock {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return {
    now,
    subscribe(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      timer ??= setInterval(tick, TICK_MS);
      const leave = (): void => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
      signal.addEventListener("abort", leave, { once: true });
    },
  };
}
