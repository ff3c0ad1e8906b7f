// The reducer: snapshots, pages, the place of the user, drafts; deltas have a test of their own.
import { describe, expect, it, vi } from "vitest";
import {
  createStore,
  forked,
  hasEarlier,
  hasLater,
  initialState,
  reduce,
  type ViewState,
} from "../../src/state/store";
import * as eg from "../examples";

const ids = (state: ViewState): string[] => state.messages.map((each) => each.id);
const stepped = (state: ViewState, ...events: Parameters<typeof reduce>[1][]): ViewState =>
  events.reduce((before, event) => reduce(before, event, eg.NOW), state);

describe("the server's clock", () => {
  const told = (timeMs: number | null, aheadMs = 0) =>
    reduce({ ...eg.live([]), aheadMs }, eg.heartbeat({ timeMs }), eg.NOW).aheadMs;
  it("is told by snapshots and heartbeats, as its distance from ours", () => {
    expect(eg.live([], { timeMs: eg.NOW - 3_600_000 }).aheadMs).toBe(-3_600_000);
    expect(told(eg.NOW + 7_200_000)).toBe(7_200_000);
  });
  it("stays as it was known while nobody tells, and for what a message may take", () => {
    expect(told(null, 60_000)).toBe(60_000);
    expect(told(eg.NOW + 55_000, 60_000)).toBe(60_000);
    const state = eg.live([]);
    expect(reduce(state, eg.heartbeat(), eg.NOW)).toBe(state);
  });
});

describe("a snapshot", () => {
  it("replaces everything that is known of the conversation", () => {
    const state = eg.live(eg.messages(3), { firstIndex: 40, hasOlder: true, unreadCount: 2, title: "T" });
    expect(ids(state)).toEqual(["m0", "m1", "m2"]);
    expect(state.total).toBe(43);
    expect(state).toMatchObject({
      revision: 10,
      epoch: "e1",
      unreadCount: 2,
      title: "T",
      status: "connected",
    });
  });
  it("turns the time until the next try into a moment on this page's clock", () => {
    const state = eg.state(eg.snapshot({ status: eg.status({ status: "reconnecting", retryInMs: 5_000 }) }));
    expect(state.retryAtMs).toBe(eg.NOW + 5_000);
  });
  it("tells where the mark stands at first sight", () => {
    const first = eg.live(eg.messages(3), { firstUnreadId: "m1" });
    expect(first.newness).toEqual({ markId: "m1", waiting: 0 });
    const again = stepped(
      first,
      eg.snapshot({ revision: 20, messages: eg.messages(3), firstUnreadId: "m2" }),
    );
    expect(again.newness.markId).toBe("m1");
  });
  it("is not news the first time, and is news after messages were lost", () => {
    const first = eg.live(eg.messages(2));
    expect(first.arrivals).toEqual([]);
    const resynced = stepped(
      first,
      eg.snapshot({ revision: 20, messages: [...eg.messages(3), eg.own({ id: "o" })] }),
    );
    expect(resynced.arrivals.map((each) => each.message.id)).toEqual(["m2"]);
  });
  it("drops the drafts that it holds and keeps the others", () => {
    const drafted = stepped(
      eg.live([]),
      { kind: "draft-added", draftId: "d1", text: "one" },
      { kind: "draft-added", draftId: "d2", text: "two" },
    );
    const state = stepped(
      drafted,
      eg.snapshot({ revision: 12, messages: [eg.own({ id: "x", draftId: "d1" })] }),
    );
    expect(state.drafts).toEqual([{ draftId: "d2", text: "two", timeMs: eg.NOW, trouble: null }]);
  });
  it("of a restarted kernel says of a draft that it was not sent", () => {
    const drafted = stepped(eg.live([]), { kind: "draft-added", draftId: "d1", text: "one" });
    const state = stepped(drafted, eg.snapshot({ epoch: "e2" }));
    expect(state.drafts[0]?.trouble).toBe("kernel-restarted");
  });
});

