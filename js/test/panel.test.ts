// @vitest-environment happy-dom
// Widgets of ours in Panel: fetched from the kernel when they are drawn first, and heard and told by their models.
import type { RenderProps } from "@anywidget/types";
import { beforeEach, expect, it, vi } from "vitest";
import { type Component, render } from "../src/panel";

type Sent = Parameters<Component["send_msg"]>[0];

/** What Panel gives a component; the test is its kernel. */
class FakeComponent implements Component {
  readonly widget = "m1";
  readonly sent: Sent[] = [];
  private readonly listeners: [string, (content: string) => void][] = [];
  send_msg = (message: Sent): void => void this.sent.push(message);
  on = (event: string, callback: (content: string) => void): void =>
    void this.listeners.push([event, callback]);
  emit(event: string, content: unknown = null): void {
    for (const [name, callback] of this.listeners) if (name === event) callback(JSON.stringify(content));
  }
  tell = (widget: string, what: object): void => this.emit("msg:custom", { widget, ...what });
}

const views: RenderProps[] = [];
const initialize = vi.fn();
(globalThis as Record<string, unknown>).definition = {
  initialize,
  render: (props: RenderProps) => void views.push(props),
};
const SCRIPT = "export default () => globalThis.definition";
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(() => {
  views.length = 0;
  initialize.mockClear();
  vi.spyOn(URL, "createObjectURL").mockReturnValue(`data:text/javascript,${encodeURIComponent(SCRIPT)}`);
});

async function drawn() {
  const component = new FakeComponent();
  const el = document.createElement("div");
  render({ model: component, el });
  expect(component.sent).toEqual([{ widget: "m1" }]);
  component.tell("m1", { script: SCRIPT, style: "p {}", layout: { height: "300px" } });
  await vi.waitFor(() => expect(views).toHaveLength(1));
  const [view] = views;
  if (view === undefined) throw new Error("It was not drawn.");
  return { component, el, view };
}

it("is fetched from the kernel, and drawn in its style and layout", async () => {
  const { component, el, view } = await drawn();
  expect(el.querySelector("style")?.textContent).toBe("p {}");
  expect(view.el.style.height).toBe("300px");
  expect(initialize.mock.calls[0]?.[0].model).toBe(view.model);
  component.tell("m1", { layout: { height: "90px", "min-width": "1px" } });
  expect([view.el.style.height, view.el.style.minWidth]).toEqual(["90px", "1px"]);
});

it("hears what is told to it and to no other, until it listens no more", async () => {
  const { component, view } = await drawn();
  const heard: unknown[] = [];
  const listen = (content: unknown): void => void heard.push(content);
  view.model.on("msg:custom", listen);
  view.model.on("comm_live_update", listen);
  component.tell("m1", { content: { kind: "hello" } });
  component.tell("m2", { content: "of another" });
  component.tell("m1", { layout: {} });
  view.model.off("msg:custom", listen);
  component.tell("m1", { content: "late" });
  expect(heard).toEqual([{ kind: "hello" }]);
});

it("says what it has to say, files too", async () => {
  const { component, view } = await drawn();
  const piece = new ArrayBuffer(3);
  view.model.send({ kind: "chunk" }, undefined, [piece]);
  view.model.send("plain");
  expect(component.sent.slice(1)).toEqual([
    { widget: "m1", content: '{"kind":"chunk"}', buffers: [piece] },
    { widget: "m1", content: '"plain"', buffers: [] },
  ]);
  expect(component.sent[1]?.buffers?.[0]).toBe(piece);
});

it("draws others beside itself, each fetched once, as long as they are wanted", async () => {
  const { component, view } = await drawn();
  const closing = new AbortController();
  const places = [document.createElement("div"), document.createElement("div")];
  for (const el of places) {
    const other = await view.host.getWidget("anywidget:m2");
    void other.render({ el, signal: closing.signal });
  }
  await settled();
  expect(component.sent.slice(1)).toEqual([{ widget: "m2" }]);
  component.tell("m2", { script: SCRIPT, style: "", layout: {} });
  await vi.waitFor(() => expect(views).toHaveLength(3));
  expect(initialize).toHaveBeenCalledTimes(2);
  closing.abort();
  expect([places.map((el) => el.childElementCount), views.map(({ signal }) => signal.aborted)]).toEqual([
    [0, 0],
    [false, true, true],
  ]);
});

it("is not drawn when nobody waits for it any more", async () => {
  const { component, view } = await drawn();
  const closing = new AbortController();
  const other = await view.host.getWidget("anywidget:m2");
  const drawing = other.render({ el: document.createElement("div"), signal: closing.signal });
  closing.abort();
  component.tell("m2", { script: SCRIPT, style: "", layout: {} });
  await drawing;
  expect(views).toHaveLength(1);
});

it("goes when the page does, or when it is closed", async () => {
  const left = await drawn();
  left.component.emit("remove");
  expect([left.view.signal.aborted, left.el.childElementCount]).toEqual([true, 0]);
  views.length = 0;
  const closed = await drawn();
  closed.component.tell("m1", { closed: true });
  expect([closed.view.signal.aborted, closed.el.childElementCount]).toEqual([true, 0]);
});

it("says so where it was closed before", async () => {
  const component = new FakeComponent();
  const el = document.createElement("div");
  render({ model: component, el });
  component.tell("m1", { closed: true });
  await vi.waitFor(() => expect(el.textContent).toBe("This was closed."));
});
