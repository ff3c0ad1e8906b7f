// What a view knows of the conversation, and the few questions that everybody asks of it. Pure.

import type {
  CapabilitiesDelta,
  Deltas,
  ErrorDelta,
  KernelToView,
  Page,
  PageRequested,
  Snapshot,
  StatusDelta,
  TextLimit,
  UploadRules,
  ViewMessage,
} from "../protocol.gen";
import { type Held, holdsEnd } from "./held";
import { type Newness, startNewness } from "./newness";

export type Capability = CapabilitiesDelta["capabilities"][number];
export type Delta = Deltas["deltas"][number];
export type ConnectionStatus = StatusDelta["status"];
/** Why something failed, in one word, for which there are words in each language. */
export type Cause = NonNullable<StatusDelta["cause"]>;

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

/** A message of others that came, numbered so that a view can tell which are news to it. */
export interface Arrival {
  readonly serial: number;
  readonly message: ViewMessage;
}

export type Where = PageRequested["where"];

/** A request for a part of the conversation that is under way. */
export interface PageRequest {
  readonly requestId: string;
  readonly where: Where;
  /** Of the hit, 1 for the newest; 0 when it is none. */
  readonly ordinal: number;
}

/** Why something came to nothing; empty when nobody said why. */
export type Reason = ErrorDelta | "";

/** Another part of the conversation was brought before the user. */
export interface Landing {
  readonly serial: number;
  readonly where: Where;
  /** The message that was looked for; null for the end of the conversation. */
  readonly targetId: string | null;
  /** The server has older messages, perhaps those that were looked for. */
  readonly stoppedEarly: boolean;
  readonly error: Reason | null;
}

/** What is searched for in this view, and how far that has come. */
export interface SearchState {
  readonly id: string;
  readonly query: string;
  readonly count: number;
  /** Messages looked at. */
  readonly searched: number;
  readonly isComplete: boolean;
  readonly hasOlder: boolean;
  readonly isLoading: boolean;
  readonly error: ErrorDelta | null;
  /** The hit before the user, 1 for the newest; 0 before any was gone to. */
  readonly ordinal: number;
  readonly hitId: string | null;
}

export interface ViewState extends Held {
  readonly link: Link;
  readonly epoch: string | null;
  readonly revision: number;
  /** False when a delta contradicted what is held: only a snapshot helps. */
  readonly consistent: boolean;
  readonly title: string;
  /** What might be said next; empty: who knows. */
  readonly hint: string;
  /** Its name over all its Chats. */
  readonly conversation: string | null;
  /** The kernel's choice; null before it has answered. */
  readonly locale: string | null;
  /** Of that locale's language; null when it is English. */
  readonly words: Snapshot["words"];
  /** The server has messages older than position 0. */
  readonly hasOlder: boolean;
  /** The user is at the end of the list: new messages move what is held. */
  readonly isFollowing: boolean;
  /** The user is there and attending: what comes now is seen to come. */
  readonly isWatching: boolean;
  readonly newness: Newness;
  readonly drafts: readonly Draft[];
  readonly arrivals: readonly Arrival[];
  readonly lastSerial: number;
  /** Placed without their text; they become arrivals when it comes. */
  readonly awaitingText: ReadonlySet<string>;
  readonly unreadCount: number;
  readonly status: ConnectionStatus;
  readonly statusDetail: string | null;
  readonly statusCause: Cause | null;
  /** How far the server's clock is ahead of this page's, which may be wrong; times of messages are the server's. */
  readonly aheadMs: number;
  /** When the next try is due, on this page's clock. */
  readonly retryAtMs: number | null;
  readonly typing: readonly string[];
  /** What files may be sent; null when none. */
  readonly uploads: UploadRules | null;
  /** We have no part in the conversation: nothing is written here, and nothing is marked read. */
  readonly looksOn: boolean;
  /** We are the side that picks what messages offer. */
  readonly canAnswer: boolean;
  /** Once this conversation is over, another one can be begun. */
  readonly canBeginAnew: boolean;
  /** How long a message may be; null where nobody has said. */
  readonly textLimit: TextLimit | null;
  readonly capabilities: ReadonlySet<Capability>;
  readonly error: ErrorDelta | null;
  readonly pageRequest: PageRequest | null;
  readonly landing: Landing | null;
  readonly search: SearchState | null;
  /** Why the last request for older messages came to nothing. */
  readonly olderError: Reason | null;
  /** Asking again is of no use before, on this page's clock. */
  readonly olderRetryAtMs: number | null;
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
  | { kind: "page-asked"; requestId: string; where: Where; ordinal: number }
  | { kind: "search-begun"; searchId: string; query: string }
  | { kind: "search-ended" }
  | { kind: "page-given-up"; requestId: string }
  | { kind: "older-due" }
  | { kind: "place-changed"; isFollowing: boolean; isWatching: boolean }
  | { kind: "answered" }
  | { kind: "text-asked"; id: string }
  | { kind: "link-changed"; link: Link }
  | { kind: "error-dismissed" };

export type StoreEvent = KernelToView | LocalEvent;

export const initialState: ViewState = {
  link: "starting",
  epoch: null,
  revision: -1,
  consistent: true,
  title: "",
  hint: "",
  conversation: null,
  locale: null,
  words: null,
  messages: [],
  firstIndex: 0,
  total: 0,
  hasOlder: false,
  isFollowing: true,
  isWatching: false,
  newness: startNewness(null),
  drafts: [],
  arrivals: [],
  lastSerial: 0,
  awaitingText: new Set(),
  unreadCount: 0,
  status: "idle",
  statusDetail: null,
  statusCause: null,
  aheadMs: 0,
  retryAtMs: null,
  typing: [],
  looksOn: false,
  canAnswer: false,
  canBeginAnew: false,
  textLimit: null,
  uploads: null,
  capabilities: new Set(),
  error: null,
  pageRequest: null,
  landing: null,
  search: null,
  olderError: null,
  olderRetryAtMs: null,
  heldPage: null,
  textRequests: new Set(),
};

export const NO_OLDER_ERROR = { olderError: null, olderRetryAtMs: null } as const;

/** Whether there are messages before the first one held here. */
export const hasEarlier = (state: ViewState): boolean => state.firstIndex > 0 || state.hasOlder;

/** Whether what comes now is seen to come, or needs no mark: who only looks on is owed none while it can be seen. */
export const isNoNews = (state: Pick<ViewState, "isWatching" | "looksOn" | "isFollowing">): boolean =>
  state.isWatching || (state.looksOn && state.isFollowing);

/** Whether there are messages after the last one held here. */
export const hasLater = (state: ViewState): boolean => !holdsEnd(state);
