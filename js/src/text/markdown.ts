// Finds Markdown's marks in a text: strong, emphasis, links, headings, bullets. What has no end is text. Pure.

import { safeHref } from "./links";

export type MarkdownPart =
  | { readonly kind: "text" | "strong" | "em"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/**
 * In this order: an escaped mark; a bare address, in which nothing is a mark; strong, also within a word, since not all
 * languages part words by spaces; emphasis; a link; a heading; a bullet. What is marked is short and in one line: no text
 * is slow to read.
 */
const MARKS =
  /\\([!-/:-@[-`{-~])|(?:https|mailto):\S+|\*\*(?=\S)([^\n]{1,500}?)(?<=\S)\*\*|(?<![\p{L}\p{N}*_])(__|[*_])(?=[^\s*_])([^\n]{0,499}?[^\s*_])\3(?![\p{L}\p{N}*_])|\[([^\]\n]{1,500})\]\(([^\s()]{1,2048})\)|^#{1,6} +([^\n]+)|^( *)[*+-](?= +\S)/gmu;

/** The parts of a text, in order. What is strong or emphasised may have parts of its own. */
export function splitMarkdown(text: string): readonly MarkdownPart[] {
  const parts: MarkdownPart[] = [];
  let plain = "";
  let done = 0;
  const add = (part: MarkdownPart): void => {
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
    parts.push(part);
  };
  for (const match of text.matchAll(MARKS)) {
    const [whole, escaped, strong, mark, marked, label, address, heading, indent] = match;
    plain += text.slice(done, match.index);
    done = match.index + whole.length;
    const href = address === undefined ? null : safeHref(address);
    if (strong ?? heading) add({ kind: "strong", text: strong ?? heading ?? "" });
    else if (marked !== undefined) add({ kind: mark === "__" ? "strong" : "em", text: marked });
    else if (label !== undefined && href !== null) add({ kind: "link", text: label, href });
    else plain += escaped ?? (indent === undefined ? whole : `${indent}•`);
  }
  plain += text.slice(done);
  if (plain !== "") parts.push({ kind: "text", text: plain });
  return parts;
}
