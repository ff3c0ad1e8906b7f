// The hop to the kernel: numbering, gaps, repeated hellos, heartbeats, a kernel that stops.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ABSENT_AFTER_MS, createPort, HEARTBEAT_GRACE_MS, KERNEL_HEARTBEAT_MS } from "../../src/kernel/port";
import { UNKNOWN } from "../../src/kernel/wire";
import type { KernelToView, ViewToKernel } from "../../src/protocol.gen";
import type { Link } from "../../src/state/store";
import * as eg from "../examples";

function setUp() {
  const sent: ViewToKernel[] = [];
  const delivered: KernelToView[] = [];
  const links: Link[] = [];
  const host = { isLive: true };
  const port = createPort({
    transmit(message) {
      if (!host.isLive) throw new Error("Cannot send");
      sent.push(message);
    },
    deliver: (message) => delivered.push(message),
    onLink: (link) => links.push(link),
    client: "me",
    aroundId: () => null,
    pageSize: () => 100,
    languages: ["de-CH", "x".repeat(36), ...Array<string>(12).fill("en")],
  });
  const hellos = (): number => sent.filter((each) => each.kind === "hello").length;
  return { port, sent, delivered, links, host, hellos };
}

function setUpSynced() {
  const all = setUp();
  all.port.open();
  all.port.receive(eg.snapshot());
  all.delivered.length = 0;
  return all;
}

const typing = (...names: string[]) => ({ kind: "typing", names }) as const;
const beat = (revision = 10) => eg.heartbeat({ revision });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("sending", () => {
  it("says hello first and numbers what follows", () => {
    const { port, sent } = setUp();
    port.open();
    port.send({ kind: "view-heartbeat" });
    expect(sent).toEqual([
      {
        kind: "hello",
        client: "me",
        seq: 1,
        protocolVersion: 1,
        revision: null,
        pageSize: 100,
        aroundId: null,
        languages: ["de-CH", ...Array(9).fill("en")],
      },
      { kind: "view-heartbeat", client: "me", seq: 2 },
    ]);
  });
  it("says every 20 s that the page is still there, until it closes", () => {
    const { port, sent } = setUpSynced();
    for (let ms = 0; ms < 40_000; ms += KERNEL_HEARTBEAT_MS) {
      vi.advanceTimersByTime(KERNEL_HEARTBEAT_MS);
      port.receive(beat());
    }
    expect(sent.map((each) => each.kind)).toEqual(["hello", "view-heartbeat", "view-heartbeat"]);
    port.close();
    expect(sent.at(-1)?.kind).toBe("goodbye");
    expect(vi.getTimerCount()).toBe(0);
  });
  it("knows a stopped kernel by the host's refusal, and by probing", () => {
    const { port, host, links } = setUpSynced();
    host.isLive = false;
    port.probe();
    expect(links).toEqual(["live", "gone"]);
    expect(port.send({ kind: "goodbye" })).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    port.close();
  });
  it("comes back to life when the kernel does", () => {
    const { port, host, links } = setUpSynced();
    host.isLive = false;
    port.probe();
    host.isLive = true;
    port.receive(beat());
    expect(links.at(-1)).toBe("live");
  });
});

describe("hello", () => {
  it("is repeated after 2, 4, 8 and then every 10 s until a snapshot comes", () => {
    const { port, hellos } = setUp();
    port.open();
    const counts = [2, 4, 8, 10, 10].map((seconds) => {
      vi.advanceTimersByTime(seconds * 1_000);
      return hellos();
    });
    expect(counts).toEqual([2, 3, 4, 5, 6]);
    port.receive(eg.snapshot());
    port.receive(beat());
    vi.advanceTimersByTime(3 * KERNEL_HEARTBEAT_MS);
    expect(hellos()).toBe(6);
  });
  it("is said again after a gap, with the revision that is there", () => {
    const { port, sent, delivered } = setUpSynced();
    vi.advanceTimersByTime(5_000);
    port.receive(eg.deltas(12, typing("Ann")));
    expect(sent.at(-1)).toMatchObject({ kind: "hello", revision: 10 });
    expect(delivered).toEqual([]);
  });
  it("is said once for many gaps, and at most once a second", () => {
    const { port, hellos } = setUpSynced();
    vi.advanceTimersByTime(5_000);
    for (let revision = 12; revision < 40; revision += 2) port.receive(eg.deltas(revision, typing()));
    expect(hellos()).toBe(2);
    port.receive(eg.snapshot({ revision: 40 }));
    port.receive(eg.deltas(50, typing()));
    expect(hellos()).toBe(2);
    vi.advanceTimersByTime(1_000);
    expect(hellos()).toBe(3);
  });
  it("is said when another conversation state answers", () => {
    const { port, hellos } = setUpSynced();
    vi.advanceTimersByTime(5_000);
    port.receive({ ...eg.deltas(11, typing()), epoch: "e2" });
    expect(hellos()).toBe(2);
  });
  it("is said when a page has slept so long that the kernel may have forgotten it", () => {
    const { port, hellos } = setUpSynced();
    vi.setSystemTime(Date.now() + 600_000);
    for (let ms = 0; ms < 20_000; ms += KERNEL_HEARTBEAT_MS) {
      port.receive(beat());
      vi.advanceTimersByTime(KERNEL_HEARTBEAT_MS);
    }
    expect(hellos()).toBe(2);
  });
  it("is not said by a view that has gone", () => {
    const { port, hellos } = setUpSynced();
    port.close();
    port.receive(eg.deltas(15, typing()));
    expect(hellos()).toBe(1);
  });
});

