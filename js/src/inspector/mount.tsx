// Draws an inspector into an element until a signal says that the view has gone.

import { render } from "preact";
import { pageShade } from "../view/theme";
import { Inspector } from "./inspector";
import { createMatcher } from "./matcher";
import type { Table } from "./table";

export function mountInspector(el: HTMLElement, table: Table, signal: AbortSignal): void {
  const shade = pageShade(el);
  const match = createMatcher(signal);
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    render(<Inspector table={table} state={table.state()} shade={shade} match={match} />, el);
  };
  draw();
  // Once a frame, however fast rows come.
  table.subscribe(() => {
    frame ||= requestAnimationFrame(draw);
  }, signal);
  signal.addEventListener(
    "abort",
    () => {
      cancelAnimationFrame(frame);
      render(null, el);
    },
    { once: true },
  );
}
