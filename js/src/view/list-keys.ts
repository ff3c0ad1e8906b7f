// Which article a key goes to: the keys of the feed pattern.

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
