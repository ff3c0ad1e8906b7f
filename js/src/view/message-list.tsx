// The scrolling list: stays at the end when it is there, else where it is; asks for earlier messages; reports what is seen.

import { Component, createRef, type JSX } from "preact";
import { canReportSeen } from "../banner";
import { type ListWindow, listWindow, movedFirst, ROWS_STEP } from "../list-window";
import { answered, type Newness, noteArrivals, reachedEnd, startNewness } from "../newness";
import { buildRows } from "../rows";
import { type SeenWatcher, watchSeen } from "../seen";
import { hasEarlier, type ViewState } from "../store";
import { EmptyNotice } from "./empty-notice";
import { JumpButton } from "./jump-button";
import { MessageRow } from "./message";
import { OlderBar } from "./older-bar";
import type { Services } from "./services";

/** Closer to the end than this counts as at the end. */
const END_SLACK_PX = 24;
/** Earlier messages are asked for when this close to the top. */
const NEAR_TOP_PX = 300;

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  /** Gets this list, for its `sent`; Preact gives no refs to components. */
  readonly handle: { current: MessageList | null };
  /** Esc: back to where the user writes. */
  readonly onEscape: () => void;
}

/** Where some visible rows stood before a change; the first that survives it is put back there. */
type Anchors = readonly { readonly row: HTMLElement; readonly top: number }[];

export class MessageList extends Component<Props> {
  private readonly scroller = createRef<HTMLDivElement>();
  private readonly content = createRef<HTMLDivElement>();
  private readonly mounted = new AbortController();
  private watcher: SeenWatcher | null = null;
  private newness: Newness = startNewness(this.props.state);
  private epoch = this.props.state.epoch;
  private firstId: string | null = null;
  private shown: ListWindow = { from: 0, to: 0 };
  private isAtEnd = true;
  private lastTop = 0;

  override componentDidMount(): void {
    this.props.handle.current = this;
    const scroller = this.scroller.current;
    const content = this.content.current;
    if (scroller === null || content === null) return;
    const { signal } = this.mounted;
    this.watcher = watchSeen({
      list: scroller,
      onSeen: (ids) => this.props.services.actions.seen(ids),
      signal,
    });
    scroller.addEventListener("scroll", () => this.onScroll(), { signal, passive: true });
    const page = scroller.ownerDocument;
    page.addEventListener("visibilitychange", () => this.onAttention(), { signal });
    page.defaultView?.addEventListener("focus", () => this.onAttention(), { signal });
    const resized = new ResizeObserver(() => this.settle());
    resized.observe(scroller);
    resized.observe(content);
    signal.addEventListener("abort", () => resized.disconnect(), { once: true });
    this.afterDraw();
  }

  override componentWillUnmount(): void {
    this.mounted.abort();
  }

  override getSnapshotBeforeUpdate(): Anchors {
    const scroller = this.scroller.current;
    if (this.isAtEnd || scroller === null) return [];
    // The oldest row loses its day and its name when earlier ones come before it: the second is a better hold.
    const rows = this.rowsFrom(scroller.scrollTop);
    const [first, ...others] = rows;
    const held = first?.previousElementSibling === null ? [...others, first] : rows;
    return held.map((row) => ({ row, top: row.offsetTop }));
  }

  override componentDidUpdate(_props: Props, _state: unknown, anchors: Anchors): void {
    const scroller = this.scroller.current;
    const anchor = anchors.find(({ row }) => row.isConnected);
    if (!this.isAtEnd && scroller !== null && anchor !== undefined) {
      const moved = anchor.row.offsetTop - anchor.top;
      if (moved !== 0) scroller.scrollTop += moved;
      this.lastTop = scroller.scrollTop;
    }
    this.afterDraw();
  }

  /** The user has sent something: show it, and what was new is not any more. */
  sent(): void {
    this.newness = answered(this.newness);
    this.toEnd();
  }

  private afterDraw(): void {
    this.settle();
    const { state } = this.props;
    const list = this.content.current;
    if (list === null) return;
    const unread = new Map<string, Element>();
    if (canReportSeen(state)) {
      const held = new Map(
        state.messages.slice(this.shown.from, this.shown.to).map((each) => [each.id, each]),
      );
      for (const row of list.querySelectorAll<HTMLElement>('[data-own="false"][data-status="unread"]')) {
        const id = row.dataset.messageId ?? "";
        // What is not there to be read yet has not been read.
        if (typeof held.get(id)?.text === "string") unread.set(id, row);
      }
    }
    this.watcher?.watch(unread);
    this.loadOlderNearTop();
  }

  /** Goes back to the end when that is where the user was. */
  private settle(): void {
    const scroller = this.scroller.current;
    if (scroller === null || !this.isAtEnd) return;
    // Only this element's own scroll position: nothing here may move the host's page.
    scroller.scrollTop = scroller.scrollHeight;
    this.lastTop = scroller.scrollTop;
  }

  private onScroll(): void {
    const scroller = this.scroller.current;
    if (scroller === null || scroller.clientHeight === 0) return;
    const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const isUp = scroller.scrollTop < this.lastTop - 1;
    this.lastTop = scroller.scrollTop;
    const { messages } = this.props.state;
    const hasBelow = this.shown.to < messages.length;
    const wasAtEnd = this.isAtEnd;
    if (left <= END_SLACK_PX && !hasBelow) this.isAtEnd = true;
    // Growing content leaves the end without the user's doing: only a move upwards counts as leaving.
    else if (isUp) this.isAtEnd = false;
    if (hasBelow && left < NEAR_TOP_PX && !isUp) this.moveWindow(ROWS_STEP);
    if (this.isAtEnd && !wasAtEnd) this.onAttention();
    else if (wasAtEnd !== this.isAtEnd) this.forceUpdate();
    this.loadOlderNearTop();
  }

