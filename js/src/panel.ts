// The entry for Panel: draws a widget of ours in a component of Panel's, and those that it shows beside itself.

import type { AnyModel, AnyWidget, Host, InitializeProps, RenderProps } from "@anywidget/types";

/** What Panel gives a component: the widget's model, and a line to the kernel. */
export interface Component {
  readonly widget: string;
  readonly send_msg: (message: { widget: string; content?: string; buffers?: unknown[] }) => void;
  readonly on: (event: "msg:custom" | "remove", callback: (content: string) => void) => void;
}

/** What the kernel says of one widget (hosts/panel_view.py). */
interface Told {
  readonly widget: string;
  readonly content?: unknown;
  readonly layout?: Record<string, string>;
  readonly script?: string;
  readonly style?: string;
  readonly closed?: true;
}

interface Shown {
  readonly hear: (told: Told) => void;
  readonly render: (el: HTMLElement, signal: AbortSignal | undefined) => Promise<void>;
}

type Definition = Exclude<AnyWidget, () => unknown>;

export function render({ model, el }: { model: Component; el: HTMLElement }): void {
  const page = new AbortController();
  const widgets = new Map<string, Shown>();
  const find = (id: string): Shown => {
    const widget = widgets.get(id) ?? createShown(id, model, host, page.signal);
    widgets.set(id, widget);
    return widget;
  };
  const host = {
    getWidget: async (reference: string) => {
      const widget = find(reference.replace("anywidget:", ""));
      return {
        render: ({ el, signal }: { el: HTMLElement; signal?: AbortSignal }) => widget.render(el, signal),
      };
    },
  } as Host;
  model.on("msg:custom", (content) => {
    const told: Told = JSON.parse(content);
    widgets.get(told.widget)?.hear(told);
  });
  model.on("remove", () => page.abort());
  find(model.widget)
    .render(el, undefined)
    .catch((error: Error) => el.append(error.message));
}

/** One widget in this page: its module is fetched from the kernel when it is drawn first. */
function createShown(id: string, line: Component, host: Host, page: AbortSignal): Shown {
  const ended = new AbortController();
  const { signal } = ended;
  const listeners = new Set<(content: unknown) => void>();
  const places = new Set<HTMLElement>();
  let layout: Record<string, string> = {};
  let style = "";
  let begin: (told: Told) => void = () => {};
  let asked: Promise<Definition> | null = null;
  page.addEventListener("abort", () => ended.abort(), { once: true });

  // All that the entries ask of a model; traits they have none that is not the notebook's.
  const model = {
    get: () => undefined,
    on: (event: string, callback: (content: unknown) => void) =>
      event === "msg:custom" && listeners.add(callback),
    off: (_event: string, callback: (content: unknown) => void) => listeners.delete(callback),
    send: (content: unknown, _callbacks: unknown, buffers: unknown[] = []) =>
      line.send_msg({ widget: id, content: JSON.stringify(content), buffers }),
  } as unknown as AnyModel;

  function arrange(): void {
    for (const place of places)
      for (const [name, value] of Object.entries(layout)) place.style.setProperty(name, value);
  }

  async function load(): Promise<Definition> {
    const { script = "", style: sheet = "" } = await new Promise<Told>((resolve, reject) => {
      begin = resolve;
      signal.addEventListener("abort", () => reject(new Error("This was closed.")), { once: true });
      line.send_msg({ widget: id });
    });
    style = sheet;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const made: AnyWidget = (await import(url)).default;
    URL.revokeObjectURL(url);
    const widget = typeof made === "function" ? await made() : made;
    await widget.initialize?.({ model, signal } as InitializeProps);
    return widget;
  }

  return {
    hear(told) {
      if (told.layout !== undefined) {
        layout = told.layout;
        arrange();
      }
      if (told.script !== undefined) begin(told);
      if (told.closed) ended.abort();
      if ("content" in told) for (const listener of [...listeners]) listener(told.content);
    },
    async render(el, wanted) {
      asked ??= load();
      const widget = await asked;
      const leaving = new AbortController();
      const leave = (): void => leaving.abort();
      if (signal.aborted || wanted?.aborted) return;
      for (const each of [signal, wanted]) each?.addEventListener("abort", leave, { once: true });
      const [sheet, place] = [document.createElement("style"), document.createElement("div")];
      sheet.append(style);
      el.append(sheet, place);
      places.add(place);
      arrange();
      leaving.signal.addEventListener("abort", () => {
        places.delete(place);
        sheet.remove();
        place.remove();
      });
      const props = { model, el: place, signal: leaving.signal, host };
      await widget.render?.(props as unknown as RenderProps);
    },
  };
}
