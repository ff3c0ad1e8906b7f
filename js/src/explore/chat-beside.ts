// The place where a chat of the kernel's is drawn beside a widget of ours, and how far that has come.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Show } from "./show-widget";

export interface ChatBeside {
  /** The element that it is drawn into. */
  readonly place: RefObject<HTMLDivElement | null>;
  readonly isShown: boolean;
  /** The host cannot. */
  readonly hasFailed: boolean;
}

/** Draws the chat of this model; none where it is empty. */
export function useChatBeside(chat: string, show: Show): ChatBeside {
  const place = useRef<HTMLDivElement | null>(null);
  const [came, setCame] = useState({ chat: "", isShown: false });
  // At once when the view goes: what the host has drawn must not outlive it.
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || chat === "") return;
    const closing = new AbortController();
    const el = element.ownerDocument.createElement("div");
    element.append(el);
    show(el, chat, closing.signal).then(
      () => setCame({ chat, isShown: true }),
      () => setCame({ chat, isShown: false }),
    );
    return () => {
      closing.abort();
      el.remove();
    };
  }, [chat, show]);
  const isOfThis = chat !== "" && came.chat === chat;
  return { place, isShown: isOfThis && came.isShown, hasFailed: isOfThis && !came.isShown };
}
