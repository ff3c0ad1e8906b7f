// Which scenarios a table shows, and in which order. Pure.

import type { RunRow } from "../explore.gen";

export type State = RunRow["state"];
export const STATES: readonly State[] = ["failed", "error", "passed", "skipped", "playing", "waiting"];

/** What is shown: all, what has failed in either way, or one state. */
export type Shown = "all" | "failed" | "passed" | "skipped" | "open";
export const SHOWN: readonly Shown[] = ["all", "failed", "passed", "skipped", "open"];

export type Column = "name" | "state" | "said" | "slowestS" | "seconds";
export interface Order {
  /** Null: the script's order. */
  readonly by: Column | null;
  readonly isDown: boolean;
}

export const IN_ORDER: Order = { by: null, isDown: false };

const OF: Readonly<Record<Shown, readonly State[]>> = {
  all: STATES,
  failed: ["failed", "error"],
  passed: ["passed"],
  skipped: ["skipped"],
  open: ["playing", "waiting"],
};

export const countOf = (rows: readonly RunRow[], shown: Shown): number =>
  rows.filter(({ state }) => OF[shown].includes(state)).length;

export function wanted(
  rows: readonly RunRow[],
  shown: Shown,
  text: string,
  { by, isDown }: Order,
  locale: string,
): readonly RunRow[] {
  const words = text.trim().toLocaleLowerCase(locale);
  const found = rows.filter(
    (row) =>
      OF[shown].includes(row.state) &&
      (words === "" || `${row.name} ${row.words}`.toLocaleLowerCase(locale).includes(words)),
  );
  if (by === null) return found;
  const letters = new Intl.Collator(locale, { numeric: true });
  const up = (one: RunRow, other: RunRow): number => {
    if (by === "name") return letters.compare(one.name, other.name);
    if (by === "state") return STATES.indexOf(one.state) - STATES.indexOf(other.state);
    return (one[by] ?? 0) - (other[by] ?? 0);
  };
  const isMissing = (row: RunRow): boolean => row[by] === null;
  // What is not known stands last, whichever way.
  return [...found].sort(
    (one, other) =>
      Number(isMissing(one)) - Number(isMissing(other)) ||
      (isDown ? up(other, one) : up(one, other)) ||
      one.number - other.number,
  );
}

/** A click on a column: figures begin with the largest, words with the first; the third click is the script's order. */
export function clicked(order: Order, by: Column): Order {
  const beginsDown = by !== "name" && by !== "state";
  if (order.by !== by) return { by, isDown: beginsDown };
  return order.isDown === beginsDown ? { by, isDown: !beginsDown } : IN_ORDER;
}
