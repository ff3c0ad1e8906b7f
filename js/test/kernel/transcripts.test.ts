// Transcripts: parts in order, what is lost or refused, who asked.
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outgoing } from "../../src/kernel/port";
import { createTranscripts, PART_PATIENCE_MS } from "../../src/kernel/transcripts";
import type { ExportPart } from "../../src/protocol.gen";
import * as eg from "../examples";

function setUp({ isLive = true } = {}) {
  const sent: Outgoing[] = [];
  const transcripts = createTranscripts({
    send(message) {
      sent.push(message);
      return isLive;
    },
  });
  const part = (fields: Partial<ExportPart>): boolean => {
    const [asked] = sent as { requestId: string }[];
    const requestId = asked?.requestId ?? "";
    return transcripts.receive({
      kind: "export-part",
      to: "me",
      requestId,
      number: 1,
      count: 1,
      data: "",
      error: null,
      ...fields,
    });
  };
  return { transcripts, sent, part };
}

describe("a transcript", () => {
  const packed = gzipSync("what was said ✓");
  const [one, two] = [packed.subarray(0, 9), packed.subarray(9)].map((each) => each.toString("base64"));

  it("is put together from its parts", async () => {
    const { transcripts, sent, part } = setUp();
    const asked = transcripts.request("md");
    expect(sent).toMatchObject([{ kind: "export-requested", format: "md" }]);
    part({ requestId: "another", count: 9 });
    expect(part({ number: 1, count: 2, data: one ?? "" })).toBe(true);
    part({ number: 2, count: 2, data: two ?? "" });
    const file = await asked;
    expect([await file.text(), file.type]).toEqual(["what was said ✓", "text/markdown"]);
  });
  it("of which a part is missing or broken is none", async () => {
    const lost = setUp();
    const first = lost.transcripts.request("csv");
    lost.part({ number: 2, count: 2 });
    await expect(first).rejects.toBe("");
    const broken = setUp();
    const second = broken.transcripts.request("csv");
    broken.part({ data: btoa("no gzip") });
    await expect(second).rejects.toBe("");
  });
  it("that the kernel refuses is refused with its reason", async () => {
    const { transcripts, part } = setUp();
    const asked = transcripts.request("json");
    part({ number: 0, count: 0, error: eg.error("too large") });
    await expect(asked).rejects.toEqual(eg.error("too large"));
  });
  it("is not waited for when the kernel is gone", async () => {
    await expect(setUp({ isLive: false }).transcripts.request("json")).rejects.toBe("");
  });
  it("is one kind of message of many", () => {
    expect(setUp().transcripts.receive(eg.page())).toBe(false);
  });
});

describe("without a further part", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  it("the transcript is given up", async () => {
    const asked = setUp().transcripts.request("html");
    const failed = expect(asked).rejects.toBe("");
    await vi.advanceTimersByTimeAsync(PART_PATIENCE_MS);
    await failed;
  });
});
