// Lets a component follow the store: a lone change is drawn at once, a burst at most once a frame.

import { useEffect, useState } from "preact/hooks";
import type { Store, ViewState } from "../store";

/** What comes closer to the last draw than this waits for a frame, in which it is a task of its own. */
const PAUSE_MS = 40;
/** Hidden tabs have no frames. */
const HIDDEN_MS = 250;

export function useViewState(store: Store): ViewState {
  const [state, setState] = useState(store.state());
  useEffect(() => {
    const mounted = new AbortController();
    const draw = pacedDraw(() => setState(store.state()), mounted.signal);
    store.subscribe(draw, mounted.signal);
    setState(store.state());
    return () => mounted.abort();
  }, [store]);
  return state;
}

/** Calls `draw` now when it has not been called for a while, else once at the next frame. */
export function pacedDraw(draw: () => void, signal: AbortSignal): () => void {
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
  signal.addEventListener(
    "abort",
    () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    },
    { once: true },
  );
  return () => {
    if (signal.aborted || timer !== undefined) return;
    if (performance.now() - lastMs >= PAUSE_MS) return run();
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, HIDDEN_MS);
  };
}
