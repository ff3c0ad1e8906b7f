// @vitest-environment happy-dom
// An inbox's widget: each view is a page of its own, shows what it is sent and chats in it, and leaves nothing behind.
import type { AnyModel, Host } from "@anywidget/types";
import { expect, it } from "vitest";
import type { LookAtInbox } from "../src/explore.gen";
import createInbox from "../src/inbox";
import { FakeModel } from "./fake-model";
import { row, windowOf } from "./inbox/examples";

const frames = async (): Promise<void> => {
  for (let i = 0; i < 3; i += 1) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
};

function opened(fake: FakeModel, host?: Host, model = fake.proxy()) {
  const view = new AbortController();
  const el = document.createElement("div");
  createInbox().render({ model: model as AnyModel, el, signal: view.signal, ...(host && { host }) });
  const looks = fake.sent as unknown as LookAtInbox[];
  return { el, view, page: looks.at(-1)?.page ?? "" };
}

it("each view looks for itself and draws what it is sent", async () => {
  const fake = new FakeModel();
  const [one, other] = [opened(fake), opened(fake)];
  expect(one.page).not.toBe(other.page);
  await frames();
  expect(one.el.textContent).toContain("Waiting for the kernel");
  const rows = [row("a"), row("b")];
  fake.emit("msg:custom", windowOf(1, { page: one.page, slots: ["a", "b"], rows, total: 2 }));
  fake.emit("msg:custom", { kind: "else" });
  await frames();
  expect(one.el.querySelectorAll("[role=option]")).toHaveLength(2);
  expect(other.el.querySelectorAll("[role=option]")).toHaveLength(0);
  for (const { view, el } of [one, other]) {
    view.abort();
    expect(el.childNodes).toHaveLength(0);
  }
  expect(fake.listenerCount).toBe(0);
  expect(fake.sent.map(({ kind }) => kind as string).filter((kind) => kind === "gone")).toHaveLength(2);
});

const withChat = (page: string, revision = 1, chat = "m1") =>
  windowOf(revision, {
    page,
    slots: ["a"],
    rows: [row("a")],
    total: 1,
    selected: "a",
    selectedRow: row("a"),
    chat,
    words: { opening: "Opening…", cannotShow: "Not here: {id}" },
  });

it("the chat of the selected conversation is drawn by the host, and taken away with the view", async () => {
  const fake = new FakeModel();
  const drawn: [string, AbortSignal][] = [];
  const host = {
    getWidget: async (ref: string) => ({
      exports: {},
      render: async ({ el, signal }: { el: HTMLElement; signal: AbortSignal }) => {
        drawn.push([ref, signal]);
        el.textContent = "a chat";
      },
    }),
  } as unknown as Host;
  const { el, view, page } = opened(fake, host);
  fake.emit("msg:custom", withChat(page));
  await frames();
  expect(drawn.map(([ref]) => ref)).toEqual(["anywidget:m1"]);
  expect(el.textContent).toContain("a chat");
  fake.emit("msg:custom", { ...withChat(page, 2, "m2"), isWhole: false });
  await frames();
  expect(drawn.map(([ref, { aborted }]) => [ref, aborted])).toEqual([
    ["anywidget:m1", true],
    ["anywidget:m2", false],
  ]);
  view.abort();
  expect(drawn[1]?.[1].aborted).toBe(true);
});

it("hosts of before give their manager, and one that has none is said to show no chat", async () => {
  const fake = new FakeModel();
  let removed = 0;
  const manager = {
    get_model: async (id: string) => id,
    create_view: async (id: string) => {
      const el = document.createElement("div");
      el.textContent = `view of ${id}`;
      return { el, remove: () => (removed += 1) };
    },
  };
  const before = opened(fake, undefined, { ...fake.proxy(), widget_manager: manager } as unknown as AnyModel);
  fake.emit("msg:custom", withChat(before.page));
  await frames();
  expect(before.el.textContent).toContain("view of m1");
  before.view.abort();
  expect(removed).toBe(1);

  const none = opened(fake, undefined, {
    ...fake.proxy(),
    widget_manager: { get_model: manager.get_model },
  } as unknown as AnyModel);
  fake.emit("msg:custom", withChat(none.page));
  await frames();
  expect(none.el.textContent).toContain("Not here: a");
  none.view.abort();
});
