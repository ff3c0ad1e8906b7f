// @vitest-environment happy-dom
// A chat of a replay: the chat says hello, the player looks, and both leave nothing behind.
import type { AnyModel } from "@anywidget/types";
import { expect, it } from "vitest";
import createReplay from "../src/replay";
import { FakeModel } from "./fake-model";

it("is a chat with a player below it", () => {
  const fake = new FakeModel();
  const lifetime = new AbortController();
  const view = new AbortController();
  const widget = createReplay();
  const el = document.createElement("div");
  widget.initialize({ model: fake.proxy(), signal: lifetime.signal });
  const close = widget.render({ model: fake.proxy() as AnyModel, el, signal: view.signal });
  expect((fake.sent as { kind: string }[]).map(({ kind }) => kind)).toEqual(["hello", "player-look"]);
  fake.emit("msg:custom", ["what is this"]);
  fake.emit("msg:custom", {
    kind: "player",
    position: 0,
    duration: 9,
    speed: 1,
    isPlaying: false,
    isOver: false,
    beganMs: 0,
    locale: "en",
    words: { play: "Play" },
  });
  expect(el.querySelector(".ipg-player button")?.getAttribute("title")).toBe("Play");
  expect(el.lastElementChild?.querySelector(".ipg-player")).not.toBeNull();
  close();
  expect(el.textContent).toBe("");
  lifetime.abort();
  expect(fake.listenerCount).toBe(0);
});
