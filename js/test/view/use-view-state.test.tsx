// Drawing in step with the store: a lone change at once, a burst at most once a frame, also in a hidden tab.
// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "../../src/store";
import { pacedDraw, useViewState } from "../../src/view/use-view-state";
import { draw } from "./draw";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("a lone change is drawn at once, a burst once more", () => {
  const drawn = vi.fn();
  const request = pacedDraw(drawn, new AbortController().signal);
  request();
  expect(drawn).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 50; i += 1) request();
  expect(drawn).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(20);
  expect(drawn).toHaveBeenCalledTimes(2);
  request();
  expect(drawn).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(20);
  expect(drawn).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(1_000);
  expect(drawn).toHaveBeenCalledTimes(3);
  request();
  expect(drawn).toHaveBeenCalledTimes(4);
});

it("a tab without frames is drawn by the clock", () => {
  vi.spyOn(globalThis, "requestAnimationFrame").mockReturnValue(1);
  const drawn = vi.fn();
  const request = pacedDraw(drawn, new AbortController().signal);
  request();
  request();
  vi.advanceTimersByTime(250);
  expect(drawn).toHaveBeenCalledTimes(2);
});

it("a view that has gone is not drawn", () => {
  const leaving = new AbortController();
  const drawn = vi.fn();
  const request = pacedDraw(drawn, leaving.signal);
  request();
  request();
  leaving.abort();
  request();
  vi.advanceTimersByTime(1_000);
  expect(drawn).toHaveBeenCalledTimes(1);
});

it("a component follows its store", () => {
  const store = createStore(() => 0);
  const Link = () => <b>{useViewState(store).link}</b>;
  const drawn = draw(<Link />);
  expect(drawn.el.textContent).toBe("starting");
  act(() => store.dispatch({ kind: "link-changed", link: "live" }));
  expect(drawn.el.textContent).toBe("live");
});
