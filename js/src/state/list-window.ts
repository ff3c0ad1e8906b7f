// Which of the messages held are in the page: a bounded part around what the user sees. Pure.

/** Rows in the page, unless a tall list needs more. */
export const ROWS_MAX = 60;
/** The same at the end: each of them costs something when a message comes. */
export const ROWS_KEPT = 24;
/** So many more may come while the user is there before they are cut back. */
export const ROWS_MORE = 12;
/** More new rows than this are never put into the page at once while the user is at the end: they are drawn in steps. */
export const ROWS_STEP = 16;
/** No more rows than this, whatever should stay in the page. */
export const ROWS_REACHED = 400;
/** With fewer rows than this left beyond what is in sight, the part moves. */
export const ROWS_MARGIN = 8;
/** So many rows are left behind it then; who turns round does not move it at once. */
const ROWS_BEHIND = 12;

/** Offsets into the messages held: the first one shown, and the one after the last. */
export interface ListWindow {
  readonly from: number;
  readonly to: number;
}

/** Offsets into the messages held: the first one in sight, and the one after the last. */
export type Sight = ListWindow;

/** A message, and how far below the upper edge of the list it stands. */
export interface Hold {
  readonly id: string;
  readonly top: number;
}

/** The part that ends at the end; it only grows for a while, so that not each new message moves its start. */
export function windowAtEnd(count: number, from: number, sight: Sight): ListWindow {
  const kept = rowsAtEnd(sight);
  const isFew = from >= 0 && count - from <= kept + ROWS_MORE && count - from > 0;
  return { from: isFew ? from : Math.max(0, count - kept), to: count };
}

/** The end of that part, when much of it is new to the page: what fills the sight; the rest is drawn when there is time. */
export function endOnly(part: ListWindow, sight: Sight): ListWindow {
  return { from: Math.max(part.from, part.to - rowsFilling(sight)), to: part.to };
}

/** The part that goes on from where it started. */
export function windowFrom(count: number, from: number, rows: number): ListWindow {
  const start = Math.max(0, Math.min(from, count - Math.min(rows, count)));
  return { from: start, to: Math.min(count, start + rows) };
}

/** The part, and on to what must stay in the page, if that is not too far away. */
export function reaching(part: ListWindow, kept: ListWindow): ListWindow {
  const all = { from: Math.min(part.from, kept.from), to: Math.max(part.to, kept.to) };
  return all.to - all.from <= ROWS_REACHED ? all : part;
}

/** How many rows it takes to fill the sight, for rows differ in height. */
export const rowsFilling = ({ from, to }: Sight): number => to - from + ROWS_MARGIN / 2;

/** How many rows it takes at least to fill the sight and to have enough on one side of it. */
const rowsNeeded = ({ from, to }: Sight): number => to - from + 2 * ROWS_MARGIN;

/** How many rows are in the page at the end. */
export const rowsAtEnd = (sight: Sight): number => Math.max(ROWS_KEPT, rowsNeeded(sight));

/** How many rows are in the page away from the end. */
export const rowsFor = (sight: Sight): number => Math.max(ROWS_MAX, rowsNeeded(sight) + 2 * ROWS_MARGIN);

/** The part with the sight in its middle. */
export function windowAround(count: number, sight: Sight): ListWindow {
  const rows = rowsFor(sight);
  const before = Math.floor((rows - (sight.to - sight.from)) / 2);
  return windowFrom(count, sight.from - before, rows);
}

/**
 * The part that has moved on, once the sight has come near to an end of it; else as it was. Most of it lies ahead, so that
 * it moves seldom: one frame that brings many rows is felt less than two that bring half as many.
 */
export function movedOn(count: number, shown: ListWindow, sight: Sight): ListWindow {
  const rows = rowsFor(sight);
  if (shown.from > 0 && sight.from - shown.from < ROWS_MARGIN)
    return windowFrom(count, sight.to + ROWS_BEHIND - rows, rows);
  if (shown.to < count && shown.to - sight.to < ROWS_MARGIN)
    return windowFrom(count, sight.from - ROWS_BEHIND, rows);
  return shown;
}

/** Whether the sight has come to an end of the part beyond which there is more: nothing is there for the next step. */
export const hasComeOut = (count: number, { from, to }: ListWindow, sight: Sight): boolean =>
  (from > 0 && sight.from <= from) || (to < count && sight.to >= to);
