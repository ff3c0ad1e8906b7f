// How each message from the kernel or action of the user changes what a view knows, and who hears of it.

import type { Page, SearchFound, Snapshot, ViewMessage } from "../protocol.gen";
import { applyDeltas, arrivalsWith, connection } from "./apply-deltas";
import { type Held, holdsEnd, joined } from "./held";
import { answered, noteNews, reachedEnd, startNewness } from "./newness";
import {
  type DraftTrouble,
  initialState,
  isNoNews,
  type Landing,
  NO_OLDER_ERROR,
  type PageRequest,
  type SearchState,
  type StoreEvent,
  type ViewState,
  type Where,
} from "./view-state";

export * from "./view-state";

const LATE_MS = 10_000;

export function reduce(state: ViewState, event: StoreEvent, nowMs: number): ViewState {
  switch (event.kind) {
    case "snapshot":
      return onSnapshot(state, event, nowMs);
    case "deltas": {
      const next = applyDeltas(state, event, nowMs);
      return next.heldPage === null ? next : onPage(next, next.heldPage, nowMs);
    }
    case "page":
      return onPage(state, event, nowMs);
    case "full-text":
      return onFullText(state, event.id, event.text);
    case "kernel-heartbeat": {
      const aheadMs = serverAhead(state, event.timeMs, nowMs);
      return aheadMs === state.aheadMs ? state : { ...state, aheadMs };
    }
    // Of files; see uploads.ts and transcripts.ts.
    case "export-part":
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
      const { draftId, text } = event;
      const draft = { draftId, text, timeMs: nowMs + state.aheadMs, trouble: null };
      return { ...state, drafts: [...state.drafts, draft] };
    }
    case "draft-troubled":
      return withDraft(state, event.draftId, event.trouble);
    case "draft-resent":
      return withDraft(state, event.draftId, null);
    case "draft-dropped":
      return { ...state, drafts: state.drafts.filter((each) => each.draftId !== event.draftId) };
    case "page-asked":
      return {
        ...state,
        pageRequest: { requestId: event.requestId, where: event.where, ordinal: event.ordinal },
        ...(event.where === "before" ? NO_OLDER_ERROR : {}),
        heldPage: null,
      };
    case "older-due":
      return { ...state, ...NO_OLDER_ERROR };
    case "search-begun":
      return { ...state, search: { ...noSearch, id: event.searchId, query: event.query } };
    case "search-ended":
      return { ...state, search: null };
    case "search-found":
      return state.search?.id === event.searchId
        ? { ...state, search: foundMore(state.search, event) }
        : state;
    case "page-given-up":
      return givenUp(state, event.requestId);
    case "place-changed": {
      const { isFollowing, isWatching } = event;
      const newness = isWatching ? reachedEnd(state.newness) : state.newness;
      if (isFollowing === state.isFollowing && isWatching === state.isWatching && newness === state.newness)
        return state;
      return { ...state, isFollowing, isWatching, newness };
    }
    case "answered":
      return { ...state, newness: answered(state.newness) };
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
  const isFirst = state.epoch === null || restarted;
  const placed = new Set(snapshot.messages.map((each) => each.draftId));
  const part = { messages: snapshot.messages, firstIndex: snapshot.firstIndex, total: snapshot.total };
  const news = isFirst ? [] : missedMessages(state, snapshot);
  const first = news[0];
  const newness = isFirst ? startNewness(snapshot.firstUnreadId) : state.newness;
  return {
    ...state,
    // As the kernel has it, but for what follows.
    ...snapshot,
    consistent: true,
    // The same, most likely: then nothing has to be drawn anew.
    words: isFirst || snapshot.locale !== state.locale ? snapshot.words : state.words,
    ...placeOf(state, part, isFirst),
    drafts: state.drafts
      .filter((each) => !placed.has(each.draftId))
      .map((each) => (restarted ? { ...each, trouble: "kernel-restarted" } : each)),
    ...arrivalsWith(state, news, news.length),
    newness: first ? noteNews(newness, first.id, news.length, isNoNews(state)) : newness,
    awaitingText: new Set(),
    capabilities: new Set(snapshot.capabilities),
    pageRequest: null,
    ...NO_OLDER_ERROR,
    heldPage: null,
    textRequests: new Set(),
    ...connection(snapshot.status, nowMs),
    aheadMs: serverAhead(state, snapshot.timeMs, nowMs),
  };
}

/** How far the server's clock is ahead of this page's: as before, unless it is by more than a message may be late. */
function serverAhead({ aheadMs }: ViewState, timeMs: number | null, nowMs: number): number {
  const told = timeMs === null ? aheadMs : timeMs - nowMs;
  return Math.abs(told - aheadMs) < LATE_MS ? aheadMs : told;
}

