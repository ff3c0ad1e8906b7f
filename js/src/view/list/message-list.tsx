// The list: stays at the end when it is there, else where it is; slides over what is held; reports what is seen.

import { Component, createRef, type JSX } from "preact";
import { type SeenWatcher, watchSeen } from "../../seen/watcher";
import { neededPage, unreadAbove } from "../../state/list-paging";
import { hasComeOut, type Sight } from "../../state/list-window";
import { buildRows } from "../../state/rows";
import { emptySelection, inOrder } from "../../state/selection";
import { hasLater, type ViewState } from "../../state/store";
import type { Services } from "../kit/services";
import { articlesIn, focusedIn, unreadRows } from "./articles";
import { listBox } from "./box";
import { onCopy } from "./copy";
import { isAttended, listen } from "./events";
import { HitMarks } from "./highlight";
import { onFeedKey } from "./keys";
import { ListMarks } from "./marks";
import { MessageRows } from "./message-rows";
import { ListPace } from "./pace";
import { type Aim, ListPart, type Stand } from "./part";
import { type Anchors, ListScroll } from "./scroll";
import { ListSelection } from "./selection";

export interface ListProps {
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

export class MessageList extends Component<ListProps> {
  readonly #scroller = createRef<HTMLDivElement>();
  readonly #content = createRef<HTMLDivElement>();
  readonly #mounted = new AbortController();
  readonly #stand: Stand = { isAtEnd: true };
  readonly #marks = new ListMarks(() => this.forceUpdate());
  readonly #hits = new HitMarks();
  readonly #rows = new MessageRows();
  readonly #part = new ListPart(this.#stand, this.props.state.landing?.serial ?? 0, (id) =>
    this.#marks.jumpedTo(id),
  );
  #watcher: SeenWatcher | null = null;
  /** From the first draw on. */
  #scroll: ListScroll | null = null;
  #unreadAbove = 0;
  readonly #pace = new ListPace(
    () => this.#beforePaint(),
    () => this.#afterPaint(),
  );
  readonly #selecting = new ListSelection({
    redraw: () => this.forceUpdate(),
    messages: () => this.props.state.messages,
    articles: () => articlesIn(this.#content.current),
    focusArticle: (article) => this.#focusArticle(article),
  });

  override componentDidMount(): void {
    this.props.handle.current = this;
    const scroller = this.#scroller.current;
    const content = this.#content.current;
    if (scroller === null || content === null) return;
    const { signal } = this.#mounted;
    this.#scroll = new ListScroll(this.#stand, scroller, content);
    this.#watcher = watchSeen({
      list: scroller,
      onSeen: (ids) => this.props.services.actions.seen(ids),
      signal,
    });
    const events = {
      onScroll: () => this.#onScroll(),
      onResized: () => this.#onResized(),
      onCopy: this.#onCopy,
      onAttention: () => this.#tellPlace(),
    };
    listen(scroller, content, events, signal);
    if (!this.props.state.isFollowing) this.#toEnd();
    this.#settle(true);
    this.#afterDraw();
  }

  override componentWillUnmount(): void {
    this.#pace.stop();
    this.#marks.stop();
    this.#hits.clear();
    this.#mounted.abort();
  }

  // --- what others ask of it --------------------------------------------------------------------------------

  /** The user has sent something: show it, and what was new is not any more. */
  sent(): void {
    this.props.services.actions.answered();
    this.#toEnd();
  }

  /** Brings another part of the conversation before the user, who goes on there by keyboard. */
  goTo(wish: Parameters<Services["actions"]["load"]>[0]): void {
    this.#part.expectFocus();
    this.props.services.actions.load(wish);
  }

  /** Where the user is, to come back to. */
  place(): Place {
    const at = (this.#sight()?.from ?? 0) + 1;
    const { messages } = this.props.state;
    return this.#stand.isAtEnd ? null : ((messages[at] ?? messages.at(-1))?.id ?? null);
  }

  goBack(place: Place): void {
    if (place === null) this.#toEnd();
    else this.props.services.actions.load({ where: "around", id: place });
  }

  /** From now on, until Esc, messages are chosen. */
  select(): void {
    this.#selecting.set(emptySelection);
    this.enter();
  }

  /** The user goes on here by keyboard, from the last message in sight. */
  enter(): void {
    this.#focusArticle(articlesIn(this.#content.current)[this.#lastInSight()]);
  }

  readonly #endSelection = (): void => {
    this.#selecting.set(null);
    this.#scroller.current?.focus({ preventScroll: true });
  };

  // --- drawing ----------------------------------------------------------------------------------------------

  override getSnapshotBeforeUpdate(): Before {
    const content = this.#content.current;
    const isKept = !this.#stand.isAtEnd && !this.#part.hasAim;
    return {
      anchors: isKept ? (this.#scroll?.anchors() ?? []) : [],
      hadFocus: content?.contains(focusedIn(content)) ?? false,
    };
  }

  override componentDidUpdate(_props: ListProps, _state: unknown, before: Before): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    const aim = this.#part.takeAim();
    if (aim !== null) this.#aimAt(aim);
    else if (!this.#stand.isAtEnd) this.#scroll?.keep(before.anchors);
    // The row that had the focus has slid out of the page; the list keeps it for the next key.
    if (before.hadFocus && !scroller.contains(focusedIn(scroller))) scroller.focus({ preventScroll: true });
    this.#afterDraw();
  }

  #aimAt({ id, takesFocus }: Aim): void {
    const article = articlesIn(this.#content.current).find((each) => each.dataset.messageId === id);
    // Unless the end is where it is.
    if (article !== undefined && !this.#stand.isAtEnd) this.#scroll?.aimAt(article);
    this.#settle(true); // Where all is in sight nothing scrolls, and no event would tell.
    if (takesFocus) article?.focus({ preventScroll: true });
  }

  #afterDraw(): void {
    this.#hits.mark(this.#content.current, this.props.state.search?.query ?? "");
    this.#tellPlace();
    this.#pace.drawn(this.props.state.messages);
  }

  /** What needs the layout waits for the frame, which needs it as well: it is made once. */
  #beforePaint(): void {
    this.#settle(true);
    if (this.#part.shown.from > 0 && this.#scroll?.isFilled === false) this.#lookAround();
  }

  /** What nobody waits for must not keep the frame that shows a message. */
  #afterPaint(): void {
    const content = this.#content.current;
    if (content !== null) this.#watcher?.watch(unreadRows(content, this.props.state, this.#part.shown));
    this.#lookAround();
  }

  // --- where the user is ------------------------------------------------------------------------------------

  #onResized(): void {
    this.#settle(true);
    this.#pace.changed();
  }

  #onScroll(): void {
    if (this.#scroll === null || this.#scroll.isHidden || this.#scroll.hasArrived) return;
    this.#settle(false);
    this.#tellPlace();
    const sight = this.#sight();
    if (sight && hasComeOut(this.props.state.messages.length, this.#part.shown, sight)) this.#lookAround();
    else this.#pace.changed();
  }

  /** Notices whether the user is at the end now. */
  #settle(isDrawn: boolean): void {
    const { state } = this.props;
    const wasAtEnd = this.#stand.isAtEnd;
    this.#scroll?.settle(this.#part.shown.to < state.messages.length || hasLater(state), isDrawn);
    if (wasAtEnd !== this.#stand.isAtEnd) this.forceUpdate();
  }

  #tellPlace(): void {
    const { isAtEnd } = this.#stand;
    const isWatched = isAtEnd && isAttended(this.#scroller.current?.ownerDocument);
    this.props.services.actions.place(isAtEnd, isWatched);
  }

  /** The messages in sight, as offsets into those held. */
  #sight(): Sight | null {
    return this.#scroll === null || this.#scroll.isHidden ? null : this.#scroll.sight(this.#part.shown.from);
  }

  /** Slides over what is held, and asks the kernel for more before the user comes to an end of that. */
  #lookAround(): void {
    const { state, services } = this.props;
    const sight = this.#sight();
    if (sight === null) return;
    const above = unreadAbove(state, sight);
    const isOther = above !== this.#unreadAbove;
    this.#unreadAbove = above;
    if (this.#part.slide(state, sight, this.#pace.isAtRest) || isOther) this.forceUpdate();
    const where = neededPage(state, sight, this.#stand.isAtEnd);
    if (where !== null) services.actions.load({ where });
  }

  #toEnd(): void {
    const { state, services } = this.props;
    if (hasLater(state)) {
      services.actions.load({ where: "latest" });
      return;
    }
    this.#part.showEnd();
    this.#tellPlace();
    this.forceUpdate();
  }

  readonly #onJump = (): void => {
    this.#toEnd();
    // The button goes away with the click; the focus must not fall back to the page.
    this.#scroller.current?.focus({ preventScroll: true });
  };

  readonly #onJumpToUnread = (): void => this.goTo({ where: "first-unread" });

  // --- keyboard ---------------------------------------------------------------------------------------------

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (this.#selecting.onKey(event)) return;
    const isChoosing = this.#selecting.selection !== null;
    onFeedKey(event, {
      articles: () => articlesIn(this.#content.current),
      lastInSight: () => this.#lastInSight(),
      focusArticle: (article) => this.#focusArticle(article),
      toEdge: (where) => this.#toEdge(where),
      leave: isChoosing ? this.#endSelection : this.props.onEscape,
      write: isChoosing ? null : this.props.onEscape,
    });
  };

  #lastInSight(): number {
    return Math.max(0, (this.#sight()?.to ?? this.#part.shown.to) - this.#part.shown.from - 1);
  }

  readonly #onCopy = (event: ClipboardEvent): void => {
    const { messages } = this.props.state;
    const { selection } = this.#selecting;
    const chosen = selection === null ? [] : inOrder(selection, messages);
    onCopy(event, this.#content.current, messages, chosen, this.props.services);
  };

  #toEdge(where: "oldest" | "latest"): void {
    const { state } = this.props;
    const isHeld = where === "oldest" ? state.firstIndex === 0 : !hasLater(state);
    const id = state.messages.at(where === "oldest" ? 0 : -1)?.id;
    if (!isHeld || id === undefined) {
      this.goTo({ where });
      return;
    }
    if (where === "oldest") this.#part.showStart(id);
    else this.#part.showEnd(id);
    this.forceUpdate();
  }

  #focusArticle(article: HTMLElement | undefined): void {
    article?.focus({ preventScroll: true });
    if (article !== undefined) this.#scroll?.show(article);
  }

  override render(): JSX.Element {
    const { state, services } = this.props;
    const { strings, format } = services;
    this.#part.follow(state);
    const rows = buildRows(state, {
      fromIndex: state.firstIndex + this.#part.shown.from,
      toIndex: state.firstIndex + this.#part.shown.to,
      newId: state.newness.markId,
      nowMs: services.clock.now(),
      format,
      strings,
    });
    return listBox({
      state,
      services,
      scroller: this.#scroller,
      content: this.#content,
      rows,
      drawn: this.#rows,
      marks: this.#marks,
      selecting: this.#selecting,
      unreadAbove: this.#unreadAbove,
      isAtEnd: this.#stand.isAtEnd,
      onKeyDown: this.#onKeyDown,
      onEndSelection: this.#endSelection,
      onJump: this.#onJump,
      onJumpToUnread: this.#onJumpToUnread,
    });
  }
}
