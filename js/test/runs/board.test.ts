// What a page knows of a run: the whole, then what has changed; what was missed is asked for.
import { describe, expect, it, vi } from "vitest";
import { createBoard, told as learned, NOTHING } from "../../src/runs/board";
import { row, told } from "./examples";

const detail = (number: number) => ({
  kind: "scenario" as const,
  number,
  steps: [],
  words: "",
  chat: "",
  hasChat: false,
  messageId: null,
  conversationId: null,
});

describe("what is told", () => {
  it("replaces the scenarios that have changed, and keeps the words", () => {
    const first = learned(NOTHING, told([row(1), row(2, { state: "waiting" })]), 4_000);
    expect(first?.aheadMs).toBe(1_000);
    if (first === null) throw new Error("it was whole");
    const changed = told([row(2)], { revision: 2, isWhole: false, words: {}, locale: "xx", isOver: true });
    const next = learned(first, changed, 5_000);
    expect(next?.rows.map(({ state }) => state)).toEqual(["passed", "passed"]);
    expect(next?.rows[0]).toBe(first.rows[0]);
    expect([next?.locale, next?.words.run, next?.isOver]).toEqual(["en", "Run of {name}", true]);
  });

  it("is old, or comes too early", () => {
    const first = learned(NOTHING, told([row(1)], { revision: 3 }), 0);
    if (first === null) throw new Error("it was whole");
    expect(learned(first, told([], { revision: 3, isWhole: false }), 0)).toBe(first);
    expect(learned(first, told([], { revision: 5, isWhole: false }), 0)).toBeNull();
  });
});

describe("a board", () => {
  const make = () => {
    const kernel = { say: vi.fn(), look: vi.fn() };
    const board = createBoard(kernel, () => 0);
    board.hear(told([row(1), row(2)]));
    return { ...kernel, board };
  };

  it("looks again where something was missed, and tells nobody", () => {
    const { board, look } = make();
    const hear = vi.fn();
    const signal = new AbortController();
    board.subscribe(hear, signal.signal);
    board.hear(told([], { revision: 9, isWhole: false }));
    expect(look).toHaveBeenCalledOnce();
    expect(hear).not.toHaveBeenCalled();
    signal.abort();
    board.hear(told([row(1)]));
    expect(hear).not.toHaveBeenCalled();
  });

  it("takes the details of what is open alone, and asks once", () => {
    const { board, say } = make();
    board.open(2);
    board.open(2);
    expect(say.mock.calls).toEqual([[{ kind: "open", number: 2 }]]);
    board.hear(detail(1));
    expect(board.state().opened).toBeNull();
    board.hear(detail(2));
    expect(board.state().opened?.number).toBe(2);
    board.open(0);
    expect([board.state().open, board.state().opened]).toEqual([0, null]);
    board.stop();
    expect(say).toHaveBeenLastCalledWith({ kind: "stop" });
  });
});