/** Where the view is after a snapshot: where it was, if the snapshot shows that part, else at the end. */
function placeOf(state: ViewState, part: Held, isFirst: boolean) {
  const known = new Set(state.messages.map((each) => each.id));
  const isKept = !isFirst && !state.isFollowing && part.messages.some((each) => known.has(each.id));
  if (isKept) return part;
  // What another view of this page looks at is not the end: the list asks for that.
  const atEnd = holdsEnd(part) ? part : { messages: [], firstIndex: part.total, total: part.total };
  return { ...atEnd, isFollowing: true, landing: landed(state, "latest", null) };
}

function landed(state: ViewState, where: Where, page: Page | null): Landing {
  return {
    serial: (state.landing?.serial ?? 0) + 1,
    where,
    targetId: page?.targetId ?? null,
    stoppedEarly: page?.stoppedEarly ?? false,
    error: page?.error ?? null,
  };
}

/** What came from others while messages from the kernel were lost. */
function missedMessages(state: ViewState, snapshot: Snapshot): ViewMessage[] {
  if (!holdsEnd(state) || snapshot.firstIndex + snapshot.messages.length < snapshot.total) return [];
  const lastId = state.messages.at(-1)?.id;
  const after = snapshot.messages.findIndex((each) => each.id === lastId) + 1;
  return snapshot.messages.slice(after).filter((each) => !each.isOwn);
}

function onPage(state: ViewState, page: Page, nowMs: number): ViewState {
  const request = state.pageRequest;
  if (request?.requestId !== page.requestId || page.epoch !== state.epoch) return state;
  if (page.revision > state.revision) return { ...state, heldPage: page };
  const { where } = request;
  const done: ViewState = { ...state, pageRequest: null, heldPage: null, hasOlder: page.hasOlder };
  // A message that is not there any more, or a page of the past: the next request is by another one.
  if (!page.isFound && where === "hit") return { ...done, search: forgottenSearch(done) };
  if (!page.isFound || page.revision < state.revision) return done;
  if (where !== "before" && where !== "after") return onLanding(done, page, request);
  if (where === "before" && (page.error !== null || page.messages.length === 0)) {
    // Nothing and no reason: there is nothing older, whatever was believed; asking again would go on for ever.
    const olderRetryAtMs = page.error?.retryInMs == null ? null : nowMs + page.error.retryInMs;
    return {
      ...done,
      olderError: page.error,
      olderRetryAtMs,
      hasOlder: page.error !== null && page.hasOlder,
    };
  }
  const keeps = where === "before" && !state.isFollowing ? "start" : "end";
  return { ...done, ...joined(state, page, keeps) };
}

function onLanding(done: ViewState, page: Page, { where, ordinal }: PageRequest): ViewState {
  const part = { messages: page.messages, firstIndex: page.firstIndex, total: done.total };
  const isFollowing = where === "latest" && holdsEnd(part);
  const isHit = where === "hit" && done.search !== null;
  const search = isHit ? { ...done.search, ordinal, hitId: page.targetId } : done.search;
  return { ...done, ...part, isFollowing, search, landing: landed(done, where, page) } as ViewState;
}

const noSearch: SearchState = {
  id: "",
  query: "",
  count: 0,
  searched: 0,
  isComplete: false,
  hasOlder: false,
  isLoading: false,
  error: null,
  ordinal: 0,
  hitId: null,
};

function foundMore(search: SearchState, found: SearchFound): SearchState {
  const { count, searched, isComplete, hasOlder, isLoading, error } = found;
  return { ...search, count, searched, isComplete, hasOlder, isLoading, error };
}

/** The kernel does not know it any more, or not this hit: the search bar begins anew. */
const forgottenSearch = ({ search }: ViewState): SearchState | null =>
  search && { ...noSearch, query: search.query };

function givenUp(state: ViewState, requestId: string): ViewState {
  const request = state.pageRequest;
  if (request?.requestId !== requestId) return state;
  const done = { ...state, pageRequest: null };
  if (request.where === "before") return { ...done, olderError: "" };
  if (request.where !== "time") return done;
  return { ...done, landing: { ...landed(state, "time", null), error: "" } };
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

/** What a further view of the same page begins with: the end of the conversation. */
export function forked(state: ViewState): ViewState {
  const part = holdsEnd(state) ? {} : { messages: [], firstIndex: state.total };
  const newness = { ...state.newness, waiting: 0 };
  return {
    ...state,
    ...part,
    newness,
    isFollowing: true,
    search: null,
    pageRequest: null,
    landing: null,
    heldPage: null,
  };
}

/** Holds what one view knows of the conversation. */
export interface Store {
  readonly state: () => ViewState;
  readonly dispatch: (event: StoreEvent) => void;
  /** Calls `listener` after each change, until `signal` aborts. */
  readonly subscribe: (listener: () => void, signal: AbortSignal) => void;
}

export function createStore(nowMs: () => number, from: ViewState = initialState): Store {
  let state = from;
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
