// What the shapes and colours of a timeline mean.

import type { JSX } from "preact";
import type { TimelineScene } from "../explore.gen";
import { mark } from "./marks";
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
