// Files on their way to the kernel: kept until the message they become is there; piece by piece, as asked for.

import type { FileRefused, FileWanted, KernelToView, UploadRules } from "../protocol.gen";
import { randomId } from "../random-id";
import type { Store } from "../state/store";
import type { Reason } from "../state/view-state";
import type { Port } from "./port";
import { MOST_FILES, type Objection, objectionTo } from "./upload-rules";

/** MAX_CHUNK_BYTES of _core/view/protocol, halved: a page stays responsive, and a host's limits are far. */
export const CHUNK_BYTES = 512 * 1024;
/** What was not answered for so long is asked again, then after twice as long. */
export const PATIENCE_MS = 5_000;
const PATIENCE_MAX_MS = 30_000;
/** Pictures of our own that stay to be shown in the list. */
const PREVIEWS_KEPT = 30;
/** Chosen: as large as one is ever shown, with two dots a pixel; a photograph takes some 100 kB then. */
const PREVIEW_PX = 800;
/** What a browser draws by itself and that cannot hold a script. */
const DRAWABLE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

export interface Preview {
  readonly url: string;
  /** Its width, divided by its height. */
  readonly aspect: number;
}

export interface Upload {
  /** Also the draft id of the message that it becomes. */
  readonly id: string;
  readonly file: File;
  readonly preview: Preview | null;
  /** Waiting for the user, on its way to the kernel, or stopped. */
  readonly phase: "waiting" | "going" | "stopped";
  readonly sentBytes: number;
  /** Why it cannot be sent. */
  readonly objection: Objection | null;
  /** Why it stopped; empty when the kernel could not be reached. */
  readonly error: Reason | null;
  readonly text: string;
}

/** How far a file has come from the kernel to the server, from 0 to 1. */
export type Progress = ReadonlyMap<string, number>;

export interface UploadsState {
  readonly uploads: readonly Upload[];
  readonly progress: Progress;
  /** More were added than may wait at once. */
  readonly hadTooMany: boolean;
}

export interface Uploads {
  readonly state: () => UploadsState;
  readonly subscribe: (listener: () => void, signal: AbortSignal) => void;
  /** Takes files to be sent with the next message. */
  readonly add: (files: readonly File[], rules: UploadRules) => void;
  readonly remove: (id: string) => void;
  /** Sends what waits and may be sent, the text with the first; false when there is nothing of the kind. */
  readonly send: (text: string) => boolean;
  readonly retry: (id: string) => void;
  /** Whether a draft's file came from this page, so that its way to the kernel counts. */
  readonly isFromHere: (draftId: string) => boolean;
  /** A picture of ours, by the draft id of its message. */
  readonly preview: (draftId: string | null) => Preview | null;
  /** Takes what the kernel says of files; false for anything else. */
  readonly receive: (message: KernelToView) => boolean;
  /** The store has changed: what has become a message is not an upload any more. */
  readonly follow: () => void;
}

