// One view of an inbox: what it knows, what it wants, and who hears of either.

import { createLink, type Link } from "../explore/link";
import type { InboxWindow, LookAtInbox, PageGone, SelectRow } from "../explore.gen";
import { createAnnouncer, type News } from "./announcer";
import { type Known, learned, NOTHING } from "./state/known";
import { AT_FIRST, question, type Wants } from "./state/wants";

/** How often a page says that it is there: three times before the kernel takes it for gone. */
const LOOK_MS = 20_000;
/** Chosen: a list that scrolls asks for what comes into sight no more often than that. */
const ASK_MS = 60;

export type Asked = LookAtInbox | SelectRow | PageGone;

export interface Seat {
  readonly page: string;
  readonly known: () => Known;
  readonly wants: () => Wants;
  readonly said: () => News | null;
  readonly hear: (window: InboxWindow) => void;
  /** From what it wants at this moment, which may not be drawn yet, to what it wants from now on. */
  readonly want: (change: (wants: Wants) => Wants) => void;
  readonly select: (id: string) => void;
}

export function createSeat(
  page: string,
  transmit: (asked: Asked) => void,
  changed: () => void,
  signal: AbortSignal,
): Seat {
  let known = NOTHING;
  let wants = AT_FIRST;
  let said: News | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const announcer = createAnnouncer((news) => {
    said = news;
    changed();
  }, signal);
  const link: Link<Asked> = createLink<Asked>({
    transmit,
    question: () => question(wants, page, known.revision, navigator.languages),
    isAnswered: () => known.revision > 0,
    lookMs: LOOK_MS,
  });
  const look = (): void => {
    timer = undefined;
    askedAtMs = performance.now();
    link.look();
  };
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      link.say({ kind: "gone", page });
      link.close();
    },
    { once: true },
  );
  return {
    page,
    known: () => known,
    wants: () => wants,
    said: () => said,
    hear(window) {
      if (window.page !== page) return;
      const next = learned(known, window, Date.now());
      if (next === known) return;
      known = next ?? { ...known, revision: 0 };
      if (next === null) link.look();
      else announcer.hear({ rows: window.arrived, count: window.arrivedCount, problems: next.problems });
      changed();
    },
    want(change) {
      const next = change(wants);
      if (next === wants) return;
      wants = next;
      timer ??= setTimeout(look, Math.max(askedAtMs + ASK_MS - performance.now(), 0));
      changed();
    },
    select: (id) => link.say({ kind: "select", page, id }),
  };
}
