// Draws another widget of the kernel within one of ours, as far as the host can.

import type { AnyModel, Host } from "@anywidget/types";

/** Draws the widget of this model into an element until the signal says that it is over; fails where the host cannot. */
export type Show = (el: HTMLElement, id: string, signal: AbortSignal) => Promise<void>;

/** What hosts of before anywidget 0.11 have instead: the widgets' own manager. */
interface Manager {
  readonly get_model: (id: string) => Promise<unknown>;
  readonly create_view?: (model: unknown) => Promise<{ el: HTMLElement; remove(): void }>;
}

export async function showWidget(
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
