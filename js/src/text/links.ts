// Finds the links in a message's text. Only https: and mailto: count; everything else stays text.

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** No quotes, angle brackets, white space, controls or marks that turn the direction of text. */
const CANDIDATE =
  /(?:https:\/\/|mailto:)[^\s<>"'`\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/giu;
const TRAILING = /[.,;:!?…*_~]+$/u;
/** Beyond this nobody reads what a link says, and a page of `https://a` costs nothing to refuse. */
const LONGEST = 2_048;

export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const before = text[match.index - 1];
    if (before !== undefined && /[\p{L}\p{N}_]/u.test(before)) continue;
    const shown = trimmed(match[0]);
    const href = safeHref(shown);
    if (href === null) continue;
    if (match.index > done) parts.push({ kind: "text", text: text.slice(done, match.index) });
    parts.push({ kind: "link", text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}

/** The address to open, or null when it is not one that may be opened. */
export function safeHref(address: string): string | null {
  if (address.length > LONGEST || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === "mailto:") return url.pathname.includes("@") ? url.href : null;
  // A user name in an address serves to make the wrong host look right.
  return url.protocol === "https:" && url.hostname !== "" && url.username === "" ? url.href : null;
}

/** The address of a page to open on a click, or null: https and nothing else. */
export function pageHref(address: string): string | null {
  const href = safeHref(address);
  return href?.startsWith("https:") ? href : null;
}

/** Without the punctuation that ends the sentence, and without a bracket that was opened before the link. */
function trimmed(candidate: string): string {
  let text = candidate.slice(0, LONGEST + 1).replace(TRAILING, "");
  for (const [open, close] of ["()", "[]", "{}"].map((pair) => [pair[0] ?? "", pair[1] ?? ""] as const)) {
    while (text.endsWith(close) && text.split(close).length > text.split(open).length) {
      text = text.slice(0, -1).replace(TRAILING, "");
    }
  }
  return text;
}
