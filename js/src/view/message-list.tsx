// The list: stays at the end when it is there, else where it is; slides over what is held; reports what is seen.

import { Component, createRef, type JSX } from "preact";
import { canReportSeen } from "../banner";
import { neededPage, unreadAbove } from "../list-paging";
import type { Sight } from "../list-window";
import { buildRows } from "../rows";
import { type SeenWatcher, watchSeen } from "../seen";
import { hasLater, type ViewState } from "../store";
import { onCopy } from "./copy";
import { EmptyNotice } from "./empty-notice";
import { HitMarks } from "./highlight";
import { InFrame } from "./in-frame";
import { onFeedKey } from "./list-keys";
import { ListMarks } from "./list-marks";
import { ListNotices } from "./list-notices";
import { type Aim, ListPart, type Stand } from "./list-part";
import { articlesIn, focusedIn, unreadRows } from "./list-rows";
import { type Anchors, ListScroll } from "./list-scroll";
import { MessageRows } from "./message-rows";
import type { Services } from "./services";

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

/** After so long without a new message there is time to draw more than what is in sight. */
const REST_MS = 200;

interface Before {
  readonly anchors: Anchors;
  readonly hadFocus: boolean;
}

export class MessageList extends Component<Props> {
  private readonly scroller = createRef<HTMLDivElement>();
  private readonly content = createRef<HTMLDivElement>();
  private readonly mounted = new AbortController();
  private readonly stand: Stand = { isAtEnd: true };
  private readonly marks = new ListMarks(() => this.forceUpdate());
  private readonly hits = new HitMarks();
  private readonly rows = new MessageRows();
  private readonly part = new ListPart(this.stand, this.props.state.landing?.serial ?? 0, (id) =>
    this.marks.jumpedTo(id),
  );
  private watcher: SeenWatcher | null = null;
  /** From the first draw on. */
  private scroll: ListScroll | null = null;
  private unreadAbove = 0;
  private readonly inFrame = new InFrame(() => this.beforePaint());
  private drawnMessages: ViewState["messages"] = [];
  private resting: ReturnType<typeof setTimeout> | undefined;
  private isAtRest = true;

  override componentDidMount(): void {
    this.props.handle.current = this;
    const scroller = this.scroller.current;
    const content = this.content.current;
    if (scroller === null || content === null) return;
    const { signal } = this.mounted;
    this.scroll = new ListScroll(this.stand, scroller, content);
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
    this.scroll.keep();
    this.afterDraw();
  }

  override componentWillUnmount(): void {
    this.inFrame.stop();
    clearTimeout(this.resting);
    this.marks.stop();
    this.hits.clear();
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
    this.part.expectFocus();
    this.props.services.actions.load(wish);
  }

  /** Where the user is, to come back to. */
  place(): Place {
    const at = (this.sight()?.from ?? 0) + 1;
    const { messages } = this.props.state;
    return this.stand.isAtEnd ? null : ((messages[at] ?? messages.at(-1))?.id ?? null);
  }

  goBack(place: Place): void {
    if (place === null) this.toEnd();
    else this.props.services.actions.load({ where: "around", id: place });
  }

  // --- drawing ----------------------------------------------------------------------------------------------

  override getSnapshotBeforeUpdate(): Before {
    const content = this.content.current;
    const isKept = !this.stand.isAtEnd && !this.part.hasAim;
    return {
      anchors: isKept ? (this.scroll?.anchors() ?? []) : [],
      hadFocus: content?.contains(focusedIn(content)) ?? false,
    };
  }

  override componentDidUpdate(_props: Props, _state: unknown, before: Before): void {
    const scroller = this.scroller.current;
    if (scroller === null) return;
    const aim = this.part.takeAim();
    if (aim !== null) this.aimAt(aim);
    else if (!this.stand.isAtEnd) this.scroll?.keep(before.anchors);
    // The row that had the focus has slid out of the page; the list keeps it for the next key.
    if (before.hadFocus && !scroller.contains(focusedIn(scroller))) scroller.focus({ preventScroll: true });
    this.afterDraw();
  }

  private aimAt({ id, takesFocus }: Aim): void {
    const article = articlesIn(this.content.current).find((each) => each.dataset.messageId === id);
    if (article === undefined) this.scroll?.keep();
    else this.scroll?.aimAt(article);
    this.settle(); // Where all is in sight nothing scrolls, and no event would tell.
    if (takesFocus) article?.focus({ preventScroll: true });
  }

  private afterDraw(): void {
    this.hits.mark(this.content.current, this.props.state.search?.query ?? "");
    this.tellPlace();
    const { messages } = this.props.state;
    if (messages !== this.drawnMessages) this.rest();
    this.drawnMessages = messages;
    this.inFrame.request();
  }

