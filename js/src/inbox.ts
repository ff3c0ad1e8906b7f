// The anywidget entry of an inbox: one page of the kernel's per view, and the chats that hosts draw into it.

import type { Host, InitializeProps, RenderProps } from "@anywidget/types";
import { showWidget } from "./explore/show-widget";
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
