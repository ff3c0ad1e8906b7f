// What the shapes and colours of a timeline mean, and who its lanes are of.

import type { JSX } from "preact";
import type { TimelineScene } from "../explore.gen";
import { type Layout, mark, middleOf } from "./marks";
import { fitted } from "./scale";
import type { Words } from "./words";

export function Legend({
  scene,
  words,
}: {
  readonly scene: TimelineScene;
  readonly words: Words;
}): JSX.Element {
  const roles = [...new Set(scene.senders.map(({ role }) => role ?? "system"))];
  const kinds = (["typing", "waiting", "offline"] as const).filter((kind) => scene.spans.kind.includes(kind));
  return (
    <ul class="ipg-legend">
      {roles.map((role) => (
        <li key={role}>
          <svg width="14" height="12" aria-hidden="true">
            <path class="ipg-marks" data-role={role} d={mark(role, 7, 6, 9)} />
          </svg>
          {words(role)}
        </li>
      ))}
      {kinds.map((kind) => (
        <li key={kind}>
          <svg width="18" height="12" aria-hidden="true">
            <path
              class={`ipg-${kind}`}
              d={kind === "offline" ? "M0 0h18v12h-18z" : "M1 6h16"}
              stroke-width={kind === "typing" ? 9 : 4}
            />
          </svg>
          {words(kind)}
        </li>
      ))}
    </ul>
  );
}

interface LaneProps {
  readonly labels: readonly string[];
  readonly at: number;
  readonly layout: Layout;
}

/** Beside its lane or above it; where lanes are low, one of several has one. */
export function LaneLabel({ labels, at, layout }: LaneProps): JSX.Element | null {
  const { left, plot, high, label } = layout;
  if (at % Math.ceil(14 / high) !== 0) return null;
  const words = labels[at] ?? "";
  return label > 0 ? (
    <text class="ipg-lane" x={left} y={high * at + 12} text-anchor="start">
      {fitted(words, plot)}
    </text>
  ) : (
    <text class="ipg-lane" x={left - 14} y={middleOf(at, layout) + 4} text-anchor="end">
      {fitted(words, left - 18)}
    </text>
  );
}