describe("receiving", () => {
  it("hands on consecutive deltas, and of an overlap only what is new", () => {
    const { port, delivered } = setUpSynced();
    port.receive(eg.deltas(11, typing("a"), typing("b")));
    port.receive(eg.deltas(11, typing("a"), typing("b")));
    port.receive(eg.deltas(12, typing("b"), typing("c")));
    expect(delivered).toEqual([eg.deltas(11, typing("a"), typing("b")), eg.deltas(13, typing("c"))]);
  });
  it("leaves answers to others alone", () => {
    const { port, delivered } = setUpSynced();
    port.receive(eg.snapshot({ to: "someone else", revision: 99 }));
    port.receive(eg.page({ to: "someone else" }));
    expect(delivered).toEqual([]);
  });
  it("ignores what it does not know, and a second answer to a repeated hello", () => {
    const { port, delivered } = setUpSynced();
    for (const odd of [null, 1, "x", {}, { kind: UNKNOWN }]) port.receive(odd);
    port.receive(eg.snapshot());
    expect(delivered).toEqual([]);
  });
  it("says so when the kernel speaks another version", () => {
    const { port, links, delivered } = setUp();
    port.open();
    port.receive(eg.snapshot({ protocolVersion: 2 }));
    expect([links, delivered]).toEqual([["mismatch"], []]);
  });
});

describe("a kernel that never answers", () => {
  it("is taken as absent after a while, and no more is made of that", () => {
    const { port, links, hellos } = setUp();
    port.open();
    vi.advanceTimersByTime(ABSENT_AFTER_MS - 1);
    expect(links).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(links).toEqual(["absent"]);
    vi.advanceTimersByTime(10 * KERNEL_HEARTBEAT_MS);
    expect(links).toEqual(["absent"]);
    // Seldom, and for as long as somebody may be looking: a busy kernel answers in the end.
    expect(hellos()).toBeLessThan(15);
    port.receive(eg.snapshot());
    expect(links).toEqual(["absent", "live"]);
  });
  it("is known to be absent at once when the host cannot send at all", () => {
    const { port, links, host } = setUp();
    host.isLive = false;
    port.open();
    expect(links).toEqual(["absent"]);
    vi.advanceTimersByTime(100 * KERNEL_HEARTBEAT_MS);
    expect(links).toEqual(["absent"]);
  });
  it("is not absent when it has answered in time", () => {
    const { port, links } = setUp();
    port.open();
    port.receive(eg.snapshot());
    vi.advanceTimersByTime(ABSENT_AFTER_MS);
    expect(links).toEqual(["live"]);
  });
});

describe("heartbeats of the kernel", () => {
  it("that stay away make the link silent; the next word makes it live again", () => {
    const { port, links, hellos } = setUpSynced();
    vi.advanceTimersByTime(3 * KERNEL_HEARTBEAT_MS);
    expect(links).toEqual(["live"]);
    vi.advanceTimersByTime(KERNEL_HEARTBEAT_MS);
    expect(links).toEqual(["live", "silent"]);
    expect(hellos()).toBe(2);
    port.receive(beat());
    expect(links.at(-1)).toBe("live");
  });
  it("that stay away are told within twelve seconds", () => {
    const { links } = setUpSynced();
    vi.advanceTimersByTime(12_000);
    expect(links).toEqual(["live", "silent"]);
  });
  it("do not count as missed while the page sleeps", () => {
    const { port, links } = setUpSynced();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(KERNEL_HEARTBEAT_MS);
    port.receive(beat());
    expect(links).toEqual(["live"]);
  });
  it("tell of deltas that were lost at the end, after a moment's patience", () => {
    const { port, hellos } = setUpSynced();
    port.receive(beat(11));
    port.receive(eg.deltas(11, typing()));
    vi.advanceTimersByTime(HEARTBEAT_GRACE_MS);
    expect(hellos()).toBe(1);
    port.receive(beat(12));
    vi.advanceTimersByTime(HEARTBEAT_GRACE_MS);
    expect(hellos()).toBe(2);
  });
  it("of another epoch ask for a snapshot", () => {
    const { port, hellos } = setUpSynced();
    vi.advanceTimersByTime(2_000);
    port.receive({ ...beat(), epoch: "e9" });
    expect(hellos()).toBe(2);
  });
});
