// The anywidget entry of an inbox: one page of the kernel's per view, and the chats that hosts draw into it.

import type { AnyModel, Host, InitializeProps, RenderProps } from "@anywidget/types";
import type { InboxWindow } from "./explore.gen";
import { type Drawn, mountInbox } from "./inbox/mount";
import { createSeat, type Seat } from "./inbox/seat";
import { randomId } from "./random-id";

export default function createInbox() {
  return {
    initialize(_props: Pick<InitializeProps, "model" | "signal">): void {
      // A view asks for what it shows; before there is one, nothing is needed.
    },

    render({
      model,
      el,
      signal,
      host,
    }: Pick<RenderProps, "model" | "el" | "signal"> & { host?: Host }): () => void {
      const closing = new AbortController();
      signal?.addEventListener("abort", () => closing.abort(), { once: true, signal: closing.signal });
      let drawn: Drawn | null = null;
      const seat: Seat = createSeat(
        randomId(),
        (asked) => model.send(asked),
        () => drawn?.again(),
        closing.signal,
      );
      const onMessage = (content: InboxWindow): void => {
        if (content.kind === "window") seat.hear(content);
      };
      model.on("msg:custom", onMessage);
      closing.signal.addEventListener("abort", () => model.off("msg:custom", onMessage), { once: true });
      drawn = mountInbox(
        el,
        () => seat,
        (...place) => showWidget(model, host, ...place),
        closing.signal,
      );
      return () => closing.abort();
    },
  };
}

/** What hosts of before anywidget 0.11 have instead: the widgets' own manager. */
interface Manager {
  readonly get_model: (id: string) => Promise<unknown>;
  readonly create_view?: (model: unknown) => Promise<{ el: HTMLElement; remove(): void }>;
}

async function showWidget(
  model: AnyModel,
  host: Host | undefined,
  el: HTMLElement,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  if (host !== undefined) {
    const widget = await host.getWidget(`anywidget:${id}`);
    if (!signal.aborted) await widget.render({ el, signal });
    return;
  }
  const manager = model.widget_manager as unknown as Manager;
  if (manager.create_view === undefined) throw new Error("This host shows no widget in another.");
  const view = await manager.create_view(await manager.get_model(id));
  if (signal.aborted) {
    view.remove();
    return;
  }
  signal.addEventListener("abort", () => view.remove(), { once: true });
  el.append(view.el);
}
