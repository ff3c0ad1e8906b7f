// @vitest-environment happy-dom
// Another widget within one of ours: by the host, or by the widgets' manager where there is no such host.
import type { AnyModel, Host } from "@anywidget/types";
import { expect, it, vi } from "vitest";
import { showWidget } from "../../src/explore/show-widget";

const el = () => document.createElement("div");

it("is drawn by the host", async () => {
  const render = vi.fn();
  const getWidget = vi.fn(async () => ({ render }));
  const place = el();
  const { signal } = new AbortController();
  await showWidget({} as AnyModel, { getWidget } as unknown as Host, place, "m1", signal);
  expect(getWidget).toHaveBeenCalledWith("anywidget:m1");
  expect(render).toHaveBeenCalledWith({ el: place, signal });
});

it("is not drawn when nobody waits for it any more", async () => {
  const render = vi.fn();
  const closing = new AbortController();
  const host = { getWidget: async () => ({ render }) } as unknown as Host;
  const drawing = showWidget({} as AnyModel, host, el(), "m1", closing.signal);
  closing.abort();
  await drawing;
  expect(render).not.toHaveBeenCalled();
});

it("is drawn by the manager, and taken away in the end", async () => {
  const view = { el: el(), remove: vi.fn() };
  const manager = { get_model: async (id: string) => id, create_view: async () => view };
  const closing = new AbortController();
  const place = el();
  await showWidget(
    { widget_manager: manager } as unknown as AnyModel,
    undefined,
    place,
    "m1",
    closing.signal,
  );
  expect(place.firstChild).toBe(view.el);
  closing.abort();
  expect(view.remove).toHaveBeenCalledOnce();
});

it("fails where the host cannot", async () => {
  const model = { widget_manager: {} } as unknown as AnyModel;
  await expect(showWidget(model, undefined, el(), "m1", new AbortController().signal)).rejects.toThrow(
    "no widget in another",
  );
});
