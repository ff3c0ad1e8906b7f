// @vitest-environment happy-dom
// A picture's widget: a view looks, draws what it is sent, and leaves nothing behind.
import type { AnyModel } from "@anywidget/types";
import { expect, it } from "vitest";
import createPicture from "../src/pictures";
import { FakeModel } from "./fake-model";
import { drawing } from "./pictures/scenes";

function opened() {
  const fake = new FakeModel();
  const lifetime = new AbortController();
  const view = new AbortController();
  const widget = createPicture();
  const el = document.createElement("div");
  widget.initialize({ model: fake.proxy(), signal: lifetime.signal });
  widget.render({ model: fake.proxy() as AnyModel, el, signal: view.signal });
  return { fake, lifetime, view, el };
}
const sent = ({ sent: said }: FakeModel): unknown[] => said;

it("looks, and draws what comes", () => {
  const { fake, el, view, lifetime } = opened();
  expect(sent(fake)).toMatchObject([{ kind: "look", revision: 0 }]);
  expect(el.textContent).toBe("Waiting for the kernel…");
  fake.emit("msg:custom", drawing());
  expect(el.querySelector("section")?.getAttribute("data-revision")).toBe("1");
  fake.emit("msg:custom", drawing({ revision: 9, base: 8 }));
  expect(sent(fake)).toHaveLength(2); // It looks again.
  view.abort();
  expect(el.textContent).toBe("");
  lifetime.abort();
  expect(fake.listenerCount).toBe(0);
});

it("draws nothing of what is no picture", () => {
  const { fake, el, view, lifetime } = opened();
  fake.emit("msg:custom", { kind: "other" });
  expect(el.textContent).toBe("Waiting for the kernel…");
  view.abort();
  lifetime.abort();
});