  private rest(): void {
    this.isAtRest = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.isAtRest = true;
      this.lookAround();
    }, REST_MS);
  }

  /** What needs the layout waits for the frame, which needs it as well: it is made once. */
  private beforePaint(): void {
    if (this.stand.isAtEnd) this.scroll?.keep();
    this.watchUnread();
    this.lookAround();
  }

  private watchUnread(): void {
    const { state } = this.props;
    const content = this.content.current;
    if (content === null) return;
    const { from, to } = this.part.shown;
    const shown = state.messages.slice(from, to);
    this.watcher?.watch(canReportSeen(state) ? unreadRows(content, shown) : new Map());
  }

  // --- where the user is ------------------------------------------------------------------------------------

  private onResized(): void {
    this.scroll?.keep();
    this.lookAround();
  }

  private onScroll(): void {
    if (this.scroll === null || this.scroll.isHidden || this.scroll.hasArrived) return;
    this.settle();
    this.tellPlace();
    this.lookAround();
  }

  /** Notices whether the end is in sight now. */
  private settle(): void {
    const { state } = this.props;
    const wasAtEnd = this.stand.isAtEnd;
    this.scroll?.scrolled(this.part.shown.to < state.messages.length || hasLater(state));
    if (wasAtEnd !== this.stand.isAtEnd) this.forceUpdate();
  }

  private tellPlace(): void {
    const page = this.scroller.current?.ownerDocument;
    const isAttended = page?.visibilityState === "visible" && page.hasFocus();
    const { isAtEnd } = this.stand;
    this.props.services.actions.place(isAtEnd, isAtEnd && isAttended);
  }

  /** The messages in sight, as offsets into those held. */
  private sight(): Sight | null {
    return this.scroll === null || this.scroll.isHidden ? null : this.scroll.sight(this.part.shown.from);
  }

  /** Slides over what is held, and asks the kernel for more before the user comes to an end of that. */
  private lookAround(): void {
    const { state, services } = this.props;
    const sight = this.sight();
    if (sight === null) return;
    const above = unreadAbove(state, sight);
    const isOther = above !== this.unreadAbove;
    this.unreadAbove = above;
    if (this.part.slide(state, sight, this.isAtRest) || isOther) this.forceUpdate();
    const where = neededPage(state, sight, this.stand.isAtEnd);
    if (where !== null) services.actions.load({ where });
  }

  private toEnd(): void {
    const { state, services } = this.props;
    if (hasLater(state)) {
      services.actions.load({ where: "latest" });
      return;
    }
    this.part.showEnd();
    this.tellPlace();
    this.forceUpdate();
  }

  private readonly onJump = (): void => {
    this.toEnd();
    // The button goes away with the click; the focus must not fall back to the page.
    this.scroller.current?.focus({ preventScroll: true });
  };

  private readonly onJumpToUnread = (): void => this.goTo({ where: "first-unread" });

  // --- keyboard ---------------------------------------------------------------------------------------------

  private readonly onKeyDown = (event: KeyboardEvent): void =>
    onFeedKey(event, {
      articles: () => articlesIn(this.content.current),
      lastInSight: () => Math.max(0, (this.sight()?.to ?? this.part.shown.to) - this.part.shown.from - 1),
      focusArticle: (article) => this.focusArticle(article),
      toEdge: (where) => this.toEdge(where),
      leave: this.props.onEscape,
    });

  private readonly onCopy = (event: ClipboardEvent): void =>
    onCopy(event, this.content.current, this.props.state.messages, this.props.services);

  private toEdge(where: "oldest" | "latest"): void {
    const { state } = this.props;
    const isHeld = where === "oldest" ? state.firstIndex === 0 : !hasLater(state);
    const id = state.messages.at(where === "oldest" ? 0 : -1)?.id;
    if (!isHeld || id === undefined) {
      this.goTo({ where });
      return;
    }
    if (where === "oldest") this.part.showStart(id);
    else this.part.showEnd(id);
    this.forceUpdate();
  }

  private focusArticle(article: HTMLElement | undefined): void {
    article?.focus({ preventScroll: true });
    if (article !== undefined) this.scroll?.show(article);
  }

  override render(): JSX.Element {
    const { state, services } = this.props;
    const { strings, format } = services;
    this.part.follow(state);
    const rows = buildRows(state, {
      fromIndex: state.firstIndex + this.part.shown.from,
      toIndex: state.firstIndex + this.part.shown.to,
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
          onMouseOver={this.marks.point}
          onMouseLeave={this.marks.leave}
          onFocusIn={this.marks.enter}
          data-lm-suppress-shortcuts="true"
        >
          {/* biome-ignore-end lint/a11y: the list's contents have ordinary roles */}
          <div class="ipg-rows" ref={this.content}>
            {this.rows.draw(
              rows.map((row) => ({
                ...row,
                isTarget: row.message.id === this.marks.targetId,
                isHit: row.message.id === state.search?.hitId,
                isActive: row.message.id === this.marks.activeId,
                services,
              })),
            )}
          </div>
          {isEmpty && <EmptyNotice link={state.link} strings={strings} />}
        </div>
        <ListNotices
          state={state}
          services={services}
          unreadAbove={this.unreadAbove}
          isAway={!this.stand.isAtEnd && !isEmpty}
          onJump={this.onJump}
          onJumpToUnread={this.onJumpToUnread}
        />
      </div>
    );
  }
}
