// What a user can do in a view: each changes the state here at once and tells the kernel.

import type { AnswerRequested, ViewMessage } from "../protocol.gen";
import { randomId } from "../random-id";
import type { Hold } from "../state/list-window";
import type { LocalEvent, Store } from "../state/store";
import type { Outgoing, Port } from "./port";
import type { Transcripts } from "./transcripts";
import type { Uploads } from "./uploads";

/** Messages asked for at a time, and how long to wait for them before saying so. */
export const PAGE_SIZE = 100;
export const PAGE_PATIENCE_MS = 15_000;
/** A day far back is fetched from the server page by page. */
export const TIME_PATIENCE_MS = 60_000;

/** What a view wants to see. */
export type Wish =
  | { readonly where: "before" | "after" | "oldest" | "latest" | "first-unread" }
  | { readonly where: "around"; readonly id: string }
  | { readonly where: "time"; readonly timeMs: number }
  | { readonly where: "hit"; readonly ordinal: number };

export interface Actions {
  readonly tell: (message: Outgoing) => void;
  readonly send: (text: string) => void;
  /** Picks something that a message offers; false when the kernel is known to be gone. */
  readonly answer: (
    answer: Pick<AnswerRequested, "draftId" | "messageId" | "part" | "picks" | "text" | "filled">,
  ) => boolean;
  readonly uploads: Uploads;
  /** The addresses of a message's files may have expired. */
  readonly newLinks: (messageId: string) => void;
  readonly retry: (message: ViewMessage) => void;
  readonly discard: (message: ViewMessage) => void;
  readonly seen: (ids: readonly string[]) => void;
  /** Asks for another part of the conversation; a wish for the next page waits for what is under way. */
  readonly load: (wish: Wish) => void;
  /** Searches all that the kernel holds; an empty query ends the search. */
  readonly search: (query: string) => void;
  /** Has older messages of the server searched too. */
  readonly searchOlder: () => void;
  readonly transcripts: Transcripts;
  /** Where the user is now. */
  readonly place: (isFollowing: boolean, isWatching: boolean) => void;
  /** A view goes while its reader is there, above the end. Another may open in its stead, as when a cell is moved. */
  readonly leave: (hold: Hold | null) => void;
  /** Where the reader of the view before was. */
  readonly left: () => Hold | null;
  /** The user has answered what was new. */
  readonly answered: () => void;
  readonly loadText: (id: string) => void;
  readonly reconnect: () => void;
  /** Another conversation, for one that is over. */
  readonly beginAnew: () => void;
  /** What the server has asked to wait for is over: earlier messages can be asked for again. */
  readonly olderDue: () => void;
  readonly dismissError: () => void;
}

/** What the views of one page have in common. */
export interface Shared {
  readonly port: Port;
  /** Brings what happens to a draft to all of them. */
  readonly tellViews: (event: LocalEvent) => void;
  /** What has been reported as seen. */
  readonly reported: Set<string>;
  readonly uploads: Uploads;
  readonly transcripts: Transcripts;
}

export function createActions(
  store: Store,
  { port, tellViews, reported, uploads, transcripts }: Shared,
): Actions {
  function submit(draftId: string, text: string): void {
    if (!port.send({ kind: "send-requested", draftId, text })) {
      tellViews({ kind: "draft-troubled", draftId, trouble: "kernel-stopped" });
    }
  }

  let left: Hold | null = null;

  function load(wish: Wish): void {
    const { pageRequest, messages } = store.state();
    const { where } = wish;
    const isNext = where === "before" || where === "after";
    if (pageRequest !== null && (isNext || (where !== "hit" && pageRequest.where === where))) return;
    const requestId = randomId();
    const id = where === "around" ? wish.id : isNext ? edgeId(messages, where) : null;
    const timeMs = where === "time" ? wish.timeMs : null;
    const ordinal = where === "hit" ? wish.ordinal : 0;
    const hit = where === "hit" ? { searchId: store.state().search?.id ?? null, ordinal } : {};
    store.dispatch({ kind: "page-asked", requestId, where, ordinal });
    port.send({ kind: "page-requested", requestId, where, id, timeMs, ...hit, limit: PAGE_SIZE });
    const patience = where === "time" ? TIME_PATIENCE_MS : PAGE_PATIENCE_MS;
    setTimeout(() => store.dispatch({ kind: "page-given-up", requestId }), patience);
  }

  return {
    tell: (message) => void port.send(message),
    send(text) {
      const draftId = randomId();
      tellViews({ kind: "draft-added", draftId, text });
      submit(draftId, text);
    },
    uploads,
    newLinks: (messageId) => void port.send({ kind: "links-requested", messageId }),
    answer: (answer) => port.send({ kind: "answer-requested", ...answer }),
    retry({ draftId }) {
      if (draftId === null) return;
      const local = store.state().drafts.find((each) => each.draftId === draftId);
      if (local === undefined) return void port.send({ kind: "retry-requested", draftId });
      tellViews({ kind: "draft-resent", draftId });
      submit(draftId, local.text);
    },
    discard({ draftId }) {
      if (draftId === null) return;
      const isLocal = store.state().drafts.some((each) => each.draftId === draftId);
      if (isLocal) tellViews({ kind: "draft-dropped", draftId });
      else port.send({ kind: "discard-requested", draftId });
    },
    seen(ids) {
      const news = ids.filter((id) => !reported.has(id));
      if (news.length === 0 || !port.send({ kind: "messages-seen", ids: [...news] })) return;
      for (const id of news) reported.add(id);
    },
    load,
    search(query) {
      const before = store.state().search;
      if (before !== null && before.id !== "")
        port.send({ kind: "search-requested", searchId: before.id, query: "" });
      if (query.trim() === "") return store.dispatch({ kind: "search-ended" });
      const searchId = randomId();
      store.dispatch({ kind: "search-begun", searchId, query });
      port.send({ kind: "search-requested", searchId, query });
    },
    searchOlder() {
      const { search } = store.state();
      if (search === null) return;
      const { id: searchId, query } = search;
      port.send({ kind: "search-requested", searchId, query, loadsOlder: true });
    },
    transcripts,
    place: (isFollowing, isWatching) => store.dispatch({ kind: "place-changed", isFollowing, isWatching }),
    leave(hold) {
      left = hold;
    },
    left: () => left,
    answered: () => store.dispatch({ kind: "answered" }),
    loadText(id) {
      if (store.state().textRequests.has(id)) return;
      store.dispatch({ kind: "text-asked", id });
      port.send({ kind: "text-requested", id });
    },
    reconnect: () => void port.send({ kind: "reconnect-requested" }),
    beginAnew: () => void port.send({ kind: "new-conversation-requested" }),
    olderDue: () => store.dispatch({ kind: "older-due" }),
    dismissError: () => store.dispatch({ kind: "error-dismissed" }),
  };
}

function edgeId(messages: readonly ViewMessage[], where: "before" | "after"): string | null {
  return messages.at(where === "before" ? 0 : -1)?.id ?? null;
}
