// The list of messages as a component: what it draws, its ways to other places, its keys.

import { Component, createRef, type JSX } from "preact";
import type { Hold } from "../../state/list-window";
import { buildRows } from "../../state/rows";
import { emptySelection, inOrder } from "../../state/selection";
import { hasLater, type ViewState } from "../../state/store";
import { spokenDetail } from "../../text/detail";
import type { Services } from "../kit/services";
import { articlesIn } from "./articles";
import { listBox } from "./box";
import { onCopy } from "./copy";
import { listen } from "./events";
import { HitMarks } from "./highlight";
import { onFeedKey } from "./keys";
import { ListMarks } from "./marks";
import { MessageRows } from "./message-rows";
import { type Aim, ListPart, type Stand } from "./part";
import { ListReader, type Place } from "./reader";
import type { Anchors } from "./scroll";
import { ListSelection } from "./selection";

export interface ListProps {
  readonly state: ViewState;
  readonly services: Services;
  /** Gets this list, for its `sent`; Preact gives no refs to components. */
  readonly handle: { current: MessageList | null };
  /** Esc: back to where the user writes. */
  readonly onEscape: () => void;
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
  readonly #reader = new ListReader(this, this.#stand, this.#part);
  /** Where the reader was before all was put into the page. */
  #holdInPrint: Hold | null = null;
  /** From elsewhere in the page, where this list may be out of sight. */
  #isCalled = false;
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
    this.#reader.begin(scroller, content, signal);
    const { onScroll, onResized, tellPlace } = this.#reader;
    const events = {
      onScroll,
      onResized,
      onCopy: this.#onCopy,
      onAttention: tellPlace,
      onSelected: (ids: ListPart["selected"]) => {
        this.#part.selected = ids;
      },
      onPrint: this.#onPrint,
      onShow: (id: string) => {
        this.#isCalled = true;
        this.goTo({ where: "around", id });
      },
    };
    listen(scroller, content, events, signal);
    const { state, services } = this.props;
    const left = services.actions.left();
    if (left !== null && this.#part.showAgain(state, left)) this.forceUpdate();
    else if (!state.isFollowing) this.#toEnd();
    this.#reader.settle(true);
    this.#afterDraw();
  }

  override componentWillUnmount(): void {
    this.props.services.actions.leave(this.#reader.scroll?.hold() ?? null);
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
    return this.#reader.place();
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
    this.#focusArticle(articlesIn(this.#content.current)[this.#reader.lastInSight()]);
  }

  readonly #onPrint = (isPrinting: boolean): void => {
    if (isPrinting) this.#holdInPrint = this.#reader.scroll?.hold() ?? null;
    else if (this.#holdInPrint !== null) this.#part.showAgain(this.props.state, this.#holdInPrint);
    this.#part.holdsAll = isPrinting;
    this.forceUpdate();
  };

  readonly #endSelection = (): void => {
    this.#selecting.set(null);
    this.#scroller.current?.focus({ preventScroll: true });
  };

  // --- drawing ----------------------------------------------------------------------------------------------

  override getSnapshotBeforeUpdate(): Anchors {
    const isKept = !this.#stand.isAtEnd && !this.#part.hasAim;
    return isKept ? (this.#reader.scroll?.anchors() ?? []) : [];
  }

  override componentDidUpdate(_props: ListProps, _state: unknown, before: Anchors): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    const aim = this.#part.takeAim(this.#reader.scroll?.isHidden ?? true);
    if (aim !== null) this.#aimAt(aim);
    else if (!this.#stand.isAtEnd) this.#reader.scroll?.keep(before);
    this.#afterDraw();
  }

  #aimAt({ id, top, takesFocus }: Aim): void {
    const article = articlesIn(this.#content.current).find((each) => each.dataset.messageId === id);
    // Unless the end is where it is.
    if (article !== undefined && !this.#stand.isAtEnd) this.#reader.scroll?.aimAt(article, top);
    this.#reader.settle(true); // Where all is in sight nothing scrolls, and no event would tell.
    if (takesFocus) article?.focus({ preventScroll: !this.#isCalled });
    this.#isCalled = false;
  }

  #afterDraw(): void {
    this.#hits.mark(this.#content.current, this.props.state.search?.query ?? "");
    this.#reader.drawn();
  }

  // --- ways to other places ---------------------------------------------------------------------------------

  #toEnd(): void {
    const { state, services } = this.props;
    if (hasLater(state)) {
      services.actions.load({ where: "latest" });
      return;
    }
    this.#part.showEnd();
    this.#reader.tellPlace();
    this.forceUpdate();
  }

  // The button goes away with the click; the focus must not fall back to the page.
  readonly #onJump = ({ detail: clicks }: MouseEvent): void => {
    // By keyboard, which goes on from there.
    if (clicks === 0) this.#toEdge("latest");
    else {
      this.#toEnd();
      this.#scroller.current?.focus({ preventScroll: true });
    }
  };

  readonly #onJumpToUnread = (): void => this.goTo({ where: "first-unread" });

  // --- keyboard ---------------------------------------------------------------------------------------------

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (this.#selecting.onKey(event)) return;
    const isChoosing = this.#selecting.selection !== null;
    onFeedKey(event, {
      articles: () => articlesIn(this.#content.current),
      lastInSight: () => this.#reader.lastInSight(),
      focusArticle: (article) => this.#focusArticle(article),
      toEdge: (where) => this.#toEdge(where),
      open: (article) => this.#open(article),
      leave: isChoosing ? this.#endSelection : this.props.onEscape,
      write: isChoosing ? null : this.props.onEscape,
    });
  };

  #open(article: HTMLElement): void {
    const { state, services } = this.props;
    const { clock, format, strings, voice } = services;
    const message = state.messages.find((each) => each.id === article.dataset.messageId);
    this.#marks.open(article);
    if (message !== undefined) voice.say("detail", () => spokenDetail(message, clock.now(), format, strings));
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
    if (article !== undefined) this.#reader.scroll?.show(article);
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
      unreadAbove: this.#reader.unreadAbove,
      isAtEnd: this.#stand.isAtEnd,
      onKeyDown: this.#onKeyDown,
      onEndSelection: this.#endSelection,
      onJump: this.#onJump,
      onJumpToUnread: this.#onJumpToUnread,
    });
  }
}
