// What a page knows of an inbox, and how each window that the kernel sends changes that. Pure.

import type { InboxHeading, InboxProblem, InboxRow, InboxWindow, Tile } from "../../explore.gen";

export type Slot = string | InboxHeading;

export interface Known {
  readonly revision: number;
  readonly status: string;
  readonly first: number;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly pending: number;
  readonly slots: readonly Slot[];
  /** Those of the slots. */
  readonly rows: ReadonlyMap<string, InboxRow>;
  readonly selected: string;
  readonly selectedRow: InboxRow | null;
  /** The model that shows the selected conversation, or why none does. */
  readonly chat: string;
  readonly said: string;
  /** What does not work while the rest does. */
  readonly problems: readonly InboxProblem[];
  readonly tiles: readonly Tile[];
  readonly sparks: Readonly<Record<string, readonly (number | null)[]>>;
  readonly sparkS: number;
  readonly queues: readonly string[];
  readonly agents: readonly string[];
  readonly locale: string;
  readonly words: Readonly<Record<string, string>>;
  /** What to add to the page's clock to have the server's. */
  readonly aheadMs: number;
}

export const NOTHING: Known = {
  revision: 0,
  status: "idle",
  first: 0,
  total: 0,
  counts: {},
  pending: 0,
  slots: [],
  rows: new Map(),
  selected: "",
  selectedRow: null,
  chat: "",
  said: "",
  problems: [],
  tiles: [],
  sparks: {},
  sparkS: 0,
  queues: [],
  agents: [],
  locale: "en",
  words: {},
  aheadMs: 0,
};

/** Null: something between was lost, and the page has to ask for all of it. */
export function learned(known: Known, told: InboxWindow, nowMs: number): Known | null {
  if (!told.isWhole) {
    if (told.revision <= known.revision) return known;
    if (told.revision !== known.revision + 1) return null;
  }
  const slots = told.slots ?? known.slots;
  const came = new Map(told.rows.map((row) => [row.id, row]));
  const rows = new Map<string, InboxRow>();
  for (const slot of slots) {
    const row = typeof slot === "string" ? (came.get(slot) ?? known.rows.get(slot)) : undefined;
    if (row !== undefined) rows.set(row.id, row);
  }
  const isSame = told.selected === known.selected;
  return {
    revision: told.revision,
    status: told.status,
    first: told.first,
    total: told.total,
    counts: told.counts,
    pending: told.pending,
    slots,
    rows,
    selected: told.selected,
    selectedRow: told.selectedRow ?? (isSame ? known.selectedRow : null),
    chat: told.chat,
    said: told.said,
    problems: told.problems ?? (told.isWhole ? [] : known.problems),
    tiles: told.tiles ?? known.tiles,
    sparks: told.sparks ?? known.sparks,
    sparkS: told.sparks === null ? known.sparkS : told.sparkS,
    queues: told.queues ?? known.queues,
    agents: told.agents ?? known.agents,
    locale: told.locale,
    words: told.words ?? known.words,
    aheadMs: told.nowMs - nowMs,
  };
}

export const isHeading = (slot: Slot | undefined): slot is InboxHeading => typeof slot === "object";

/** What stands at this place of the whole list, if it is in the page. */
export const slotAt = (known: Known, place: number): Slot | undefined => known.slots[place - known.first];

/** What a slot is called; of a heading, its group. Empty: it is still to come. */
export const nameOfSlot = (slot: Slot | undefined): string =>
  typeof slot === "object" ? `#${slot.group}` : (slot ?? "");

/** Where a row or a heading stands in the whole list; -1: not in this part of it. */
export function placeOf(known: Known, id: string): number {
  const at = known.slots.findIndex((slot) => nameOfSlot(slot) === id);
  return at === -1 ? -1 : known.first + at;
}
