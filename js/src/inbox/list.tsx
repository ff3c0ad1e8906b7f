// The list: as many of its rows in the page as are in sight, by pointer and by keyboard as in a mail program.

import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { scrollToPlace } from "../explore/rows";
import type { InboxHeading } from "../explore.gen";
import { displayName } from "../text/format";
import type { Attention } from "./attention";
import { Row } from "./row";
import { type Cursor, moved, NOWHERE, settled, stepOf, stepped, toHeading } from "./state/cursor";
import { isHeading, type Known, nameOfSlot, placeOf, type Slot, slotAt } from "./state/known";
import { inSight, isFiltered, type Wants } from "./state/wants";
import type { Words } from "./state/words";

export const ROW_HIGH = 62;

interface Props {
  readonly known: Known;
  readonly wants: Wants;
  readonly words: Words;
  readonly nowMs: number;
  readonly attention: Attention;
  readonly box: RefObject<HTMLDivElement | null>;
  /** The view's own name: ids of elements begin with it. */
  readonly page: string;
  readonly onWant: (change: (wants: Wants) => Wants) => void;
  readonly onFold: (group: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onSearch: () => void;
}

export function List(props: Props): JSX.Element {
  const { known, wants, words, nowMs, attention, box, onWant, onOpen } = props;
  const rowId = (id: string): string => `ipg-inbox-${props.page}-${encodeURIComponent(id)}`;
  // Only what can be folded is a tree.
  const isTree = wants.query.group !== "";
  const [aimed, setCursor] = useState<Cursor>(NOWHERE);
  const cursor = settled(aimed, known);
  const seek = (): void => {
    const element = box.current;
    if (element !== null && element.clientHeight > 0) {
      const { scrollTop, clientHeight } = element;
      onWant((now) => inSight(now, scrollTop, clientHeight, ROW_HIGH));
    }
  };
  const { query } = wants;
  // Another order begins at its top.
  useLayoutEffect(() => {
    box.current?.scrollTo(0, 0);
    setCursor(NOWHERE);
  }, [query.tab, query.sort, query.group, query.state, query.queue, query.agent, query.words]);
  useSize(box, seek);
  const go = (next: Cursor): void => {
    setCursor(next);
    if (box.current !== null && next.place !== -1) scrollToPlace(box.current, next.place, ROW_HIGH);
  };
  const open = (id: string, place: number): void => {
    setCursor({ id, place });
    // The row that was clicked has it, and leaves the page when it is scrolled out of sight.
    box.current?.focus({ preventScroll: true });
    onOpen(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const heading = slotAt(known, cursor.place);
    if (isTree && onTreeKey(event.key, isHeading(heading) ? heading : null)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const rowsInSight = Math.floor((box.current?.clientHeight ?? 0) / ROW_HIGH);
    const step = stepOf(event.key, rowsInSight, known.total);
    if (step !== null) {
      attention.paid();
      // Letters go from conversation to conversation, as in a mail program; a tree's own keys stop at headings too.
      go((isTree && event.key.length > 1 ? stepped : moved)(cursor, step, known));
    } else if (event.key === "/") props.onSearch();
    else if ((event.key === "Enter" || event.key === "o") && cursor.id !== "") onOpen(cursor.id);
    else if (event.key === "Escape" && known.selected !== "") onOpen("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onTreeKey = (key: string, heading: InboxHeading | null): boolean => {
    const way = key === "ArrowRight" || key === "ArrowLeft";
    if (
      heading !== null &&
      (key === "Enter" || key === " " || (way && heading.isFolded === (key === "ArrowRight")))
    ) {
      props.onFold(heading.group);
    } else if (key === "ArrowLeft" && heading === null) go(toHeading(cursor, known));
    else if (key === "ArrowRight" && heading !== null) go(stepped(cursor, 1, known));
    else return false;
    attention.paid();
    return true;
  };
  const active = cursor.id !== "" && placeOf(known, cursor.id) !== -1 ? cursor.id : "";
  return (
    <div class="ipg-inbox-panel" role="tabpanel" aria-label={words(`tab.${query.tab}`)}>
      {known.total === 0 && (
        <p class="ipg-inbox-none">{words(isFiltered(query) ? "emptyFiltered" : "empty")}</p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it has one of two roles */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both have them */}
      <div
        class="ipg-inbox-list"
        ref={box}
        role={isTree ? "tree" : "listbox"}
        aria-label={words("list")}
        aria-keyshortcuts="J K Enter /"
        aria-activedescendant={active === "" ? undefined : rowId(active)}
        tabIndex={0}
        onScroll={seek}
        onKeyDown={onKeyDown}
        onBlur={attention.left}
        onPointerMove={(event) => {
          if (event.pointerType === "mouse") attention.paid();
        }}
        onPointerLeave={attention.left}
      >
        <div class="ipg-inbox-box" role="presentation" style={{ height: `${known.total * ROW_HIGH}px` }}>
          {runs(known).map(({ heading, place, slots }) => {
            const rows = slots.map((id, at) => {
              const row = known.rows.get(id);
              const its = place + at;
              return (
                row !== undefined && (
                  <Row
                    key={id}
                    id={rowId(id)}
                    {...{ row, words, nowMs, isTree }}
                    top={its * ROW_HIGH}
                    place={its}
                    total={known.total}
                    isActive={id === active}
                    isOpen={id === known.selected}
                    onClick={() => open(id, its)}
                  />
                )
              );
            });
            if (heading === null) return rows;
            return (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of a form
              <div key={`#${heading.group}`} role="group" aria-label={headingWords(heading, props)}>
                <Heading
                  {...{ heading, place: place - 1, props }}
                  id={rowId(nameOfSlot(heading))}
                  isActive={nameOfSlot(heading) === active}
                  onClick={() => {
                    setCursor({ id: nameOfSlot(heading), place: place - 1 });
                    box.current?.focus({ preventScroll: true });
                    props.onFold(heading.group);
                  }}
                />
                {rows}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface Run {
  readonly heading: InboxHeading | null;
  /** Of its first row. */
  readonly place: number;
  readonly slots: string[];
}

/** The slots, each heading with its rows; rows whose heading is above this part come first. */
function runs({ slots, first }: { readonly slots: readonly Slot[]; readonly first: number }): Run[] {
  const found: Run[] = [];
  for (const [at, slot] of slots.entries()) {
    if (isHeading(slot)) found.push({ heading: slot, place: first + at + 1, slots: [] });
    else {
      if (found.length === 0) found.push({ heading: null, place: first + at, slots: [] });
      found.at(-1)?.slots.push(slot);
    }
  }
  return found;
}

function headingWords({ group }: InboxHeading, { wants, words }: Props): string {
  if (wants.query.group === "state") return words(`state.${group}` as "state.waiting");
  return displayName(group) || words(wants.query.group === "queue" ? "noQueue" : "noAgent");
}

function Heading({
  heading,
  place,
  props,
  id,
  isActive,
  onClick,
}: {
  readonly heading: InboxHeading;
  readonly place: number;
  readonly props: Props;
  readonly id: string;
  readonly isActive: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's, which points at the active one
    <div
      class="ipg-inbox-heading"
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={1}
      aria-expanded={!heading.isFolded}
      aria-selected={false}
      data-active={isActive}
      data-folded={heading.isFolded}
      style={{ top: `${place * ROW_HIGH}px` }}
      onClick={onClick}
    >
      <span aria-hidden="true">{heading.isFolded ? "▸" : "▾"}</span> {headingWords(heading, props)}{" "}
      <span class="ipg-inbox-count">{heading.count}</span>
    </div>
  );
}

/** Whenever the list gets another size, also when it is shown first. */
function useSize(box: { readonly current: HTMLElement | null }, hear: () => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
}
