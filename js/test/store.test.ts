// The reducer: every delta, the window of positions, drafts, pages, arrivals.
import { describe, expect, it, vi } from "vitest";
import { createStore, hasEarlier, initialState, isCut, reduce, totalOf, type ViewState } from "../src/store";
import * as eg from "./examples";

const ids = (state: ViewState): string[] => state.messages.map((each) => each.id);
const stepped = (state: ViewState, ...events: Parameters<typeof reduce>[1][]): ViewState =>
  events.reduce((before, event) => reduce(before, event, eg.NOW), state);

describe("a snapshot", () => {
  it("replaces everything that is known of the conversation", () => {
    const state = eg.live(eg.messages(3), { firstIndex: 40, hasOlder: true, unreadCount: 2, title: "T" });
    expect(ids(state)).toEqual(["m0", "m1", "m2"]);
    expect(totalOf(state)).toBe(43);
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
  it("names the first unread message by its id", () => {
    expect(eg.live(eg.messages(3), { firstIndex: 10, firstUnreadIndex: 11 }).firstUnreadId).toBe("m1");
    expect(eg.live(eg.messages(3), { firstIndex: 10, firstUnreadIndex: 2 }).firstUnreadId).toBeNull();
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

describe("a placed message", () => {
  it("is appended, inserted and moved", () => {
    const state = eg.live(eg.messages(3));
    const late = eg.message({ id: "late" });
    expect(ids(stepped(state, eg.deltas(11, eg.placed(late, 3))))).toEqual(["m0", "m1", "m2", "late"]);
    expect(ids(stepped(state, eg.deltas(11, eg.placed(late, 1))))).toEqual(["m0", "late", "m1", "m2"]);
    const moved = eg.placed(eg.message({ id: "m2" }), 0, 2, "m2");
    expect(ids(stepped(state, eg.deltas(11, moved)))).toEqual(["m2", "m0", "m1"]);
  });
  it("takes the place of its draft", () => {
    const drafted = stepped(eg.live(eg.messages(1)), { kind: "draft-added", draftId: "d1", text: "Hi" });
    const kept = stepped(
      drafted,
      eg.deltas(11, eg.placed(eg.own({ id: "d1", draftId: "d1", status: "sending" }), 1)),
    );
    expect(kept.drafts).toEqual([]);
    const sent = stepped(kept, eg.deltas(12, eg.placed(eg.own({ id: "x9", draftId: "d1" }), 1, 1, "d1")));
    expect(ids(sent)).toEqual(["m0", "x9"]);
  });
  it("before the window only moves the window", () => {
    const state = eg.live(eg.messages(2), { firstIndex: 5 });
    const inserted = stepped(state, eg.deltas(11, eg.placed(eg.message({ id: "old" }), 3)));
    expect([inserted.firstIndex, ids(inserted)]).toEqual([6, ["m0", "m1"]]);
    const out = stepped(state, eg.deltas(11, eg.placed(eg.message({ id: "old" }), 6, 2, "old")));
    expect([out.firstIndex, ids(out)]).toEqual([4, ["m0", "m1", "old"]]);
    expect(totalOf(out)).toBe(7);
  });
  it("that contradicts what is held makes the state inconsistent and changes nothing", () => {
    const state = eg.live(eg.messages(2));
    const wrongs = [eg.placed(eg.message({ id: "x" }), 4), eg.placed(eg.message({ id: "x" }), 0, 1, "other")];
    for (const wrong of wrongs) {
      const next = stepped(state, eg.deltas(11, wrong));
      expect(next.consistent).toBe(false);
      expect(ids(next)).toEqual(["m0", "m1"]);
    }
  });
  it("arrives once: when it comes with its text, or when its text comes", () => {
    const state = eg.live([]);
    const bare = eg.message({ id: "n", text: null });
    const placed = stepped(state, eg.deltas(11, eg.placed(bare, 0)));
    expect(placed.arrivals).toEqual([]);
    const filled = stepped(placed, eg.deltas(12, eg.placed({ ...bare, text: "Now" }, 0, 0, "n")));
    expect(filled.arrivals).toEqual([{ serial: 1, message: { ...bare, text: "Now" } }]);
    const changed = stepped(filled, eg.deltas(13, eg.placed({ ...bare, text: "Now!" }, 0, 0, "n")));
    expect(changed.arrivals).toHaveLength(1);
  });
  it("of ours is no arrival", () => {
    expect(stepped(eg.live([]), eg.deltas(11, eg.placed(eg.own(), 0))).arrivals).toEqual([]);
  });
  it("keeps a text that was fetched whole", () => {
    const long = "x".repeat(16_384);
    const cut = eg.message({ text: long, fullLength: 20_000, status: "unread" });
    const whole = stepped(eg.live([cut]), {
      kind: "full-text",
      to: "me",
      id: "m0",
      text: "x".repeat(20_000),
    });
    const read = stepped(whole, eg.deltas(11, eg.placed({ ...cut, status: "read" }, 0, 0, "m0")));
    expect(read.messages[0]).toMatchObject({ status: "read", text: "x".repeat(20_000) });
  });
  it("leaves the other messages as the same objects", () => {
    const state = eg.live(eg.messages(3));
    const next = stepped(state, eg.deltas(11, eg.placed(eg.message({ id: "n" }), 3)));
    expect(next.messages.slice(0, 3).every((each, i) => each === state.messages[i])).toBe(true);
  });
});

describe("other deltas", () => {
  it("change a status, and ignore one outside the window", () => {
    const state = eg.live([eg.own()], { firstIndex: 5 });
    expect(stepped(state, eg.deltas(11, eg.receipt({ index: 5 }))).messages[0]?.status).toBe("read");
    expect(stepped(state, eg.deltas(11, eg.receipt({ index: 2 }))).consistent).toBe(true);
    expect(stepped(state, eg.deltas(11, eg.receipt({ index: 5, id: "other" }))).consistent).toBe(false);
  });
  it("say that a message was most likely seen, and leave its status", () => {
    const seen = eg.receipt({ status: "sent", seenInferred: true });
    const [message] = stepped(eg.live([eg.own()]), eg.deltas(11, seen)).messages;
    expect([message?.status, message?.seenInferred]).toEqual(["sent", true]);
  });
  it("remove a message", () => {
    const state = eg.live(eg.messages(2), { firstIndex: 3 });
    expect(ids(stepped(state, eg.deltas(11, { kind: "message-removed", id: "m0", index: 3 })))).toEqual([
      "m1",
    ]);
    expect(stepped(state, eg.deltas(11, { kind: "message-removed", id: "?", index: 1 })).firstIndex).toBe(2);
    expect(stepped(state, eg.deltas(11, { kind: "message-removed", id: "?", index: 3 })).consistent).toBe(
      false,
    );
  });
  it("shift all positions when history is prepended", () => {
    const delta = { kind: "history-prepended", count: 50, hasOlder: true } as const;
    const state = stepped(eg.live(eg.messages(2)), eg.deltas(11, delta));
    expect([state.firstIndex, hasEarlier(state), ids(state)]).toEqual([50, true, ["m0", "m1"]]);
  });
  it("tell typing, unread, status, capabilities and errors", () => {
    const state = stepped(
      eg.live([]),
      eg.deltas(
        11,
        { kind: "typing", names: ["Ann"] },
        { kind: "unread", count: 4 },
        eg.status({ status: "reconnecting", detail: "lost", retryInMs: 100 }),
        { kind: "capabilities", capabilities: ["history"], uploads: null },
        { kind: "error", code: "c", message: "m", correlationId: null },
      ),
    );
    expect(state).toMatchObject({
      revision: 15,
      typing: ["Ann"],
      unreadCount: 4,
      status: "reconnecting",
      statusDetail: "lost",
      retryAtMs: eg.NOW + 100,
      error: { code: "c" },
    });
    expect([...state.capabilities]).toEqual(["history"]);
    expect(stepped(state, { kind: "error-dismissed" }).error).toBeNull();
  });
  it("of a newer kernel are counted and ignored", () => {
    const unknown = { kind: "from-the-future" } as unknown as Parameters<typeof eg.deltas>[1];
    expect(stepped(eg.live([]), eg.deltas(11, unknown as never))).toMatchObject({
      revision: 11,
      consistent: true,
    });
  });
  it("cost one copy of the messages, whatever their number", () => {
    const state = eg.live(eg.messages(1_000));
    const news = Array.from({ length: 64 }, (_, i) => eg.placed(eg.message({ id: `n${i}` }), 1_000 + i));
    expect(stepped(state, eg.deltas(11, ...news)).messages).toHaveLength(1_064);
  });
  it("keep only the newest arrivals", () => {
    const news = Array.from({ length: 100 }, (_, i) => eg.placed(eg.message({ id: `n${i}` }), i));
    const state = stepped(eg.live([]), eg.deltas(11, ...news));
    expect([state.arrivals.length, state.arrivals.at(-1)?.serial, state.lastSerial]).toEqual([64, 100, 100]);
  });
});

describe("a page of earlier messages", () => {
  const asked = stepped(eg.live(eg.messages(2, 5), { firstIndex: 5 }), {
    kind: "older-requested",
    requestId: "r1",
  });

  it("is put before the window", () => {
    const state = stepped(asked, eg.page({ firstIndex: 3, messages: eg.messages(2, 3), hasOlder: true }));
    expect([ids(state), state.firstIndex, state.olderRequest, state.hasOlder]).toEqual([
      ["m3", "m4", "m5", "m6"],
      3,
      null,
      true,
    ]);
  });
  it("that nobody asked for, or of another epoch, is ignored", () => {
    expect(stepped(asked, eg.page({ requestId: "other", firstIndex: 3, messages: eg.messages(2, 3) }))).toBe(
      asked,
    );
    expect(stepped(asked, eg.page({ epoch: "e0", firstIndex: 3, messages: eg.messages(2, 3) }))).toBe(asked);
  });
  it("waits for the deltas that it already counts", () => {
    const held = stepped(asked, eg.page({ revision: 11, firstIndex: 6, messages: eg.messages(2, 100) }));
    expect(ids(held)).toEqual(["m5", "m6"]);
    const state = stepped(held, eg.deltas(11, { kind: "history-prepended", count: 3, hasOlder: false }));
    expect([ids(state), state.firstIndex, state.heldPage]).toEqual([["m100", "m101", "m5", "m6"], 6, null]);
  });
  it("that does not fit makes the state inconsistent", () => {
    expect(stepped(asked, eg.page({ firstIndex: 0, messages: eg.messages(2) })).consistent).toBe(false);
  });
  it("without anything ends the asking, and with a reason tells it", () => {
    const atStart = stepped(eg.live(eg.messages(1), { hasOlder: true }), {
      kind: "older-requested",
      requestId: "r1",
    });
    expect(hasEarlier(stepped(atStart, eg.page({ hasOlder: true })))).toBe(false);
    const failed = stepped(atStart, eg.page({ hasOlder: true, error: "Server error" }));
    expect([hasEarlier(failed), failed.olderError]).toEqual([true, "Server error"]);
  });
  it("that never comes is given up", () => {
    expect(stepped(asked, { kind: "older-given-up", requestId: "r1" })).toMatchObject({
      olderRequest: null,
      olderError: "",
    });
    expect(stepped(asked, { kind: "older-given-up", requestId: "r0" })).toBe(asked);
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

describe("a cut text", () => {
  it("is recognised by its characters, not by its UTF-16 units", () => {
    const smiles = "😀".repeat(16_384);
    expect(isCut(eg.message({ text: smiles, fullLength: 16_385 }))).toBe(true);
    expect(isCut(eg.message({ text: `${smiles}x`, fullLength: 16_385 }))).toBe(false);
    expect(isCut(eg.message({ text: "short", fullLength: 9 }))).toBe(false);
    expect(isCut(eg.message({ text: null, fullLength: 20_000 }))).toBe(false);
  });
  it("is asked for once and replaced by the whole", () => {
    const asked = stepped(eg.live(eg.messages(1)), { kind: "text-asked", id: "m0" });
    expect([...asked.textRequests]).toEqual(["m0"]);
    const whole = stepped(asked, { kind: "full-text", to: "me", id: "m0", text: "all 😀" });
    expect(whole.messages[0]).toMatchObject({ text: "all 😀", fullLength: 5 });
    expect(whole.textRequests.size).toBe(0);
  });
});

describe("the store", () => {
  it("tells its listeners of changes until they leave", () => {
    const store = createStore(() => eg.NOW);
    const leaving = new AbortController();
    const listener = vi.fn();
    store.subscribe(listener, leaving.signal);
    store.dispatch({ kind: "link-changed", link: "live" });
    store.dispatch({ kind: "kernel-heartbeat", epoch: "e1", revision: 1 });
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
