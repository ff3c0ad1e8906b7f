// @vitest-environment happy-dom
// A chat beside a widget: drawn into its place, taken away with it, and said to be there or not.
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useChatBeside } from "../../src/explore/chat-beside";
import type { Show } from "../../src/explore/show-widget";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function Beside({ chat, show }: { chat: string; show: Show }) {
  const { place, isShown, hasFailed } = useChatBeside(chat, show);
  return h("div", { ref: place, "data-shown": isShown, "data-failed": hasFailed });
}

const draw = (chat: string, show: Show): Promise<void> =>
  act(async () => render(h(Beside, { chat, show }), root));
const place = (): HTMLElement => root.firstElementChild as HTMLElement;

it("is drawn, and another one in its place", async () => {
  const ended: string[] = [];
  const show: Show = async (el, id, signal) => {
    el.textContent = id;
    signal.addEventListener("abort", () => ended.push(id));
  };
  await draw("", show);
  expect([place().textContent, place().dataset["shown"]]).toEqual(["", "false"]);
  await draw("m1", show);
  expect([place().textContent, place().dataset["shown"]]).toEqual(["m1", "true"]);
  await draw("m2", show);
  expect([place().textContent, place().dataset["shown"], ended]).toEqual(["m2", "true", ["m1"]]);
});

it("is said not to be there where the host cannot, until another one is", async () => {
  const show: Show = async (_el, id) => {
    if (id === "m1") throw new Error("no");
  };
  await draw("m1", show);
  expect([place().dataset["shown"], place().dataset["failed"]]).toEqual(["false", "true"]);
  await draw("m2", show);
  expect([place().dataset["shown"], place().dataset["failed"]]).toEqual(["true", "false"]);
});