export function createUploads(store: Pick<Store, "state">, port: Pick<Port, "send">): Uploads {
  let state: UploadsState = { uploads: [], progress: new Map(), hadTooMany: false };
  const previews = new Map<string, Preview>();
  const fromHere = new Set<string>();
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let patienceMs = PATIENCE_MS;

  function set(change: Partial<UploadsState>): void {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  }
  function change(id: string, fields: Partial<Upload>): void {
    set({ uploads: state.uploads.map((each) => (each.id === id ? { ...each, ...fields } : each)) });
  }
  const going = (): Upload | undefined => state.uploads.find((each) => each.phase === "going");
  const find = (id: string): Upload | undefined => state.uploads.find((each) => each.id === id);

  /** Says what is coming, or asks again what is wanted; one file after the other, so that they arrive in order. */
  function offer(): void {
    clearTimeout(timer);
    const upload = going();
    if (upload === undefined) return;
    const { id, file, text } = upload;
    const sent = port.send({
      kind: "file-offered",
      draftId: id,
      name: file.name,
      mediaType: file.type,
      sizeBytes: file.size,
      text,
    });
    if (sent) wait();
    else stop(id, "");
  }
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      patienceMs = Math.min(patienceMs * 2, PATIENCE_MAX_MS);
      offer();
    }, patienceMs);
  }
  function stop(id: string, error: Reason): void {
    change(id, { phase: "stopped", error });
    patienceMs = PATIENCE_MS;
    offer();
  }

  async function sendPiece({ draftId, offset }: FileWanted): Promise<void> {
    const upload = going();
    // What is not wanted any more, or was said of another one.
    if (upload?.id !== draftId) return;
    patienceMs = PATIENCE_MS;
    change(draftId, { sentBytes: offset });
    wait();
    let piece: ArrayBuffer;
    try {
      piece = await upload.file.slice(offset, offset + CHUNK_BYTES).arrayBuffer();
    } catch {
      // It was moved or changed since it was chosen.
      return find(draftId) === undefined ? undefined : stop(draftId, "");
    }
    if (going()?.id !== draftId) return;
    if (!port.send({ kind: "file-chunk", draftId, offset }, [piece])) stop(draftId, "");
  }

  function forget(id: string): void {
    set({ uploads: state.uploads.filter((each) => each.id !== id), hadTooMany: false });
  }
  async function draw(id: string, file: File): Promise<void> {
    if (!DRAWABLE.test(file.type)) return;
    try {
      const bitmap = await createImageBitmap(file);
      const { width, height } = bitmap;
      const smaller = Math.max(1, width / PREVIEW_PX, height / PREVIEW_PX);
      const canvas = document.createElement("canvas");
      canvas.width = Math.ceil(width / smaller);
      canvas.height = Math.ceil(height / smaller);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      // No blob: a page's policy may refuse those, as that of VS Code's notebooks does where it is switched on.
      const preview = { url: canvas.toDataURL("image/webp"), aspect: width / height };
      const [oldest] = previews.keys();
      if (previews.size >= PREVIEWS_KEPT && oldest !== undefined) previews.delete(oldest);
      previews.set(id, preview);
      change(id, { preview });
    } catch {
      // Not a picture, whatever it says: it is a file like others.
    }
  }

  return {
    state: () => state,
    subscribe(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
    add(files, rules) {
      const room = MOST_FILES - state.uploads.length;
      const added = files.slice(0, Math.max(0, room)).map(
        (file): Upload => ({
          id: randomId(),
          file,
          preview: null,
          phase: "waiting",
          sentBytes: 0,
          objection: objectionTo(file, rules),
          error: null,
          text: "",
        }),
      );
      set({ uploads: [...state.uploads, ...added], hadTooMany: files.length > room });
      for (const { id, file } of added) void draw(id, file);
    },
    remove(id) {
      const upload = find(id);
      if (upload === undefined) return;
      forget(id);
      previews.delete(id);
      if (upload.phase === "going") {
        port.send({ kind: "discard-requested", draftId: id });
        offer();
      }
    },
    send(text) {
      const ready = state.uploads.filter((each) => each.phase === "waiting" && each.objection === null);
      const [first] = ready;
      if (first === undefined) return false;
      const wasIdle = going() === undefined;
      const ids = new Set(ready.map((each) => each.id));
      for (const id of ids) fromHere.add(id);
      set({
        uploads: state.uploads.map((each) =>
          ids.has(each.id) ? { ...each, phase: "going", text: each === first ? text : "" } : each,
        ),
      });
      if (wasIdle) offer();
      return true;
    },
    retry(id) {
      const wasIdle = going() === undefined;
      change(id, { phase: "going", error: null, sentBytes: 0 });
      if (wasIdle) offer();
    },
    isFromHere: (draftId) => fromHere.has(draftId),
    preview: (draftId) => (draftId === null ? null : (previews.get(draftId) ?? null)),
    receive(message) {
      if (message.kind === "file-wanted") void sendPiece(message);
      else if (message.kind === "file-refused") refused(message);
      else if (message.kind === "upload-progress") {
        const { draftId, sentBytes, totalBytes } = message;
        set({ progress: new Map(state.progress).set(draftId, sentBytes / Math.max(1, totalBytes)) });
      } else return false;
      return true;
    },
    follow() {
      const upload = going();
      if (upload === undefined) return;
      if (!store.state().messages.some((each) => each.draftId === upload.id)) return;
      forget(upload.id);
      patienceMs = PATIENCE_MS;
      offer();
    },
  };

  function refused({ draftId, error }: FileRefused): void {
    if (find(draftId)?.phase === "going") stop(draftId, error);
  }
}
