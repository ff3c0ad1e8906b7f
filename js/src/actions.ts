// What a user can do in a view: each changes the state here at once and tells the kernel.

import type { Outgoing, Port } from "./port";
import type { AnswerRequested, ViewMessage } from "./protocol.gen";
import { randomId } from "./random-id";
import type { Store } from "./store";
import { createUploads, type Uploads } from "./uploads";

/** Earlier messages asked for at a time, and how long to wait for them before saying so. */
export const PAGE_SIZE = 100;
export const PAGE_PATIENCE_MS = 15_000;

export interface Actions {
  readonly tell: (message: Outgoing) => void;
  readonly send: (text: string) => void;
  /** Picks something that a message offers; false when the kernel is known to be gone. */
  readonly answer: (
    answer: Pick<AnswerRequested, "draftId" | "messageId" | "part" | "picks" | "text">,
  ) => boolean;
  readonly uploads: Uploads;
  /** The addresses of a message's files may have expired. */
  readonly newLinks: (messageId: string) => void;
  readonly retry: (message: ViewMessage) => void;
  readonly discard: (message: ViewMessage) => void;
  readonly seen: (ids: readonly string[]) => void;
  readonly loadOlder: () => void;
  readonly loadText: (id: string) => void;
  readonly reconnect: () => void;
  readonly dismissError: () => void;
  /** A snapshot came: what was reported as seen before may have been lost. */
  readonly forgetSeen: () => void;
  /** The text that a closed view leaves to the next one. */
  readonly keepDraft: (text: string) => void;
  readonly takeDraft: () => string;
}

export function createActions(store: Store, port: Port): Actions {
  const reported = new Set<string>();
  let keptDraft = "";

  function submit(draftId: string, text: string): void {
    if (!port.send({ kind: "send-requested", draftId, text })) {
      store.dispatch({ kind: "draft-troubled", draftId, trouble: "kernel-stopped" });
    }
  }

  return {
    tell: (message) => void port.send(message),
    send(text) {
      const draftId = randomId();
      store.dispatch({ kind: "draft-added", draftId, text });
      submit(draftId, text);
    },
    uploads: createUploads(store, port),
    newLinks: (messageId) => void port.send({ kind: "links-requested", messageId }),
    answer: (answer) => port.send({ kind: "answer-requested", ...answer }),
    retry({ draftId }) {
      if (draftId === null) return;
      const local = store.state().drafts.find((each) => each.draftId === draftId);
      if (local === undefined) return void port.send({ kind: "retry-requested", draftId });
      store.dispatch({ kind: "draft-resent", draftId });
      submit(draftId, local.text);
    },
    discard({ draftId }) {
      if (draftId === null) return;
      const isLocal = store.state().drafts.some((each) => each.draftId === draftId);
      if (isLocal) store.dispatch({ kind: "draft-dropped", draftId });
      else port.send({ kind: "discard-requested", draftId });
    },
    seen(ids) {
      const news = ids.filter((id) => !reported.has(id));
      if (news.length === 0 || !port.send({ kind: "messages-seen", ids: [...news] })) return;
      for (const id of news) reported.add(id);
    },
    loadOlder() {
      const { olderRequest, firstIndex, revision } = store.state();
      if (olderRequest !== null) return;
      const requestId = randomId();
      store.dispatch({ kind: "older-requested", requestId });
      port.send({ kind: "page-requested", requestId, beforeIndex: firstIndex, revision, limit: PAGE_SIZE });
      setTimeout(() => store.dispatch({ kind: "older-given-up", requestId }), PAGE_PATIENCE_MS);
    },
    loadText(id) {
      if (store.state().textRequests.has(id)) return;
      store.dispatch({ kind: "text-asked", id });
      port.send({ kind: "text-requested", id });
    },
    reconnect: () => void port.send({ kind: "reconnect-requested" }),
    dismissError: () => store.dispatch({ kind: "error-dismissed" }),
    forgetSeen: () => reported.clear(),
    keepDraft(text) {
      keptDraft = text;
    },
    takeDraft() {
      const text = keptDraft;
      keptDraft = "";
      return text;
    },
  };
}
