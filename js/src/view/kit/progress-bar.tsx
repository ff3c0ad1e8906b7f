// How far something has come.

import type { JSX } from "preact";

/** `share` is from 0 to 1. */
export function ProgressBar({ label, share }: { label: string; share: number }): JSX.Element {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div class="ipg-progress">
      <div
        class="ipg-progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      <span aria-hidden="true">{percent} %</span>
    </div>
  );
}
