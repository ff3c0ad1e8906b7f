// Drawing in step with the store: a lone change at once, a burst at most once a frame, also in a hidden tab.
// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "../../src/state/store";
import { AFTER_FRAME_MS } from "../../src/view/list/pace";
import { drawAfterFrame, pacedDraw, useViewState } from "../../src/view/use-view-state";
import * as eg from "../examples";
import { draw } from "./draw";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("a lone change is drawn at once, a burst once more", () => {
  const drawn = vi.fn();
  const request = pacedDraw(drawn);
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
  const request = pacedDraw(drawn);
  request();
  request();
  vi.advanceTimersByTime(250);
  expect(drawn).toHaveBeenCalledTimes(2);
});

it("a component follows its store", () => {
  const store = createStore(() => 0);
  const Link = () => <b>{useViewState(store).link}</b>;
  const drawn = draw(<Link />);
  expect(drawn.el.textContent).toBe("starting");
  act(() => store.dispatch({ kind: "link-changed", link: "live" }));
  expect(drawn.el.textContent).toBe("live");
});

it("what stands around the messages follows when their frame has been painted", () => {
  const store = createStore(() => 0);
  store.dispatch(eg.snapshot());
  const Unread = () => <b>{useViewState(store, drawAfterFrame).unreadCount}</b>;
  const drawn = draw(<Unread />);
  const { revision, unreadCount } = store.state();
  for (const more of [1, 2])
    act(() => store.dispatch(eg.deltas(revision + more, { kind: "unread", count: unreadCount + more })));
  expect(drawn.el.textContent).toBe(`${unreadCount}`);
  act(() => {
    vi.advanceTimersByTime(AFTER_FRAME_MS);
  });
  expect(drawn.el.textContent).toBe(`${unreadCount + 2}`);
});

it("a component that has gone is not drawn", () => {
  const store = createStore(() => 0);
  const drawings = vi.fn();
  const Link = () => {
    drawings();
    return <b>{useViewState(store).link}</b>;
  };
  const drawn = draw(<Link />);
  for (const link of ["live", "silent"] as const) act(() => store.dispatch({ kind: "link-changed", link }));
  const before = drawings.mock.calls.length;
  drawn.redraw(null);
  vi.advanceTimersByTime(1_000);
  expect(drawings).toHaveBeenCalledTimes(before);
});
