// Finds the links in a text, and says what may be opened. Only https: and mailto: count; all else is text. Pure.

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** Beyond this nobody reads what a link says, and a page of `https://a` costs nothing to refuse. */
export const LONGEST = 2_048;

/** Brackets in brackets in an address; as many as CommonMark asks for. */
export const OPENED_MOST = 32;

/** An address may follow letters of any script that knows no spaces; ASCII letters would make another scheme of it. */
const START = /(?<!\w)(?:https:\/\/|mailto:)/gi;
const SCHEME = /^(?:https:\/\/|mailto:)/i;

/**
 * What no address has in it. As UTS #58 (Unicode Linkification) has it, but for one thing: there 。and ” end an address
 * only before a space, and Japanese and Chinese put none. Whatever ends a sentence, quotes or encloses in another script
 * than ASCII ends an address here; browsers copy it out of their address bar encoded. So does a dash between words.
 */
const HARD =
  /[\s\p{C}<>"`\\—―＜＞｜]|(?![\0-\x7f])[\p{Terminal_Punctuation}\p{Quotation_Mark}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/u;
/** What belongs to an address only if more of it follows. */
const SOFT = ".,;:!?'*_~|…–〜～";
const PAIRS = ["()", "[]", "{}"];

export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  let looked = 0;
  for (const { index } of text.matchAll(START)) {
    if (index < looked) continue;
    const shown = addressAt(text, index);
    looked = index + shown.length;
    const href = safeHref(shown);
    if (href === null) continue;
    if (index > done) parts.push({ kind: "text", text: text.slice(done, index) });
    parts.push({ kind: "link", text: shown, href });
    done = looked;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}

/** What of the text from there on is an address, without what belongs to the sentence around it; "" when none begins there. */
export function addressAt(text: string, index: number): string {
  if (!SCHEME.test(text.slice(index, index + 8)) || /\w/.test(text.charAt(index - 1))) return "";
  const candidate = text.slice(index, index + LONGEST + 1);
  const stop = candidate.search(HARD);
  const last = stop === -1 ? candidate.length : stop;
  const opened: string[] = [];
  let end = 0;
  for (let at = 0; at < last && opened.length <= OPENED_MOST; at++) {
    const character = candidate.charAt(at);
    const pair = PAIRS.find((each) => each.includes(character));
    if (pair?.startsWith(character)) opened.push(pair);
    else if (pair !== undefined && opened.pop() !== pair) break;
    if (opened.length === 0 && !SOFT.includes(character)) end = at + 1;
  }
  return withoutNextWord(candidate.slice(0, end));
}

/** No top-level domain goes on in another script: `https://example.comです`. */
function withoutNextWord(address: string): string {
  const host = /^(?:https:\/\/|mailto:)[^/?#]+/iu.exec(address)?.[0] ?? "";
  const domain = host.lastIndexOf(".") + 1;
  const ascii = /^[a-z]{2,}(?::\d+)?(?=[^\0-\x7f])/iu.exec(host.slice(domain));
  return ascii === null || domain === 0 ? address : address.slice(0, domain + ascii[0].length);
}

/** The address to open, or null when it is not one that may be opened. */
export function safeHref(address: string): string | null {
  if (address.length > LONGEST || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === "mailto:") return url.pathname.includes("@") ? url.href : null;
  // A user, a password or an `@` alone serve to make the wrong host look right.
  const hasUser = url.username !== "" || url.password !== "" || /^\w+:[\\/]*[^\\/?#]*@/u.test(address);
  return url.protocol === "https:" && url.hostname !== "" && !hasUser ? url.href : null;
}

/** The address of a page to open on a click, or null: https and nothing else. */
export function pageHref(address: string): string | null {
  const href = safeHref(address);
  return href?.startsWith("https:") ? href : null;
}

/** What a link says: its own words, unless they read as an address and not as the one it opens. */
export function shownLabel(label: string, href: string): string {
  const said = label.normalize("NFKC").replace(/\p{C}/gu, "").trim();
  const isAddress = /:\/\/|\S\.\p{L}{2,}|\S@\S|(?:\d+\.){3}\d/u.test(said);
  return isAddress && !`${withoutScheme(href)}/`.startsWith(`${withoutScheme(said)}/`) ? href : label;
}

/** An address by what tells one site from another. */
function withoutScheme(address: string): string {
  const bare = address.replace(/^(?:https?:\/\/|mailto:)?(?:www\.)?/iu, "");
  const whole = `https://${bare}`;
  return (URL.canParse(whole) ? new URL(whole).href.slice(8) : bare).toLowerCase().replace(/\/$/u, "");
}
