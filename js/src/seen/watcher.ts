// Watches which messages a view really shows, and reports those that have been seen by the rule in dwell.ts.

import { initialDwell, nextSeenMs, takeSeen, withAttention, withVisibility } from "./dwell";

/** How much of a message, or of the space for messages when that is less, must be in sight. */
export const SEEN_SHARE = 0.6;

/** Each report is a message to the kernel, for which the host shows it busy: what is seen sooner goes with the next. */
export const REPORT_MS = 250;

const THRESHOLDS = Array.from({ length: 21 }, (_, i) => i / 20);

export interface SeenWatcher {
  /** Watches exactly these elements from now on, each under its message's id, which it has in its data as well. */
  readonly watch: (elements: ReadonlyMap<string, Element>) => void;
}

export interface SeenOptions {
  /** The scrolling list. */
  readonly list: HTMLElement;
  readonly onSeen: (ids: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Whether enough is in sight: of the message, or, for a message taller than that, of the space there is. */
export function isEnough(visibleHeight: number, height: number, space: number): boolean {
  return visibleHeight > 0 && visibleHeight >= SEEN_SHARE * Math.min(height, space) - 0.5;
}

export function watchSeen({ list, onSeen, signal }: SeenOptions): SeenWatcher {
  const page = list.ownerDocument;
  const view = page.defaultView;
  let dwell = initialDwell;
  let watched: ReadonlyMap<string, Element> = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unreported: readonly string[] = [];
  let reportFromMs = 0;

  const isAttending = (): boolean =>
    list.isConnected && page.visibilityState === "visible" && page.hasFocus();

  function update(): void {
    clearTimeout(timer);
    const now = performance.now();
    dwell = withAttention(dwell, isAttending(), now);
    const [rest, seen] = takeSeen(dwell, now);
    dwell = rest;
    unreported = [...unreported, ...seen.filter((id) => watched.get(id)?.isConnected)];
    if (unreported.length > 0 && now >= reportFromMs) {
      onSeen(unreported);
      unreported = [];
      reportFromMs = now + REPORT_MS;
    }
    const due = unreported.length > 0 ? reportFromMs : nextSeenMs(dwell);
    if (due !== null) timer = setTimeout(update, Math.max(0, due - now) + 1);
  }

  function judge({
    target,
    isIntersecting,
    intersectionRect,
    boundingClientRect,
  }: IntersectionObserverEntry) {
    const id = (target as HTMLElement).dataset.messageId ?? "";
    if (watched.get(id) !== target) return;
    const space = Math.min(list.clientHeight, view?.innerHeight ?? Number.POSITIVE_INFINITY);
    const visible = isIntersecting ? intersectionRect.height : 0;
    const enough = isEnough(visible, boundingClientRect.height, space);
    dwell = withVisibility(dwell, id, enough, performance.now());
  }

  // Of the page, within which the list itself scrolls away with its notebook cell; what the list hides is not in it either.
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) judge(entry);
      update();
    },
    { threshold: THRESHOLDS },
  );

  /** Thresholds are shares of the message, too coarse for one much taller than the list: look again. */
  function lookAgainAtTall(): void {
    for (const element of watched.values()) {
      if (element.getBoundingClientRect().height <= list.clientHeight) continue;
      observer.unobserve(element);
      observer.observe(element);
    }
  }
  let looking: ReturnType<typeof setTimeout> | undefined;
  const onScroll = (): void => {
    clearTimeout(looking);
    if (watched.size > 0) looking = setTimeout(lookAgainAtTall, 100);
  };

  page.addEventListener("visibilitychange", update, { signal });
  page.addEventListener("scroll", onScroll, { signal, passive: true, capture: true });
  list.addEventListener("scroll", onScroll, { signal, passive: true });
  view?.addEventListener("focus", update, { signal });
  view?.addEventListener("blur", update, { signal });
  signal.addEventListener(
    "abort",
    () => {
      if (unreported.length > 0) onSeen(unreported);
      clearTimeout(timer);
      clearTimeout(looking);
      observer.disconnect();
    },
    { once: true },
  );

  return {
    watch(elements) {
      if (signal.aborted) return;
      const before = watched;
      watched = elements;
      for (const [id, element] of before) {
        if (elements.get(id) === element) continue;
        observer.unobserve(element);
        dwell = withVisibility(dwell, id, false, performance.now());
      }
      for (const [id, element] of elements) if (before.get(id) !== element) observer.observe(element);
      update();
    },
  };
}
