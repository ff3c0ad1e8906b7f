// Transcripts that the kernel makes: their parts are put together and handed to whoever asked for one.

import type { ExportPart, ExportRequested, KernelToView } from "../protocol.gen";
import { randomId } from "../random-id";
import type { Reason } from "../state/view-state";
import type { Port } from "./port";

/** Without a further part for so long, the kernel is taken to have given up. */
export const PART_PATIENCE_MS = 20_000;

export type TranscriptFormat = ExportRequested["format"];

const MEDIA_TYPES: Record<TranscriptFormat, string> = {
  json: "application/json",
  csv: "text/csv",
  md: "text/markdown",
  html: "text/html",
};

export interface Transcripts {
  /** The whole conversation that the kernel holds; fails with the reason. */
  readonly request: (format: TranscriptFormat) => Promise<Blob>;
  /** Takes what the kernel says of transcripts; false for anything else. */
  readonly receive: (message: KernelToView) => boolean;
}

interface Waiting {
  readonly format: TranscriptFormat;
  readonly parts: string[];
  readonly resolve: (blob: Blob) => void;
  readonly reject: (why: Reason) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export function createTranscripts(port: Pick<Port, "send">): Transcripts {
  const waiting = new Map<string, Waiting>();

  function fail(requestId: string, why: Reason): void {
    const one = waiting.get(requestId);
    clearTimeout(one?.timer);
    waiting.delete(requestId);
    one?.reject(why);
  }
  function beginWaiting(requestId: string, one: Waiting): void {
    clearTimeout(one.timer);
    one.timer = setTimeout(() => fail(requestId, ""), PART_PATIENCE_MS);
  }
  function take(part: ExportPart): void {
    const one = waiting.get(part.requestId);
    if (one === undefined) return;
    if (part.error !== null || part.number !== one.parts.length + 1) {
      fail(part.requestId, part.error ?? "");
      return;
    }
    one.parts.push(part.data);
    if (part.number < part.count) {
      beginWaiting(part.requestId, one);
      return;
    }
    clearTimeout(one.timer);
    waiting.delete(part.requestId);
    unpacked(one.parts, MEDIA_TYPES[one.format]).then(one.resolve, () => one.reject(""));
  }

  return {
    request(format) {
      const requestId = randomId();
      return new Promise((resolve, reject) => {
        const one: Waiting = { format, parts: [], resolve, reject, timer: undefined };
        waiting.set(requestId, one);
        beginWaiting(requestId, one);
        if (!port.send({ kind: "export-requested", requestId, format })) fail(requestId, "");
      });
    },
    receive(message) {
      if (message.kind !== "export-part") return false;
      take(message);
      return true;
    },
  };
}

/** Base64 of gzip as a file. */
async function unpacked(parts: readonly string[], type: string): Promise<Blob> {
  const packed = parts.map((part) => Uint8Array.from(atob(part), (each) => each.charCodeAt(0)));
  const stream = new Blob(packed).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  return new Blob([bytes], { type });
}
