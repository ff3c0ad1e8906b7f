// Typing as seen, at once, and as heard, once per spell.
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { english } from "../../../src/strings";
import { SPEAK_AFTER_MS, TypingLine } from "../../../src/view/notices/typing-line";
import { draw, pass } from "../draw";

const line = (...names: string[]) => <TypingLine names={names} strings={english} />;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the visible line", () => {
  it("is always there and says at once who is typing", () => {
    const drawn = draw(line());
    expect([drawn.find("[data-typing]").dataset.typing, drawn.find("[data-typing]").textContent]).toEqual([
      "false",
      "",
    ]);
    drawn.redraw(line("Ann", "Ben"));
    expect([drawn.find("[data-typing]").dataset.typing, drawn.find("[data-typing]").textContent]).toEqual([
      "true",
      "Ann and Ben are typing…",
    ]);
    expect(drawn.find(".ipg-dots").getAttribute("aria-hidden")).toBe("true");
  });
  it("names somebody who has no name", () => {
    expect(draw(line("\u202e")).find("[data-typing]").textContent).toBe("Someone is typing…");
  });
});

describe("the spoken line", () => {
  it("speaks after 2 s, once per spell, and never of the end", () => {
    const drawn = draw(line());
    const spoken = drawn.find("[role=status]");
    drawn.redraw(line("Ann"));
    pass(SPEAK_AFTER_MS - 1);
    expect(spoken.textContent).toBe("");
    pass(1);
    expect(spoken.textContent).toBe("Ann is typing…");
    drawn.redraw(line("Ann", "Ben"));
    pass(10_000);
    expect(spoken.textContent).toBe("Ann is typing…");
    drawn.redraw(line());
    expect(spoken.textContent).toBe("");
  });
  it("keeps silent about a short spell", () => {
    const drawn = draw(line("Ann"));
    pass(1_000);
    drawn.redraw(line());
    pass(10_000);
    expect(drawn.find("[role=status]").textContent).toBe("");
  });
});
