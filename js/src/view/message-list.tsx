// The list: stays at the end when it is there, else where it is; slides over what is held; reports what is seen.

import { Component, createRef, type JSX } from "preact";
import { canReportSeen } from "../banner";
import { holdsEnd } from "../held";
import {
  type ListWindow,
  mustMove,
  ROWS_MAX,
  rowsFor,
  rowsNeeded,
  type Sight,
  windowAround,
  windowAtEnd,
  windowFrom,
} from "../list-window";
import { buildRows } from "../rows";
import { type SeenWatcher, watchSeen } from "../seen";
import { hasEarlier, hasLater, type ViewState } from "../store";
import { onCopy } from "./copy";
import { EmptyNotice } from "./empty-notice";
import { markHits } from "./highlight";
import { targetOf } from "./list-keys";
import { ListMarks } from "./list-marks";
import { ListNotices } from "./list-notices";
import { articlesIn, focusedIn, unreadRows } from "./list-rows";
import { type Anchors, ListScroll } from "./list-scroll";
import { MessageRow } from "./message";
import type { Services } from "./services";

/** With fewer messages than this left on a side of what is in sight, the kernel is asked for more. */
const NEAR_ROWS = 40;
/** The server is asked only when its messages are about to come into sight. */
const NEAR_OLDEST_ROWS = 8;

interface Props {
  readonly state: ViewState;
  readonly services: Services;
  /** Gets this list, for its `sent`; Preact gives no refs to components. */
  readonly handle: { current: MessageList | null };
  /** Esc: back to where the user writes. */
  readonly onEscape: () => void;
}

/** A message that was in sight; null for the end. */
export type Place = string | null;

interface Before {
  readonly anchors: Anchors;
  readonly hadFocus: boolean;
}

export class MessageList extends Component<Props> {
  private readonly scroller = createRef<HTMLDivElement>();
  private readonly content = createRef<HTMLDivElement>();
  private readonly mounted = new AbortController();
  private watcher: SeenWatcher | null = null;
  /** From the first draw on. */
  private scroll: ListScroll | null = null;
  private landingSerial = this.props.state.landing?.serial ?? 0;
  private firstId: string | null = null;
  private rows = 0;
  private shown: ListWindow = { from: 0, to: 0 };
  /** A message that the next draw brings into sight, and whether it gets the focus. */
  private aim: { id: string; takesFocus: boolean } | null = null;
  private nextLandingTakesFocus = false;
  private readonly marks = new ListMarks(() => this.forceUpdate());
  private unreadAbove = 0;
  private unmark = (): void => {};

  override componentDidMount(): void {
    this.props.handle.current = this;
    const scroller = this.scroller.current;
    const content = this.content.current;
    if (scroller === null || content === null) return;
    const { signal } = this.mounted;
    this.scroll = new ListScroll(scroller, content);
    this.watcher = watchSeen({
      list: scroller,
      onSeen: (ids) => this.props.services.actions.seen(ids),
      signal,
    });
    scroller.addEventListener("scroll", () => this.onScroll(), { signal, passive: true });
    const page = scroller.ownerDocument;
    const tellPlace = (): void => this.tellPlace();
    page.addEventListener("visibilitychange", tellPlace, { signal });
    page.defaultView?.addEventListener("focus", tellPlace, { signal });
    page.defaultView?.addEventListener("blur", tellPlace, { signal });
    const resized = new ResizeObserver(() => this.onResized());
    resized.observe(scroller);
    resized.observe(content);
    signal.addEventListener("abort", () => resized.disconnect(), { once: true });
    if (!this.props.state.isFollowing) this.toEnd();
    this.afterDraw();
  }

  override componentWillUnmount(): void {
    this.marks.stop();
    this.unmark();
    this.mounted.abort();
  }

  // --- what others ask of it --------------------------------------------------------------------------------

  /** The user has sent something: show it, and what was new is not any more. */
  sent(): void {
    this.props.services.actions.answered();
    this.toEnd();
  }
  /** Brings another part of the conversation before the user, who goes on there by keyboard. */
  goTo(wish: Parameters<Services["actions"]["load"]>[0]): void {
    this.nextLandingTakesFocus = true;
    this.props.services.actions.load(wish);
  }

  /** Where the user is, to come back to. */
  place(): Place {
    const at = (this.sight()?.from ?? 0) + 1;
    const { messages } = this.props.state;
    return this.isAtEnd ? null : ((messages[at] ?? messages.at(-1))?.id ?? null);
  }

  goBack(place: Place): void {
    if (place === null) this.toEnd();
    else this.props.services.actions.load({ where: "around", id: place });
  }

  // --- drawing ----------------------------------------------------------------------------------------------

  override getSnapshotBeforeUpdate(): Before {
    const content = this.content.current;
    return {
      anchors: this.isAtEnd || this.aim !== null ? [] : (this.scroll?.anchors() ?? []),
      hadFocus: content?.contains(focusedIn(content)) ?? false,
    };
  }

