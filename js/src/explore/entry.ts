// What the entries of the widgets beside the chat have in common: a link per widget, a drawing per view.

import type { AnyModel, Host, InitializeProps, RenderProps } from "@anywidget/types";
import { createLink, type Link } from "./link";
import { type Show, showWidget } from "./show-widget";

/** What one widget knows and says, and how it is drawn. */
export interface Side<Message, Question> {
  readonly hear: (message: Message) => void;
  /** What a look says now. */
  readonly question: () => Question;
  readonly isAnswered: () => boolean;
  readonly mount: (el: HTMLElement, signal: AbortSignal, show: Show) => void;
}

/** To the kernel, while somebody looks. */
export interface ToKernel<Question> {
  readonly say: (question: Question) => void;
  readonly look: () => void;
}

/** How often a page says that it is there: half as often as the kernel takes it for gone. */
export const LOOK_MS = 20_000;

interface Shown<Message, Question> {
  readonly side: Side<Message, Question>;
  readonly open: () => void;
  readonly close: () => void;
  views: number;
}

export function createEntry<Message, Question>(
  make: (kernel: ToKernel<Question>) => Side<Message, Question>,
) {
  const widgets = new Map<AnyModel, Shown<Message, Question>>();

  function start(model: AnyModel, signal: AbortSignal | undefined): Shown<Message, Question> {
    let link: Link<Question> | null = null;
    const side = make({ say: (question) => link?.say(question), look: () => link?.look() });
    const shown = {
      side,
      views: 0,
      open() {
        link ??= createLink<Question>({
          transmit: (message) => model.send(message),
          question: side.question,
          isAnswered: side.isAnswered,
          lookMs: LOOK_MS,
        });
      },
      close() {
        link?.close();
        link = null;
      },
    };
    model.on("msg:custom", side.hear);
    widgets.set(model, shown);
    const stop = (): void => {
      model.off("msg:custom", side.hear);
      shown.close();
      widgets.delete(model);
    };
    signal?.addEventListener("abort", stop, { once: true });
    return shown;
  }

  /** The host may give each `render` another proxy of one model. */
  function shownOf(model: AnyModel): Shown<Message, Question> | undefined {
    const [only] = widgets.values();
    return widgets.get(model) ?? (widgets.size === 1 ? only : undefined);
  }

  return {
    initialize({ model, signal }: Pick<InitializeProps, "model" | "signal">): void {
      start(model, signal);
    },

    render({
      model,
      el,
      signal,
      host,
    }: Pick<RenderProps, "model" | "el" | "signal"> & { host?: Host }): () => void {
      const shown = shownOf(model) ?? start(model, undefined);
      const closing = new AbortController();
      signal?.addEventListener("abort", () => closing.abort(), { once: true, signal: closing.signal });
      shown.views += 1;
      shown.open();
      shown.side.mount(el, closing.signal, (...place) => showWidget(model, host, ...place));
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
