// The keys of the feed pattern: which article a key goes to.

/** What the keys move through. */
export interface Feed {
  /** In the page, in their order. */
  readonly articles: () => HTMLElement[];
  /** Among those: the last one in sight. */
  readonly lastInSight: () => number;
  readonly focusArticle: (article: HTMLElement | undefined) => void;
  /** To the first or the last message of all, which may have to be fetched. */
  readonly toEdge: (where: "oldest" | "latest") => void;
  /** Enter on a message: says all of it that is known, and offers what can be done with it. */
  readonly open: (article: HTMLElement) => void;
  readonly leave: () => void;
  /** To where the user writes; null while messages are being chosen. */
  readonly write: (() => void) | null;
}

export function onFeedKey(event: KeyboardEvent, feed: Feed): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  // Who begins to write, wherever in the list, means the composer, which gets this key too. Space has its own meaning.
  if (event.key.length === 1 && event.key !== " ") {
    event.stopPropagation();
    feed.write?.();
  }
  if (event.shiftKey) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    feed.leave();
    return;
  }
  const articles = feed.articles();
  if (articles.length === 0) return;
  const at = articles.findIndex((each) => each.contains(event.target as Node));
  // From outside the articles the way goes on from the last one in sight.
  const goBy = (step: number): void =>
    feed.focusArticle(articles[at === -1 ? feed.lastInSight() : at + step]);
  if (event.key === "Home") feed.toEdge("oldest");
  else if (event.key === "End") feed.toEdge("latest");
  else if (event.key === "PageUp") goBy(-1);
  else if (event.key === "PageDown") goBy(1);
  else if (event.key === "Enter" && articles[at] === event.target) feed.open(articles[at]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
