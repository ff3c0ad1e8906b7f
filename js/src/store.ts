// What a view knows of the conversation, and how each message from the kernel or action of the user changes it.

import type {
  CapabilitiesDelta,
  Deltas,
  ErrorDelta,
  KernelToView,
  MessagePlacedDelta,
  Page,
  Snapshot,
  StatusDelta,
  UploadRules,
  ViewMessage,
} from "./protocol.gen";

export type Capability = CapabilitiesDelta["capabilities"][number];
export type Delta = Deltas["deltas"][number];
export type ConnectionStatus = StatusDelta["status"];

/** The hop between page and kernel: not heard of yet, most likely not there, answering, silent, stopped, or of another version. */
export type Link = "starting" | "absent" | "live" | "silent" | "gone" | "mismatch";

/** Why a draft that the kernel has not confirmed cannot be sent; null while it is on its way. */
export type DraftTrouble = "kernel-stopped" | "kernel-restarted";

/** A message that this page has sent and the kernel has not placed yet. */
export interface Draft {
  readonly draftId: string;
  readonly text: string;
  readonly timeMs: number;
  readonly trouble: DraftTrouble | null;
}

/** Messages that came while the view was watching, numbered so that a view can tell which are news to it. */
export interface Arrival {
  readonly serial: number;
  readonly message: ViewMessage;
}

export interface ViewState {
  readonly link: Link;
  readonly epoch: string | null;
  readonly revision: number;
  /** False when a delta contradicted what is held: only a snapshot helps. */
  readonly consistent: boolean;
  readonly title: string;
  /** What the notebook asked for; null: the browser's. */
  readonly locale: string | null;
  /** The newest messages that the kernel holds, without gaps: positions `firstIndex` up to `total`. */
  readonly messages: readonly ViewMessage[];
  readonly firstIndex: number;
  readonly hasOlder: boolean;
  readonly drafts: readonly Draft[];
  readonly arrivals: readonly Arrival[];
  readonly lastSerial: number;
  /** Placed without their text; they become arrivals when it comes. */
  readonly awaitingText: ReadonlySet<string>;
  readonly firstUnreadId: string | null;
  readonly unreadCount: number;
  readonly status: ConnectionStatus;
  readonly statusDetail: string | null;
  /** When the next try is due, on this page's clock. */
  readonly retryAtMs: number | null;
  readonly typing: readonly string[];
  /** What files may be sent; null when none. */
  readonly uploads: UploadRules | null;
  /** We are the side that picks what messages offer. */
  readonly canAnswer: boolean;
  readonly capabilities: ReadonlySet<Capability>;
  readonly error: ErrorDelta | null;
  /** The request for older messages that is under way. */
  readonly olderRequest: string | null;
  /** Why the last request for older messages came to nothing; empty when nobody said why. */
  readonly olderError: string | null;
  /** A page that speaks of positions which deltas still on their way will bring. */
  readonly heldPage: Page | null;
  /** Whole texts that have been asked for. */
  readonly textRequests: ReadonlySet<string>;
}

/** What the page itself does to the state, without waiting for the kernel. */
export type LocalEvent =
  | { kind: "copy-found"; copy: Snapshot }
  | { kind: "draft-added"; draftId: string; text: string }
  | { kind: "draft-troubled"; draftId: string; trouble: DraftTrouble }
  | { kind: "draft-resent"; draftId: string }
  | { kind: "draft-dropped"; draftId: string }
  | { kind: "older-requested"; requestId: string }
  | { kind: "older-given-up"; requestId: string }
  | { kind: "text-asked"; id: string }
  | { kind: "link-changed"; link: Link }
  | { kind: "error-dismissed" };

export type StoreEvent = KernelToView | LocalEvent;

/** Arrivals are for the announcer and the "new messages" mark, which look at once; older ones are not kept. */
const ARRIVALS_KEPT = 64;

export const initialState: ViewState = {
  link: "starting",
  epoch: null,
  revision: -1,
  consistent: true,
  title: "",
  locale: null,
  messages: [],
  firstIndex: 0,
  hasOlder: false,
  drafts: [],
  arrivals: [],
  lastSerial: 0,
  awaitingText: new Set(),
  firstUnreadId: null,
  unreadCount: 0,
  status: "idle",
  statusDetail: null,
  retryAtMs: null,
  typing: [],
  canAnswer: false,
  uploads: null,
  capabilities: new Set(),
  error: null,
  olderRequest: null,
  olderError: null,
  heldPage: null,
  textRequests: new Set(),
};

/** The number of messages that the kernel holds. */
export const totalOf = (state: ViewState): number => state.firstIndex + state.messages.length;

/** Texts of at most this many characters are never cut (MAX_SHOWN_CHARACTERS in view_protocol.py). */
const NEVER_CUT_CHARACTERS = 16_384;

/** Whether the kernel holds more of this message's text. Python counts code points, `length` counts UTF-16 units. */
export function isCut({ text, fullLength }: ViewMessage): boolean {
  return text !== null && fullLength > NEVER_CUT_CHARACTERS && [...text].length < fullLength;
}

