// What users do: shown at once, told to the kernel once.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createActions, PAGE_PATIENCE_MS } from "../../src/kernel/actions";
import type { Outgoing, Port } from "../../src/kernel/port";
import { createTranscripts } from "../../src/kernel/transcripts";
import { createUploads } from "../../src/kernel/uploads";
import { createStore } from "../../src/state/store";
import * as eg from "../examples";

function setUp() {
  const sent: Outgoing[] = [];
  const kernel = { isLive: true };
  const port = {
    send(message: Outgoing) {
      if (kernel.isLive) sent.push(message);
      return kernel.isLive;
    },
  } as Port;
  const store = createStore(() => eg.NOW);
  store.dispatch(eg.snapshot({ messages: eg.messages(3, 5), firstIndex: 5 }));
  const reported = new Set<string>();
  return {
    reported,
    actions: createActions(store, {
      port,
      tellViews: store.dispatch,
      reported,
      uploads: createUploads(store, port),
      transcripts: createTranscripts(port),
    }),
    store,
    sent,
    kernel,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("sending", () => {
  it("shows the message at once under the id that the kernel gets", () => {
    const { actions, store, sent } = setUp();
    actions.send("Hi");
    const [draft] = store.state().drafts;
    expect(sent).toEqual([{ kind: "send-requested", draftId: draft?.draftId, text: "Hi" }]);
  });
  it("to a stopped kernel fails at once; retrying uses the same id", () => {
    const { actions, store, sent, kernel } = setUp();
    kernel.isLive = false;
    actions.send("Hi");
    const draftId = store.state().drafts[0]?.draftId ?? "";
    expect(store.state().drafts[0]?.trouble).toBe("kernel-stopped");
    kernel.isLive = true;
    actions.retry(eg.own({ draftId }));
    expect(store.state().drafts[0]?.trouble).toBeNull();
    expect(sent).toEqual([{ kind: "send-requested", draftId, text: "Hi" }]);
    actions.discard(eg.own({ draftId }));
    expect(store.state().drafts).toEqual([]);
  });
  it("of a message that the kernel holds is retried and discarded there", () => {
    const { actions, sent } = setUp();
    actions.retry(eg.own({ draftId: "d" }));
    actions.discard(eg.own({ draftId: "d" }));
    actions.retry(eg.own({ draftId: null }));
    actions.discard(eg.own({ draftId: null }));
    expect(sent).toEqual([
      { kind: "retry-requested", draftId: "d" },
      { kind: "discard-requested", draftId: "d" },
    ]);
  });
});

it("what was seen is reported once, until a new snapshot", () => {
  const { actions, reported, sent } = setUp();
  actions.seen(["a", "b"]);
  actions.seen(["b", "c"]);
  actions.seen(["a"]);
  reported.clear();
  actions.seen(["a"]);
  expect(sent).toEqual([["a", "b"], ["c"], ["a"]].map((ids) => ({ kind: "messages-seen", ids })));
});

it("what could not be reported is reported later", () => {
  const { actions, sent, kernel } = setUp();
  kernel.isLive = false;
  actions.seen(["a"]);
  kernel.isLive = true;
  actions.seen(["a"]);
  expect(sent).toEqual([{ kind: "messages-seen", ids: ["a"] }]);
});

describe("other parts of the conversation", () => {
  const page = { kind: "page-requested", id: null, timeMs: null, limit: 100 };

  it("are asked for once at a time, by the message at the end of what is held, and given up after a while", () => {
    const { actions, store, sent } = setUp();
    actions.load({ where: "before" });
    actions.load({ where: "before" });
    actions.load({ where: "after" });
    const requestId = store.state().pageRequest?.requestId;
    expect(sent).toEqual([{ ...page, requestId, where: "before", id: "m5" }]);
    vi.advanceTimersByTime(PAGE_PATIENCE_MS);
    expect(store.state()).toMatchObject({ pageRequest: null, olderError: "" });
    actions.load({ where: "after" });
    expect(sent.at(-1)).toMatchObject({ where: "after", id: "m7" });
  });
  it("that the user wants to see go before the next page", () => {
    const { actions, sent } = setUp();
    actions.load({ where: "before" });
    actions.load({ where: "time", timeMs: 77 });
    actions.load({ where: "around", id: "m1" });
    expect(sent.slice(1)).toMatchObject([
      { where: "time", timeMs: 77, id: null },
      { where: "around", id: "m1" },
    ]);
  });
});

it("the user's place and answers are noted", () => {
  const { actions, store } = setUp();
  actions.place(false, false);
  expect(store.state().isFollowing).toBe(false);
  actions.answered();
  expect(store.state().newness.markId).toBeNull();
});

it("a whole text is asked for once", () => {
  const { actions, sent } = setUp();
  actions.loadText("m5");
  actions.loadText("m5");
  expect(sent).toEqual([{ kind: "text-requested", id: "m5" }]);
});

it("the rest is passed on", () => {
  const { actions, store, sent } = setUp();
  actions.reconnect();
  actions.beginAnew();
  actions.tell({ kind: "keystroke-noted" });
  expect(sent).toEqual([
    { kind: "reconnect-requested" },
    { kind: "new-conversation-requested" },
    { kind: "keystroke-noted" },
  ]);
  store.dispatch(eg.deltas(11, eg.error("m")));
  actions.dismissError();
  expect(store.state().error).toBeNull();
});

describe("searching", () => {
  it("begins with a query, goes on to a hit and further back, and ends", () => {
    const { actions, store, sent } = setUp();
    actions.searchOlder();
    actions.search("parcel");
    const searchId = store.state().search?.id;
    actions.load({ where: "hit", ordinal: 2 });
    actions.load({ where: "hit", ordinal: 3 });
    actions.searchOlder();
    actions.search(" ");
    expect(sent).toMatchObject([
      { kind: "search-requested", searchId, query: "parcel" },
      { kind: "page-requested", where: "hit", searchId, ordinal: 2 },
      { kind: "page-requested", where: "hit", searchId, ordinal: 3 },
      { kind: "search-requested", searchId, query: "parcel", loadsOlder: true },
      { kind: "search-requested", searchId, query: "" },
    ]);
    expect(store.state().search).toBeNull();
  });
});
