// One conversation in two lines: who, where, since when; what was said last, and how urgent it is.

import type { JSX } from "preact";
import type { InboxRow } from "../explore.gen";
import { displayName, displayText } from "../text/format";
import { clock, urgencyOf } from "./state/urgency";
import { lastSaid, nameOf, type Words, whoSaid } from "./state/words";

interface Props {
  readonly row: InboxRow;
  readonly id: string;
  readonly words: Words;
  readonly nowMs: number;
  readonly top: number;
  readonly place: number;
  readonly total: number;
  readonly isActive: boolean;
  /** It stands below the heading of a group. */
  readonly isTree: boolean;
  readonly isOpen: boolean;
  readonly onClick: () => void;
}

/** Chosen: what came within this time is drawn in, where motion is wanted. */
const FRESH_MS = 4_000;

export function Row({
  row,
  words,
  nowMs,
  top,
  place,
  total,
  isActive,
  isOpen,
  isTree,
  id,
  onClick,
}: Props): JSX.Element {
  const urgent = urgencyOf(row, nowMs, words);
  const name = displayName(nameOf(row, words));
  const who = displayName(whoSaid(row, words));
  const last = displayText(lastSaid(row, words)).slice(0, 200);
  const state = words(`state.${row.state}`);
  const lastsFor = row.sinceMs === null ? "" : clock(nowMs - row.sinceMs);
  const where = [row.queue, row.agent].filter(Boolean).map(displayName).join(" · ");
  const unread = row.unread > 0 ? words("unread", { count: row.unread }) : "";
  const undelivered = row.undelivered > 0 ? words("undelivered", { count: row.undelivered }) : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's, which points at the active one
    // biome-ignore lint/a11y/noStaticElementInteractions: it has one of two roles
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both have them
    <div
      id={id}
      class="ipg-inbox-row"
      role={isTree ? "treeitem" : "option"}
      aria-level={isTree ? 2 : undefined}
      tabIndex={-1}
      aria-selected={isOpen}
      aria-posinset={isTree ? undefined : place + 1}
      aria-setsize={isTree ? undefined : total}
      data-id={row.id}
      data-state={row.state}
      data-urgency={urgent.level}
      data-active={isActive}
      data-fresh={row.sinceMs !== null && nowMs - row.sinceMs < FRESH_MS}
      style={{ top: `${top}px` }}
      onClick={onClick}
    >
      <span class="ipg-inbox-who">
        <b dir="auto">{name}</b>
        {row.isOwn && <span class="ipg-inbox-badge">{words("own")}</span>}
        {row.unread > 0 && (
          <span class="ipg-inbox-unread" title={unread}>
            <span aria-hidden="true">{row.unread}</span>
            <span class="ipg-hidden">{unread}</span>
          </span>
        )}
      </span>
      <span class="ipg-inbox-state" title={words("stateFor", { state, time: lastsFor })}>
        {state} <span class="ipg-inbox-time">{lastsFor}</span>
      </span>
      <span class="ipg-inbox-where" dir="auto" title={where}>
        {where}
      </span>
      <span class="ipg-inbox-urgent">{urgent.words}</span>
      <span class="ipg-inbox-last" dir="auto" data-typing={row.typing.length > 0} data-text={row.textState}>
        {undelivered !== "" && (
          <span class="ipg-inbox-failed" title={row.undeliveredWhy}>
            {undelivered}{" "}
          </span>
        )}
        {who !== "" && row.typing.length === 0 && <span>{who}: </span>}
        {last}
      </span>
    </div>
  );
}
