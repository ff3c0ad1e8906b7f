// The part that a view holds, against a model that holds everything: random deltas and pages, always the same truth.
import { describe, expect, it } from "vitest";
import type { Deltas, ViewMessage } from "../../src/protocol.gen";
import { bounded, endOf, HELD_KEPT, HELD_MAX, type Held, holdsEnd, joined } from "../../src/state/held";
import { reduce, type ViewState } from "../../src/state/store";
import * as eg from "../examples";

type Delta = Deltas["deltas"][number];

/** A small generator of numbers that are the same for each seed. */
function dice(seed: number): (below: number) => number {
  let value = seed;
  return (below) => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((value / 2 ** 32) * below);
  };
}

/** A kernel that holds the whole conversation, and a view that is told of it. */
class Truth {
  all: ViewMessage[] = [];
  state: ViewState;
  private made = 0;
  private asked = 0;
  private waiting: Delta[] = [];

  constructor(private readonly roll: (below: number) => number) {
    this.all = Array.from({ length: roll(900) }, () => this.make());
    const messages = this.all.slice(-100);
    const firstIndex = this.all.length - messages.length;
    this.state = eg.live(messages, { firstIndex });
  }

  private make(fields: Partial<ViewMessage> = {}): ViewMessage {
    this.made += 1;
    return eg.message({ id: `m${this.made}`, status: "delivered", ...fields });
  }

  tell(...deltas: Delta[]): void {
    this.waiting.push(...deltas);
    if (this.roll(3) > 0) this.flush();
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    const first = this.state.revision + 1;
    this.state = reduce(this.state, eg.deltas(first, ...this.waiting), eg.NOW);
    this.waiting = [];
  }

  places(): void {
    const index = this.roll(4) > 0 ? this.all.length : this.roll(this.all.length + 1);
    const message = this.make({ isOwn: this.roll(2) === 0 });
    this.all.splice(index, 0, message);
    this.tell(eg.placed(message, index));
  }

  moves(): void {
    if (this.all.length === 0) return;
    const former = this.roll(this.all.length);
    const [old] = this.all.splice(former, 1);
    const index = this.roll(3) > 0 ? former : this.roll(this.all.length + 1);
    const message = this.make({ text: "changed" });
    this.all.splice(index, 0, message);
    this.tell(eg.placed(message, index, former, old?.id));
  }

  removes(): void {
    if (this.all.length === 0) return;
    const index = this.roll(this.all.length);
    const [gone] = this.all.splice(index, 1);
    this.tell({ kind: "message-removed", id: gone?.id ?? "", index });
  }

  reads(): void {
    const index = this.roll(this.all.length);
    const old = this.all[index];
    if (old === undefined) return;
    const read = { ...old, status: "read" } as const;
    this.all[index] = read;
    this.tell(eg.receipt({ id: read.id, index }));
  }

  skips(): void {
    const index = this.all.length - this.roll(Math.min(3, this.all.length + 1));
    const count = 1 + this.roll(300);
    const news = Array.from({ length: count }, () => this.make());
    this.all.splice(index, 0, ...news);
    this.tell(eg.skipped({ index, count, others: count, firstOtherId: news[0]?.id ?? null }));
  }

  prepends(): void {
    const count = this.roll(50);
    this.all.unshift(...Array.from({ length: count }, () => this.make()));
    this.tell({ kind: "history-prepended", count, hasOlder: false });
  }

  scrolls(): void {
    const isFollowing = holdsEnd(this.state) && this.roll(2) === 0;
    this.state = reduce(this.state, { kind: "place-changed", isFollowing, isWatching: isFollowing }, eg.NOW);
  }