/** Whether there are messages before the first one held here. */
export const hasEarlier = (state: ViewState): boolean => state.firstIndex > 0 || state.hasOlder;

export function reduce(state: ViewState, event: StoreEvent, nowMs: number): ViewState {
  switch (event.kind) {
    case "snapshot":
      return onSnapshot(state, event, nowMs);
    case "deltas":
      return applyDeltas(state, event, nowMs);
    case "page":
      return onPage(state, event);
    case "full-text":
      return onFullText(state, event.id, event.text);
    case "kernel-heartbeat":
    // Of files; see uploads.ts.
    case "file-wanted":
    case "file-refused":
    case "upload-progress":
      return state;
    // What the notebook has kept, until a kernel answers.
    case "copy-found":
      return state.epoch === null
        ? { ...onSnapshot(state, event.copy, nowMs), epoch: null, revision: -1 }
        : state;
    case "draft-added": {
      const draft = { draftId: event.draftId, text: event.text, timeMs: nowMs, trouble: null };
      return { ...state, drafts: [...state.drafts, draft] };
    }
    case "draft-troubled":
      return withDraft(state, event.draftId, event.trouble);
    case "draft-resent":
      return withDraft(state, event.draftId, null);
    case "draft-dropped":
      return { ...state, drafts: state.drafts.filter((each) => each.draftId !== event.draftId) };
    case "older-requested":
      return { ...state, olderRequest: event.requestId, olderError: null };
    case "older-given-up":
      return state.olderRequest === event.requestId
        ? { ...state, olderRequest: null, olderError: "" }
        : state;
    case "text-asked":
      return { ...state, textRequests: new Set([...state.textRequests, event.id]) };
    case "link-changed":
      return { ...state, link: event.link };
    case "error-dismissed":
      return { ...state, error: null };
    default:
      event satisfies never;
      return state;
  }
}

function onSnapshot(state: ViewState, snapshot: Snapshot, nowMs: number): ViewState {
  const restarted = state.epoch !== null && state.epoch !== snapshot.epoch;
  const placed = new Set(snapshot.messages.map((each) => each.draftId));
  const unread = snapshot.firstUnreadIndex;
  const news = state.epoch === null || restarted ? [] : missedMessages(state, snapshot);
  return {
    ...state,
    epoch: snapshot.epoch,
    revision: snapshot.revision,
    consistent: true,
    title: snapshot.title,
    locale: snapshot.locale,
    messages: snapshot.messages,
    firstIndex: snapshot.firstIndex,
    hasOlder: snapshot.hasOlder,
    drafts: state.drafts
      .filter((each) => !placed.has(each.draftId))
      .map((each) => (restarted ? { ...each, trouble: "kernel-restarted" } : each)),
    ...arrivalsWith(state, news),
    awaitingText: new Set(),
    firstUnreadId: unread === null ? null : (snapshot.messages[unread - snapshot.firstIndex]?.id ?? null),
    unreadCount: snapshot.unreadCount,
    typing: snapshot.typing,
    canAnswer: snapshot.canAnswer,
    uploads: snapshot.uploads,
    capabilities: new Set(snapshot.capabilities),
    error: snapshot.error,
    olderRequest: null,
    olderError: null,
    heldPage: null,
    textRequests: new Set(),
    ...connection(snapshot.status, nowMs),
  };
}

/** What came from others while messages from the kernel were lost. */
function missedMessages(state: ViewState, snapshot: Snapshot): ViewMessage[] {
  const lastId = state.messages.at(-1)?.id;
  const after = snapshot.messages.findIndex((each) => each.id === lastId) + 1;
  return snapshot.messages.slice(after).filter((each) => !each.isOwn);
}

function arrivalsWith(state: ViewState, messages: readonly ViewMessage[]) {
  if (messages.length === 0) return { arrivals: state.arrivals, lastSerial: state.lastSerial };
  const news = messages.map((message, i) => ({ serial: state.lastSerial + i + 1, message }));
  const lastSerial = state.lastSerial + news.length;
  return { arrivals: [...state.arrivals, ...news].slice(-ARRIVALS_KEPT), lastSerial };
}

function connection(delta: StatusDelta, nowMs: number) {
  return {
    status: delta.status,
    statusDetail: delta.detail,
    retryAtMs: delta.retryInMs === null ? null : nowMs + delta.retryInMs,
  };
}

/** The parts that deltas change in place, so that a batch copies the messages once and not once per delta. */
interface Work {
  messages: ViewMessage[];
  firstIndex: number;
  drafts: readonly Draft[];
  arrived: ViewMessage[];
  awaitingText: Set<string>;
  patch: { -readonly [Key in keyof ViewState]?: ViewState[Key] };
}

function applyDeltas(state: ViewState, { revision, deltas }: Deltas, nowMs: number): ViewState {
  const work: Work = {
    messages: [...state.messages],
    firstIndex: state.firstIndex,
    drafts: state.drafts,
    arrived: [],
    awaitingText: new Set(state.awaitingText),
    patch: {},
  };
  for (const delta of deltas) {
    if (!applyDelta(work, delta, nowMs)) return { ...state, consistent: false };
  }
  const next = {
    ...state,
    ...work.patch,
    revision: revision + deltas.length - 1,
    messages: work.messages,
    firstIndex: work.firstIndex,
    drafts: work.drafts,
    awaitingText: work.awaitingText,
    ...arrivalsWith(state, work.arrived),
  };
  return next.heldPage === null ? next : onPage(next, next.heldPage);
}

