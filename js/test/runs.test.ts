// @vitest-environment happy-dom
// A run's widget: a view looks, draws what it is sent, and leaves nothing behind.
import type { AnyModel } from "@anywidget/types";
import { expect, it } from "vitest";
import createRuns from "../src/runs";
import { FakeModel } from "./fake-model";
import { row, told } from "./runs/examples";

it("looks, draws what comes, and says what is opened", async () => {
  const fake = new FakeModel();
  const lifetime = new AbortController();
  const view = new AbortController();
  const widget = createRuns();
  const el = document.createElement("div");
  widget.initialize({ model: fake.proxy(), signal: lifetime.signal });
  widget.render({ model: fake.proxy() as AnyModel, el, signal: view.signal });
  expect(fake.sent as unknown[]).toEqual([
    { kind: "look", revision: 0, languages: [...navigator.languages] },
  ]);
  fake.emit("msg:custom", told([row(1), row(2)]));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  expect(el.querySelectorAll("tr[data-number]")).toHaveLength(2);
  el.querySelector<HTMLElement>("tr[data-number='2']")?.click();
  expect(fake.sent.at(-1) as unknown).toEqual({ kind: "open", number: 2 });
  view.abort();
  expect(el.textContent).toBe("");
  expect(el.className).toBe("");
  lifetime.abort();
  expect(fake.listenerCount).toBe(0);
});
