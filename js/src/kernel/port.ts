// Speaks with the kernel: numbers what is sent, checks what comes, asks for a snapshot when something was lost.

import type { Deltas, KernelHeartbeat, KernelToView, Snapshot, ViewToKernel } from "../protocol.gen";
import type { Link } from "../state/store";
import { UNKNOWN } from "./wire";

export const PROTOCOL_VERSION = 1;

/** A hello without an answer is repeated after this long, then twice as long, up to the longest. */
export const HELLO_RETRY_MS = 2_000;
export const HELLO_RETRY_MAX_MS = 10_000;
/** Hellos that nobody asked for by hand are at least this far apart, also when every delta is lost. */
export const HELLO_SPACING_MS = 1_000;
/** KERNEL_HEARTBEAT_S and VIEW_HEARTBEAT_S of _core/view/protocol. */
export const KERNEL_HEARTBEAT_MS = 3_000;
export const VIEW_HEARTBEAT_MS = 20_000;
const MISSED_HEARTBEATS = 3;
/** Until then a kernel that has not answered may be busy; after that the view says how to get one. */
export const ABSENT_AFTER_MS = 6_000;
/** A page that slept this long may have been given up by the kernel (VIEW_SILENCE_S is 150). */
const SLEPT_MS = 120_000;
/** A heartbeat may overtake deltas that wait for their turn; only after this long are they taken as lost. */
export const HEARTBEAT_GRACE_MS = 1_000;

/** What a hello may hold (_core/view/protocol). */
const MAX_LANGUAGES = 10;
const MAX_TAG_LENGTH = 35;

type OmitEnvelope<T> = T extends unknown ? Omit<T, "client" | "seq"> : never;
/** What a view has to say; the port adds who says it. */
export type Outgoing = OmitEnvelope<ViewToKernel>;

export interface PortOptions {
  /** Hands a message to the host; throws when the comm is closed. */
  readonly transmit: (message: ViewToKernel, buffers?: ArrayBuffer[]) => void;
  readonly deliver: (message: KernelToView) => void;
  readonly onLink: (link: Link) => void;
  readonly client: string;
  /** How many messages a snapshot should hold. */
  readonly pageSize: () => number;
  /** The message around which it should hold them; null for the newest ones. */
  readonly aroundId: () => string | null;
  /** Of the page's user, the dearest first. */
  readonly languages: readonly string[];
}

export interface Port {
  /** Sends; false when the kernel is known to be gone. */
  readonly send: (message: Outgoing, buffers?: ArrayBuffer[]) => boolean;
  /** Takes whatever came over the comm. */
  readonly receive: (content: unknown) => void;
  /** A view is there: say hello, keep the heartbeat. */
  readonly open: () => void;
  /** The last view has gone. */
  readonly close: () => void;
  /** Something about the comm has changed: find out whether it still works. */
  readonly probe: () => void;
  /** The state does not fit what came: ask for a snapshot. */
  readonly resync: () => void;
}

