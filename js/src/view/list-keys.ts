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
  readonly leave: () => void;
}

export function onFeedKey(event: KeyboardEvent, feed: Feed): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    feed.leave();
    return;
  }
  const articles = feed.articles();
  const at = articles.findIndex((each) => each.contains(event.target as Node));
  const to = targetOf(event.key, at, articles.length, feed.lastInSight());
  if (to === null) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Home") feed.toEdge("oldest");
  else if (event.key === "End") feed.toEdge("latest");
  else feed.focusArticle(articles[to]);
}

/**
 * The article to go to, by its place in the list; null when the key means nothing here.
 * From outside the articles (`at` is -1) the way goes on from the last one in sight.
 */
export function targetOf(key: string, at: number, count: number, lastInSight: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  switch (key) {
    case "PageDown":
      return at === -1 ? Math.min(last, lastInSight) : Math.min(last, at + 1);
    case "PageUp":
      return at === -1 ? Math.min(last, lastInSight) : Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
