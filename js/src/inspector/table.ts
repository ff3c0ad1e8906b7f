// What a page holds of an inspector's rows: a window of the newest, or of where its reader is. Pure.

import type {
  Gauges,
  Inject,
  InspectorDetail,
  InspectorRow,
  LookAtRows,
  OlderRows,
  OpenDetail,
  Problem,
  Rows,
} from "../explore.gen";

export type Asked = LookAtRows | OlderRows | OpenDetail | Inject;

/** So many rows are in the page at most; the kernel has more. */
export const WINDOW = 3_000;

export interface TableState {
  readonly revision: number;
  readonly rows: readonly InspectorRow[];
  readonly first: number;
  readonly total: number;
  readonly dropped: number;
  readonly gauges: Gauges | null;
  readonly canInject: boolean;
  readonly detail: InspectorDetail | null;
  readonly problem: string;
  readonly locale: string;
  readonly words: Rows["words"];
  /** Rows come, and are not shown. */
  readonly isPaused: boolean;
}

export interface Table {
  readonly state: () => TableState;
  readonly hear: (message: Rows | InspectorDetail | Problem) => void;
  readonly ask: (asked: Asked) => void;
  readonly pause: (isPaused: boolean) => void;
  readonly clear: () => void;
  readonly subscribe: (hear: () => void, signal: AbortSignal) => void;
}

const NOTHING: TableState = {
  revision: 0,
  rows: [],
  first: 1,
  total: 0,
  dropped: 0,
  gauges: null,
  canInject: false,
  detail: null,
  problem: "",
  locale: "en",
  words: {},
  isPaused: false,
};

export function createTable(ask: (asked: Asked) => void): Table {
  let state = NOTHING;
  let paused: Rows[] = [];
  const listeners = new Set<() => void>();
  const set = (next: TableState): void => {
    state = next;
    for (const hear of listeners) hear();
  };
  return {
    state: () => state,
    hear(message) {
      if (message.kind === "detail") set({ ...state, detail: message });
      else if (message.kind === "problem") set({ ...state, problem: message.words });
      else if (state.isPaused && !message.isOlder) {
        // While it is paused, the kernel keeps what comes; the page asks anew.
        paused = [message];
        set({ ...state, total: message.total, gauges: message.gauges });
      } else set(withRows(state, message));
    },
    ask(asked) {
      if (state.problem !== "") set({ ...state, problem: "" });
      ask(asked);
    },
    pause(isPaused) {
      set({ ...state, isPaused });
      if (!isPaused && paused.length > 0) {
        paused = [];
        set({ ...state, revision: 0 });
        ask({ kind: "look", revision: 0, languages: [] });
      }
    },
    clear: () => set({ ...state, rows: [], detail: null, problem: "" }),
    subscribe(hear, signal) {
      listeners.add(hear);
      signal.addEventListener("abort", () => listeners.delete(hear), { once: true });
    },
  };
}

export function withRows(state: TableState, message: Rows): TableState {
  const { revision, first, total, dropped, gauges, canInject } = message;
  const isSpoken = Object.keys(message.words).length > 0;
  const { locale, words } = isSpoken ? message : state;
  const common = { ...state, revision, first, total, dropped, gauges, canInject, locale, words };
  if (message.isOlder) {
    const [oldest] = state.rows;
    const older = message.rows.filter(({ number }) => oldest === undefined || number < oldest.number);
    return { ...common, rows: [...older, ...state.rows].slice(0, WINDOW) };
  }
  const last = state.rows.at(-1)?.number ?? 0;
  const [next] = message.rows;
  const changed = new Map(message.changed.map((row) => [row.number, row]));
  for (const row of message.rows) if (row.number <= last) changed.set(row.number, row);
  const held = changed.size === 0 ? state.rows : state.rows.map((row) => changed.get(row.number) ?? row);
  const added = message.rows.filter(({ number }) => number > last);
  // What lies between is in the kernel: the page goes on with what is new.
  const isGap = next !== undefined && last > 0 && next.number > last + 1;
  return { ...common, rows: (isGap ? added : [...held, ...added]).slice(-WINDOW) };
}
