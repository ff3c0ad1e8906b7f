// The rows of a long list that are in the page: those in sight, and some to spare. All of them are equally high.

const SPARE = 6;

/** Their places, from the first to the one after the last. */
export function placesInSight(
  top: number,
  high: number,
  rowHigh: number,
  total: number,
): readonly [number, number] {
  const count = Math.ceil(high / rowHigh) + 2 * SPARE;
  const first = Math.max(Math.min(Math.floor(top / rowHigh) - SPARE, total - count), 0);
  return [first, Math.min(first + count, total)];
}

/** Scrolls the list no further than it has to. */
export function scrollToPlace(list: Element, place: number, rowHigh: number): void {
  const top = place * rowHigh;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHigh > list.scrollTop + list.clientHeight) {
    list.scrollTop = top + rowHigh - list.clientHeight;
  }
}
