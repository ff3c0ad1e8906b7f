// The box of the list: the scrolling feed with its rows, what stands over it, the bar of a selection.

import type { JSX, RefObject } from "preact";
import type { Row } from "../../state/rows";
import type { ViewState } from "../../state/store";
import type { Services } from "../kit/services";
import { EmptyNotice } from "../notices/empty-notice";
import { ListNotices } from "../notices/list-notices";
import { SelectionBar } from "../tools/selection-bar";
import type { ListMarks } from "./marks";
import type { MessageRows } from "./message-rows";
import type { ListSelection } from "./selection";

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  readonly drawn: MessageRows;
  readonly marks: ListMarks;
  readonly selecting: ListSelection;
  readonly unreadAbove: number;
  readonly isAtEnd: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onEndSelection: () => void;
  readonly onJump: (event: MouseEvent) => void;
  readonly onJumpToUnread: () => void;
}

/** A function, not a component: it is drawn whenever the list is. */
export function listBox(props: Props): JSX.Element {
  const { state, services, rows, marks, selecting } = props;
  const { selection } = selecting;
  const { strings } = services;
  const isEmpty = rows.length === 0;
  // With the end in the page its last position is the size, which is told without drawing the others again.
  const setSize = (rows.at(-1)?.position ?? 0) < state.total ? state.total : -1;
  return (
    <>
      <div class="ipg-body">
        {/* biome-ignore-start lint/a11y: a scrolling area must be reachable by keyboard; its role is computed */}
        <div
          ref={props.scroller}
          class="ipg-scroller"
          // A feed must own an article.
          role={isEmpty ? "region" : "feed"}
          aria-label={strings.messages}
          aria-busy={state.pageRequest !== null}
          data-selecting={selection !== null}
          tabIndex={0}
          onKeyDown={props.onKeyDown}
          onClick={selecting.onClick}
          onMouseOver={marks.point}
          onMouseLeave={marks.leave}
          onFocusIn={marks.onFocus}
        >
          {/* biome-ignore-end lint/a11y: the list's contents have ordinary roles */}
          <div class="ipg-rows" role="none" ref={props.content}>
            {props.drawn.draw(
              rows.map((row, i) => ({
                ...row,
                // Some screen readers are silent about a feed that begins with anything but an article.
                isFirst: i === 0,
                setSize,
                isTarget: row.message.id === marks.targetId,
                isHit: row.message.id === state.search?.hitId,
                isActive: row.message.id === marks.activeId,
                // What is on its way to the kernel is no message yet.
                isSelected: row.position > state.total ? null : selecting.has(row.message.id),
                services,
              })),
            )}
          </div>
          {isEmpty && <EmptyNotice link={state.link} strings={strings} />}
        </div>
        <ListNotices
          state={state}
          services={services}
          unreadAbove={props.unreadAbove}
          isAway={!props.isAtEnd && !isEmpty}
          onJump={props.onJump}
          onJumpToUnread={props.onJumpToUnread}
        />
      </div>
      {selection && (
        <SelectionBar
          selection={selection}
          messages={state.messages}
          services={services}
          onEnd={props.onEndSelection}
        />
      )}
    </>
  );
}
