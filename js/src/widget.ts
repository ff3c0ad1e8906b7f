// The anywidget entry: one store per model, one DOM tree per view. The only file that sees the model.

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { type Actions, createActions } from "./kernel/actions";
import { createPort, type Port } from "./kernel/port";
import { createTranscripts } from "./kernel/transcripts";
import { createUploads } from "./kernel/uploads";
import { named } from "./kernel/wire";
import type { Snapshot } from "./protocol.gen";
import { randomId } from "./random-id";
import { createStore, forked, type Store, type StoreEvent } from "./state/store";
import { mountConversation } from "./view/mount";

/** Messages in a snapshot; one after a loss brings back as many as a view held. */
const NEWEST = 100;

/** What one view shows of the conversation. A view that closes leaves it, with its drafts, to the next one. */
interface Seat {
  readonly store: Store;
  readonly actions: Actions;
  isTaken: boolean;
}

/** The trait that holds a copy of the conversation, if the notebook's owner wants one (chat.py). */
const SAVED_CONTENT = "_saved_content";

interface Session {
  readonly port: Port;
  readonly takeSeat: () => Seat;
  views: number;
}

/**
 * The widget's definition. A factory, which the host calls once per widget, so that nothing is shared through the
 * module.
 */
export default function createWidget() {
  // The host may give `initialize` and each `render` another proxy of one model, so that the model itself does not
  // always tell which session is meant.
  const sessions = new Map<AnyModel, Session>();

  function start(model: AnyModel, signal: AbortSignal | undefined): Session {
    const nowMs = (): number => Date.now();
    const seats: Seat[] = [];
    const reported = new Set<string>();
    const dispatch = (event: StoreEvent): void => {
      for (const { store } of seats) store.dispatch(event);
    };
    const port = createPort({
      transmit: (message, buffers) => model.send(message, undefined, buffers),
      deliver(message) {
        if (uploads.receive(message) || transcripts.receive(message)) return;
        // What was reported as seen before may have been lost.
        if (message.kind === "snapshot") reported.clear();
        dispatch(message);
        uploads.follow();
        if (seats.some(({ store }) => !store.state().consistent)) port.resync();
      },
      onLink: (link) => dispatch({ kind: "link-changed", link }),
      client: randomId(),
      pageSize: () => Math.max(NEWEST, ...seats.map(({ store }) => store.state().messages.length)),
      aroundId: () => lookedAt(seats),
      languages: navigator.languages,
    });
    const firstStore = createStore(nowMs);
    // A file has become a message as soon as one of the views has it.
    const uploads = createUploads(
      {
        state: () => ({
          ...firstStore.state(),
          messages: seats.flatMap(({ store }) => store.state().messages),
        }),
      },
      port,
    );
    const transcripts = createTranscripts(port);
    const addSeat = (store: Store): Seat => {
      const seat = {
        store,
        actions: createActions(store, { port, tellViews: dispatch, reported, uploads, transcripts }),
        isTaken: false,
      };
      seats.push(seat);
      return seat;
    };
    addSeat(firstStore);
    const takeSeat = (): Seat => {
      const free = seats.find(({ isTaken }) => !isTaken);
      const seat = free ?? addSeat(createStore(nowMs, forked(firstStore.state())));
      seat.isTaken = true;
      return seat;
    };
    const copy = named(model.get(SAVED_CONTENT));
    if (isCopy(copy)) dispatch({ kind: "copy-found", copy });
    const onMessage = (content: unknown): void => port.receive(named(content));
    // The only event that tells of a dead kernel; hosts without it are found out by the next heartbeat.
    const onLiveness = (): void => port.probe();
    model.on("msg:custom", onMessage);
    model.on("comm_live_update", onLiveness);
    const stop = (): void => {
      model.off("msg:custom", onMessage);
      model.off("comm_live_update", onLiveness);
      port.close();
      sessions.delete(model);
    };
    signal?.addEventListener("abort", stop, { once: true });
    const session = { port, takeSeat, views: 0 };
    sessions.set(model, session);
    return session;
  }

  function sessionOf(model: AnyModel): Session | undefined {
    const [only] = sessions.values();
    return sessions.get(model) ?? (sessions.size === 1 ? only : undefined);
  }

  return {
    initialize({ model, signal }: Pick<InitializeProps, "model" | "signal">): void {
      start(model, signal);
    },

    render({ model, el, signal }: Pick<RenderProps, "model" | "el" | "signal">): () => void {
      // A host that skips `initialize` gets its session with the first view.
      const session = sessionOf(model) ?? start(model, undefined);
      const closing = new AbortController();
      const close = (): void => closing.abort();
      if (signal?.aborted) close();
      signal?.addEventListener("abort", close, { once: true, signal: closing.signal });
      openView(session, el, closing.signal);
      return close;
    },
  };
}

/** A notebook may have been written by anyone; the view is of the same version as its copy. */
function isCopy(content: unknown): content is Snapshot {
  return typeof content === "object" && content !== null && "kind" in content && content.kind === "snapshot";
}

/** Draws one view and keeps the kernel told of whether any view is there. */
function openView(session: Session, el: HTMLElement, signal: AbortSignal): void {
  if (signal.aborted) return;
  const page = el.ownerDocument.defaultView;
  session.views += 1;
  // First, for it says where its reader was.
  const seat = session.takeSeat();
  if (session.views === 1) session.port.open();
  mountConversation(el, seat.store, seat.actions, signal);
  // The page goes, as far as anyone can tell; it may come back from the browser's cache.
  page?.addEventListener("pagehide", () => session.port.close(), { signal });
  page?.addEventListener("pageshow", () => session.port.open(), { signal });
  signal.addEventListener(
    "abort",
    () => {
      session.views -= 1;
      seat.isTaken = false;
      if (session.views === 0) session.port.close();
    },
    { once: true },
  );
}

/** The message in the middle of what somebody reads above the end; null when everybody is at the end. */
function lookedAt(seats: readonly Seat[]): string | null {
  const reader = seats.find(({ isTaken, store }) => isTaken && !store.state().isFollowing);
  const { messages } = reader?.store.state() ?? { messages: [] };
  return messages[messages.length >> 1]?.id ?? null;
}
