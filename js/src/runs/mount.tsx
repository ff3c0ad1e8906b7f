// Draws a run into an element until a signal says that the view has gone.

import { render } from "preact";
import type { Show } from "../explore/show-widget";
import { pageShade } from "../view/theme";
import type { Board } from "./board";
import { Run } from "./run";

/** How long a scenario has been played is told to the half second. */
const TICK_MS = 500;

export function mountRun(el: HTMLElement, board: Board, show: Show, signal: AbortSignal): void {
  el.classList.add("ipg-run-host");
  const shade = pageShade(el);
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    const state = board.state();
    render(<Run {...{ board, state, shade, show }} nowMs={Date.now() + state.aheadMs} />, el);
  };
  const again = (): void => {
    frame ||= requestAnimationFrame(draw);
  };
  draw();
  // Once a frame, however fast results come.
  board.subscribe(again, signal);
  const timer = setInterval(() => {
    if (board.state().rows.some(({ state }) => state === "playing")) again();
  }, TICK_MS);
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(timer);
      cancelAnimationFrame(frame);
      render(null, el);
      el.classList.remove("ipg-run-host");
    },
    { once: true },
  );
}
