// What is asked for near the ends of what is held.
import { describe, expect, it } from "vitest";
import { neededPage, unreadAbove } from "../../src/state/list-paging";
import type { ViewState } from "../../src/state/view-state";
import * as eg from "../examples";

/** Messages 500 to 699 of so many. */
const part = (fields: Partial<ViewState> = {}): ViewState => ({
  ...eg.live(eg.messages(200, 500)),
  firstIndex: 500,
  total: 1_000,
  ...fields,
});

describe("near an end of what is held", () => {
  it("asks for what comes before or after, and for nothing in between", () => {
    expect(neededPage(part(), { from: 39, to: 50 }, false)).toBe("before");
    expect(neededPage(part(), { from: 40, to: 160 }, false)).toBeNull();
    expect(neededPage(part(), { from: 140, to: 161 }, false)).toBe("after");
  });
  it("asks for the newest when the user is at an end that has become another", () => {
    expect(neededPage(part(), { from: 190, to: 200 }, true)).toBe("latest");
    expect(neededPage(part({ messages: [] }), { from: 0, to: 0 }, false)).toBe("latest");
  });
  it("asks the server only when its messages are about to come into sight", () => {
    const oldest = part({ firstIndex: 0, total: 200, hasOlder: true });
    expect(neededPage(oldest, { from: 8, to: 20 }, false)).toBeNull();
    expect(neededPage(oldest, { from: 7, to: 20 }, false)).toBe("before");
    expect(
      neededPage({ ...oldest, olderError: eg.error("The server is busy.") }, { from: 0, to: 9 }, false),
    ).toBeNull();
    expect(neededPage({ ...oldest, hasOlder: false }, { from: 0, to: 9 }, false)).toBeNull();
  });
  it("waits for what is under way, and for the kernel", () => {
    const pageRequest = { requestId: "r", where: "before", ordinal: 0 } as const;
    expect(neededPage(part({ pageRequest }), { from: 0, to: 9 }, false)).toBeNull();
    expect(neededPage(part({ link: "absent" }), { from: 0, to: 9 }, false)).toBeNull();
  });
});

describe("what is unread above", () => {
  it("is what is unread and neither in sight nor below", () => {
    const state = part({ total: 700, unreadCount: 250 });
    expect(unreadAbove(state, { from: 150, to: 160 })).toBe(200);
    expect(unreadAbove({ ...state, unreadCount: 0 }, { from: 150, to: 160 })).toBe(0);
  });
  it("is not known while the newest are not held", () => {
    expect(unreadAbove(part({ unreadCount: 250 }), { from: 150, to: 160 })).toBe(0);
  });
});
