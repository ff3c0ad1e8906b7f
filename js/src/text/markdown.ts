// Finds what Markdown marks: strong, emphasis, links, headings, bullets. No HTML; what has no end is text.

import { addressAt, LONGEST, OPENED_MOST, safeHref, shownLabel } from "./links";

export type MarkdownPart =
  | { readonly kind: "text" | "strong" | "em"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** What is marked is in one line and no longer than this: each character is looked at so often at most. */
export const MARKED_MOST = 500;

/** What stands at a place, and where it ends; null for a character that means nothing. */
type Found = readonly [part: MarkdownPart, end: number] | null;

const WORD = /[\p{L}\p{N}]/u;

/** The parts of a text, in order. `isInLine`: it is what a mark is about, which may have parts, but no lines, of its own. */
export function splitMarkdown(text: string, isInLine = false): readonly MarkdownPart[] {
  const parts: MarkdownPart[] = [];
  let plain = "";
  let startsLine = !isInLine;
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const plainly: MarkdownPart = { kind: "text", text: character };
    const [part, end] = (startsLine ? atLineStart(text, at) : null) ?? marked(text, at) ?? [plainly, at + 1];
    startsLine = !isInLine && (character === "\n" || (startsLine && character === " "));
    at = end;
    if (part.kind === "text") {
      plain += part.text;
      continue;
    }
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
    parts.push(part);
  }
  if (plain !== "") parts.push({ kind: "text", text: plain });
  return parts;
}

/** A heading or a bullet: its mark, and a space before words. */
function atLineStart(text: string, at: number): Found {
  const character = text.charAt(at);
  if (!"#*+-".includes(character)) return null;
  const end = at + runAt(text, at);
  const words = afterSpaces(text, end);
  if (words === end || !/\S/u.test(text.charAt(words))) return null;
  if (character !== "#") return end === at + 1 ? [{ kind: "text", text: "•" }, end] : null;
  if (end > at + 6) return null;
  const next = text.indexOf("\n", words);
  const last = next === -1 ? text.length : next;
  return [{ kind: "strong", text: text.slice(words, last) }, last];
}

function marked(text: string, at: number): Found {
  const character = text.charAt(at);
  if (character === "\\") return escaped(text, at);
  if (character === "*" || character === "_") return emphasised(text, at);
  if (character === "[") return labelled(text, at);
  if (character === "<") return enclosed(text, at);
  // An address: nothing in it is a mark.
  const address = "hHmM".includes(character) ? addressAt(text, at) : "";
  return address === "" ? null : [{ kind: "text", text: address }, at + address.length];
}

function escaped(text: string, at: number): Found {
  const next = text.charAt(at + 1);
  return /[!-/:-@[-`{-~]/u.test(next) ? [{ kind: "text", text: next }, at + 2] : null;
}

/** By one mark em, by two strong, by three both. Two `*` also within a word, for not all languages part words by spaces. */
function emphasised(text: string, at: number): Found {
  const character = text.charAt(at);
  const length = runAt(text, at);
  const from = at + length;
  const isOfWords = character === "_" || length !== 2;
  const mayBegin = /\S/u.test(text.charAt(from)) && !(isOfWords && WORD.test(text.charAt(at - 1)));
  const last = length <= 3 && mayBegin ? Math.min(text.length, from + MARKED_MOST) : from;
  for (let i = from; i < last; ) {
    const next = text.charAt(i);
    if (next === "\n") break;
    if (next !== character) {
      i += next === "\\" ? 2 : 1;
      continue;
    }
    const run = runAt(text, i);
    const mayEnd = /\S/u.test(text.charAt(i - 1)) && !(isOfWords && WORD.test(text.charAt(i + run)));
    // Of three, what is marked here may need its own: `**so *it* is**`, `**so *it***`.
    if ((run === length || run === 3) && mayEnd) {
      const marks = Math.min(length, 2);
      const inner = text.slice(at + marks, i + run - marks);
      return [{ kind: marks === 2 ? "strong" : "em", text: inner }, i + run];
    }
    i += run;
  }
  return [{ kind: "text", text: character.repeat(length) }, from];
}

/** `[label](address "title")`. */
function labelled(text: string, at: number): Found {
  const close = endOf(text, at + 1, "]", MARKED_MOST);
  if (close <= at + 1 || text.charAt(close + 1) !== "(") return null;
  const start = afterSpaces(text, close + 2);
  const isEnclosed = text.charAt(start) === "<";
  const from = isEnclosed ? start + 1 : start;
  const to = isEnclosed ? endOf(text, from, ">", LONGEST) : endOfAddress(text, from);
  let end = afterSpaces(text, isEnclosed ? to + 1 : to);
  const quote = { '"': '"', "'": "'", "(": ")" }[text.charAt(end)];
  if (quote !== undefined) {
    const titleEnd = endOf(text, end + 1, quote, MARKED_MOST);
    if (titleEnd === -1) return null;
    end = afterSpaces(text, titleEnd + 1);
  }
  const href = text.charAt(end) === ")" ? safeHref(text.slice(from, Math.max(from, to))) : null;
  if (href === null) return null;
  return [{ kind: "link", text: shownLabel(text.slice(at + 1, close), href), href }, end + 1];
}

/** `<https://example.com>`. */
function enclosed(text: string, at: number): Found {
  const close = endOf(text, at + 1, ">", LONGEST);
  const address = text.slice(at + 1, Math.max(at, close));
  const href = /^(?:https|mailto):\S+$/iu.test(address) ? safeHref(address) : null;
  return href === null ? null : [{ kind: "link", text: address, href }, close + 1];
}

/** How often the character there is repeated from there on. */
function runAt(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) === text.charAt(at)) end += 1;
  return end - at;
}

function afterSpaces(text: string, at: number): number {
  return text.charAt(at) === " " ? at + runAt(text, at) : at;
}

/** Where this ends what begins there, in the same line and before something else of its kind begins; -1 for nowhere. */
function endOf(text: string, from: number, closing: string, most: number): number {
  const opening = closing === "]" ? "[" : closing === ">" ? "<" : "\n";
  for (let i = from; i < Math.min(text.length, from + most + 1); i++) {
    const character = text.charAt(i);
    if (character === closing) return i;
    if (character === opening || character === "\n") return -1;
    if (character === "\\") i += 1;
  }
  return -1;
}

/** An address between brackets ends at a space, or at a bracket that was not opened in it; or it opens too many. */
function endOfAddress(text: string, from: number): number {
  let opened = 0;
  let i = from;
  for (; i < Math.min(text.length, from + LONGEST) && opened <= OPENED_MOST; i++) {
    const character = text.charAt(i);
    if (/\s/u.test(character) || (character === ")" && opened === 0)) break;
    opened += character === "(" ? 1 : character === ")" ? -1 : 0;
  }
  return i;
}