describe("the user's place", () => {
  const away = { kind: "place-changed", isFollowing: false, isWatching: false } as const;
  it("decides what counts as waiting, until the end is reached", () => {
    const state = stepped(
      eg.live(eg.messages(2)),
      away,
      eg.deltas(11, eg.placed(eg.message({ id: "n" }), 2)),
    );
    expect(state.newness).toEqual({ markId: "n", waiting: 1 });
    const back = stepped(state, { kind: "place-changed", isFollowing: true, isWatching: true });
    expect(back.newness).toEqual({ markId: "n", waiting: 0 });
    expect(stepped(back, eg.deltas(12, eg.placed(eg.message({ id: "o" }), 3))).newness.waiting).toBe(0);
    expect(stepped(back, { kind: "answered" }).newness.markId).toBeNull();
  });
  it("that has not changed changes nothing", () => {
    const state = stepped(eg.live([]), away);
    expect(stepped(state, away)).toBe(state);
  });
  it("is kept by a snapshot of that part", () => {
    const state = stepped(eg.live(eg.messages(20, 100), { firstIndex: 100 }), away);
    const part = { messages: eg.messages(20, 100), firstIndex: 150, total: 900, revision: 30 };
    const kept = stepped(state, eg.snapshot(part));
    expect([kept.isFollowing, kept.firstIndex, kept.landing]).toEqual([false, 150, state.landing]);
    const lost = stepped(state, eg.snapshot({ messages: eg.messages(5, 500), firstIndex: 5, revision: 30 }));
    expect([lost.isFollowing, lost.landing?.where]).toEqual([true, "latest"]);
  });
  it("at the end is not moved by a snapshot of another part, for another view", () => {
    const part = { messages: eg.messages(20), firstIndex: 100, total: 900, revision: 30 };
    const state = stepped(eg.live(eg.messages(2)), eg.snapshot(part));
    expect([state.isFollowing, state.messages, state.firstIndex]).toEqual([true, [], 900]);
  });
  it("of a further view is the end", () => {
    const state = stepped(eg.live(eg.messages(2)), away);
    expect(forked(state)).toMatchObject({ isFollowing: true, messages: state.messages });
    const part = forked({ ...state, total: 10 });
    expect([part.messages, part.firstIndex, part.total]).toEqual([[], 10, 10]);
  });
});

