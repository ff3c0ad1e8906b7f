// The anywidget entry of a picture: one link to the kernel per widget, one drawing per view.

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { createLink, type Link } from "./explore/link";
import type { Drawing, Look } from "./explore.gen";
import { mountPicture } from "./pictures/mount";
import { type Known, learned, NOTHING } from "./pictures/scene";

/** How often a page says that it is there: half as often as the kernel takes it for gone. */
const LOOK_MS = 20_000;

interface Shown {
  readonly known: () => Known;
  readonly subscribe: (hear: () => void, signal: AbortSignal) => void;
  views: number;
  open(): void;
  close(): void;
}

export default function createPicture() {
  const pictures = new Map<AnyModel, Shown>();

  function start(model: AnyModel, signal: AbortSignal | undefined): Shown {
    let known = NOTHING;
    let link: Link<Look> | null = null;
    const listeners = new Set<() => void>();
    const onMessage = (content: Drawing): void => {
      if (content.kind !== "drawing") return;
      const next = learned(known, content, performance.now());
      if (next === null) {
        known = { ...known, revision: 0 };
        link?.look();
        return;
      }
      known = next;
      for (const hear of listeners) hear();
    };
    const shown: Shown = {
      views: 0,
      known: () => known,
      subscribe(hear, viewSignal) {
        listeners.add(hear);
        viewSignal.addEventListener("abort", () => listeners.delete(hear), { once: true });
      },
      open() {
        link ??= createLink<Look>({
          transmit: (message) => model.send(message),
          question: () => ({ kind: "look", revision: known.revision, languages: [...navigator.languages] }),
          isAnswered: () => known.revision > 0,
          lookMs: LOOK_MS,
        });
      },
      close() {
        link?.close();
        link = null;
      },
    };
    model.on("msg:custom", onMessage);
    const stop = (): void => {
      model.off("msg:custom", onMessage);
      shown.close();
      pictures.delete(model);
    };
    signal?.addEventListener("abort", stop, { once: true });
    pictures.set(model, shown);
    return shown;
  }

  /** The host may give each `render` another proxy of one model. */
  function shownOf(model: AnyModel): Shown | undefined {
    const [only] = pictures.values();
    return pictures.get(model) ?? (pictures.size === 1 ? only : undefined);
  }

  return {
    initialize({ model, signal }: Pick<InitializeProps, "model" | "signal">): void {
      start(model, signal);
    },

    render({ model, el, signal }: Pick<RenderProps, "model" | "el" | "signal">): () => void {
      const shown = shownOf(model) ?? start(model, undefined);
      const closing = new AbortController();
      signal?.addEventListener("abort", () => closing.abort(), { once: true, signal: closing.signal });
      shown.views += 1;
      shown.open();
      mountPicture(el, shown, closing.signal);
      closing.signal.addEventListener(
        "abort",
        () => {
          shown.views -= 1;
          if (shown.views === 0) shown.close();
        },
        { once: true },
      );
      return () => closing.abort();
    },
  };
}
