// The way of a figure as a small line: of values over time to a path, with gaps where there was none. Pure.

/** Of a box of this size; the line keeps a pixel from its edges. */
export function sparkPath(values: readonly (number | null)[], wide: number, high: number): string {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return "";
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const reach = highest - lowest;
  const x = (at: number): number => 1 + (at / (values.length - 1)) * (wide - 2);
  // What stays the same is drawn in the middle, not at zero.
  const y = (value: number): number =>
    reach === 0 ? high / 2 : 1 + (1 - (value - lowest) / reach) * (high - 2);
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  let path = "";
  let isDrawing = false;
  for (const [at, value] of values.entries()) {
    if (value === null) isDrawing = false;
    else {
      path += `${isDrawing ? "L" : "M"}${round(x(at))} ${round(y(value))}`;
      isDrawing = true;
    }
  }
  return path;
}