  private onAttention(): void {
    if (this.isAtEnd && this.isAttended()) this.newness = reachedEnd(this.newness);
    this.forceUpdate();
  }

  private loadOlderNearTop(): void {
    const scroller = this.scroller.current;
    const { state, services } = this.props;
    if (scroller === null || scroller.clientHeight === 0 || scroller.scrollTop > NEAR_TOP_PX) return;
    if (this.shown.from > 0) {
      if (!this.isAtEnd) this.moveWindow(-ROWS_STEP);
    } else if (hasEarlier(state) && state.olderRequest === null && state.olderError === null) {
      if (state.link === "live") services.actions.loadOlder();
    }
  }

  private moveWindow(step: number): void {
    const { messages } = this.props.state;
    const firstId = movedFirst(messages, this.shown, step);
    if (firstId === this.firstId || firstId === messages[this.shown.from]?.id) return;
    this.firstId = firstId;
    this.forceUpdate();
  }

  private toEnd(): void {
    this.isAtEnd = true;
    this.firstId = null;
    if (this.isAttended()) this.newness = reachedEnd(this.newness);
    this.forceUpdate();
  }

  private readonly onJump = (): void => {
    this.toEnd();
    // The button goes away with the click; the focus must not fall back to the page.
    this.scroller.current?.focus({ preventScroll: true });
  };

  private isAttended(): boolean {
    const page = this.scroller.current?.ownerDocument;
    return page?.visibilityState === "visible" && page.hasFocus();
  }

  // --- keyboard: the feed pattern ---------------------------------------------------------------------------

  private articles(): HTMLElement[] {
    return [...(this.content.current?.querySelectorAll<HTMLElement>("article") ?? [])];
  }

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.props.onEscape();
      return;
    }
    const articles = this.articles();
    const at = articles.findIndex((each) => each.contains(event.target as Node));
    const to = targetOf(event.key, at, articles.length);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.focusArticle(to);
  };

  private focusArticle(index: number): void {
    const article = this.articles()[index];
    const scroller = this.scroller.current;
    if (article === undefined || scroller === null) return;
    article.focus({ preventScroll: true });
    const row = article.parentElement ?? article;
    const above = row.offsetTop - scroller.scrollTop;
    const below = row.offsetTop + row.offsetHeight - scroller.scrollTop - scroller.clientHeight;
    if (above < 0 || row.offsetHeight > scroller.clientHeight) scroller.scrollTop += above;
    else if (below > 0) scroller.scrollTop += below;
  }

  /** A few rows from the first that is in sight. */
  private rowsFrom(scrollTop: number): HTMLElement[] {
    const rows = this.content.current?.children;
    if (rows === undefined) return [];
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = rows[middle] as HTMLElement;
      if (row.offsetTop + row.offsetHeight > scrollTop) high = middle;
      else low = middle + 1;
    }
    return [...rows].slice(low, low + 6) as HTMLElement[];
  }

  override render(): JSX.Element {
    const { state, services } = this.props;
    const { strings, format } = services;
    this.follow(state);
    const rows = buildRows(state, {
      fromIndex: state.firstIndex + this.shown.from,
      toIndex: state.firstIndex + this.shown.to,
      newId: this.newness.markId,
      nowMs: Date.now(),
      format,
      strings,
    });
    const isEmpty = rows.length === 0;
    const waiting = this.newness.waiting;
    return (
      <div class="ipg-body">
        {/* biome-ignore-start lint/a11y: a scrolling area must be reachable by keyboard; its role is computed */}
        <div
          ref={this.scroller}
          class="ipg-scroller"
          // A feed must own an article.
          role={isEmpty ? "region" : "feed"}
          aria-label={strings.messages}
          aria-busy={state.olderRequest !== null}
          tabIndex={0}
          onKeyDown={this.onKeyDown}
          data-lm-suppress-shortcuts="true"
        >
          {/* biome-ignore-end lint/a11y: the list's contents have ordinary roles */}
          <div class="ipg-rows" ref={this.content}>
            {rows.map(({ key, ...row }) => (
              <MessageRow key={key} {...row} services={services} />
            ))}
          </div>
          {isEmpty && <EmptyNotice link={state.link} strings={strings} />}
        </div>
        <OlderBar state={state} services={services} />
        {!this.isAtEnd && !isEmpty && <JumpButton waiting={waiting} onJump={this.onJump} strings={strings} />}
      </div>
    );
  }

  /** Brings what this view keeps for itself up to the state that is about to be drawn. */
  private follow(state: ViewState): void {
    if (state.epoch !== this.epoch) {
      this.epoch = state.epoch;
      this.newness = startNewness(state);
      this.firstId = null;
      this.isAtEnd = true;
    }
    this.newness = noteArrivals(this.newness, state.arrivals, this.isAtEnd && this.isAttended());
    this.shown = listWindow(state.messages, this.firstId, this.isAtEnd);
    this.firstId = this.shown.from === 0 ? null : (state.messages[this.shown.from]?.id ?? null);
  }
}

/** The article to go to, by its place in the list; null when the key means nothing here. */
function targetOf(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  switch (key) {
    case "PageDown":
      return at === -1 ? last : Math.min(last, at + 1);
    case "PageUp":
      return at === -1 ? last : Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
