// @vitest-environment happy-dom
// An inspector's widget: a view looks, draws what it is sent, and leaves nothing behind.
import type { AnyModel } from "@anywidget/types";
import { expect, it } from "vitest";
import createInspector from "../src/inspector";
import { FakeModel } from "./fake-model";
import { rows } from "./inspector/rows";

it("looks, and draws what comes", async () => {
  const fake = new FakeModel();
  const lifetime = new AbortController();
  const view = new AbortController();
  const widget = createInspector();
  const el = document.createElement("div");
  widget.initialize({ model: fake.proxy(), signal: lifetime.signal });
  widget.render({ model: fake.proxy() as AnyModel, el, signal: view.signal });
  expect(fake.sent as unknown[]).toEqual([
    { kind: "look", revision: 0, languages: [...navigator.languages] },
  ]);
  fake.emit("msg:custom", rows([1, 2]));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  expect(el.querySelectorAll("[role=option]")).toHaveLength(2);
  view.abort();
  expect(el.textContent).toBe("");
  lifetime.abort();
  expect(fake.listenerCount).toBe(0);
});
