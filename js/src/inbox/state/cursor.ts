// Where the keyboard is in the list: at which row or heading, and where it goes by which key. Pure.

import { isHeading, type Known, nameOfSlot, placeOf, slotAt } from "./known";

export interface Cursor {
  /** Empty: not known yet, for that part of the list is still to come. */
  readonly id: string;
  readonly place: number;
}

export const NOWHERE: Cursor = { id: "", place: -1 };

/** After the list has changed: with its row, or at the place that it went to. */
export function settled(cursor: Cursor, known: Known): Cursor {
  if (cursor.place === -1) return cursor;
  if (cursor.id !== "") {
    const place = placeOf(known, cursor.id);
    return place === -1 || place === cursor.place ? cursor : { ...cursor, place };
  }
  const slot = slotAt(known, cursor.place);
  return slot === undefined ? cursor : { id: nameOfSlot(slot), place: cursor.place };
}

/** So many places on; over headings, to the next row in that direction, or to the last one before them. */
export function moved(cursor: Cursor, by: number, known: Known): Cursor {
  if (known.total === 0) return NOWHERE;
  const step = by < 0 ? -1 : 1;
  const from = cursor.place === -1 && by < 0 ? known.total : cursor.place;
  let place = Math.min(Math.max(from + by, 0), known.total - 1);
  let way = step;
  while (isHeading(slotAt(known, place))) {
    place += way;
    if (place >= 0 && place < known.total) continue;
    if (way !== step) return cursor;
    way = -step;
    place += way;
  }
  const slot = slotAt(known, place);
  return { id: typeof slot === "string" ? slot : "", place };
}

/** So many places on, be it to a row or a heading. */
export function stepped(cursor: Cursor, by: number, known: Known): Cursor {
  if (known.total === 0) return NOWHERE;
  const from = cursor.place === -1 && by < 0 ? known.total : cursor.place;
  const place = Math.min(Math.max(from + by, 0), known.total - 1);
  return { id: nameOfSlot(slotAt(known, place)), place };
}

/** To the heading that a row stands below; the same where that is not in this part of the list. */
export function toHeading(cursor: Cursor, known: Known): Cursor {
  for (let place = cursor.place; place >= known.first; place -= 1) {
    const slot = slotAt(known, place);
    if (isHeading(slot)) return { id: nameOfSlot(slot), place };
  }
  return cursor;
}

/** By how many rows a key moves; null: it does not. */
export function stepOf(key: string, rowsInSight: number, total: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    j: 1,
    J: 1,
    ArrowDown: 1,
    k: -1,
    K: -1,
    ArrowUp: -1,
    PageDown: rowsInSight - 1,
    PageUp: 1 - rowsInSight,
    Home: -total,
    End: total,
  };
  return steps[key] ?? null;
}
