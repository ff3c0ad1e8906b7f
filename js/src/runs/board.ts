// What a page knows of a run: its scenarios, and the one that is open. Pure but for the time.

import type { OpenedScenario, OpenScenario, RunRow, RunRows, StopRun } from "../explore.gen";

export interface BoardState {
  readonly revision: number;
  /** In the script's order. */
  readonly rows: readonly RunRow[];
  readonly name: string;
  readonly isOver: boolean;
  /** How far the kernel's clock is ahead of the page's. */
  readonly aheadMs: number;
  readonly heldBack: number;
  /** The scenario that is open, by its number; 0 is none. */
  readonly open: number;
  readonly opened: OpenedScenario | null;
  readonly locale: string;
  readonly words: RunRows["words"];
}

export interface Board {
  readonly state: () => BoardState;
  readonly hear: (message: RunRows | OpenedScenario) => void;
  readonly open: (number: number) => void;
  readonly stop: () => void;
  readonly subscribe: (hear: () => void, signal: AbortSignal) => void;
}

interface Kernel {
  readonly say: (asked: OpenScenario | StopRun) => void;
  readonly look: () => void;
}

export const NOTHING: BoardState = {
  revision: 0,
  rows: [],
  name: "",
  isOver: false,
  aheadMs: 0,
  heldBack: 0,
  open: 0,
  opened: null,
  locale: "en",
  words: {},
};

export function createBoard({ say, look }: Kernel, nowMs: () => number): Board {
  let state = NOTHING;
  const listeners = new Set<() => void>();
  const set = (next: BoardState): void => {
    state = next;
    for (const hear of listeners) hear();
  };
  return {
    state: () => state,
    hear(message) {
      if (message.kind === "scenario") {
        if (message.number === state.open) set({ ...state, opened: message });
        return;
      }
      const next = told(state, message, nowMs());
      if (next === null) look();
      else set(next);
    },
    open(number) {
      if (number === state.open) return;
      set({ ...state, open: number, opened: null });
      say({ kind: "open", number });
    },
    stop: () => say({ kind: "stop" }),
    subscribe(hear, signal) {
      listeners.add(hear);
      signal.addEventListener("abort", () => listeners.delete(hear), { once: true });
    },
  };
}

/** Null: something before it was missed. */
export function told(state: BoardState, message: RunRows, nowMs: number): BoardState | null {
  const { revision, isWhole, rows, name, isOver, heldBack } = message;
  if (!isWhole && revision <= state.revision) return state;
  if (!isWhole && revision !== state.revision + 1) return null;
  const changed = new Map(rows.map((row) => [row.number, row]));
  // Pages of one run may have languages of their own; only the first words are those that this one asked for.
  const isSpoken = Object.keys(state.words).length === 0 && Object.keys(message.words).length > 0;
  const { locale, words } = isSpoken ? message : state;
  return {
    ...state,
    revision,
    rows: isWhole ? rows : state.rows.map((row) => changed.get(row.number) ?? row),
    name,
    isOver,
    heldBack,
    locale,
    words,
    aheadMs: message.nowMs - nowMs,
  };
}
