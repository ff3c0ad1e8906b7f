// Marks what was searched for, in the texts that are in the page; the texts themselves stay untouched.

import { placesOf } from "../find";

const NAME = "ipg-hit";
/** Of one text: who searches for one letter needs no more to see it. */
const MOST_PER_TEXT = 200;

/** Marks the query in all texts of a list, and returns how to take the marks away again. */
export function markHits(content: HTMLElement | null, query: string): () => void {
  if (content === null || query === "") return () => {};
  // Browsers without it show the message that was found, without the words in it.
  if (typeof CSS === "undefined" || !("highlights" in CSS) || typeof Highlight === "undefined")
    return () => {};
  const shared = CSS.highlights.get(NAME) ?? new Highlight();
  CSS.highlights.set(NAME, shared);
  const ranges: Range[] = [];
  for (const text of content.querySelectorAll(".ipg-text")) ranges.push(...rangesIn(text, query));
  for (const range of ranges) shared.add(range);
  return () => {
    for (const range of ranges) shared.delete(range);
  };
}

function rangesIn(element: Element, query: string): Range[] {
  const page = element.ownerDocument;
  const nodes: { node: Text; from: number }[] = [];
  let whole = "";
  const walker = page.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    nodes.push({ node: node as Text, from: whole.length });
    whole += node.nodeValue ?? "";
  }
  return placesOf(whole, query, MOST_PER_TEXT).map(([start, end]) => {
    const range = page.createRange();
    const first = nodes.filter(({ from }) => from <= start).at(-1);
    const last = nodes.filter(({ from }) => from < end).at(-1);
    if (first !== undefined) range.setStart(first.node, start - first.from);
    if (last !== undefined) range.setEnd(last.node, end - last.from);
    return range;
  });
}
