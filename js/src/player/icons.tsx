// The player's drawings. All are decoration: the words stand beside them.

import type { JSX } from "preact";

const icon =
  (d: string, isSolid = false) =>
  (): JSX.Element => (
    <svg class="ipg-icon" viewBox="0 0 16 16" width={16} height={16} aria-hidden="true">
      <path d={d} fill={isSolid ? "currentColor" : undefined} />
    </svg>
  );

export const PlayIcon = icon("M5 3.2v9.6L12.8 8z", true);
export const PauseIcon = icon("M5.2 3.6v8.8M10.8 3.6v8.8M5.9 3.6v8.8M10.1 3.6v8.8");
export const AgainIcon = icon("M3.4 8a4.6 4.6 0 1 0 1.5-3.4L3.4 6m0-3v3h3");
export const BackIcon = icon("m7.4 4-4 4 4 4m5.2-8-4 4 4 4");
export const ForwardIcon = icon("m8.6 4 4 4-4 4M3.4 4l4 4-4 4");
