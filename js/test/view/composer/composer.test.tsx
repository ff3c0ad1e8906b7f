// The composer: what keys do, what the kernel hears, where the draft stays.
// @vitest-environment happy-dom
import { createRef } from "preact";
import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import type { TextLimit } from "../../../src/protocol.gen";
import { Composer } from "../../../src/view/composer/composer";
import { leaveDraft, takeLeftDraft } from "../../../src/view/composer/left-draft";
import { draw, services } from "../draw";

interface Fields {
  obstacle?: string | null;
  tellsTyping?: boolean;
  draft?: string;
  textLimit?: TextLimit | null;
  hint?: string;
}

function setUp(fields: Fields = {}) {
  const box = createRef<HTMLTextAreaElement>();
  const with_ = services();
  leaveDraft("e1", fields.draft);
  const onSent = vi.fn();
  const element = (obstacle = fields.obstacle ?? null) => (
    <Composer
      services={with_}
      obstacle={obstacle}
      uploads={null}
      textLimit={fields.textLimit ?? null}
      tellsTyping={fields.tellsTyping ?? true}
      hint={fields.hint ?? ""}
      onSent={onSent}
      onUp={vi.fn()}
      keptAs="e1"
      box={box}
    />
  );
  const drawn = draw(element());
  const area = drawn.find<HTMLTextAreaElement>("textarea");
  const type = (text: string): void => {
    act(() => {
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  };
  const press = (key: string, init: KeyboardEventInit = {}): KeyboardEvent => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    act(() => void area.dispatchEvent(event));
    return event;
  };
  const told = (): unknown[] => vi.mocked(with_.actions.tell).mock.calls.map(([message]) => message);
  return { drawn, area, type, press, told, actions: with_.actions, onSent, element };
}

describe("what might be said next", () => {
  it("stands where it is written, and goes where nothing can be", () => {
    const { drawn, area, element } = setUp({ hint: "Hello, I need help" });
    expect(area.placeholder).toBe("Hello, I need help");
    drawn.redraw(element("The conversation is over."));
    expect(area.placeholder).toBe("");
  });

  it("is the view's own words where nobody knows better", () => {
    expect(setUp().area.placeholder).toBe("Write a message");
  });
});

describe("near the limit", () => {
  const textLimit = { most: 20, unit: "bytes" } as const;
  it("counts down in what the server counts, and says aloud only what is too much", () => {
    const { drawn, type } = setUp({ textLimit });
    type("x".repeat(17));
    expect(drawn.all(".ipg-room")).toHaveLength(0);
    type("é".repeat(9));
    const room = drawn.find(".ipg-room");
    expect([room.textContent, room.getAttribute("aria-live")]).toEqual(["2 bytes left", "off"]);
    type("é".repeat(11));
    expect([room.textContent, room.getAttribute("aria-live")]).toEqual([
      "Too long by 2 bytes: 20 bytes at most",
      "polite",
    ]);
  });
  it("what is too long stays in the box", () => {
    const { drawn, area, type, press, actions } = setUp({ textLimit });
    type("x".repeat(21));
    expect(press("Enter").defaultPrevented).toBe(true);
    expect(drawn.find<HTMLButtonElement>("[type=submit]").disabled).toBe(true);
    expect([area.value.length, vi.mocked(actions.send).mock.calls.length]).toEqual([21, 0]);
    type("x".repeat(20));
    press("Enter");
    expect(actions.send).toHaveBeenCalledWith("x".repeat(20));
  });
});

describe("keys", () => {
  it("Enter sends, empties the box and keeps the focus", () => {
    const { area, type, press, actions, onSent } = setUp();
    area.focus();
    type("Hello\nthere ");
    expect(press("Enter").defaultPrevented).toBe(true);
    expect(actions.send).toHaveBeenCalledWith("Hello\nthere ");
    expect([area.value, document.activeElement, onSent.mock.calls.length]).toEqual(["", area, 1]);
  });
  it.each([{ shiftKey: true }, { isComposing: true }, { keyCode: 229 }, { ctrlKey: true }, { altKey: true }])(
    "Enter with %j does not send",
    (init) => {
      const { type, press, actions } = setUp();
      type("Hello");
      expect(press("Enter", init).defaultPrevented).toBe(false);
      expect(actions.send).not.toHaveBeenCalled();
    },
  );
  it("do not reach the host", () => {
    const { press } = setUp();
    const host = vi.fn();
    document.addEventListener("keydown", host, { once: true });
    press("Enter", { shiftKey: true });
    press("a");
    expect(host).not.toHaveBeenCalled();
    document.removeEventListener("keydown", host);
  });
  it("send nothing when there is nothing to send", () => {
    const { type, press, actions } = setUp();
    type("  \n ");
    press("Enter");
    expect(actions.send).not.toHaveBeenCalled();
  });
});

describe("the button", () => {
  it("is called Send and is disabled while there is nothing to send", () => {
    const { drawn, type, actions } = setUp();
    const button = drawn.find<HTMLButtonElement>("button[title=Send]");
    expect(button.disabled).toBe(true);
    type("Hi");
    expect(button.disabled).toBe(false);
    act(() => button.click());
    expect(actions.send).toHaveBeenCalledWith("Hi");
  });
});

describe("the kernel", () => {
  it("hears of the typing and of its end once", () => {
    const { area, type, told } = setUp();
    type("a");
    type("ab");
    act(() => void area.dispatchEvent(new Event("blur")));
    expect(told()).toEqual([{ kind: "keystroke-noted" }, { kind: "composing-stopped", reason: "blurred" }]);
  });
  it("hears that the view was closed or hidden in the middle of it", () => {
    const { drawn, type, told } = setUp();
    type("a");
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    type("ab");
    drawn.redraw(null);
    expect(told().slice(1)).toEqual([
      { kind: "composing-stopped", reason: "hidden" },
      { kind: "keystroke-noted" },
      { kind: "composing-stopped", reason: "closed" },
    ]);
  });
  it("hears nothing of it where nobody could be told", () => {
    const { type, told } = setUp({ tellsTyping: false });
    type("a");
    expect(told()).toEqual([]);
  });
});

describe("an obstacle", () => {
  it("is said, and disables the whole composer", () => {
    const { drawn, area, press, actions } = setUp({ obstacle: "The conversation is closed.", draft: "kept" });
    expect([area.readOnly, drawn.find<HTMLButtonElement>("button").disabled]).toEqual([true, true]);
    expect(drawn.el.textContent).toContain("The conversation is closed.");
    press("Enter");
    expect(
      [actions.send, area.value].map((each) =>
        typeof each === "string" ? each : vi.mocked(each).mock.calls.length,
      ),
    ).toEqual([0, "kept"]);
  });
  it("that comes up ends the typing and keeps the draft", () => {
    const { drawn, area, type, told, element } = setUp();
    type("half");
    drawn.redraw(element("Closed."));
    expect([area.value, told().at(-1)]).toEqual(["half", { kind: "composing-stopped", reason: "blurred" }]);
  });
});

it("the draft of a closed view goes to the next one", () => {
  const { drawn, area, type } = setUp({ draft: "from before" });
  expect(area.value).toBe("from before");
  type("from before, and more");
  drawn.redraw(null);
  expect(takeLeftDraft("e1")).toBe("from before, and more");
});
