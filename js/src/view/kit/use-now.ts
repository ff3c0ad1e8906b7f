// Lets a component say how long ago something was: it is drawn again at every tick of the view's one clock.

import { useEffect, useState } from "preact/hooks";
import type { Clock } from "./clock";

export function useNow(clock: Clock): number {
  const [, setTicks] = useState(0);
  useEffect(() => {
    const mounted = new AbortController();
    clock.subscribe(() => setTicks((before) => before + 1), mounted.signal);
    return () => mounted.abort();
  }, [clock]);
  return clock.now();
}
