// Files on their way to the kernel: in order, one piece at a time, asked again when nobody answers.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Outgoing } from "../../src/kernel/port";
import { CHUNK_BYTES, createUploads, PATIENCE_MS } from "../../src/kernel/uploads";
import { createStore } from "../../src/state/store";
import * as eg from "../examples";

const rules = {
  types: ["*/*"],
  maxBytes: 2_000_000,
  blockedExtensions: [".exe"],
  maxNameCharacters: 255,
  needsExtension: false,
};

function setUp() {
  const store = createStore(() => 0);
  const sent: Outgoing[] = [];
  const pieces: number[] = [];
  const kernel = { isThere: true };
  const uploads = createUploads(store, {
    send(message, buffers = []) {
      if (!kernel.isThere) return false;
      sent.push(message);
      pieces.push(...buffers.map((each) => each.byteLength));
      return true;
    },
  });
  const ids = () => uploads.state().uploads.map((each) => each.id);
  const kinds = () => sent.map((each) => each.kind);
  const wanted = async (draftId: string, offset: number) => {
    uploads.receive({ kind: "file-wanted", to: "me", draftId, offset });
    await vi.advanceTimersByTimeAsync(0);
  };
  const placed = (draftId: string) => {
    const message = eg.message({ id: draftId, draftId, isOwn: true });
    store.dispatch(eg.snapshot({ messages: [message], total: 1 }));
    uploads.follow();
  };
  return { store, uploads, sent, pieces, kernel, ids, kinds, wanted, placed };
}

const fileOf = (size: number, name = "a.bin") => new File([new Uint8Array(size)], name);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a file goes piece by piece, as it is asked for, and is gone once it is a message", async () => {
  const { uploads, sent, pieces, ids, wanted, placed } = setUp();
  uploads.add([fileOf(CHUNK_BYTES + 10)], rules);
  expect(uploads.send("see")).toBe(true);
  const [id = ""] = ids();
  expect(uploads.isFromHere(id)).toBe(true);
  expect(sent).toEqual([
    {
      kind: "file-offered",
      draftId: id,
      name: "a.bin",
      mediaType: "",
      sizeBytes: CHUNK_BYTES + 10,
      text: "see",
    },
  ]);
  await wanted(id, 0);
  await wanted(id, CHUNK_BYTES);
  expect(sent.slice(1)).toEqual([
    { kind: "file-chunk", draftId: id, offset: 0 },
    { kind: "file-chunk", draftId: id, offset: CHUNK_BYTES },
  ]);
  expect(pieces).toEqual([CHUNK_BYTES, 10]);
  expect(uploads.state().uploads[0]?.sentBytes).toBe(CHUNK_BYTES);
  placed(id);
  expect(ids()).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.length).toBe(3);
});

it("what nobody answers is announced again, later and later", async () => {
  const { uploads, kinds, wanted, ids } = setUp();
  uploads.add([fileOf(5)], rules);
  uploads.send("");
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(kinds()).toEqual(["file-offered", "file-offered"]);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(kinds().length).toBe(2);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(kinds().length).toBe(3);
  await wanted(ids()[0] ?? "", 0);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(kinds().slice(3)).toEqual(["file-chunk", "file-offered"]);
});

it("files go one after the other; the text goes with the first", async () => {
  const { uploads, sent, ids, placed } = setUp();
  uploads.add([fileOf(1, "a"), fileOf(0, "empty"), fileOf(1, "b")], rules);
  uploads.send("both");
  expect(sent.length).toBe(1);
  placed(ids()[0] ?? "");
  expect(sent).toMatchObject([
    { name: "a", text: "both" },
    { name: "b", text: "" },
  ]);
  expect(uploads.state().uploads.map((each) => [each.file.name, each.phase])).toEqual([
    ["empty", "waiting"],
    ["b", "going"],
  ]);
});

it("nothing goes where nothing may", () => {
  const { uploads, sent } = setUp();
  expect(uploads.send("text")).toBe(false);
  uploads.add([fileOf(1, "virus.exe"), fileOf(3_000_000)], rules);
  expect(uploads.state().uploads.map((each) => each.objection)).toEqual(["type", "size"]);
  expect(uploads.send("text")).toBe(false);
  expect(sent).toEqual([]);
});

it("a refusal stops one file and lets the next go; it can be tried again", () => {
  const { uploads, sent, ids } = setUp();
  uploads.add([fileOf(1, "a"), fileOf(1, "b")], rules);
  uploads.send("");
  const [first = "", second = ""] = ids();
  uploads.receive({ kind: "file-refused", to: "me", draftId: first, error: eg.error("No.") });
  expect(uploads.state().uploads).toMatchObject([
    { phase: "stopped", error: { message: "No." } },
    { phase: "going" },
  ]);
  uploads.receive({ kind: "file-refused", to: "me", draftId: "other", error: eg.error("No.") });
  uploads.remove(second);
  uploads.retry(first);
  expect(sent.map((each) => [each.kind, "draftId" in each && each.draftId])).toEqual([
    ["file-offered", first],
    ["file-offered", second],
    ["discard-requested", second],
    ["file-offered", first],
  ]);
});

it("a file that is taken away on its way is stopped at the kernel too, and no piece follows", async () => {
  const { uploads, kinds, ids, wanted } = setUp();
  uploads.add([fileOf(5)], rules);
  uploads.send("");
  const [id = ""] = ids();
  uploads.remove(id);
  uploads.remove(id);
  await wanted(id, 0);
  expect(kinds()).toEqual(["file-offered", "discard-requested"]);
});

it("a kernel that has stopped is said, and the file is kept to be tried again", () => {
  const { uploads, kernel, ids } = setUp();
  kernel.isThere = false;
  uploads.add([fileOf(5)], rules);
  uploads.send("");
  expect(uploads.state().uploads).toMatchObject([{ phase: "stopped", error: "" }]);
  kernel.isThere = true;
  uploads.retry(ids()[0] ?? "");
  expect(uploads.state().uploads).toMatchObject([{ phase: "going", error: null }]);
});

it("a file that cannot be read any more is stopped", async () => {
  const { uploads, ids, wanted } = setUp();
  const gone = fileOf(5);
  vi.spyOn(gone, "slice").mockReturnValue({ arrayBuffer: () => Promise.reject(new Error("gone")) } as never);
  uploads.add([gone], rules);
  uploads.send("");
  await wanted(ids()[0] ?? "", 0);
  expect(uploads.state().uploads).toMatchObject([{ phase: "stopped" }]);
});

it("too many files at once are said", () => {
  const { uploads } = setUp();
  uploads.add(
    Array.from({ length: 12 }, () => fileOf(1)),
    rules,
  );
  expect([uploads.state().uploads.length, uploads.state().hadTooMany]).toEqual([10, true]);
});

it("progress is kept by draft, and other messages are not for here", () => {
  const { uploads } = setUp();
  const heard = vi.fn();
  uploads.subscribe(heard, new AbortController().signal);
  uploads.receive({ kind: "upload-progress", draftId: "d", sentBytes: 5, totalBytes: 20 });
  expect(uploads.state().progress.get("d")).toBe(0.25);
  expect(uploads.isFromHere("d")).toBe(false);
  expect(heard).toHaveBeenCalledOnce();
  expect(uploads.receive(eg.heartbeat())).toBe(false);
});