export function createPort(options: PortOptions): Port {
  let seq = 0;
  let isOpen = false;
  let link: Link = "starting";
  let epoch: string | null = null;
  let revision = -1;
  let synced = false;
  let missed = 0;
  let helloDelayMs = HELLO_RETRY_MS;
  let lastHelloMs = Number.NEGATIVE_INFINITY;
  let lastBeatMs = 0;
  const languages = options.languages.filter((each) => each.length <= MAX_TAG_LENGTH).slice(0, MAX_LANGUAGES);
  const timers = createTimers();

  function setLink(next: Link): void {
    if (next === link) return;
    link = next;
    options.onLink(next);
  }

  function send(message: Outgoing, buffers?: ArrayBuffer[]): boolean {
    seq += 1;
    try {
      options.transmit({ ...message, client: options.client, seq } as ViewToKernel, buffers);
      return true;
    } catch {
      // The host says "Cannot send" for a comm whose kernel was restarted or killed; it never comes back.
      if (isOpen) setLink(epoch === null ? "absent" : "gone");
      timers.clear();
      return false;
    }
  }

  function hello(): void {
    lastHelloMs = performance.now();
    const known = epoch === null ? null : revision;
    const sent = send({
      kind: "hello",
      protocolVersion: PROTOCOL_VERSION,
      revision: known,
      pageSize: options.pageSize(),
      aroundId: options.aroundId(),
      languages,
    });
    if (!sent) return;
    timers.after("hello", helloDelayMs, hello);
    helloDelayMs = Math.min(helloDelayMs * 2, HELLO_RETRY_MAX_MS);
  }

  function resync(): void {
    if (!isOpen || !synced) return;
    synced = false;
    helloDelayMs = HELLO_RETRY_MS;
    const wait = lastHelloMs + HELLO_SPACING_MS - performance.now();
    if (wait > 0) timers.after("hello", wait, hello);
    else hello();
  }

  function beat(): void {
    const slept = Date.now() - lastBeatMs > SLEPT_MS;
    lastBeatMs = Date.now();
    if (!send({ kind: "view-heartbeat" })) return;
    timers.after("beat", VIEW_HEARTBEAT_MS, beat);
    if (slept) resync();
  }

  /** Counts ticks, not time: after a laptop's sleep or in a throttled tab the ticks are late as well. */
  function listen(): void {
    missed += 1;
    timers.after("listen", KERNEL_HEARTBEAT_MS, listen);
    if (missed <= MISSED_HEARTBEATS || link === "mismatch" || link === "absent") return;
    setLink("silent");
    resync();
  }

  function heard(): void {
    missed = 0;
    if (link === "gone") keepAlive();
    if (link === "silent" || link === "gone") setLink("live");
  }

  function keepAlive(): void {
    lastBeatMs = Date.now();
    timers.after("beat", VIEW_HEARTBEAT_MS, beat);
    timers.after("listen", KERNEL_HEARTBEAT_MS, listen);
  }

  function onSnapshot(snapshot: Snapshot): void {
    if (snapshot.protocolVersion !== PROTOCOL_VERSION) {
      setLink("mismatch");
      return;
    }
    if (synced && snapshot.epoch === epoch && snapshot.revision <= revision) return;
    ({ epoch, revision } = snapshot);
    synced = true;
    helloDelayMs = HELLO_RETRY_MS;
    timers.stop("hello");
    options.deliver(snapshot);
    setLink("live");
  }

  function onDeltas(batch: Deltas): void {
    // Whatever they say, the snapshot that was asked for includes it.
    if (!synced) return;
    if (batch.epoch !== epoch || batch.revision > revision + 1) {
      resync();
      return;
    }
    const from = revision + 1;
    const deltas = batch.deltas.slice(from - batch.revision);
    if (deltas.length === 0) return;
    revision += deltas.length;
    options.deliver({ ...batch, revision: from, deltas });
  }

  function onHeartbeat(heartbeat: KernelHeartbeat): void {
    options.deliver(heartbeat);
    if (heartbeat.epoch !== epoch) resync();
    else if (heartbeat.revision > revision) {
      timers.after("behind", HEARTBEAT_GRACE_MS, () => {
        if (heartbeat.revision > revision) resync();
      });
    }
  }

  function receive(content: unknown): void {
    if (!isMessage(content)) return;
    if ("to" in content && content.to !== options.client) return;
    heard();
    if (content.kind === "snapshot") onSnapshot(content);
    else if (content.kind === "deltas") onDeltas(content);
    else if (content.kind === "kernel-heartbeat") onHeartbeat(content);
    else options.deliver(content);
  }

  return {
    send,
    receive,
    resync,
    probe() {
      if (isOpen) beat();
    },
    open() {
      if (isOpen) return;
      isOpen = true;
      synced = false;
      missed = 0;
      helloDelayMs = HELLO_RETRY_MS;
      hello();
      if (link === "gone") return;
      keepAlive();
      timers.after("absent", ABSENT_AFTER_MS, () => {
        if (link === "starting") setLink("absent");
      });
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      if (link !== "gone") send({ kind: "goodbye" });
      timers.clear();
    },
  };
}

/** The kernel is trusted to send what the schema says; what `named` does not know comes from a newer one. */
function isMessage(content: unknown): content is KernelToView {
  return typeof content === "object" && content !== null && "kind" in content && content.kind !== UNKNOWN;
}

/** One timer per name. */
function createTimers() {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  const stop = (name: string): void => {
    clearTimeout(running.get(name));
    running.delete(name);
  };
  return {
    stop,
    after(name: string, ms: number, call: () => void): void {
      stop(name);
      running.set(
        name,
        setTimeout(() => {
          running.delete(name);
          call();
        }, ms),
      );
    },
    clear(): void {
      for (const name of [...running.keys()]) stop(name);
    },
  };
}
