// The anywidget entry: one store per model, one DOM tree per view. The only file that sees the model.

import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { type Actions, createActions } from "./actions";
import { createPort, type Port } from "./port";
import type { Snapshot } from "./protocol.gen";
import { randomId } from "./random-id";
import { createStore, type Store } from "./store";
import { mountConversation } from "./view/mount";
import { named } from "./wire";

/** As many as a view shows at once; a snapshot after a loss brings back what was there. */
const NEWEST = 100;
const NEWEST_MAX = 1_000;

/** The trait that holds a copy of the conversation, if the notebook's owner wants one (chat.py). */
const SAVED_CONTENT = "_saved_content";

interface Session {
  readonly store: Store;
  readonly port: Port;
  readonly actions: Actions;
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
    const store = createStore(() => Date.now());
    const port = createPort({
      transmit: (message, buffers) => model.send(message, undefined, buffers),
      deliver(message) {
        if (actions.uploads.receive(message)) return;
        if (message.kind === "snapshot") actions.forgetSeen();
        store.dispatch(message);
        actions.uploads.follow();
        if (!store.state().consistent) port.resync();
      },
      onLink: (link) => store.dispatch({ kind: "link-changed", link }),
      client: randomId(),
      pageSize: () => Math.min(NEWEST_MAX, Math.max(NEWEST, store.state().messages.length)),
    });
    const actions = createActions(store, port);
    const copy = named(model.get(SAVED_CONTENT));
    if (isCopy(copy)) store.dispatch({ kind: "copy-found", copy });
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
    const session = { store, port, actions, views: 0 };
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
  if (session.views === 1) session.port.open();
  mountConversation(el, session.store, session.actions, signal);
  // The page goes, as far as anyone can tell; it may come back from the browser's cache.
  page?.addEventListener("pagehide", () => session.port.close(), { signal });
  page?.addEventListener("pageshow", () => session.port.open(), { signal });
  signal.addEventListener(
    "abort",
    () => {
      session.views -= 1;
      if (session.views === 0) session.port.close();
    },
    { once: true },
  );
}
