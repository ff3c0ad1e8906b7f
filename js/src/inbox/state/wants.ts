// What a page wants to see of an inbox: filters, order, the part in sight, whether the order stays. Pure.

import type { InboxQuery, LookAtInbox } from "../../explore.gen";

export interface Wants {
  readonly query: Required<InboxQuery>;
  readonly first: number;
  readonly count: number;
  readonly isHeld: boolean;
  readonly folded: readonly string[];
}

/** Rows in the page above and below those in sight. */
export const SPARE = 8;
const FIRST_COUNT = 24;

export const AT_FIRST: Wants = {
  query: { tab: "all", sort: "unanswered", group: "", state: "", queue: "", agent: "", words: "" },
  first: 0,
  count: FIRST_COUNT,
  isHeld: false,
  folded: [],
};

/** Other filters or another order: the list begins anew, and nothing holds it; the same where nothing is other. */
export function asked(wants: Wants, change: Partial<InboxQuery>): Wants {
  const query = { ...wants.query, ...change };
  const names = Object.keys(query) as (keyof InboxQuery)[];
  if (names.every((name) => query[name] === wants.query[name])) return wants;
  // Each kind of group has names of its own.
  const folded = query.group === wants.query.group ? wants.folded : [];
  return { ...wants, query, folded, first: 0, isHeld: false };
}

/** The part of the list that holds what is in sight, with some to spare; the same where it holds it already. */
export function inSight(wants: Wants, top: number, high: number, rowHigh: number): Wants {
  const firstSeen = Math.floor(top / rowHigh);
  const seen = Math.ceil(high / rowHigh) + 1;
  const count = seen + 2 * SPARE;
  const first = Math.max(firstSeen - SPARE, 0);
  if (wants.count === count && Math.abs(wants.first - first) <= SPARE / 2) return wants;
  return { ...wants, first, count };
}

export function held(wants: Wants, isHeld: boolean): Wants {
  return wants.isHeld === isHeld ? wants : { ...wants, isHeld };
}

export function toggled(wants: Wants, group: string): Wants {
  const isFolded = wants.folded.includes(group);
  return {
    ...wants,
    folded: isFolded ? wants.folded.filter((each) => each !== group) : [...wants.folded, group],
  };
}

export const isFiltered = ({ state, queue, agent, words }: Wants["query"]): boolean =>
  `${state}${queue}${agent}${words}` !== "";

export function question(
  { query, first, count, isHeld, folded }: Wants,
  page: string,
  revision: number,
  languages: readonly string[],
): LookAtInbox {
  return {
    kind: "look",
    page,
    revision,
    query,
    first,
    count,
    isHeld,
    folded: [...folded],
    languages: [...languages],
  };
}