describe("a page", () => {
  const asking = (where: "before" | "after" | "time" | "latest", fields: Partial<ViewState> = {}) =>
    stepped(
      { ...eg.live(eg.messages(2, 5), { firstIndex: 5 }), ...fields },
      { kind: "page-asked", requestId: "r1", where, ordinal: 0 },
    );
  const asked = asking("before");

  it("of earlier messages is put before what is held", () => {
    const state = stepped(asked, eg.page({ firstIndex: 3, messages: eg.messages(2, 3), hasOlder: true }));
    expect([ids(state), state.firstIndex, state.pageRequest, state.hasOlder]).toEqual([
      ["m3", "m4", "m5", "m6"],
      3,
      null,
      true,
    ]);
  });
  it("of later messages is put behind it", () => {
    const state = stepped(
      asking("after", { total: 9 }),
      eg.page({ firstIndex: 7, messages: eg.messages(2, 7) }),
    );
    expect([ids(state), hasLater(state)]).toEqual([["m5", "m6", "m7", "m8"], false]);
  });
  it("that was looked for takes the place of what is held", () => {
    const page = eg.page({ firstIndex: 1, messages: eg.messages(2), targetId: "m1", stoppedEarly: true });
    const state = stepped(asking("time"), page);
    expect([ids(state), state.firstIndex, state.isFollowing]).toEqual([["m0", "m1"], 1, false]);
    expect(state.landing).toMatchObject({ where: "time", targetId: "m1", stoppedEarly: true, error: null });
    const end = stepped(asking("latest"), eg.page({ firstIndex: 5, messages: eg.messages(2, 5) }));
    expect([end.isFollowing, end.landing?.where]).toEqual([true, "latest"]);
  });
  it("that nobody asked for, or of another epoch, is ignored", () => {
    const part = { firstIndex: 3, messages: eg.messages(2, 3) };
    expect(stepped(asked, eg.page({ requestId: "other", ...part }))).toBe(asked);
    expect(stepped(asked, eg.page({ epoch: "e0", ...part }))).toBe(asked);
  });
  it("waits for the deltas that it already counts", () => {
    const held = stepped(asked, eg.page({ revision: 11, firstIndex: 6, messages: eg.messages(2, 100) }));
    expect(ids(held)).toEqual(["m5", "m6"]);
    const state = stepped(held, eg.deltas(11, { kind: "history-prepended", count: 3, hasOlder: false }));
    expect([ids(state), state.firstIndex, state.heldPage]).toEqual([["m100", "m101", "m5", "m6"], 6, null]);
  });
  it("that does not join, is of the past, or by a message that has gone, only ends the asking", () => {
    const wrongs = [
      eg.page({ firstIndex: 0, messages: eg.messages(2) }),
      eg.page({ firstIndex: 3, messages: eg.messages(2, 3), revision: 9 }),
      eg.page({ isFound: false }),
    ];
    for (const wrong of wrongs) {
      const state = stepped(asked, wrong);
      expect([ids(state), state.consistent, state.pageRequest]).toEqual([["m5", "m6"], true, null]);
    }
  });
  it("without anything ends the asking, and with a reason tells it", () => {
    const atStart = asking("before", { firstIndex: 0, total: 2, hasOlder: true });
    expect(hasEarlier(stepped(atStart, eg.page({ hasOlder: true })))).toBe(false);
    const failed = stepped(atStart, eg.page({ hasOlder: true, error: eg.error("Server error") }));
    expect([hasEarlier(failed), failed.olderError]).toEqual([true, eg.error("Server error")]);
  });
  it("that the server has asked to wait for is due by then, and can be asked for again", () => {
    const atStart = asking("before", { firstIndex: 0, total: 2, hasOlder: true });
    const error = { ...eg.error("Slow down", "rate_limited"), retryInMs: 4_000 };
    const waiting = stepped(atStart, eg.page({ hasOlder: true, error }));
    expect(waiting.olderRetryAtMs).toBe(eg.NOW + 4_000);
    expect(stepped(waiting, { kind: "older-due" })).toMatchObject({ olderError: null, olderRetryAtMs: null });
  });
  it("that never comes is given up", () => {
    const givenUp = { kind: "page-given-up", requestId: "r1" } as const;
    expect(stepped(asked, givenUp)).toMatchObject({ pageRequest: null, olderError: "" });
    expect(stepped(asking("after"), givenUp)).toMatchObject({ pageRequest: null, olderError: null });
    expect(stepped(asking("time"), givenUp).landing).toMatchObject({ where: "time", error: "" });
    expect(stepped(asked, { ...givenUp, requestId: "r0" })).toBe(asked);
  });
});

describe("a draft", () => {
  const drafted = stepped(eg.live([]), { kind: "draft-added", draftId: "d", text: "Hi" });

  it("shows at once, gets into trouble, is sent again and dropped", () => {
    expect(drafted.drafts).toEqual([{ draftId: "d", text: "Hi", timeMs: eg.NOW, trouble: null }]);
    const troubled = stepped(drafted, { kind: "draft-troubled", draftId: "d", trouble: "kernel-stopped" });
    expect(troubled.drafts[0]?.trouble).toBe("kernel-stopped");
    expect(stepped(troubled, { kind: "draft-resent", draftId: "d" }).drafts[0]?.trouble).toBeNull();
    expect(stepped(troubled, { kind: "draft-dropped", draftId: "d" }).drafts).toEqual([]);
  });
});

