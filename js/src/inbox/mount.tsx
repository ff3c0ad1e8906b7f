// Draws an inbox into an element until a signal says that the view has gone.

import { render } from "preact";
import { pageShade } from "../view/theme";
import { Inbox } from "./inbox";
import type { Seat } from "./seat";

/** How long something lasts is told to the second. */
const TICK_MS = 1_000;

export interface Drawn {
  /** Once a frame, however fast rows come. */
  readonly again: () => void;
}

export function mountInbox(
  el: HTMLElement,
  seat: () => Seat,
  show: (el: HTMLElement, chat: string, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Drawn {
  el.classList.add("ipg-inbox-host");
  const shade = pageShade(el);
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    const nowMs = Date.now() + seat().known().aheadMs;
    render(<Inbox seat={seat()} nowMs={nowMs} shade={shade} show={show} />, el);
  };
  const again = (): void => {
    if (!signal.aborted) frame ||= requestAnimationFrame(draw);
  };
  const timer = setInterval(again, TICK_MS);
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(timer);
      cancelAnimationFrame(frame);
      render(null, el);
      el.classList.remove("ipg-inbox-host");
    },
    { once: true },
  );
  again();
  return { again };
}
