// Seconds until something is due, drawn again as they pass.

import { useEffect, useState } from "preact/hooks";

/** Whole seconds until `atMs`, never below 0; null without a time. */
export function useCountdown(atMs: number | null): number | null {
  const [, tick] = useState(0);
  useEffect(() => {
    if (atMs === null) return;
    const timer = setInterval(() => tick((before) => before + 1), 250);
    return () => clearInterval(timer);
  }, [atMs]);
  return atMs === null ? null : Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}