  override componentDidUpdate(_props: Props, _state: unknown, before: Before): void {
    const scroller = this.scroller.current;
    if (scroller === null) return;
    if (this.aim === null) this.scroll?.keep(before.anchors);
    else this.takeAim();
    // The row that had the focus has slid out of the page; the list keeps it for the next key.
    if (before.hadFocus && !scroller.contains(focusedIn(scroller))) scroller.focus({ preventScroll: true });
    this.afterDraw();
  }

  private afterDraw(): void {
    this.scroll?.keep();
    this.watchUnread();
    this.markHits();
    this.tellPlace();
    this.lookAround();
  }

  private takeAim(): void {
    const article = articlesIn(this.content.current).find((each) => each.dataset.messageId === this.aim?.id);
    const takesFocus = this.aim?.takesFocus;
    this.aim = null;
    if (article === undefined) return;
    this.scroll?.aimAt(article);
    if (takesFocus) article.focus({ preventScroll: true });
  }

  private markHits(): void {
    this.unmark();
    this.unmark = markHits(this.content.current, this.props.state.search?.query ?? "");
  }

  private readonly onCopy = (event: ClipboardEvent): void =>
    onCopy(event, this.content.current, this.props.state.messages, this.props.services);

  private watchUnread(): void {
    const { state } = this.props;
    const content = this.content.current;
    if (content === null) return;
    const shown = state.messages.slice(this.shown.from, this.shown.to);
    this.watcher?.watch(canReportSeen(state) ? unreadRows(content, shown) : new Map());
  }

  // --- where the user is ------------------------------------------------------------------------------------

  private get isAtEnd(): boolean {
    return this.scroll?.isAtEnd ?? true;
  }

  private onResized(): void {
    this.scroll?.keep();
    this.lookAround();
  }

  private onScroll(): void {
    if (this.scroll === null || this.scroll.isHidden || this.scroll.hasArrived) return;
    const { state } = this.props;
    const wasAtEnd = this.isAtEnd;
    this.scroll.scrolled(this.shown.to < state.messages.length || hasLater(state));
    this.tellPlace();
    if (wasAtEnd !== this.isAtEnd) this.forceUpdate();
    this.lookAround();
  }

  private tellPlace(): void {
    const page = this.scroller.current?.ownerDocument;
    const isAttended = page?.visibilityState === "visible" && page.hasFocus();
    this.props.services.actions.place(this.isAtEnd, this.isAtEnd && isAttended);
  }

  /** The messages in sight, as offsets into those held. */
  private sight(): Sight | null {
    return this.scroll === null || this.scroll.isHidden ? null : this.scroll.sight(this.shown.from);
  }

  /** Slides over what is held, and asks the kernel for more before the user comes to an end of that. */
  private lookAround(): void {
    const { state } = this.props;
    const sight = this.sight();
    if (sight === null) return;
    this.countUnreadAbove(sight);
    const count = state.messages.length;
    if (this.isAtEnd) this.growUpwards(sight);
    else if (mustMove(count, this.shown, sight)) this.slideTo(windowAround(count, sight), rowsFor(sight));
    this.loadNear(sight, count);
  }

  private slideTo(part: ListWindow, rows: number): void {
    if (part.from === this.shown.from && part.to === this.shown.to) return;
    this.firstId = this.props.state.messages[part.from]?.id ?? null;
    this.rows = rows;
    this.forceUpdate();
  }

  /** At the end of a list so tall that few rows do not fill it, there would be nothing to scroll. */
  private growUpwards(sight: Sight): void {
    const { messages } = this.props.state;
    const missing = rowsNeeded(sight) - (this.shown.to - this.shown.from);
    if (missing <= 0 || this.shown.from === 0) return;
    const { from } = windowAtEnd(messages.length, Math.max(0, this.shown.from - missing));
    this.slideTo({ from, to: messages.length }, this.rows);
  }

  private loadNear(sight: Sight, count: number): void {
    const { state, services } = this.props;
    if (state.link !== "live" || state.pageRequest !== null) return;
    const { load } = services.actions;
    const isNearOldest = state.firstIndex > 0 ? sight.from < NEAR_ROWS : sight.from < NEAR_OLDEST_ROWS;
    if (this.isAtEnd && hasLater(state)) load({ where: "latest" });
    else if (hasLater(state) && count - sight.to < NEAR_ROWS) load({ where: count > 0 ? "after" : "latest" });
    else if (hasEarlier(state) && isNearOldest && state.olderError === null) load({ where: "before" });
  }

  private countUnreadAbove(sight: Sight): void {
    const { state } = this.props;
    const below = state.messages.slice(sight.from).filter((each) => each.status === "unread").length;
    const above = holdsEnd(state) ? Math.max(0, state.unreadCount - below) : 0;
    if (above === this.unreadAbove) return;
    this.unreadAbove = above;
    this.forceUpdate();
  }

  private toEnd(): void {
    const { state, services } = this.props;
    if (hasLater(state)) {
      services.actions.load({ where: "latest" });
      return;
    }
    this.showFrom(null, true);
    this.aim = null;
    this.tellPlace();
    this.forceUpdate();
  }

  private readonly onJump = (): void => {
    this.toEnd();
    // The button goes away with the click; the focus must not fall back to the page.
    this.scroller.current?.focus({ preventScroll: true });
  };

