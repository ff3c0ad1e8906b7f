// The keystroke policy: leading edge, coalescing, the end exactly once.
import { describe, expect, it } from "vitest";
import {
  type ComposerSignal,
  type ComposerStep,
  initialComposer,
  sent,
  stopped,
  typed,
} from "../../src/kernel/composer";

/** What the kernel hears of these steps. */
function heard(...steps: ((state: ComposerStep[0]) => ComposerStep)[]): (ComposerSignal | null)[] {
  let state = initialComposer;
  return steps.map((step) => {
    const [next, signal] = step(state);
    state = next;
    return signal;
  });
}
const key = (text: string, ms: number) => (state: ComposerStep[0]) => typed(state, text, ms);
const stop = (reason: "blurred" | "hidden" | "closed") => (state: ComposerStep[0]) => stopped(state, reason);
const noted = { kind: "keystroke-noted" };

describe("keystrokes", () => {
  it("are noted at once, then at most once in 300 ms", () => {
    const times = [0, 100, 299, 300, 500, 601];
    expect(heard(...times.map((ms) => key("a", ms)))).toEqual([noted, null, null, noted, null, noted]);
  });
  it("in an empty draft, or one of white space, are no composing", () => {
    expect(heard(key("", 0), key("  \n", 400))).toEqual([null, null]);
  });
});

describe("the end of composing", () => {
  it("is told once, with its reason", () => {
    const cleared = { kind: "composing-stopped", reason: "cleared" };
    expect(heard(key("a", 0), key("", 10), key("", 20), stop("blurred"))).toEqual([
      noted,
      cleared,
      null,
      null,
    ]);
    for (const reason of ["blurred", "hidden", "closed"] as const) {
      const told = { kind: "composing-stopped", reason };
      expect(heard(key("a", 0), stop(reason), stop(reason))).toEqual([noted, told, null]);
    }
  });
  it("makes the next keystroke count at once", () => {
    expect(heard(key("a", 0), stop("blurred"), key("ab", 50))).toEqual([noted, expect.anything(), noted]);
  });
  it("is told by the message itself when the draft is sent", () => {
    expect(heard(key("a", 0), () => sent(), stop("blurred"))).toEqual([noted, null, null]);
  });
});
