// @vitest-environment happy-dom
// The focus after a draw: where it was, in the table's box where that has gone, and nowhere else.
import { h, render } from "preact";
import { useRef } from "preact/hooks";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useKeptFocus } from "../../src/runs/kept-focus";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function Frame({ names }: { names: readonly string[] }) {
  const within = useRef<HTMLDivElement | null>(null);
  useKeptFocus(within);
  return h(
    "div",
    { ref: within, class: "ipg-run-frame" },
    h("div", { class: "ipg-run-box", tabIndex: -1 }),
    names.map((name) => h("button", { key: name, id: name, type: "button" })),
  );
}

const draw = (...names: string[]): Promise<void> => act(async () => render(h(Frame, { names }), root));
const focus = (id: string): void => root.querySelector<HTMLElement>(`#${id}`)?.focus();
const focused = (): string | undefined => document.activeElement?.id || document.activeElement?.className;

it("stays with what is drawn in another place", async () => {
  await draw("a", "b", "c");
  focus("c");
  await draw("c", "a", "b");
  expect(focused()).toBe("c");
});

it("goes to the table's box with what has gone", async () => {
  await draw("a", "b");
  focus("b");
  await draw("a");
  expect(focused()).toBe("ipg-run-box");
});

it("is not taken from elsewhere", async () => {
  await draw("a");
  const other = document.createElement("input");
  other.id = "other";
  root.after(other);
  other.focus();
  await draw("b");
  expect(focused()).toBe("other");
  other.remove();
});
