// The anywidget entry of a picture: one link to the kernel per widget, one drawing per view.

import { createEntry } from "./explore/entry";
import { shown } from "./explore/shown";
import type { Drawing, Look, Reading } from "./explore.gen";
import { mountPicture } from "./pictures/mount";
import { learned, NOTHING } from "./pictures/scene";

export default () =>
  createEntry<Drawing | Reading, Look>(({ look }) => {
    let known = NOTHING;
    const listeners = new Set<() => void>();
    const pictured = {
      known: () => known,
      subscribe(hear: () => void, signal: AbortSignal) {
        listeners.add(hear);
        signal.addEventListener("abort", () => listeners.delete(hear), { once: true });
      },
    };
    return {
      hear(content) {
        if (content.kind === "reading") known = { ...known, reading: content };
        else if (content.kind !== "drawing") return;
        else {
          const next = learned(known, shown(content), performance.now());
          known = next ?? { ...known, revision: 0 };
          if (next === null) return look();
        }
        for (const hear of listeners) hear();
      },
      question: () => ({ kind: "look", revision: known.revision, languages: [...navigator.languages] }),
      isAnswered: () => known.revision > 0,
      mount: (el, signal) => mountPicture(el, pictured, signal),
    };
  });
