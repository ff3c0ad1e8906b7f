// The detail of one message, beside it: while its time is under the pointer, or while it has the focus.

import { useEffect, useState } from "preact/hooks";
import type { ViewState } from "../../state/store";
import { detail } from "../../text/detail";
import type { Services } from "../kit/services";
import { useNow } from "../kit/use-now";

/** Passing over a time on the way to somewhere else shows nothing. */
export const HOVER_MS = 350;
/** The pointer may cross the gap to the detail itself. */
export const LEAVE_MS = 200;
const GAP_PX = 4;
/** Room for it above its message; else it stands below. */
const ROOM_PX = 64;

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  readonly root: { readonly current: HTMLElement | null };
}

export function MessageDetail({ state, services, root }: Props) {
  const [article, setArticle] = useState<HTMLElement | null>(null);
  useEffect(() => (root.current === null ? undefined : watch(root.current, setArticle)), []);
  if (article === null || root.current === null) return null;
  const message = state.messages.find((each) => each.id === article.dataset.messageId);
  if (message === undefined) return null;
  return (
    // Not the message's description: it would be read out with each, and again as it changes. Enter has it said.
    <div class="ipg-detail" role="tooltip" style={placeBeside(article, root.current)}>
      <Lines message={message} services={services} />
    </div>
  );
}

function Lines({ message, services }: { message: ViewState["messages"][number]; services: Services }) {
  const nowMs = useNow(services.clock);
  const lines = detail(message, nowMs, services.format, services.strings);
  return (
    <>
      {lines.map((line, i) => (
        <div key={i}>{line}</div>
      ))}
    </>
  );
}

/** Calls `show` with the message whose detail is wanted, and with null when none is. Returns how to stop that. */
function watch(root: HTMLElement, show: (article: HTMLElement | null) => void): () => void {
  const mounted = new AbortController();
  const { signal } = mounted;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (article: HTMLElement | null, delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => show(article), delayMs);
  };
  const now = (article: HTMLElement | null): void => {
    clearTimeout(timer);
    show(article);
  };
  const over = ({ target }: Event): void => {
    if (!(target instanceof Element)) return;
    const article = target.closest(".ipg-meta")?.closest("article") ?? null;
    if (target.closest(".ipg-detail") !== null) clearTimeout(timer);
    else soon(article, article === null ? LEAVE_MS : HOVER_MS);
  };
  root.addEventListener("pointerover", over, { signal });
  root.addEventListener("pointerleave", () => soon(null, LEAVE_MS), { signal });
  root.addEventListener(
    "focusin",
    ({ target }) => now(target instanceof HTMLElement && target.tagName === "ARTICLE" ? target : null),
    { signal },
  );
  root.addEventListener("focusout", () => now(null), { signal });
  root.addEventListener("keydown", (event) => event.key === "Escape" && now(null), { signal, capture: true });
  // It does not scroll with its message.
  root.addEventListener("scroll", () => now(null), { signal, capture: true, passive: true });
  return () => {
    clearTimeout(timer);
    mounted.abort();
  };
}

function placeBeside(article: HTMLElement, root: HTMLElement): Record<string, string> {
  const bubble = (article.querySelector(".ipg-bubble") ?? article).getBoundingClientRect();
  const frame = root.getBoundingClientRect();
  const isRight = bubble.left + bubble.right > frame.left + frame.right;
  const isAbove = bubble.top - frame.top > ROOM_PX;
  return {
    [isRight ? "right" : "left"]:
      `${Math.max(GAP_PX, isRight ? frame.right - bubble.right : bubble.left - frame.left)}px`,
    [isAbove ? "bottom" : "top"]:
      `${(isAbove ? frame.bottom - bubble.top : bubble.bottom - frame.top) + GAP_PX}px`,
  };
}
