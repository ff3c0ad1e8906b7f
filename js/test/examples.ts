// Example messages and snapshots, as `eg.message({ text: "Hi" })`.
import type {
  Deltas,
  ErrorDelta,
  KernelHeartbeat,
  MessagesSkippedDelta,
  Page,
  Snapshot,
  StatusDelta,
  ViewMessage,
} from "../src/protocol.gen";
import { initialState, reduce, type StoreEvent, type ViewState } from "../src/state/store";

export const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

export function message(fields: Partial<ViewMessage> = {}): ViewMessage {
  const text = fields.text === undefined ? "Hello" : fields.text;
  return {
    id: "m0",
    text,
    fullLength: 0,
    unavailable: false,
    withdrawn: false,
    sender: "Ann Archer",
    role: "agent",
    isOwn: false,
    timeMs: NOW,
    status: "unread",
    statusTimeMs: null,
    draftId: null,
    error: null,
    seenInferred: false,
    attachments: [],
    content: [],
    cause: null,
    ...fields,
  };
}

export const own = (fields: Partial<ViewMessage> = {}): ViewMessage =>
  message({ sender: "Crystal", role: "customer", isOwn: true, status: "sent", ...fields });

/** Messages m0, m1, …, a minute apart. */
export const messages = (count: number, start = 0): ViewMessage[] =>
  Array.from({ length: count }, (_, i) =>
    message({ id: `m${start + i}`, text: `Message ${start + i}`, timeMs: NOW + (start + i) * 60_000 }),
  );

export const status = (fields: Partial<StatusDelta> = {}): StatusDelta => ({
  kind: "status",
  status: "connected",
  detail: null,
  retryInMs: null,
  cause: null,
  ...fields,
});

export function snapshot(fields: Partial<Snapshot> = {}): Snapshot {
  const held = fields.messages ?? [];
  const firstIndex = fields.firstIndex ?? 0;
  return {
    kind: "snapshot",
    to: "me",
    protocolVersion: 1,
    epoch: "e1",
    revision: 10,
    total: firstIndex + held.length,
    firstIndex,
    messages: held,
    hasOlder: false,
    firstUnreadId: null,
    status: status(),
    typing: [],
    unreadCount: 0,
    looksOn: false,
    canAnswer: true,
    canBeginAnew: false,
    textLimit: null,
    uploads: null,
    capabilities: ["send", "send_typing", "receive_typing", "send_read", "receive_read", "history"],
    locale: "en",
    words: null,
    error: null,
    title: "Ann Archer",
    hint: "",
    timeMs: null,
    conversation: null,
    ...fields,
  };
}

export const error = (message: string, cause: ErrorDelta["cause"] = null): ErrorDelta => ({
  kind: "error",
  code: "c",
  message,
  correlationId: null,
  cause,
  retryInMs: null,
});

export const heartbeat = (fields: Partial<KernelHeartbeat> = {}): KernelHeartbeat => ({
  kind: "kernel-heartbeat",
  epoch: "e1",
  revision: 10,
  timeMs: null,
  ...fields,
});

export const deltas = (revision: number, ...list: Deltas["deltas"]): Deltas => ({
  kind: "deltas",
  epoch: "e1",
  revision,
  deltas: list,
});

export const placed = (
  placedMessage: ViewMessage,
  index: number,
  formerIndex: number | null = null,
  formerId: string | null = null,
): Deltas["deltas"][number] => ({
  kind: "message-placed",
  message: placedMessage,
  index,
  formerIndex,
  formerId,
});

export const receipt = (
  fields: Partial<Extract<Deltas["deltas"][number], { kind: "message-status" }>> = {},
): Deltas["deltas"][number] => ({
  kind: "message-status",
  id: "m0",
  index: 0,
  status: "read",
  statusTimeMs: null,
  error: null,
  seenInferred: false,
  cause: null,
  ...fields,
});

export const skipped = (fields: Partial<MessagesSkippedDelta> = {}): MessagesSkippedDelta => ({
  kind: "messages-skipped",
  index: 0,
  count: 1,
  others: 1,
  firstOtherId: "skipped",
  ...fields,
});

export const page = (fields: Partial<Page> = {}): Page => ({
  kind: "page",
  to: "me",
  requestId: "r1",
  epoch: "e1",
  revision: 10,
  firstIndex: 0,
  messages: [],
  hasOlder: false,
  isFound: true,
  targetId: null,
  stoppedEarly: false,
  error: null,
  ...fields,
});

/** The state after these events. */
export const state = (...events: StoreEvent[]): ViewState =>
  events.reduce((before, event) => reduce(before, event, NOW), initialState);

/** A live state that holds these messages. */
export const live = (held: ViewMessage[], fields: Partial<Snapshot> = {}): ViewState =>
  state(snapshot({ messages: held, ...fields }), { kind: "link-changed", link: "live" });