describe("the store", () => {
  it("tells its listeners of changes until they leave", () => {
    const store = createStore(() => eg.NOW);
    const leaving = new AbortController();
    const listener = vi.fn();
    store.subscribe(listener, leaving.signal);
    store.dispatch({ kind: "link-changed", link: "live" });
    store.dispatch(eg.heartbeat());
    expect(listener).toHaveBeenCalledTimes(1);
    leaving.abort();
    store.dispatch({ kind: "link-changed", link: "silent" });
    expect(listener).toHaveBeenCalledTimes(1);
    store.subscribe(listener, leaving.signal);
    store.dispatch({ kind: "link-changed", link: "gone" });
    expect(listener).toHaveBeenCalledTimes(1);
  });
  it("starts empty", () => {
    expect(createStore(() => 0).state()).toBe(initialState);
  });
});

describe("a copy that the notebook has kept", () => {
  const copy = eg.snapshot({ epoch: "", revision: 0, title: "Ann", locale: "de", messages: eg.messages(2) });
  it("is shown until a kernel answers, as if nothing had been heard of one", () => {
    const before = stepped(initialState, { kind: "copy-found", copy });
    expect([before.title, before.locale, before.messages.length]).toEqual(["Ann", "de", 2]);
    expect([before.link, before.epoch, before.revision]).toEqual(["starting", null, -1]);
    const after = stepped(before, eg.snapshot({ messages: eg.messages(3) }));
    expect([after.epoch, after.messages.length, after.arrivals]).toEqual(["e1", 3, []]);
  });
  it("does not replace what a kernel has said", () => {
    const live = eg.live(eg.messages(3));
    expect(stepped(live, { kind: "copy-found", copy })).toBe(live);
  });
});

describe("a cut text", () => {
  it("is asked for once and replaced by the whole", () => {
    const asked = stepped(eg.live(eg.messages(1)), { kind: "text-asked", id: "m0" });
    expect([...asked.textRequests]).toEqual(["m0"]);
    const whole = stepped(asked, { kind: "full-text", to: "me", id: "m0", text: "all 😀" });
    expect(whole.messages[0]).toMatchObject({ text: "all 😀", fullLength: 5 });
    expect(whole.textRequests.size).toBe(0);
  });
});

describe("a search", () => {
  const begun = stepped(eg.live(eg.messages(3)), { kind: "search-begun", searchId: "s1", query: "parcel" });
  const found = {
    kind: "search-found",
    to: "me",
    searchId: "s1",
    count: 17,
    searched: 900,
    isComplete: true,
    hasOlder: false,
    isLoading: false,
    error: null,
  } as const;

  it("is told how far it has come, and not of another one", () => {
    expect(stepped(begun, found).search).toMatchObject({ query: "parcel", count: 17, ordinal: 0 });
    expect(stepped(begun, { ...found, searchId: "s0" })).toBe(begun);
    expect(stepped(begun, { kind: "search-ended" }).search).toBeNull();
  });
  it("goes to a hit wherever it is", () => {
    const asked = { kind: "page-asked", requestId: "r1", where: "hit", ordinal: 3 } as const;
    const page = eg.page({ firstIndex: 1, messages: eg.messages(2, 1), targetId: "m2" });
    const state = stepped(begun, found, asked, page);
    expect(state.search).toMatchObject({ ordinal: 3, hitId: "m2", count: 17 });
    expect(state.landing).toMatchObject({ where: "hit", targetId: "m2" });
  });
  it("that the kernel has forgotten begins anew", () => {
    const asked = { kind: "page-asked", requestId: "r1", where: "hit", ordinal: 3 } as const;
    const state = stepped(begun, found, asked, eg.page({ isFound: false }));
    expect(state.search).toMatchObject({ id: "", query: "parcel", count: 0 });
  });
});
