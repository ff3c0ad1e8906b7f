// Rows and windows of an inbox as examples: what a test says nothing of is as usual.

import english from "../../../src/ipygenesys/_inboxes/words/en.json";
import { wording } from "../../src/explore/wording";
import type { InboxProblem, InboxRow, InboxWindow } from "../../src/explore.gen";
import { type Known, learned, NOTHING, type Slot } from "../../src/inbox/state/known";
import type { Word } from "../../src/inbox/state/words";

export const START_MS = 1_790_000_000_000;
export const words = wording<Word>(english as Record<string, string>, "en");

export const row = (id: string, fields: Partial<InboxRow> = {}): InboxRow => ({
  id,
  name: id.toUpperCase(),
  queue: "Sales",
  agent: "",
  state: "agent",
  sinceMs: START_MS,
  lastRole: "customer",
  lastSender: "",
  lastKind: "text",
  lastMs: START_MS,
  lastText: "Hello",
  textState: "here",
  unansweredSinceMs: null,
  unread: 0,
  typing: [],
  undelivered: 0,
  undeliveredWhy: "",
  dueMs: null,
  isOwn: false,
  isComplete: true,
  ...fields,
});

export const problem = (
  about: InboxProblem["about"],
  words = `No ${about}: add a permission.`,
): InboxProblem => ({
  about,
  words,
});

export const heading = (group: string, count = 2, isFolded = false): Slot => ({ group, count, isFolded });

export const windowOf = (revision: number, fields: Partial<InboxWindow> = {}): InboxWindow => ({
  kind: "window",
  page: "p",
  revision,
  isWhole: revision === 1,
  nowMs: START_MS,
  status: "connected",
  first: 0,
  total: 0,
  counts: {},
  pending: 0,
  selected: "",
  selectedRow: null,
  chat: "",
  said: "",
  slots: null,
  rows: [],
  arrived: [],
  arrivedCount: 0,
  problems: null,
  tiles: null,
  sparks: null,
  sparkS: 0,
  queues: null,
  agents: null,
  locale: "en",
  words: null,
  ...fields,
});

/** A page that has these slots, from `first` on, of a list of `total`. */
export function knownOf(slots: readonly Slot[], first = 0, total = first + slots.length): Known {
  const rows = slots.flatMap((slot) => (typeof slot === "string" ? [row(slot)] : []));
  const known = learned(NOTHING, windowOf(1, { slots: [...slots], rows, first, total }), START_MS);
  if (known === null) throw new Error("a whole window is always learned");
  return known;
}