  private readonly onJumpToUnread = (): void => this.goTo({ where: "first-unread" });

  // --- keyboard: the feed pattern ---------------------------------------------------------------------------

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.props.onEscape();
      return;
    }
    const articles = articlesIn(this.content.current);
    const at = articles.findIndex((each) => each.contains(event.target as Node));
    const to = targetOf(event.key, at, articles.length, this.lastInSight());
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Home") this.toEdge("oldest");
    else if (event.key === "End") this.toEdge("latest");
    else this.focusArticle(articles[to]);
  };

  /** To the first or the last message of all, which may have to be fetched. */
  private toEdge(where: "oldest" | "latest"): void {
    const { state } = this.props;
    const isHeld = where === "oldest" ? state.firstIndex === 0 : !hasLater(state);
    const id = state.messages.at(where === "oldest" ? 0 : -1)?.id;
    if (!isHeld || id === undefined) {
      this.goTo({ where });
      return;
    }
    this.showFrom(where === "oldest" ? id : null, where === "latest");
    this.aim = { id, takesFocus: true };
    this.forceUpdate();
  }

  /** Among the articles in the page: the last one that is in sight. */
  private lastInSight(): number {
    const sight = this.sight();
    return sight === null
      ? articlesIn(this.content.current).length - 1
      : Math.max(0, sight.to - this.shown.from - 1);
  }

  private focusArticle(article: HTMLElement | undefined): void {
    article?.focus({ preventScroll: true });
    if (article !== undefined) this.scroll?.show(article);
  }

  override render(): JSX.Element {
    const { state, services } = this.props;
    const { strings, format } = services;
    this.follow(state);
    const rows = buildRows(state, {
      fromIndex: state.firstIndex + this.shown.from,
      toIndex: state.firstIndex + this.shown.to,
      newId: state.newness.markId,
      nowMs: Date.now(),
      format,
      strings,
    });
    const isEmpty = rows.length === 0;
    return (
      <div class="ipg-body">
        {/* biome-ignore-start lint/a11y: a scrolling area must be reachable by keyboard; its role is computed */}
        <div
          ref={this.scroller}
          class="ipg-scroller"
          // A feed must own an article.
          role={isEmpty ? "region" : "feed"}
          aria-label={strings.messages}
          aria-busy={state.pageRequest !== null}
          tabIndex={0}
          onKeyDown={this.onKeyDown}
          onCopy={this.onCopy}
          onMouseOver={this.marks.enter}
          onMouseLeave={this.marks.leave}
          onFocusIn={this.marks.enter}
          data-lm-suppress-shortcuts="true"
        >
          {/* biome-ignore-end lint/a11y: the list's contents have ordinary roles */}
          <div class="ipg-rows" ref={this.content}>
            {rows.map(({ key, ...row }) => (
              <MessageRow
                key={key}
                {...row}
                isTarget={row.message.id === this.marks.targetId}
                isHit={row.message.id === state.search?.hitId}
                isActive={row.message.id === this.marks.activeId}
                services={services}
              />
            ))}
          </div>
          {isEmpty && <EmptyNotice link={state.link} strings={strings} />}
        </div>
        <ListNotices
          state={state}
          services={services}
          unreadAbove={this.unreadAbove}
          isAway={!this.isAtEnd && !isEmpty}
          onJump={this.onJump}
          onJumpToUnread={this.onJumpToUnread}
        />
      </div>
    );
  }

  /** Brings what this view keeps for itself up to the state that is about to be drawn. */
  private follow(state: ViewState): void {
    if (state.landing !== null && state.landing.serial !== this.landingSerial)
      this.land(state, state.landing);
    const count = state.messages.length;
    const at = this.firstId === null ? -1 : state.messages.findIndex((each) => each.id === this.firstId);
    this.shown =
      this.isAtEnd && holdsEnd(state)
        ? windowAtEnd(count, at)
        : windowFrom(count, Math.max(0, at), Math.max(this.rows, ROWS_MAX));
    this.firstId = state.messages[this.shown.from]?.id ?? null;
  }

  private land(state: ViewState, landing: NonNullable<ViewState["landing"]>): void {
    this.landingSerial = landing.serial;
    const takesFocus = this.nextLandingTakesFocus;
    this.nextLandingTakesFocus = false;
    const at = state.messages.findIndex((each) => each.id === landing.targetId);
    if (landing.where === "latest") {
      const id = state.messages.at(-1)?.id;
      this.showFrom(null, true);
      this.aim = id !== undefined && takesFocus ? { id, takesFocus } : null;
    } else if (at !== -1 && landing.targetId !== null) {
      const part = windowAround(state.messages.length, { from: at, to: at + 1 });
      this.showFrom(state.messages[part.from]?.id ?? null, false);
      this.aim = { id: landing.targetId, takesFocus };
      if (landing.where === "time" || landing.where === "first-unread") this.marks.jumpedTo(landing.targetId);
    }
  }

  private showFrom(firstId: string | null, isAtEnd: boolean): void {
    this.firstId = firstId;
    if (this.scroll !== null) this.scroll.isAtEnd = isAtEnd;
  }
}
