// Which rows of a tall drawing are in the page: those in sight and some around them; to save it, all of them.

import { useState } from "preact/hooks";

/** A plot is at most so high; the rest scrolls. As in plot.css. */
const PLOT_PX = 560;
/** Rows are put into the page so much at a time. */
const STEP_PX = PLOT_PX / 2;
/** It stays at the end of the plot, before the rows. */
export const AXIS_HIGH = 46;

export const stepAt = (scrolledPx: number): number => Math.floor(scrolledPx / STEP_PX);

/** The first and the last row that are in the page, until it is scrolled by a step. */
export function around(stepPx: number, rowHigh: number, rows: number): [number, number] {
  const rowAt = (px: number): number => Math.floor(px / rowHigh);
  return [Math.max(rowAt(stepPx - STEP_PX), 0), Math.min(rowAt(stepPx + 2 * STEP_PX + PLOT_PX), rows - 1)];
}

export interface Sight {
  readonly first: number;
  readonly last: number;
  readonly onScroll: () => void;
  /** Scroll as far as it takes to see a row. */
  readonly reveal: (row: number) => void;
  /** Take something of the drawings while all rows are in them. */
  readonly whole: <Taken>(take: (drawings: readonly SVGSVGElement[]) => Taken) => Promise<Taken>;
}

export function useSight(
  box: { readonly current: HTMLElement | null },
  rowHigh: number,
  rows: number,
): Sight {
  const [step, setStep] = useState(0);
  const [isWhole, setWhole] = useState(false);
  const [first, last] = isWhole ? [0, rows - 1] : around(step * STEP_PX, rowHigh, rows);
  return {
    first,
    last,
    onScroll: () => setStep(stepAt(box.current?.scrollTop ?? 0)),
    reveal(row) {
      const plot = box.current;
      if (plot === null) return;
      const [top, room] = [row * rowHigh, plot.clientHeight - AXIS_HIGH];
      plot.scrollTop = Math.min(Math.max(plot.scrollTop, top + rowHigh - room), top);
    },
    async whole(take) {
      setWhole(true);
      await new Promise(requestAnimationFrame);
      try {
        return take([...(box.current?.querySelectorAll<SVGSVGElement>(":scope > svg") ?? [])]);
      } finally {
        setWhole(false);
      }
    },
  };
}
