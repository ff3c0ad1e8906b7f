// Marks what was searched for, in the texts that are in the page; the texts themselves stay untouched.

import { placesOf } from "../../text/find";

const NAME = "ipg-hit";
/** Of one text: who searches for one letter needs no more to see it. */
const MOST_PER_TEXT = 200;

/** What is marked in one text. */
interface Marked {
  readonly nodes: readonly Text[];
  readonly words: string;
  readonly ranges: readonly Range[];
}

/** The marks of one list. A text is looked through once for a query, not with each draw. */
export class HitMarks {
  #query = "";
  #marked = new Map<Element, Marked>();

  /** Marks the query in all texts that are there, and nothing else. */
  mark(content: HTMLElement | null, query: string): void {
    if (query !== this.#query) this.clear();
    this.#query = query;
    // Browsers without it show the message that was found, without the words in it.
    if (content === null || query === "" || !canMark()) return;
    const shared = CSS.highlights.get(NAME) ?? new Highlight();
    CSS.highlights.set(NAME, shared);
    const before = this.#marked;
    this.#marked = new Map();
    for (const text of content.querySelectorAll(".ipg-text")) {
      const known = before.get(text);
      const nodes = textNodesIn(text);
      const words = nodes.map((node) => node.data).join("");
      if (known !== undefined && known.words === words && isSame(known.nodes, nodes)) {
        this.#marked.set(text, known);
        before.delete(text);
        continue;
      }
      const ranges = rangesIn(nodes, words, query);
      for (const range of ranges) shared.add(range);
      this.#marked.set(text, { nodes, words, ranges });
    }
    unmark(before.values());
  }

  clear(): void {
    unmark(this.#marked.values());
    this.#marked = new Map();
  }
}

const canMark = (): boolean =>
  typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight !== "undefined";

const isSame = (some: readonly Text[], others: readonly Text[]): boolean =>
  some.length === others.length && some.every((each, i) => each === others[i]);

function unmark(all: Iterable<Marked>): void {
  for (const { ranges } of all) for (const range of ranges) CSS.highlights.get(NAME)?.delete(range);
}

function textNodesIn(element: Element): Text[] {
  const nodes: Text[] = [];
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) nodes.push(node as Text);
  return nodes;
}

function rangesIn(nodes: readonly Text[], words: string, query: string): Range[] {
  return placesOf(words, query, MOST_PER_TEXT).map(([start, end]) => {
    const range = new Range();
    let from = 0;
    for (const node of nodes) {
      const to = from + node.length;
      if (from <= start && start < to) range.setStart(node, start - from);
      if (from < end && end <= to) range.setEnd(node, end - from);
      from = to;
    }
    return range;
  });
}
