// Batches of deltas: every kind of them, what counts as news, and that what is held stays bounded.
import { describe, expect, it } from "vitest";
import { HELD_MAX } from "../../src/state/held";
import { hasEarlier, hasLater, reduce, type ViewState } from "../../src/state/store";
import * as eg from "../examples";

const ids = (state: ViewState): string[] => state.messages.map((each) => each.id);
const stepped = (state: ViewState, ...events: Parameters<typeof reduce>[1][]): ViewState =>
  events.reduce((before, event) => reduce(before, event, eg.NOW), state);

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
    expect(out.total).toBe(7);
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
  it("tell typing, unread, status, capabilities, the title and errors", () => {
    const state = stepped(
      eg.live([]),
      eg.deltas(
        11,
        { kind: "typing", names: ["Ann"] },
        { kind: "unread", count: 4 },
        eg.status({ status: "reconnecting", detail: "lost", retryInMs: 100 }),
        { kind: "capabilities", capabilities: ["history"], uploads: null, looksOn: true },
        { kind: "title", title: "Crystal Minh" },
        { kind: "hint", hint: "Hello" },
        eg.error("m"),
      ),
    );
    expect(state).toMatchObject({
      revision: 17,
      title: "Crystal Minh",
      hint: "Hello",
      looksOn: true,
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
  it("never make a view hold more than so many messages, whatever their number", () => {
    let state = eg.live(eg.messages(100));
    for (let n = 0; n < 100; n += 1) {
      const news = Array.from({ length: 64 }, (_, i) =>
        eg.placed(eg.message({ id: `n${n}-${i}` }), state.total + i),
      );
      state = stepped(state, eg.deltas(state.revision + 1, ...news));
      expect(state.messages.length).toBeLessThanOrEqual(HELD_MAX);
    }
    expect([state.total, hasLater(state)]).toEqual([6_500, false]);
  });
  it("keep only the newest arrivals", () => {
    const news = Array.from({ length: 100 }, (_, i) => eg.placed(eg.message({ id: `n${i}` }), i));
    const state = stepped(eg.live([]), eg.deltas(11, ...news));
    expect([state.arrivals.length, state.arrivals.at(-1)?.serial, state.lastSerial]).toEqual([64, 100, 100]);
  });
});

describe("messages that were only counted", () => {
  it("move on who follows the end, to what comes behind them", () => {
    const state = stepped(
      eg.live(eg.messages(3)),
      eg.deltas(
        11,
        eg.skipped({ index: 3, count: 500, others: 400, firstOtherId: "s" }),
        eg.placed(eg.message({ id: "n" }), 503),
      ),
    );
    expect([ids(state), state.firstIndex, state.total, hasLater(state)]).toEqual([["n"], 503, 504, false]);
    expect([state.lastSerial, state.arrivals.length]).toEqual([401, 1]);
    expect(state.newness).toEqual({ markId: "s", waiting: 401 });
  });
  it("leave who reads above where they are, and are counted", () => {
    const away = stepped(eg.live(eg.messages(3)), {
      kind: "place-changed",
      isFollowing: false,
      isWatching: false,
    });
    const state = stepped(
      away,
      eg.deltas(
        11,
        eg.skipped({ index: 3, count: 500, others: 500 }),
        eg.placed(eg.message({ id: "n" }), 503),
      ),
    );
    expect([ids(state), state.total, hasLater(state)]).toEqual([["m0", "m1", "m2"], 504, true]);
  });
  it("of ours only are no news; where there is no such place is a contradiction", () => {
    const state = eg.live(eg.messages(3));
    const ours = eg.skipped({ index: 3, count: 5, others: 0, firstOtherId: null });
    expect(stepped(state, eg.deltas(11, ours)).lastSerial).toBe(0);
    expect(stepped(state, eg.deltas(11, { ...ours, index: 4 })).consistent).toBe(false);
  });
});