  /** The view asks, and is answered at once or after more has happened. */
  pages(): void {
    const where = (["before", "after", "around", "oldest", "latest"] as const)[this.roll(5)] ?? "latest";
    this.asked += 1;
    const requestId = `r${this.asked}`;
    this.state = reduce(this.state, { kind: "page-asked", requestId, where, ordinal: 0 }, eg.NOW);
    const edge = this.state.messages.at(where === "before" ? 0 : -1)?.id ?? null;
    for (let i = this.roll(3); i > 0; i -= 1) this.happens(false);
    const [start, stop] = this.part(where, edge);
    const isFound = edge === null || this.all.some((each) => each.id === edge);
    const isLate = this.roll(2) === 0;
    const messages = isFound ? this.all.slice(start, stop) : [];
    const revision = this.state.revision + this.waiting.length;
    const page = eg.page({ requestId, revision, firstIndex: start, messages, isFound });
    if (isLate) this.state = reduce(this.state, page, eg.NOW);
    this.flush();
    this.state = reduce(this.state, page, eg.NOW);
  }

  private part(where: string, edge: string | null): [number, number] {
    const count = this.all.length;
    const at = edge === null ? count : this.all.findIndex((each) => each.id === edge);
    if (where === "before") return [Math.max(0, at - 100), at];
    if (where === "after") return [at + 1, at + 101];
    if (where === "oldest") return [0, 100];
    if (where === "around") {
      const middle = this.roll(count + 1);
      return [Math.max(0, middle - 50), middle + 50];
    }
    return [Math.max(0, count - 100), count];
  }

  happens(mayPage = true): void {
    const kinds = [
      () => this.places(),
      () => this.places(),
      () => this.places(),
      () => this.moves(),
      () => this.removes(),
      () => this.reads(),
      () => this.skips(),
      () => this.prepends(),
      () => this.scrolls(),
      () => this.pages(),
    ];
    kinds[this.roll(kinds.length - (mayPage ? 0 : 2))]?.();
  }
}

const idsOf = (messages: readonly ViewMessage[]): string[] =>
  messages.map((each) => `${each.id} ${each.status} ${each.text}`);

describe("whatever happens and is asked for", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "what is held is what the kernel has there (%i)",
    (seed) => {
      const truth = new Truth(dice(seed));
      for (let i = 0; i < 120; i += 1) {
        truth.happens();
        truth.flush();
        const { state, all } = truth;
        expect(state.consistent).toBe(true);
        expect(state.total).toBe(all.length);
        expect(state.messages.length).toBeLessThanOrEqual(HELD_MAX);
        expect(idsOf(state.messages)).toEqual(idsOf(all.slice(state.firstIndex, endOf(state))));
        if (state.isFollowing) expect(holdsEnd(state)).toBe(true);
      }
    },
  );
});

describe("the bound", () => {
  const held: Held = { messages: eg.messages(500), firstIndex: 1_000, total: 1_500 };
  const ends = ({ messages, firstIndex }: Held) => [firstIndex, messages[0]?.id, messages.at(-1)?.id];

  it("takes the oldest from who follows the end, and the newest from who reads above it", () => {
    expect(ends(bounded(held, true))).toEqual([1_500 - HELD_KEPT, `m${500 - HELD_KEPT}`, "m499"]);
    expect(ends(bounded(held, false))).toEqual([1_000, "m0", `m${HELD_MAX - 1}`]);
  });
  it("leaves what is within it as it is", () => {
    const few = { messages: eg.messages(HELD_MAX), firstIndex: 0, total: HELD_MAX };
    expect(bounded(few, true)).toBe(few);
  });
  it("keeps that end to which a page was put", () => {
    const part = { messages: eg.messages(400, 100), firstIndex: 100, total: 600 };
    const before = eg.page({ firstIndex: 0, messages: eg.messages(100) });
    expect(ends(joined(part, before, "start") as Held)).toEqual([0, "m0", "m399"]);
    expect(ends(joined(part, before, "end") as Held)).toEqual([100, "m100", "m499"]);
    const after = eg.page({ firstIndex: 500, messages: eg.messages(100, 500) });
    expect(ends(joined(part, after, "end") as Held)).toEqual([200, "m200", "m599"]);
    expect(joined(part, eg.page({ firstIndex: 501, messages: eg.messages(9, 501) }), "end")).toBeNull();
  });
});
