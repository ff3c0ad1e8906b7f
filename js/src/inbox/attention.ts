// Whether somebody points at the list or goes through it by keyboard: as long as they do, its order stays.

/** Chosen: a pointer that rests for so long was forgotten there. */
const RESTS_MS = 15_000;

export interface Attention {
  /** The pointer has moved over the list, or a key was pressed in it. */
  readonly paid: () => void;
  readonly left: () => void;
}

export function createAttention(hear: (isPaid: boolean) => void, signal: AbortSignal): Attention {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const left = (): void => {
    clearTimeout(timer);
    if (timer !== undefined) hear(false);
    timer = undefined;
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    paid() {
      const isNew = timer === undefined;
      clearTimeout(timer);
      timer = setTimeout(left, RESTS_MS);
      if (isNew) hear(true);
    },
    left,
  };
}
