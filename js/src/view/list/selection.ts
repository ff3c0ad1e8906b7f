// Choosing messages in the list: by clicks and Shift-clicks on them, or by Space and Shift with the arrows.

import type { ViewMessage } from "../../protocol.gen";
import { emptySelection, extended, type Selection, toggled } from "../../state/selection";

export interface SelectableList {
  readonly redraw: () => void;
  readonly messages: () => readonly ViewMessage[];
  /** In the page. */
  readonly articles: () => HTMLElement[];
  readonly focusArticle: (article: HTMLElement | undefined) => void;
}

/** Clicks on these are their own. */
const CONTROLS = "a, button, input:not(.ipg-check), select, textarea, label, summary";

export class ListSelection {
  readonly #list: SelectableList;
  /** Null: nothing is being chosen. */
  selection: Selection | null = null;

  constructor(list: SelectableList) {
    this.#list = list;
  }

  set(selection: Selection | null): void {
    this.selection = selection;
    this.#list.redraw();
  }

  /** Null while nothing is being chosen. */
  has(id: string): boolean | null {
    return this.selection?.chosen.has(id) ?? null;
  }

  readonly onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const article = target.closest("article");
    if (this.selection === null || article === null || target.closest(CONTROLS) !== null) return;
    this.#choose(article, event.shiftKey);
    article.focus({ preventScroll: true });
  };

  /** Whether the key was one of these. */
  readonly onKey = (event: KeyboardEvent): boolean => {
    const articles = this.#list.articles();
    const at = articles.indexOf(event.target as HTMLElement);
    const by = event.shiftKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : undefined;
    if (by !== undefined && at !== -1) {
      this.selection ??= emptySelection;
      if (this.selection.anchor === null) this.#choose(articles[at], false);
      const next = articles[at + by];
      if (next !== undefined) this.#choose(next, true);
      this.#list.focusArticle(next);
    } else if (this.selection === null) return false;
    else if (event.key === " " && at !== -1) this.#choose(articles[at], event.shiftKey);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  #choose(article: HTMLElement | undefined, isRange: boolean): void {
    const held = this.#list.messages();
    const message = held.find((each) => each.id === article?.dataset.messageId);
    if (message === undefined || this.selection === null) return;
    this.set(isRange ? extended(this.selection, held, message) : toggled(this.selection, message));
  }
}
