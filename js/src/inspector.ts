// The anywidget entry of an inspector: one table of rows per widget, one drawing per view.

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { createLink, type Link } from "./explore/link";
import type { InspectorDetail, Problem, Rows } from "./explore.gen";
import { mountInspector } from "./inspector/mount";
import { type Asked, createTable, type Table } from "./inspector/table";

const LOOK_MS = 20_000;

interface Shown {
  readonly table: Table;
  views: number;
  link: Link<Asked> | null;
}

export default function createInspector() {
  const inspectors = new Map<AnyModel, Shown>();

  function start(model: AnyModel, signal: AbortSignal | undefined): Shown {
    const shown: Shown = {
      table: createTable((asked) => shown.link?.say(asked)),
      views: 0,
      link: null,
    };
    const onMessage = (content: Rows | InspectorDetail | Problem): void => shown.table.hear(content);
    model.on("msg:custom", onMessage);
    inspectors.set(model, shown);
    const stop = (): void => {
      model.off("msg:custom", onMessage);
      shown.link?.close();
      inspectors.delete(model);
    };
    signal?.addEventListener("abort", stop, { once: true });
    return shown;
  }

  return {
    initialize({ model, signal }: Pick<InitializeProps, "model" | "signal">): void {
      start(model, signal);
    },

    render({ model, el, signal }: Pick<RenderProps, "model" | "el" | "signal">): () => void {
      const [only] = inspectors.values();
      const known = inspectors.get(model) ?? (inspectors.size === 1 ? only : undefined);
      const shown = known ?? start(model, undefined);
      const closing = new AbortController();
      signal?.addEventListener("abort", () => closing.abort(), { once: true, signal: closing.signal });
      shown.views += 1;
      shown.link ??= createLink<Asked>({
        transmit: (message) => model.send(message),
        question: () => ({ kind: "look", revision: shown.table.state().revision }),
        isAnswered: () => shown.table.state().revision > 0,
        lookMs: LOOK_MS,
      });
      mountInspector(el, shown.table, closing.signal);
      closing.signal.addEventListener(
        "abort",
        () => {
          shown.views -= 1;
          if (shown.views > 0) return;
          shown.link?.close();
          shown.link = null;
        },
        { once: true },
      );
      return () => closing.abort();
    },
  };
}