/** Applies one delta; false when it contradicts what is held. */
function applyDelta(work: Work, delta: Delta, nowMs: number): boolean {
  switch (delta.kind) {
    case "message-placed":
      return placeMessage(work, delta);
    case "message-removed":
      return takeMessage(work, delta.index, delta.id);
    case "message-status": {
      const at = delta.index - work.firstIndex;
      if (at < 0) return true;
      const message = work.messages[at];
      if (message?.id !== delta.id) return false;
      const { status, statusTimeMs, seenInferred, error } = delta;
      work.messages[at] = { ...message, status, statusTimeMs, seenInferred, error };
      return true;
    }
    case "history-prepended":
      work.firstIndex += delta.count;
      work.patch.hasOlder = delta.hasOlder;
      return true;
    case "typing":
      work.patch.typing = delta.names;
      return true;
    case "unread":
      work.patch.unreadCount = delta.count;
      return true;
    case "status":
      Object.assign(work.patch, connection(delta, nowMs));
      return true;
    case "capabilities":
      work.patch.capabilities = new Set(delta.capabilities);
      work.patch.uploads = delta.uploads;
      return true;
    case "error":
      work.patch.error = delta;
      return true;
    default:
      // A newer kernel's delta: counted in the revision, and of no use here.
      delta satisfies never;
      return true;
  }
}

function placeMessage(work: Work, { message, index, formerIndex, formerId }: MessagePlacedDelta): boolean {
  const former = formerIndex === null ? null : work.messages[formerIndex - work.firstIndex];
  if (formerIndex !== null && !takeMessage(work, formerIndex, formerId ?? message.id)) return false;
  const at = index - work.firstIndex;
  if (at < 0) work.firstIndex += 1;
  else if (at > work.messages.length) return false;
  else work.messages.splice(at, 0, keepFullText(former, message));
  if (message.draftId !== null) {
    const { draftId } = message;
    work.drafts = work.drafts.filter((each) => each.draftId !== draftId);
  }
  noteArrival(work, message, formerIndex === null);
  return true;
}

function takeMessage(work: Work, index: number, id: string): boolean {
  const at = index - work.firstIndex;
  if (at < 0) {
    work.firstIndex -= 1;
    return true;
  }
  if (work.messages[at]?.id !== id) return false;
  work.messages.splice(at, 1);
  return true;
}

/** A text that was fetched whole stays whole when only something else about its message changes. */
function keepFullText(former: ViewMessage | null | undefined, message: ViewMessage): ViewMessage {
  const same = former?.fullLength === message.fullLength && former.text !== null;
  return same && isCut(message) && !isCut(former) ? { ...message, text: former.text } : message;
}

function noteArrival(work: Work, message: ViewMessage, isNew: boolean): void {
  if (message.isOwn) return;
  const awaited = work.awaitingText.delete(message.id);
  if (!isNew && !awaited) return;
  if (message.text === null && !message.unavailable) work.awaitingText.add(message.id);
  else work.arrived.push(message);
}

function onPage(state: ViewState, page: Page): ViewState {
  if (page.requestId !== state.olderRequest || page.epoch !== state.epoch) return state;
  if (page.revision > state.revision) return { ...state, heldPage: page };
  const done = { ...state, olderRequest: null, olderError: page.error, heldPage: null };
  // Nothing and no reason: there is nothing older, whatever was believed; asking again would go on for ever.
  if (page.messages.length === 0) return { ...done, hasOlder: page.error !== null && page.hasOlder };
  if (page.firstIndex + page.messages.length !== state.firstIndex) return { ...done, consistent: false };
  const messages = [...page.messages, ...state.messages];
  return { ...done, messages, firstIndex: page.firstIndex, hasOlder: page.hasOlder };
}

function onFullText(state: ViewState, id: string, text: string): ViewState {
  const textRequests = new Set(state.textRequests);
  textRequests.delete(id);
  const messages = state.messages.map((each) =>
    each.id === id ? { ...each, text, fullLength: [...text].length } : each,
  );
  return { ...state, messages, textRequests };
}

function withDraft(state: ViewState, draftId: string, trouble: DraftTrouble | null): ViewState {
  const drafts = state.drafts.map((each) => (each.draftId === draftId ? { ...each, trouble } : each));
  return { ...state, drafts };
}

/** Holds one conversation's state for all its views. */
export interface Store {
  readonly state: () => ViewState;
  readonly dispatch: (event: StoreEvent) => void;
  /** Calls `listener` after each change, until `signal` aborts. */
  readonly subscribe: (listener: () => void, signal: AbortSignal) => void;
}

export function createStore(nowMs: () => number): Store {
  let state = initialState;
  const listeners = new Set<() => void>();
  return {
    state: () => state,
    dispatch(event) {
      const next = reduce(state, event, nowMs());
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
  };
}
