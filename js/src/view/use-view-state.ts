// Lets a component follow the store: a lone change at once, a burst once a frame; or after that frame.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Store, ViewState } from "../state/store";
import { AFTER_FRAME_MS } from "./list/pace";

/** What comes closer to the last draw than this waits for a frame, in which it is a task of its own. */
const PAUSE_MS = 40;
/** Hidden tabs have no frames. */
const HIDDEN_MS = 250;

export function useViewState(store: Store, pace = pacedDraw): ViewState {
  const state = store.state();
  const [, redraw] = useState({});
  const drawn = useRef(state);
  drawn.current = state;
  // Not later: the kernel's first answer may come before an effect of the other kind has had its turn.
  useLayoutEffect(() => {
    const mounted = new AbortController();
    const draw = (): void => {
      if (drawn.current !== store.state()) redraw({});
    };
    const paced = pace(draw);
    // What is still to be drawn when the component goes is ignored by Preact.
    // Before the kernel has answered nothing comes in bursts, and its answer shall not wait.
    store.subscribe(() => (store.state().epoch === null ? draw : paced)(), mounted.signal);
    draw();
    return () => mounted.abort();
  }, [store]);
  return state;
}

/** Calls `draw` now when it has not been called for a while, else once at the next frame. */
export function pacedDraw(draw: () => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    lastMs = performance.now();
    draw();
  };
  return () => {
    if (timer !== undefined) return;
    if (performance.now() - lastMs >= PAUSE_MS) return run();
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, HIDDEN_MS);
  };
}

/** Calls `draw` when the frame has been painted: what stands around the messages must not keep them. */
export const drawAfterFrame = (draw: () => void) => (): void => {
  setTimeout(draw, AFTER_FRAME_MS);
};
